//! Speech of voices that are not ours to commit: made when asked for, by flite and espeak-ng.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::speech::Speech;
use crate::trouble::Trouble;

/// A voice of another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Flite(&'static str),
    Espeak(&'static str),
}

impl Voice {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Flite(name) | Self::Espeak(name) => name,
        }
    }

    /// The text as this voice says it, from its first sound to its last.
    pub(super) fn say(self, text: &str, folder: &Path) -> Result<Vec<f32>, Trouble> {
        let file = folder.join(format!("spoken-{}.wav", std::process::id()));
        let mut command = match self {
            Self::Flite(voice) => {
                let mut command = Command::new("flite");
                command.args(["-voice", voice]);
                match phones(text) {
                    Some(phones) => command.args(["-p", phones]),
                    None => command.args(["-t", text]),
                };
                command.arg("-o").arg(&file);
                command
            }
            Self::Espeak(voice) => {
                let mut command = Command::new("espeak-ng");
                command
                    .args(["-v", voice, "-w"])
                    .arg(&file)
                    .arg(mnemonics(text));
                command
            }
        };
        let silent = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let done = silent.status().map_err(|err| missing(err.to_string()))?;
        if !done.success() {
            return Err(missing(format!("{} says nothing", self.name())));
        }
        let speech = Speech::from_wav(&file);
        // It is in memory now; a file that stays behind harms nobody.
        std::fs::remove_file(&file).ok();
        let speech = speech?;
        Ok(trimmed(speech.samples()).to_vec())
    }
}

/// Sounds that are no words: read as text, both programs would spell them.
const HUMS: [(&str, &str, &str); 4] = [
    ("mm-hm", "[[m:hm:]]", "pau m m hh m m pau"),
    ("mhm", "[[m'@hm]]", "pau m hh ax m pau"),
    ("mm", "[[@mm:]]", "pau m m m pau"),
    ("hmm", "[[hm:]]", "pau hh m m pau"),
];

/// What espeak-ng is to be given for a text.
pub fn mnemonics(text: &str) -> &str {
    let hum = HUMS.iter().find(|(hum, ..)| *hum == text);
    hum.map_or(text, |(_, mnemonics, _)| *mnemonics)
}

/// What flite is to be given for what is no word.
pub fn phones(text: &str) -> Option<&'static str> {
    let hum = HUMS.iter().find(|(hum, ..)| *hum == text);
    hum.map(|(_, _, phones)| *phones)
}

fn missing(reason: String) -> Trouble {
    Trouble::Local {
        what: "voices (apt-get install flite espeak-ng)",
        reason,
    }
}

/// Without the silence around it.
fn trimmed(speech: &[f32]) -> &[f32] {
    let loudest = speech.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
    let sounds = |s: &f32| s.abs() > loudest * 0.02;
    let first = speech.iter().position(sounds).unwrap_or(0);
    let last = speech.iter().rposition(sounds).unwrap_or(0);
    speech.get(first..=last).unwrap_or(speech)
}
