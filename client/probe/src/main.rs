//! `probe`: a caller without a browser.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use client_probe::{
    Barge, Call, CallOptions, Door, Impairment, Report, Script, Speech, Trouble, perform,
};

/// Calls a Repartee server without a browser, on a second, independent WebRTC stack.
#[derive(Parser)]
#[command(name = "probe", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  flite -voice slt -t 'what is repartee' -o question.wav
  probe call --say question.wav
  probe call --say question.wav --barge stop.wav --barge-at 800 --json
  probe call --type 'how do I change the voice'
  probe call --say question.wav --loss 5 --jitter 30 --reorder 5 --seed 1";

#[derive(Subcommand)]
enum Command {
    /// Place one call, say or type things, and report what came back.
    Call(CallArgs),
}

#[derive(Args)]
struct Target {
    /// The server.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "REPARTEE_URL")]
    url: String,
    /// Its key; a loopback server needs none.
    #[arg(long, env = "REPARTEE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Accept a self-signed certificate, as `repartee serve --lan` has one.
    #[arg(long)]
    insecure: bool,
}

#[derive(Args)]
struct CallArgs {
    #[command(flatten)]
    target: Target,
    /// A WAV to say (8 to 48 kHz, mono or stereo); again for the next utterance, after the reply.
    #[arg(long, value_name = "WAV")]
    say: Vec<PathBuf>,
    /// A message to type after that; again for the next.
    #[arg(long = "type", value_name = "TEXT")]
    type_text: Vec<String>,
    /// A WAV to cut into the first reply with.
    #[arg(long, value_name = "WAV", requires = "say")]
    barge: Option<PathBuf>,
    /// When to cut in, in ms after the reply's first sound.
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    barge_at: u64,
    /// Datagrams lost, both ways, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    loss: f64,
    /// Each datagram waits 0 to twice this, in ms.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    jitter: u64,
    /// Datagrams overtaken by later ones, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    reorder: f64,
    /// The bad network's luck: one seed, one network.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not send silence (Opus DTX).
    #[arg(long)]
    dtx: bool,
    /// A session object in JSON, sent beside the offer.
    #[arg(long, value_name = "JSON")]
    session: Option<String>,
    /// How long to wait for each thing, in seconds.
    #[arg(long, value_name = "S", default_value_t = 30)]
    timeout: u64,
    /// Write the call as a stereo WAV: caller left, agent right.
    #[arg(long, value_name = "WAV")]
    record: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(err) => return fail(&format!("This machine starts no threads: {err}.")),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Call(args) => call(&args).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => fail(&trouble),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("probe: {sentence}");
    ExitCode::FAILURE
}

async fn call(args: &CallArgs) -> Result<(), String> {
    let (door, options, script) = prepare(args)?;
    let placed = Call::place(&door, &options).await.map_err(say)?;
    let report = perform(placed, &script).await.map_err(say)?;
    print(&report, args.json)?;
    report.trouble.map_or(Ok(()), Err)
}

fn prepare(args: &CallArgs) -> Result<(Door, CallOptions, Script), String> {
    let target = &args.target;
    let door = Door::new(&target.url, target.key.clone(), target.insecure).map_err(say)?;
    let session = args
        .session
        .as_deref()
        .map(serde_json::from_str)
        .transpose()
        .map_err(|err| {
            format!(
                "--session is not JSON ({err}). Give an object like '{{\"type\":\"realtime\"}}'."
            )
        })?;
    let options = CallOptions {
        session,
        impairment: Impairment {
            loss_percent: args.loss,
            jitter_ms: args.jitter,
            reorder_percent: args.reorder,
            seed: args.seed,
        },
        dtx: args.dtx,
        deaf: false,
        record: args.record.clone(),
    };
    let speech = |path: &PathBuf| Speech::from_wav(path).map_err(say);
    let barge = args
        .barge
        .as_ref()
        .map(speech)
        .transpose()?
        .map(|speech| Barge {
            speech,
            after: Duration::from_millis(args.barge_at),
        });
    let script = Script {
        say: args.say.iter().map(speech).collect::<Result<_, _>>()?,
        type_texts: args.type_text.clone(),
        barge,
        patience: Duration::from_secs(args.timeout),
    };
    Ok((door, options, script))
}

fn print(report: &Report, json: bool) -> Result<(), String> {
    if json {
        let text = serde_json::to_string_pretty(report).map_err(|err| err.to_string())?;
        println!("{text}");
    } else {
        println!("{report}");
    }
    Ok(())
}

fn say(trouble: Trouble) -> String {
    trouble.to_string()
}
