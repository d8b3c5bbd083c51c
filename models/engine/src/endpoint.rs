//! Has the caller finished, or only paused?

use crate::{Card, Probability};

/// What is known at a pause.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The words recognised so far; empty when nothing was.
    pub partial: &'a str,
    /// How long the caller has been silent.
    pub silence_ms: u32,
    /// How long the utterance has lasted up to the pause.
    pub speech_ms: u32,
    /// The last seconds of the utterance at [`crate::LISTENING_RATE`]; may be empty.
    pub speech: &'a [f32],
}

pub trait Endpointer: Send + Sync {
    fn card(&self) -> Card;

    /// The probability that the caller has finished.
    fn judge(&self, evidence: &Evidence<'_>) -> Probability;
}
