//! Speech by flite as a child process, by espeak-ng where flite is missing.

mod cache;
mod child;
mod latin;
mod program;
mod wav;

use cache::{Cache, Phrase};
use models_engine::{Ability, Cancel, Card, Failure, Grade, Script, Spoken, Stopped, Synthesizer};
use program::Program;
use std::sync::{Arc, Mutex, PoisonError};

/// A phrase longer than this is not one phrase; what is beyond it is not spoken.
const MAX_LETTERS: usize = 2_000;

/// How much is emitted at once: 20 ms, so that a cancel is seen between any two.
const PIECES_A_SECOND: u32 = 50;

/// The best voice that this machine has; the error names the Debian package that is missing.
pub fn synthesizer() -> Result<Arc<dyn Synthesizer>, Failure> {
    for program in [Program::Flite, Program::Espeak] {
        if program.is_installed() {
            return Ok(Arc::new(ChildVoice::new(program)));
        }
    }
    Err(Failure::new(
        "nothing can be spoken: neither flite nor espeak-ng is installed; install Debian's package flite",
    ))
}

/// Speaks by one child process a phrase, and remembers short phrases that come again.
pub struct ChildVoice {
    program: Program,
    cache: Mutex<Cache>,
}

impl ChildVoice {
    fn new(program: Program) -> Self {
        Self {
            program,
            cache: Mutex::new(Cache::new()),
        }
    }

    /// flite, whether or not it is installed.
    pub fn flite() -> Self {
        Self::new(Program::Flite)
    }

    /// espeak-ng, whether or not it is installed.
    pub fn espeak() -> Self {
        Self::new(Program::Espeak)
    }

    fn voice(&self, asked: Option<&str>) -> &'static str {
        let voices = self.program.voices();
        let known = voices.iter().find(|voice| Some(**voice) == asked);
        known.copied().unwrap_or(voices[0])
    }

    fn phrase(&self, script: &Script, cancel: &Cancel) -> Result<Arc<[f32]>, Stopped> {
        let text: String = latin::spoken(&script.text)
            .chars()
            .take(MAX_LETTERS)
            .collect();
        let phrase = Phrase {
            voice: self.voice(script.voice.as_deref()),
            percent: percent(script.speed),
            text,
        };
        if !phrase.text.contains(char::is_alphanumeric) {
            return Ok(Arc::from([]));
        }
        if let Some(samples) = self.cache().find(&phrase) {
            return Ok(samples);
        }
        let samples: Arc<[f32]> = child::speak(self.program, &phrase, cancel)?.into();
        self.cache().keep(phrase, &samples);
        Ok(samples)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // The cache is whole between any two statements.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The speed as whole percent within what may be asked for, so that phrases can be compared.
fn percent(speed: f32) -> u32 {
    let speed = if speed.is_nan() { 1.0 } else { speed };
    (speed.clamp(0.25, 1.5) * 100.0).round() as u32
}

impl Synthesizer for ChildVoice {
    fn card(&self) -> Card {
        Card::new(self.program.name(), Grade::Builtin).with(Ability::Speed)
    }

    fn rate(&self) -> u32 {
        self.program.rate()
    }

    fn voices(&self) -> Vec<String> {
        let voices = self.program.voices().iter();
        voices.map(|voice| (*voice).to_owned()).collect()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        cancel.check()?;
        let samples = self.phrase(script, cancel)?;
        for piece in samples.chunks((self.rate() / PIECES_A_SECOND) as usize) {
            cancel.check()?;
            emit(piece);
        }
        Ok(Spoken::of(samples.len()))
    }
}
