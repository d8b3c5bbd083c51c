//! A phrase in, speech out.

use crate::{Cancel, Card, Stopped};

/// What to say and how.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Script {
    /// As a person would read it; the engine normalises numbers and the like itself.
    pub text: String,
    /// One of [`Synthesizer::voices`]; `None` or an unknown one: the engine's own choice.
    pub voice: Option<String>,
    /// 1.0 is the voice's own pace; 0.25 to 1.5 may be asked for.
    pub speed: f32,
}

/// How much was spoken, in samples at [`Synthesizer::rate`], and at what pace as far as the voice knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Spoken {
    pub samples: usize,
    /// In their order; none where the voice does not know.
    pub marks: Vec<Mark>,
}

impl Spoken {
    /// So much, at a pace that is not known.
    pub fn of(samples: usize) -> Self {
        Self {
            samples,
            marks: Vec::new(),
        }
    }
}

/// So many bytes of the script's text, ending with a word, are said after so many samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Mark {
    pub bytes: usize,
    pub samples: usize,
}

pub trait Synthesizer: Send + Sync {
    fn card(&self) -> Card;

    /// Samples a second of what `speak` emits.
    fn rate(&self) -> u32;

    /// The voices' names, the default one first.
    fn voices(&self) -> Vec<String>;

    /// Speaks one phrase: mono samples in −1..1, as they are made. `Spoken` counts all that was emitted.
    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped>;
}
