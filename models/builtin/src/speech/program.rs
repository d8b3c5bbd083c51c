//! The programs that speak: their names, voices and arguments.

use super::cache::Phrase;
use std::path::Path;
use std::process::{Command, Stdio};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Flite,
    Espeak,
}

/// espeak-ng's own pace, in words a minute.
const ESPEAK_WORDS: u32 = 165;

impl Program {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flite => "flite",
            Self::Espeak => "espeak-ng",
        }
    }

    pub(super) fn rate(self) -> u32 {
        match self {
            Self::Flite => 16_000,
            Self::Espeak => 22_050,
        }
    }

    /// The default one first.
    pub(super) fn voices(self) -> &'static [&'static str] {
        match self {
            Self::Flite => &["slt", "rms", "awb", "kal16"],
            Self::Espeak => &["en-us", "en-us+f3", "en-gb", "en-us+m3"],
        }
    }

    pub(super) fn is_installed(self) -> bool {
        let version = Command::new(self.name())
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        version.is_ok()
    }

    /// Reads `text`, writes `sound`. What is said stands in no argument: others may read those.
    pub(super) fn command(self, phrase: &Phrase, text: &Path, sound: &Path) -> Command {
        let mut command = Command::new(self.name());
        match self {
            Self::Flite => {
                let stretch = 100.0 / f64::from(phrase.percent);
                command
                    .args(["-voice", phrase.voice, "--setf"])
                    .arg(format!("duration_stretch={stretch:.3}"))
                    .arg("-f")
                    .arg(text)
                    .arg("-o")
                    .arg(sound)
            }
            Self::Espeak => {
                let words = ESPEAK_WORDS * phrase.percent / 100;
                command
                    .args(["-v", phrase.voice, "-s", &words.to_string(), "-f"])
                    .arg(text)
                    .arg("-w")
                    .arg(sound)
            }
        };
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}
