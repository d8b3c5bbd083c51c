//! Judges from the words so far whether the caller has finished.
//!
//! Silence alone cannot tell a pause from an end; the words can. An utterance that ends where no
//! sentence ends ("how do I change the") is low, one that is whole as a question, a command or a
//! courtesy is high, whatever else may still be either is in the middle. The core waits longest at
//! low and shortest at high, so only a high that is wrong cuts a caller off. A question that is whole
//! and may yet be added to becomes high with the silence.

mod mel;
mod smart_turn;
mod whole;

pub use smart_turn::{SMART_TURN_FILE, SmartTurn};

use models_engine::{Card, Endpointer, Evidence, Grade, Probability};
use whole::Wholeness;

/// Rules over the partial transcript; the words at its end decide.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleEndpointer;

const WHOLE: Probability = 0.9;
const PERHAPS: Probability = 0.5;
const BROKEN_OFF: Probability = 0.1;
/// Speech without a word: a cough, or words not known yet.
const WORDLESS: Probability = 0.2;

/// A whole question is often added to after a pause ("how do I change the voice ... while it speaks"):
/// people who pause to think go on within so much silence.
const ADDITION_MS: u32 = 700;

/// After so much silence a sentence that may be whole is.
const LONG_SILENCE_MS: u32 = 1_500;

impl RuleEndpointer {
    pub fn new() -> Self {
        Self
    }
}

impl Endpointer for RuleEndpointer {
    fn card(&self) -> Card {
        Card::new("rules over the words", Grade::Builtin)
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Probability {
        if evidence.silence_ms >= LONG_SILENCE_MS {
            return WHOLE;
        }
        let words = match whole::judge(evidence.partial) {
            Wholeness::Wordless => WORDLESS,
            Wholeness::BrokenOff => BROKEN_OFF,
            Wholeness::Perhaps => PERHAPS,
            Wholeness::Whole if evidence.silence_ms < ADDITION_MS => PERHAPS,
            Wholeness::Whole | Wholeness::Final => WHOLE,
        };
        evidence.sound.map_or(words, |sound| both(words, sound))
    }
}

/// What the words and the melody say together: their odds, each to a power. Alone, words are the better judge: a voice
/// that falls cannot end "how do I change the", and one that stays up only buys "what is it" some time.
const WORDS_WEIGH: f32 = 0.7;
const SOUND_WEIGHS: f32 = 0.5;
/// Nobody is surer than this.
const SUREST: f32 = 0.98;

fn both(words: Probability, sound: Probability) -> Probability {
    if !sound.is_finite() {
        return words;
    }
    let odds = |probability: f32| {
        let probability = probability.clamp(1.0 - SUREST, SUREST);
        (probability / (1.0 - probability)).ln()
    };
    let odds = WORDS_WEIGH * odds(words) + SOUND_WEIGHS * odds(sound);
    1.0 / (1.0 + (-odds).exp())
}

#[cfg(test)]
mod tests;
