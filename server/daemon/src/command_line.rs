//! What can be typed, and the help that teaches it.

mod models;

use crate::config::{Config, Mistakes, keys};
use clap::{Args, Parser, Subcommand};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

pub(crate) use models::{List, Models, ModelsTask, Pull, Remove, Verify};

/// Voice calls with an AI, on your own machine: one program, no accounts.
#[derive(Debug, Parser)]
#[command(
    name = "repartee",
    version,
    arg_required_else_help = true,
    after_help = "Start with `repartee serve`, open the address that it prints, and press Call.\n\
                  Each command has its own help: repartee serve --help"
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    Serve(Box<Serve>),
    Check(Check),
    Say(Say),
    Hear(Hear),
    Ask(Ask),
    Replay(Replay),
    Models(Models),
    /// The engines' own process: `repartee serve` starts it where engines.isolation is "process"
    #[command(hide = true)]
    Engines,
}

/// Answer calls from web pages, phones and OpenAI Realtime clients.
///
/// Without options it serves this machine only: http://127.0.0.1:8080, no key, nothing sent
/// elsewhere. The sound of all calls goes through one UDP port of the same number.
#[derive(Debug, Default, Args)]
#[command(after_help = "Examples:
  repartee serve                                  talk to it on this machine
  repartee serve --lan                            talk to it from a phone in the same network
  repartee serve --knowledge ~/handbook           answer from your own Markdown files
  repartee serve --llm http://localhost:11434/v1  let Ollama, vLLM, ... find the words
  repartee serve --stt http://gpu:8001/v1 --tts http://gpu:8002/v1 --tts-voice af_heart
  repartee serve --listen 0.0.0.0:8080 --key K --public-address 203.0.113.7")]
pub(crate) struct Serve {
    /// Address and port of the page and the signaling [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Configuration file [default: repartee.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for what is kept between runs [default: repartee in your data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Folder of Markdown files that answers come from
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Chat server with OpenAI's HTTP API that finds the words; quotes from the knowledge stand behind it
    #[arg(long, value_name = "URL")]
    pub(crate) llm: Option<String>,
    /// Model to ask that server for [default: the first that it lists]
    #[arg(long, value_name = "NAME", requires = "llm")]
    pub(crate) llm_model: Option<String>,
    /// Server with OpenAI's HTTP API that understands the callers; the built-in recognizer stands behind it
    #[arg(long, value_name = "URL")]
    pub(crate) stt: Option<String>,
    /// Model to ask that server for [default: the first that it lists]
    #[arg(long, value_name = "NAME", requires = "stt")]
    pub(crate) stt_model: Option<String>,
    /// Server with OpenAI's HTTP API that speaks; the built-in voice stands behind it
    #[arg(long, value_name = "URL")]
    pub(crate) tts: Option<String>,
    /// Model to ask that server for [default: the first that it lists]
    #[arg(long, value_name = "NAME", requires = "tts")]
    pub(crate) tts_model: Option<String>,
    /// Voice to ask that server for [default: alloy]
    #[arg(long, value_name = "NAME", requires = "tts")]
    pub(crate) tts_voice: Option<String>,
    /// Let a phone try it: own certificate, a key, and a code to scan
    #[arg(long)]
    pub(crate) lan: bool,
    /// Bearer key that callers must show; needed off loopback
    #[arg(long, value_name = "KEY", env = "REPARTEE_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Web origin, beside this server's own, whose pages may call; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Vec<String>,
    /// Address at which callers reach this machine behind NAT; may be repeated
    #[arg(long, value_name = "IP")]
    pub(crate) public_address: Vec<IpAddr>,
    /// UDP port for the sound of all calls [default: the port of --listen]
    #[arg(long, value_name = "PORT")]
    pub(crate) media_port: Option<u16>,
    /// Spoken when a caller arrives
    #[arg(long, value_name = "TEXT")]
    pub(crate) greeting: Option<String>,
    /// Write the journal of each call here, so that it can be replayed; it holds what was said
    #[arg(long, value_name = "DIR")]
    pub(crate) journals: Option<PathBuf>,
}

