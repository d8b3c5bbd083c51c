//! What was learnt of each caller's voice and line, from one utterance to the next.
//!
//! Decoders are pooled, so the next utterance of a call may meet another decoder: what one of them has
//! learnt is kept here, by the caller's number, for a bounded number of callers.

use super::level::{Loudness, WIDTH};
use models_engine::CallerId;
use std::collections::VecDeque;

/// Callers that are remembered; who has not spoken for the longest is forgotten first.
const REMEMBERED: usize = 256;

/// Older speech counts for so much at most, in frames: a caller may pass the telephone on.
const LONGEST_MEMORY: f32 = 2_000.0;

/// The sum of the cepstra of so many frames of speech.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measure {
    pub(super) sum: [f32; WIDTH],
    pub(super) frames: f32,
}

impl Measure {
    pub(super) fn of(sum: &[f32], frames: f32) -> Option<Self> {
        let sum = sum.try_into().ok()?;
        Some(Self { sum, frames })
    }

    pub(super) fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (sum, more) in both.sum.iter_mut().zip(other.sum) {
            *sum += more;
        }
        both.frames += other.frames;
        both
    }

    fn no_longer_than(mut self, frames: f32) -> Self {
        let share = frames / self.frames.max(frames);
        self.sum.iter_mut().for_each(|sum| *sum *= share);
        self.frames *= share;
        self
    }
}

/// One caller's voice, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Acquaintance {
    pub(super) measure: Measure,
    pub(super) loudness: Loudness,
}

/// The callers, who spoke last behind.
#[derive(Debug, Default)]
pub(super) struct Callers(VecDeque<(CallerId, Acquaintance)>);

impl Callers {
    pub(super) fn find(&self, caller: CallerId) -> Option<&Acquaintance> {
        let found = self.0.iter().find(|(known, _)| *known == caller);
        found.map(|(_, acquaintance)| acquaintance)
    }

    /// After an utterance with words in it.
    pub(super) fn learn(&mut self, caller: CallerId, measure: &Measure, loudness: Loudness) {
        let before = self.0.iter().position(|(known, _)| *known == caller);
        let before = before.and_then(|at| self.0.remove(at));
        let old = before.map(|(_, old)| old.measure).unwrap_or_default();
        let measure = old.with(measure).no_longer_than(LONGEST_MEMORY);
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0
            .push_back((caller, Acquaintance { measure, loudness }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(value: f32, frames: f32) -> Measure {
        let sum = [value * frames; WIDTH];
        Measure { sum, frames }
    }

    fn mean(callers: &Callers, caller: u64) -> Option<f32> {
        let known = callers.find(CallerId(caller))?;
        Some(known.measure.sum[0] / known.measure.frames)
    }

    #[test]
    fn each_caller_has_a_mean_of_their_own() {
        let mut callers = Callers::default();
        callers.learn(CallerId(1), &measure(10.0, 100.0), Loudness::default());
        callers.learn(CallerId(2), &measure(50.0, 100.0), Loudness::default());
        callers.learn(CallerId(1), &measure(40.0, 200.0), Loudness::default());
        assert_eq!(mean(&callers, 1), Some(30.0));
        assert_eq!(mean(&callers, 2), Some(50.0));
        assert_eq!(mean(&callers, 3), None);
    }

    #[test]
    fn what_is_long_ago_counts_less() {
        let mut callers = Callers::default();
        callers.learn(CallerId(1), &measure(10.0, 100_000.0), Loudness::default());
        callers.learn(CallerId(1), &measure(40.0, 2_000.0), Loudness::default());
        assert!((mean(&callers, 1).expect("known") - 25.0).abs() < 0.01);
    }

    #[test]
    fn the_number_of_callers_is_bounded() {
        let mut callers = Callers::default();
        for caller in 0..=REMEMBERED as u64 {
            // The first one speaks again and again, and so is kept.
            callers.learn(CallerId(0), &measure(1.0, 1.0), Loudness::default());
            callers.learn(CallerId(caller), &measure(1.0, 1.0), Loudness::default());
        }
        assert_eq!(callers.0.len(), REMEMBERED);
        assert!(mean(&callers, 0).is_some() && mean(&callers, 1).is_none());
    }
}
