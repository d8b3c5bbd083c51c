//! `repartee`: configuration, assembly, HTTP, shutdown.

mod assemble;
mod by_hand;
mod command_line;
mod config;
mod doors;
mod lan;
mod meaning;
mod media;
mod metrics;
mod models;
mod page;
mod reception;
mod serve;

use clap::Parser;
use command_line::{Check, CommandLine, Task};
use config::{Config, Mistakes};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// The WebRTC crates speak of every stranger's datagram, with its address; what matters reaches us as
/// events.
const LOG: &str = "info,webrtc=off,rtc=off,rtc_ice=off,rtc_dtls=off,rtc_sctp=off,rtc_srtp=off,\
    rtc_interceptor=off,rtc_datachannel=off,rtc_stun=off,rtc_turn=off,rtc_mdns=off,tantivy=warn";

fn main() -> ExitCode {
    let line = CommandLine::parse();
    listen_to_ourselves();
    // TLS of --lan and of remote engines: one provider, chosen here, for the whole process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match line.task {
        Task::Serve(serve) => serve::serve(&serve),
        Task::Check(check) => checked(&check),
        Task::Say(say) => by_hand::say(&say),
        Task::Hear(hear) => by_hand::hear(&hear),
        Task::Ask(ask) => by_hand::ask(&ask),
        Task::Replay(replay) => by_hand::replay(&replay),
        Task::Models(task) => models::run(&task),
        Task::Engines => Err(models_apart::serve(assemble::load_apart)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("repartee: {message}");
            ExitCode::FAILURE
        }
    }
}

/// A line for whoever started us. Who no longer reads does not stop us.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn checked(check: &Check) -> Result<(), String> {
    if check.sample {
        print(config::SAMPLE.trim_end());
        return Ok(());
    }
    let config = read_config(check.config.as_deref(), |_, _| {})?;
    print(&format!(
        "The configuration is whole. The server would listen on {}.",
        config.listen
    ));
    Ok(())
}

fn read_config(
    file: Option<&Path>,
    typed: impl FnOnce(&mut Config, &mut Mistakes),
) -> Result<Config, String> {
    let environment = |name: &str| std::env::var(name).ok();
    Config::read(file, environment, typed).map_err(|mistakes| mistakes.to_string())
}

/// `RUST_LOG` chooses what is logged. What people say is never part of it.
fn listen_to_ourselves() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt()
        .with_env_filter(discreet(filter))
        .with_writer(std::io::stderr)
        .init();
}

/// Kokoro's pronouncing rules would write every word of a reply to a log of level debug.
fn discreet(filter: EnvFilter) -> EnvFilter {
    filter.add_directive("misaki_rs=off".parse().expect("it is a directive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_lets_the_words_of_a_reply_out() {
        for asked in ["debug", "trace", "misaki_rs=trace", LOG] {
            let filter = discreet(EnvFilter::new(asked)).to_string();
            let about: Vec<&str> = filter
                .split(',')
                .filter(|part| part.contains("misaki"))
                .collect();
            assert_eq!(about, ["misaki_rs=off"], "{asked}");
        }
    }
}
