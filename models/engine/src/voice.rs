//! Is someone speaking right now?

use crate::{Card, Probability};

/// One per session, called in place on the media path: under 2 ms a call, no allocation.
pub trait VoiceDetector: Send {
    fn card(&self) -> Card;

    /// Takes any number of samples at [`crate::LISTENING_RATE`], in −1..1. Calls `observe` once for
    /// each window that they complete, with the probability that it holds speech.
    fn push(&mut self, speech: &[f32], observe: &mut dyn FnMut(Probability));

    /// How many samples one window covers.
    fn window(&self) -> usize;

    /// Forgets everything heard so far.
    fn reset(&mut self);
}
