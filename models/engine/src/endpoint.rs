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
    /// What [`Endpointer::listen`] made of this pause, once it has.
    pub sound: Option<Probability>,
}

pub trait Endpointer: Send + Sync {
    fn card(&self) -> Card;

    /// The probability that the caller has finished. At once: sessions ask it in place.
    fn judge(&self, evidence: &Evidence<'_>) -> Probability;

    /// It wants to hear the sound, too.
    fn listens(&self) -> bool {
        false
    }

    /// The same by the sound alone: the utterance's last seconds at [`crate::LISTENING_RATE`], up to the pause
    /// and into it. Takes its time, so it is asked on a thread of its own, once a pause. `None`: cannot tell.
    fn listen(&self, _speech: &[f32]) -> Option<Probability> {
        None
    }
}
