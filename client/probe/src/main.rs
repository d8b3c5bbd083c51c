//! `probe`: a caller without a browser.

mod command_line;

use std::fmt::Display;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use client_probe::{
    Barge, Beside, Bout, Call, CallOptions, Churn, Contender, Crowd, Door, Impairment, Kind,
    Report, Script, Settings, Speech, Trouble, beside, bout, churn, gather, perform, sounds,
};
use serde::Serialize;

use crate::command_line::{
    BargeArgs, BesideArgs, CallArgs, ChurnArgs, Cli, Command, CrowdArgs, LineArgs, SoundsArgs,
    Target,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(err) => return fail(&format!("This machine starts no threads: {err}.")),
    };
    let done = runtime.block_on(async {
        match &cli.command {
            Command::Call(args) => place(args).await,
            Command::Load(args) => load(args).await,
            Command::Idle(args) => idle(args).await,
            Command::Barge(args) => spar(args).await,
            Command::Sounds(args) => write_sounds(args),
            Command::Churn(args) => cycle(args).await,
            Command::Beside(args) => compare(args).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&sentence),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("probe: {sentence}");
    ExitCode::FAILURE
}

async fn place(args: &CallArgs) -> Result<(), String> {
    let options = CallOptions {
        record: args.record.clone(),
        ..options(&args.line)?
    };
    let script = script(args)?;
    let call = Call::place(&door(&args.target)?, &options)
        .await
        .map_err(sentence)?;
    let report: Report = perform(call, &script).await.map_err(sentence)?;
    print(&report, args.target.json)?;
    report.trouble.map_or(Ok(()), Err)
}

async fn load(args: &CrowdArgs) -> Result<(), String> {
    if args.say.is_empty() {
        return Err("Give the callers something to say with --say.".to_owned());
    }
    let speeches = args.say.iter().map(|path| Speech::from_wav(path));
    let speeches = speeches.collect::<Result<_, _>>().map_err(sentence)?;
    let crowd = crowd(args, speeches, options(&args.line)?)?;
    report_crowd(&crowd, args.target.json).await
}

async fn idle(args: &CrowdArgs) -> Result<(), String> {
    let options = CallOptions {
        deaf: true,
        ..options(&args.line)?
    };
    report_crowd(&crowd(args, Vec::new(), options)?, args.target.json).await
}

fn crowd(args: &CrowdArgs, speeches: Vec<Speech>, options: CallOptions) -> Result<Crowd, String> {
    Ok(Crowd {
        door: door(&args.target)?,
        options,
        calls: args.calls,
        speeches,
        length: Duration::from_secs(args.seconds),
        pid: args.pid,
    })
}

async fn report_crowd(crowd: &Crowd, json: bool) -> Result<(), String> {
    let report = gather(crowd).await;
    print(&report, json)?;
    report.verdict().map_err(sentence)
}

async fn cycle(args: &ChurnArgs) -> Result<(), String> {
    let plan = Churn {
        door: door(&args.target)?,
        options: CallOptions {
            deaf: true,
            ..CallOptions::default()
        },
        cycles: args.cycles,
        at_once: args.at_once,
        pid: args.pid,
    };
    let report = churn(&plan).await;
    print(&report, args.target.json)?;
    report.verdict().map_err(sentence)
}

async fn compare(args: &BesideArgs) -> Result<(), String> {
    let speech = |path: &PathBuf| Speech::from_wav(path).map_err(sentence);
    let others = [
        (Kind::Ours, Some(&args.ours)),
        (Kind::Aiortc, args.aiortc.as_ref()),
        (Kind::Pipecat, args.pipecat.as_ref()),
    ];
    let contenders = others
        .into_iter()
        .filter_map(|(kind, text)| text.map(|text| Contender::parse(kind, text)));
    let named = |text: &String| {
        let (name, version) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), version.to_owned())
    };
    let plan = Beside {
        contenders: contenders.collect::<Result<_, _>>()?,
        key: args.key.clone(),
        questions: args.say.iter().map(speech).collect::<Result<_, _>>()?,
        speech: speech(&args.crowd_says)?,
        rounds: args.rounds,
        settings: Settings {
            window_ms: args.window,
            calls: args.calls,
            exchanges: args.exchanges,
            storm: args.storm,
            at_once: 8,
        },
        fill: args.fill,
        folder: args.logs.clone(),
        versions: args.version.iter().map(named).collect(),
    };
    let sheet = beside(&plan).await.map_err(sentence)?;
    let json = serde_json::to_string(&sheet).map_err(|err| err.to_string())?;
    std::fs::write(&args.out, json)
        .map_err(|err| format!("{} cannot be written: {err}.", args.out.display()))?;
    print(&sheet, false)
}

async fn spar(args: &BargeArgs) -> Result<(), String> {
    let all = sounds::sounds(args.seed, &std::env::temp_dir()).map_err(sentence)?;
    let count = args.count.clamp(1, all.len());
    let some = (0..count).map(|n| all[n * all.len() / count].clone());
    let plan = Bout {
        door: door(&args.target)?,
        question: args.question.clone(),
        sounds: some.collect(),
    };
    let report = bout(&plan).await;
    print(&report, args.target.json)?;
    match report.troubles.first() {
        None => Ok(()),
        Some(trouble) => Err(trouble.clone()),
    }
}

fn write_sounds(args: &SoundsArgs) -> Result<(), String> {
    let all = sounds::sounds(args.seed, &args.folder).map_err(sentence)?;
    for (n, sound) in all.iter().enumerate() {
        let file = args.folder.join(format!("{n:03}-{:?}.wav", sound.kind));
        sound.speech.to_wav(&file).map_err(sentence)?;
    }
    Ok(())
}

fn door(target: &Target) -> Result<Door, String> {
    Door::new(&target.url, target.key.clone(), target.insecure).map_err(sentence)
}

fn options(line: &LineArgs) -> Result<CallOptions, String> {
    let session = line
        .session
        .as_deref()
        .map(serde_json::from_str)
        .transpose();
    let session = session.map_err(|err| {
        format!("--session is not JSON ({err}). Give an object like '{{\"type\":\"realtime\"}}'.")
    })?;
    Ok(CallOptions {
        session,
        impairment: Impairment {
            loss_percent: line.loss,
            jitter_ms: line.jitter,
            reorder_percent: line.reorder,
            seed: line.seed,
        },
        dtx: line.dtx,
        ..CallOptions::default()
    })
}

fn script(args: &CallArgs) -> Result<Script, String> {
    let speech = |path: &PathBuf| Speech::from_wav(path).map_err(sentence);
    let barge = args.barge.as_ref().map(speech).transpose()?;
    Ok(Script {
        say: args.say.iter().map(speech).collect::<Result<_, _>>()?,
        type_texts: args.type_text.clone(),
        barge: barge.map(|speech| Barge {
            speech,
            after: Duration::from_millis(args.barge_at),
        }),
        patience: Duration::from_secs(args.timeout),
    })
}

fn print<R: Serialize + Display>(report: &R, json: bool) -> Result<(), String> {
    let text = match json {
        true => serde_json::to_string_pretty(report).map_err(|err| err.to_string())?,
        false => report.to_string(),
    };
    // Whoever reads may have read enough: a closed pipe is no failure.
    writeln!(std::io::stdout(), "{text}").ok();
    Ok(())
}

fn sentence(trouble: Trouble) -> String {
    trouble.to_string()
}
