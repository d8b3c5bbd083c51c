//! A server as a child process, with engines that follow a script.

use crate::binary::repartee;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// What a test waits for at most before it fails; nothing is timed by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    /// With the port, without a path.
    pub(crate) url: String,
    /// Everything that was printed up to the address.
    pub(crate) printed: String,
    child: Child,
    /// Held open: the server still has its goodbye to print.
    lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let begun = Self::begin(arguments).await;
        begun.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
    }

    /// Starts it and reads on until it names its address; else what it complained of.
    pub(crate) async fn begin(arguments: &[&str]) -> Result<Self, String> {
        Self::begin_with(arguments, &[]).await
    }

    /// With engines that follow no script, as the environment names them.
    pub(crate) async fn begin_with(
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut command = repartee();
        command.arg("serve").args(arguments);
        for seam in [
            "VOICE_DETECTOR",
            "RECOGNIZER",
            "LANGUAGE_MODEL",
            "SYNTHESIZER",
        ] {
            command.env(format!("REPARTEE_ENGINES_{seam}"), "scripted");
        }
        command.env("RUST_LOG", "off");
        command.envs(environment.iter().copied());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut command = Command::from(command);
        let mut child = command.kill_on_drop(true).spawn().expect("it starts");
        let out = child.stdout.take().expect("it is piped");
        let (mut lines, mut printed) = (BufReader::new(out).lines(), String::new());
        let reading = async {
            while let Some(line) = lines.next_line().await.expect("what it prints is text") {
                printed.push_str(&line);
                printed.push('\n');
                let word = line
                    .split_whitespace()
                    .find(|word| word.starts_with("http"));
                if let Some((scheme, rest)) = word.and_then(|word| word.split_once("://")) {
                    let host = rest.split('/').next().unwrap_or_default();
                    return Some(format!("{scheme}://{host}"));
                }
            }
            None
        };
        let url = tokio::time::timeout(PATIENCE, reading).await;
        let Some(url) = url.expect("it comes up or gives up") else {
            let output = child.wait_with_output().await.expect("it ended");
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        };
        Ok(Self {
            url,
            printed,
            child,
            lines,
        })
    }

    /// Reads on until it prints this; false if it ends without.
    #[allow(dead_code)]
    pub(crate) async fn says(&mut self, part: &str) -> bool {
        let reading = async {
            while let Some(line) = self
                .lines
                .next_line()
                .await
                .expect("what it prints is text")
            {
                if line.contains(part) {
                    return true;
                }
            }
            false
        };
        let said = tokio::time::timeout(PATIENCE, reading).await;
        said.expect("it says it or ends")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// As Ctrl-C does.
    pub(crate) async fn interrupt(&self) {
        let told = Command::new("sh")
            .args(["-c", &format!("kill -INT {}", self.pid())])
            .status()
            .await;
        assert!(told.expect("there is a shell").success());
    }

    /// Waits for its end; its exit status and what it still printed.
    pub(crate) async fn ended(mut self) -> (ExitStatus, String) {
        let mut printed = String::new();
        let ending = async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                printed.push_str(&line);
                printed.push('\n');
            }
            self.child.wait().await.expect("it can be waited for")
        };
        let status = tokio::time::timeout(PATIENCE, ending).await;
        (status.expect("it ends"), printed)
    }
}