impl Serve {
    /// The command line wins over the file and the environment.
    pub(crate) fn apply(&self, config: &mut Config, mistakes: &mut Mistakes) {
        fn set<T: Clone>(at: &mut Option<T>, typed: &Option<T>) {
            if typed.is_some() {
                at.clone_from(typed);
            }
        }
        set(&mut config.data, &self.data);
        set(&mut config.knowledge, &self.knowledge);
        set(&mut config.journals, &self.journals);
        set(&mut config.greeting, &self.greeting);
        // A variable that is set to nothing is no key.
        let key = self.key.as_deref().map(str::trim).unwrap_or_default();
        set(
            &mut config.key,
            &Some(key).filter(|key| !key.is_empty()).map(str::to_owned),
        );
        config.lan = self.lan;
        if let Some(listen) = self.listen {
            config.listen = listen;
        } else if self.lan && config.listen.ip().is_loopback() {
            config.listen = SocketAddr::from(([0, 0, 0, 0], config.listen.port()));
        }
        if let Some(url) = &self.llm {
            match keys::url(url) {
                Ok(()) => config.take_llm(url.clone()),
                Err(wrong) => mistakes.add("--llm", wrong),
            }
            config.llm_model.clone_from(&self.llm_model);
        }
        if let Some(url) = &self.stt {
            match keys::url(url) {
                Ok(()) => config.take_stt(url.clone()),
                Err(wrong) => mistakes.add("--stt", wrong),
            }
            config.stt_model.clone_from(&self.stt_model);
        }
        if let Some(url) = &self.tts {
            match keys::url(url) {
                Ok(()) => config.take_tts(url.clone()),
                Err(wrong) => mistakes.add("--tts", wrong),
            }
            config.tts_model.clone_from(&self.tts_model);
            set(&mut config.tts_voice, &self.tts_voice);
        }
        for origin in &self.allow_origin {
            match keys::origin(origin) {
                Ok(()) => config.allow_origins.push(origin.clone()),
                Err(wrong) => mistakes.add("--allow-origin", wrong),
            }
        }
        config.public_addresses.extend(&self.public_address);
        config.media_port = self.media_port.unwrap_or(config.media_port);
    }
}

/// Read the configuration whole and name every mistake.
///
/// The file and the environment are read, as `repartee serve` would, and nothing is started.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  repartee check                           the file beside the server, and the environment
  repartee check --config /etc/repartee.toml
  repartee check --sample > repartee.toml  a file to begin with")]
pub(crate) struct Check {
    /// Configuration file [default: repartee.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print a configuration with every key, its default and its meaning
    #[arg(long)]
    pub(crate) sample: bool,
}

/// Speak a text into a WAV file with the built-in voice.
#[derive(Debug, Args)]
#[command(after_help = "Example:  repartee say \"Good morning.\" morning.wav")]
pub(crate) struct Say {
    pub(crate) text: String,
    pub(crate) file: PathBuf,
    /// One of the voices that the engine names
    #[arg(long, value_name = "NAME")]
    pub(crate) voice: Option<String>,
    /// 1.0 is the voice's own pace
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    pub(crate) speed: f32,
}

/// Print the words that the built-in recognizer hears in a WAV file.
#[derive(Debug, Args)]
#[command(after_help = "Example:  repartee hear question.wav")]
pub(crate) struct Hear {
    pub(crate) file: PathBuf,
    /// Folder whose words are likely [default: the embedded knowledge]
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<PathBuf>,
}

/// Print the answer that the knowledge gives to a question, with its sources.
#[derive(Debug, Args)]
#[command(after_help = "Example:  repartee ask --knowledge ~/handbook \"when do you open?\"")]
pub(crate) struct Ask {
    pub(crate) question: String,
    /// Folder of Markdown files [default: the embedded knowledge]
    #[arg(long, value_name = "DIR")]
    pub(crate) knowledge: Option<PathBuf>,
}

/// Tell a call's journal to a fresh conversation and compare what it answers.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:  repartee serve --journals /tmp/calls   # make a call, then\n          \
    repartee replay /tmp/calls/rtc_....jsonl"
)]
pub(crate) struct Replay {
    pub(crate) journal: PathBuf,
    /// Print every output, one JSON value a line
    #[arg(long)]
    pub(crate) outputs: bool,
}
