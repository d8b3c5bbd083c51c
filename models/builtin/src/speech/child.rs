//! One phrase spoken by one child process, which a cancel kills.

use super::cache::Phrase;
use super::program::Program;
use super::wav;
use crate::scratch::Scratch;
use models_engine::{Cancel, Stopped};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

/// How soon a cancel is seen, and how soon the end.
const LOOK: Duration = Duration::from_millis(2);

/// A child that takes longer than this hangs: the longest phrase takes under 2 s on a slow machine.
const MAX_LOOKS: u32 = 10_000;

pub(super) fn speak(
    program: Program,
    phrase: &Phrase,
    cancel: &Cancel,
) -> Result<Vec<f32>, Stopped> {
    let scratch = Scratch::new().map_err(Stopped::Failed)?;
    let text = format!("{}\n", phrase.text);
    let text = scratch
        .write("text", text.as_bytes())
        .map_err(Stopped::Failed)?;
    let sound = scratch.path("sound.wav");
    let name = program.name();
    let child = program
        .command(phrase, &text, &sound)
        .spawn()
        .map_err(|error| {
            Stopped::failed(format!(
                "{name} does not start ({error}); install Debian's package {name}"
            ))
        })?;
    let status = Watched::of(child).wait(cancel)?;
    if !status.success() {
        return Err(Stopped::failed(format!("{name} failed: {status}")));
    }
    let bytes = std::fs::read(&sound)
        .map_err(|error| Stopped::failed(format!("{name} wrote no sound: {error}")))?;
    let samples = wav::parse(&bytes, program.rate())
        .ok_or_else(|| Stopped::failed(format!("{name} wrote a sound that cannot be read")))?;
    Ok(wav::trim(samples, program.rate()))
}

/// A child that is killed and reaped if it is dropped while it runs.
struct Watched(Child);

impl Watched {
    fn of(child: Child) -> Self {
        Self(child)
    }

    fn wait(mut self, cancel: &Cancel) -> Result<ExitStatus, Stopped> {
        let (_open, never): (_, Receiver<()>) = sync_channel(0);
        for _ in 0..MAX_LOOKS {
            cancel.check()?;
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) => {}
                Err(error) => return Err(Stopped::failed(error.to_string())),
            }
            // Nothing is ever sent, and the sender held above keeps it from ending early: this waits.
            let _ = never.recv_timeout(LOOK);
        }
        Err(Stopped::failed("the speaking program hangs"))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
