//! What `probe` is asked for, and the help that teaches it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "Examples:
  flite -voice slt -t 'what is repartee' -o question.wav
  probe call --say question.wav
  probe call --say question.wav --barge stop.wav --barge-at 800 --json
  probe call --type 'how do I change the voice'
  probe call --say question.wav --loss 5 --jitter 30 --reorder 5 --seed 1
  probe load --calls 20 --say question.wav --for 30
  probe idle --calls 50 --for 20 --pid $(pidof repartee)
  probe barge --seed 7 --count 40
  probe churn --cycles 200 --pid $(pidof repartee)

It ends with 0 when everything was answered, and else with 1 and a sentence that says what to do.";

/// Calls a Repartee server without a browser, on a second, independent WebRTC stack.
#[derive(Parser)]
#[command(name = "probe", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Place one call, say or type things, and report what came back.
    Call(CallArgs),
    /// Many callers who ask, listen and ask again: are all replies heard, and how fast?
    Load(CrowdArgs),
    /// Many callers who keep silent: what does the server spend on them?
    Idle(CrowdArgs),
    /// Make a seeded set of sounds over the agent's voice: what is cut, what goes on, and how soon?
    Barge(BargeArgs),
    /// Write that set of sounds as WAVs, each named by what it is.
    Sounds(SoundsArgs),
    /// Run our server and others in turns, and compare what they cost and how late they are.
    Beside(BesideArgs),
    /// Connect and hang up, again and again: how fast, and does anything stay behind?
    Churn(ChurnArgs),
}

#[derive(Args)]
pub(crate) struct Target {
    /// The server.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "REPARTEE_URL")]
    pub(crate) url: String,
    /// Its key; a loopback server needs none.
    #[arg(long, env = "REPARTEE_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Accept a self-signed certificate, as `repartee serve --lan` has one.
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The way between caller and server.
#[derive(Args)]
pub(crate) struct LineArgs {
    /// Datagrams lost, both ways, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    pub(crate) loss: f64,
    /// Each datagram waits 0 to twice this, in ms.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) jitter: u64,
    /// Datagrams overtaken by later ones, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    pub(crate) reorder: f64,
    /// The bad network's luck: one seed, one network.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Do not send silence (Opus DTX).
    #[arg(long)]
    pub(crate) dtx: bool,
    /// A session object in JSON, sent beside the offer.
    #[arg(long, value_name = "JSON")]
    pub(crate) session: Option<String>,
}

#[derive(Args)]
pub(crate) struct CallArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) line: LineArgs,
    /// A WAV to say (8 to 48 kHz, mono or stereo); again for the next utterance, after the reply.
    #[arg(long, value_name = "WAV")]
    pub(crate) say: Vec<PathBuf>,
    /// A message to type after that; again for the next.
    #[arg(long = "type", value_name = "TEXT")]
    pub(crate) type_text: Vec<String>,
    /// A WAV to cut into the first reply with.
    #[arg(long, value_name = "WAV", requires = "say")]
    pub(crate) barge: Option<PathBuf>,
    /// When to cut in, in ms after the reply's first sound.
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    pub(crate) barge_at: u64,
    /// How long to wait for each thing, in seconds.
    #[arg(long, value_name = "S", default_value_t = 30)]
    pub(crate) timeout: u64,
    /// Write the call as a stereo WAV: caller left, agent right.
    #[arg(long, value_name = "WAV")]
    pub(crate) record: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct CrowdArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) line: LineArgs,
    /// How many callers.
    #[arg(long, default_value_t = 10)]
    pub(crate) calls: usize,
    /// For how long once they have all arrived, in seconds.
    #[arg(long = "for", value_name = "S", default_value_t = 20)]
    pub(crate) seconds: u64,
    /// A WAV that each of them says; again for the next, each caller beginning with another one.
    #[arg(long, value_name = "WAV")]
    pub(crate) say: Vec<PathBuf>,
    /// The server's process on this machine, to read its CPU time and memory.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
}

#[derive(Args)]
pub(crate) struct BargeArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The set's luck: one seed, one set.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many of them, spread over all kinds.
    #[arg(long, default_value_t = 60)]
    pub(crate) count: usize,
    /// Typed to make the agent speak for some seconds.
    #[arg(long, default_value = "What is Repartee?")]
    pub(crate) question: String,
}

#[derive(Args)]
pub(crate) struct SoundsArgs {
    /// An existing folder.
    pub(crate) folder: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Args)]
pub(crate) struct BesideArgs {
    /// Our server's address and command: "http://10.0.0.1:8081 repartee serve".
    #[arg(long, value_name = "URL COMMAND")]
    pub(crate) ours: String,
    /// Our server's key.
    #[arg(long, env = "REPARTEE_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// The same of aiortc's echo.
    #[arg(long, value_name = "URL COMMAND")]
    pub(crate) aiortc: Option<String>,
    /// The same of Pipecat's agent.
    #[arg(long, value_name = "URL COMMAND")]
    pub(crate) pipecat: Option<String>,
    /// What the one caller asks, about a second of speech; again for the next question.
    #[arg(long, value_name = "WAV", required = true)]
    pub(crate) say: Vec<PathBuf>,
    /// What callers under load say, about two seconds.
    #[arg(long, value_name = "WAV")]
    pub(crate) crowd_says: PathBuf,
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Callers under load.
    #[arg(long, default_value_t = 5)]
    pub(crate) calls: usize,
    /// The silence that ends an utterance, in ms.
    #[arg(long, value_name = "MS", default_value_t = 480)]
    pub(crate) window: u64,
    /// Questions in a round; each second one cuts in.
    #[arg(long, default_value_t = 6)]
    pub(crate) exchanges: usize,
    /// Calls in a round's storm of set-ups.
    #[arg(long, default_value_t = 40)]
    pub(crate) storm: usize,
    /// Look for the most calls on one core, too.
    #[arg(long)]
    pub(crate) fill: bool,
    /// An existing folder for the servers' logs.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) logs: PathBuf,
    /// Everything that was found, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What is measured, for that file: "aiortc=1.16.0".
    #[arg(long, value_name = "NAME=VERSION")]
    pub(crate) version: Vec<String>,
}

#[derive(Args)]
pub(crate) struct ChurnArgs {
    #[command(flatten)]
    pub(crate) target: Target,
    /// How many times.
    #[arg(long, default_value_t = 200)]
    pub(crate) cycles: usize,
    /// How many side by side.
    #[arg(long, default_value_t = 1)]
    pub(crate) at_once: usize,
    /// The server's process on this machine, to read its CPU time and memory.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
}
