//! A server that is measured: how it is started, when it is ready, what it costs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};

use crate::call::CallOptions;
use crate::cost::Cost;
use crate::door::Door;
use crate::trouble::Trouble;

/// Python takes seconds to load what it needs, and more on a busy machine.
const START: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(50);

/// Who is measured beside whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Ours,
    /// aiortc, which sends back what it hears.
    Aiortc,
    /// Pipecat, with its own transport and voice detector.
    Pipecat,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Aiortc => "aiortc",
            Self::Pipecat => "Pipecat",
        }
    }

    /// Whoever only echoes has no silence to wait for, and nobody to cut in on.
    pub(crate) fn converses(self) -> bool {
        !matches!(self, Self::Aiortc)
    }

    /// Sends a packet each 20 ms, silence too; we send nothing in silence.
    pub(crate) fn sends_always(self) -> bool {
        !matches!(self, Self::Ours)
    }
}

/// Where and how it is started.
#[derive(Clone, Debug)]
pub struct Contender {
    pub kind: Kind,
    pub url: String,
    pub command: Vec<String>,
}

impl Contender {
    /// From "URL COMMAND ARGUMENT...".
    pub fn parse(kind: Kind, text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace().map(str::to_owned);
        let url = words.next().unwrap_or_default();
        let command: Vec<String> = words.collect();
        if command.is_empty() {
            return Err(format!(
                "\"{text}\" is not an address and a command, such as \"http://10.0.0.1:8081 repartee serve\"."
            ));
        }
        Ok(Self { kind, url, command })
    }

    /// Starts it on these cores, or any, and waits until it takes calls.
    pub(crate) async fn start(
        &self,
        key: Option<&str>,
        folder: &Path,
        cores: Option<&str>,
    ) -> Result<Running, Trouble> {
        let door = Door::new(&self.url, key.map(str::to_owned), false)?;
        let log = folder.join(format!("{}.log", self.kind.name()));
        let begun = Instant::now();
        let child = self.spawn(&log, cores)?;
        let mut running = Running { child, door, log };
        while !running.door.is_ready().await {
            let ended = running.child.try_wait().ok().flatten().is_some();
            if ended || begun.elapsed() > START {
                return Err(running.never_came(self, ended));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(running)
    }

    fn spawn(&self, log: &Path, cores: Option<&str>) -> Result<Child, Trouble> {
        let refused = |err: std::io::Error| Trouble::Local {
            what: "process for a server",
            reason: format!("{}: {err}", self.command.join(" ")),
        };
        let out = std::fs::File::create(log).map_err(refused)?;
        let also = out.try_clone().map_err(refused)?;
        let pinned = cores.map(|cores| ["taskset", "-c", cores]);
        let words: Vec<&str> = pinned
            .iter()
            .flatten()
            .copied()
            .chain(self.command.iter().map(String::as_str))
            .collect();
        Command::new(words[0])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(also)
            .spawn()
            .map_err(refused)
    }

    /// What is asked of it beside the offer: a fixed silence, where it takes such wishes.
    pub(crate) fn options(&self, window_ms: u64) -> CallOptions {
        CallOptions {
            session: (self.kind == Kind::Ours).then(|| fixed_silence(window_ms)),
            ..CallOptions::default()
        }
    }
}

fn fixed_silence(window_ms: u64) -> Value {
    let detection = json!({"type": "server_vad", "silence_duration_ms": window_ms});
    json!({"type": "realtime", "audio": {"input": {"turn_detection": detection}}})
}

/// A server that takes calls; it ends with this.
pub(crate) struct Running {
    child: Child,
    pub(crate) door: Door,
    log: PathBuf,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn cost(&self) -> Result<Cost, Trouble> {
        Cost::of_tree(self.pid()).ok_or_else(|| Trouble::Local {
            what: "look at a server's cost",
            reason: format!("process {} is gone, {}", self.pid(), self.last_words()),
        })
    }

    fn never_came(&self, contender: &Contender, ended: bool) -> Trouble {
        let what = if ended { "ended" } else { "is not ready" };
        Trouble::Local {
            what: "server that is ready",
            reason: format!("{} {what}, {}", contender.kind.name(), self.last_words()),
        }
    }

    fn last_words(&self) -> String {
        const SHOWN: usize = 5;
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(SHOWN)..];
        format!("its last words: {}", last.join(" / "))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_command_are_told_apart() {
        let found = Contender::parse(Kind::Ours, "http://a:1  server --x 2").expect("it is whole");
        assert_eq!(found.url, "http://a:1");
        assert_eq!(found.command, ["server", "--x", "2"]);
        for text in ["", "http://a:1", "  "] {
            assert!(Contender::parse(Kind::Aiortc, text).is_err(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn a_server_that_ends_at_once_is_told_with_its_last_words() {
        let folder = std::env::temp_dir().join(format!("probe-beside-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temp folder is writable");
        let words = ["sh", "-c", "echo no such model; exit 3"];
        let contender = Contender {
            kind: Kind::Pipecat,
            url: "http://127.0.0.1:9".to_owned(),
            command: words.map(str::to_owned).to_vec(),
        };
        let started = contender.start(None, &folder, None).await;
        let told = started.err().expect("it ended").to_string();
        std::fs::remove_dir_all(&folder).expect("the folder is ours");
        assert!(
            told.contains("Pipecat ended") && told.contains("no such model"),
            "{told}"
        );
    }
}
