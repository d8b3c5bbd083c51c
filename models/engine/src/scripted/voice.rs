//! A voice detector that goes by energy, and a synthesizer that makes a tone.

use super::{Conduct, VOICED, card, loudness};
use crate::{
    Ability, Cancel, Card, LISTENING_RATE, Probability, Script, Spoken, Stopped, Synthesizer,
    VoiceDetector,
};

/// Says 1 for each window of 512 samples louder than [`VOICED`], otherwise 0.
pub struct ScriptedVoice {
    threshold: f32,
    window: Vec<f32>,
}

const WINDOW: usize = 512;

impl ScriptedVoice {
    pub fn new() -> Self {
        Self::louder_than(VOICED)
    }

    /// `threshold` is a root mean square.
    pub fn louder_than(threshold: f32) -> Self {
        Self {
            threshold,
            window: Vec::with_capacity(WINDOW),
        }
    }
}

impl Default for ScriptedVoice {
    fn default() -> Self {
        Self::new()
    }
}

impl VoiceDetector for ScriptedVoice {
    fn card(&self) -> Card {
        card("scripted voice detector")
    }

    fn push(&mut self, mut speech: &[f32], observe: &mut dyn FnMut(Probability)) {
        while !speech.is_empty() {
            let (head, rest) = speech.split_at(speech.len().min(WINDOW - self.window.len()));
            self.window.extend_from_slice(head);
            speech = rest;
            if self.window.len() == WINDOW {
                let voiced = loudness(&self.window) > self.threshold;
                self.window.clear();
                observe(if voiced { 1.0 } else { 0.0 });
            }
        }
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn reset(&mut self) {
        self.window.clear();
    }
}

/// Speaks a tone of 440 Hz, 60 ms for each letter or digit, 20 ms a piece.
#[derive(Clone)]
pub struct ScriptedSynthesizer {
    rate: u32,
    voices: Vec<String>,
    conduct: Conduct,
}

const LETTER_MS: f32 = 60.0;

impl ScriptedSynthesizer {
    pub fn new() -> Self {
        Self {
            rate: LISTENING_RATE,
            voices: vec!["tone".to_owned(), "low".to_owned()],
            conduct: Conduct::plain(),
        }
    }

    pub fn rate_of(mut self, rate: u32) -> Self {
        self.rate = rate.max(50);
        self
    }

    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }

    /// How many samples `speak` makes of `text`.
    pub fn samples(&self, text: &str, speed: f32) -> usize {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        let seconds = letters as f32 * LETTER_MS / 1000.0 / speed.clamp(0.25, 1.5);
        (seconds * self.rate as f32) as usize
    }

    fn pitch(&self, script: &Script) -> f32 {
        match script.voice.as_deref() {
            Some("low") => 220.0,
            _ => 440.0,
        }
    }
}

impl Default for ScriptedSynthesizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Synthesizer for ScriptedSynthesizer {
    fn card(&self) -> Card {
        card("scripted tone").with(Ability::Speed)
    }

    fn rate(&self) -> u32 {
        self.rate
    }

    fn voices(&self) -> Vec<String> {
        self.voices.clone()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        let whole = self.samples(&script.text, script.speed);
        let step = std::f32::consts::TAU * self.pitch(script) / self.rate as f32;
        let piece = (self.rate / 50) as usize;
        let mut samples = 0;
        while samples < whole {
            self.conduct.pass(samples / piece, cancel)?;
            let end = whole.min(samples + piece);
            let tone: Vec<f32> = (samples..end)
                .map(|n| 0.3 * (n as f32 * step).sin())
                .collect();
            emit(&tone);
            samples = end;
        }
        cancel.check()?;
        Ok(Spoken::of(samples))
    }
}
