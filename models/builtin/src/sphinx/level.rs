//! The caller's loudness and cepstral mean: what the recogniser compares speech by, set right.
//!
//! The library begins with a mean from its configuration and does not move it in the first 8 s. A
//! caller who is louder, or whose line differs from it, would be misheard all that time. So loud
//! callers are turned down, and the mean of a caller's first second is measured and the utterance begun
//! again with it: 0.2 s of work, done while the caller speaks on. Their next utterance begins with what
//! is known of them.

use super::callers::Measure;
use models_engine::LISTENING_RATE;

/// Coefficients of a frame.
pub(super) const WIDTH: usize = 13;

/// Of clear speech; a caller's first utterance begins with it.
pub(super) const USUAL: [f32; WIDTH] = [
    41.00, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17,
];

/// When it is measured; a shorter utterance is heard with the usual mean.
pub(super) const MEASURED_AT: usize = LISTENING_RATE as usize;

/// The library's sum is what we think only as long as it has not scaled it down.
pub(super) const MEASURABLE: usize = 28 * LISTENING_RATE as usize / 10;

/// From so much speech on a caller's mean is known well enough not to be measured anew.
const WELL_KNOWN: f32 = 200.0;

/// How many frames of speech a measure takes at least.
const LEAST_FRAMES: f32 = 30.0;

/// How much the usual mean counts beside what was measured, in frames: one second holds but a few
/// sounds, and their mean is not yet the caller's.
const USUAL_WEIGHT: f32 = 100.0;

/// The mean to go on with, from what was measured; none where that is too little.
pub(super) fn mean(measure: &Measure) -> Option<[f32; WIDTH]> {
    if measure.frames < LEAST_FRAMES {
        return None;
    }
    let weight = measure.frames + USUAL_WEIGHT;
    let mut mean = USUAL;
    for (mean, sum) in mean.iter_mut().zip(measure.sum) {
        *mean = (sum + *mean * USUAL_WEIGHT) / weight;
    }
    Some(mean)
}

pub(super) fn is_well_known(measure: &Measure) -> bool {
    measure.frames >= WELL_KNOWN
}

/// The loudest tenth of a second that needs no turning down: −22 dBFS.
const LOUD: f32 = 0.08;

/// Turns a loud caller down to what the model knows best. Nobody is turned up: noise would be, too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Loudness {
    /// Root mean square of the loudest step so far.
    loudest: f32,
}

impl Loudness {
    /// Sees a step of a tenth of a second before it is turned down.
    pub(super) fn see(&mut self, step: &[f32]) {
        let energy: f32 = step.iter().map(|s| s * s).sum();
        let loudness = (energy / step.len().max(1) as f32).sqrt();
        if loudness.is_finite() {
            self.loudest = self.loudest.max(loudness);
        }
    }

    pub(super) fn turned_down(&self, speech: &[f32]) -> Vec<i16> {
        let gain = (LOUD / self.loudest.max(LOUD)) * f32::from(i16::MAX);
        // A cast from a float saturates, and makes 0 of what is no number.
        speech.iter().map(|sample| (sample * gain) as i16).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_was_heard_the_more_it_counts() {
        let measured = |frames: f32| {
            let sum = USUAL.map(|usual| (usual + 10.0) * frames);
            mean(&Measure { sum, frames })
        };
        assert_eq!(measured(10.0), None);
        let after = |frames| measured(frames).expect("enough was heard")[0] - USUAL[0];
        assert!((after(100.0) - 5.0).abs() < 0.01);
        assert!(after(250.0) > after(100.0));
    }

    #[test]
    fn the_loud_are_turned_down_and_the_quiet_left_alone() {
        let mut loudness = Loudness::default();
        loudness.see(&[0.01; 100]);
        assert_eq!(loudness.turned_down(&[0.01]), [327]);
        loudness.see(&[0.8; 100]);
        assert_eq!(loudness.turned_down(&[0.8]), [2621]);
        loudness.see(&[f32::NAN; 100]);
        assert_eq!(loudness.turned_down(&[0.8, f32::NAN]), [2621, 0]);
        assert_eq!(
            Loudness::default().turned_down(&[2.0, -2.0]),
            [32767, -32768]
        );
    }
}
