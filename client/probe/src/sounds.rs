//! A seeded set of sounds over an agent's voice: which of them are a wish to speak, and which are not.

mod noises;
mod source;
mod spoken;

use std::path::Path;

use crate::speech::Speech;
use crate::trouble::Trouble;
use source::{Dice, level};
use spoken::Voice::{self, Espeak, Flite};
pub use spoken::{mnemonics, phones};

type Make = fn(&mut Dice) -> Vec<f32>;

/// What a sound is, and so what is to become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Several words.
    Sentence,
    /// One word that means stop.
    Word,
    /// "mm-hm": the caller listens.
    Backchannel,
    Cough,
    Click,
    Keys,
    Door,
    Throat,
    Sneeze,
}

impl Kind {
    /// The caller wants the floor.
    pub fn cuts(self) -> bool {
        matches!(self, Self::Sentence | Self::Word)
    }
}

/// One sound, and what it is.
#[derive(Clone, Debug)]
pub struct Sound {
    pub name: String,
    pub kind: Kind,
    pub speech: Speech,
}

const SENTENCES: [&str; 12] = [
    "wait a moment",
    "that's not what I asked",
    "can you say that again",
    "please stop talking",
    "hold on a second",
    "actually never mind",
    "I have a question",
    "six more of these please",
    "fine but what does it cost",
    "how much is it",
    "show me the other one",
    "excuse me",
];
const WORDS: [&str; 6] = ["stop", "no", "wait", "hey", "sorry", "why"];
const BACKCHANNELS: [&str; 9] = [
    "mm-hm", "mhm", "mm", "uh-huh", "yeah", "right", "aha", "okay", "I see",
];
/// Louder and softer callers, in dB of full scale over their loudest 50 ms.
const LEVELS: [f32; 3] = [-14.0, -22.0, -30.0];

/// The two voices that every development machine has, and four that nothing here was tuned on.
const VOICES: [Voice; 8] = [
    Flite("slt"),
    Flite("rms"),
    Flite("awb"),
    Flite("kal16"),
    Espeak("en-us"),
    Espeak("en-gb+f3"),
    Espeak("en-us+m3"),
    Espeak("en-gb-x-rp+f2"),
];

/// About 190 sounds; the same for the same seed. `scratch` is a folder that may be written to.
pub fn sounds(seed: u64, scratch: &Path) -> Result<Vec<Sound>, Trouble> {
    let mut dice = Dice::new(seed);
    let mut all = Vec::new();
    speak(&mut all, &mut dice, scratch, Kind::Sentence, &SENTENCES, 4)?;
    speak(&mut all, &mut dice, scratch, Kind::Word, &WORDS, 5)?;
    speak(
        &mut all,
        &mut dice,
        scratch,
        Kind::Backchannel,
        &BACKCHANNELS,
        4,
    )?;
    make_noises(&mut all, &mut dice);
    Ok(all)
}

/// Those of them that nobody says.
pub fn noises(seed: u64) -> Vec<Sound> {
    let mut all = Vec::new();
    make_noises(&mut all, &mut Dice::new(seed));
    all
}

fn make_noises(all: &mut Vec<Sound>, dice: &mut Dice) {
    for ms in (150_u16..=500).step_by(50) {
        for (make, cough) in noises::COUGHS {
            let sound = cough(dice, f32::from(ms));
            note(all, dice, Kind::Cough, &format!("{make} {ms} ms"), sound);
        }
    }
    let others: [(Kind, usize, Make); 5] = [
        (Kind::Click, 8, noises::click),
        (Kind::Keys, 6, noises::keys),
        (Kind::Door, 6, noises::door),
        (Kind::Throat, 8, noises::throat),
        (Kind::Sneeze, 5, noises::sneeze),
    ];
    for (kind, count, make) in others {
        for n in 0..count {
            let sound = make(dice);
            note(all, dice, kind, &format!("{kind:?} {n}"), sound);
        }
    }
}

/// Each text by some of the voices, taken in turn from one that the seed picks.
fn speak(
    all: &mut Vec<Sound>,
    dice: &mut Dice,
    scratch: &Path,
    kind: Kind,
    texts: &[&str],
    voices: usize,
) -> Result<(), Trouble> {
    for text in texts {
        let first = dice.between(0.0, VOICES.len() as f32) as usize;
        for n in 0..voices {
            let voice = VOICES[(first + n * 3) % VOICES.len()];
            let sound = voice.say(text, scratch)?;
            note(
                all,
                dice,
                kind,
                &format!("{text:?} by {}", voice.name()),
                sound,
            );
        }
    }
    Ok(())
}

fn note(all: &mut Vec<Sound>, dice: &mut Dice, kind: Kind, name: &str, mut sound: Vec<f32>) {
    let dbfs = LEVELS[all.len() % LEVELS.len()] + dice.between(-2.0, 2.0);
    level(&mut sound, dbfs);
    all.push(Sound {
        name: format!("{name} at {dbfs:.0} dBFS"),
        kind,
        speech: Speech::from_samples(sound),
    });
}
