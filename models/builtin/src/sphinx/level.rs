//! The cepstral mean of a caller and the line: what the recogniser takes off before it compares.
//!
//! The library begins with a mean from its configuration and does not move it in the first 8 s. A
//! caller whose line differs from it would be misheard all that time. So the mean of the first second
//! is measured, and the utterance begun again with it: 0.2 s of work, done while the caller speaks on.

use models_engine::LISTENING_RATE;

/// Of clear speech; each utterance begins with it, for a decoder serves another caller each time.
pub(super) const USUAL: [f32; 13] = [
    41.00, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17,
];

/// When it is measured; a shorter utterance is heard with the usual mean.
pub(super) const MEASURED_AT: usize = LISTENING_RATE as usize;

/// How many frames of speech a measure takes at least.
const LEAST_FRAMES: f32 = 30.0;

/// How much the usual mean counts beside what was measured, in frames: one second holds but a few
/// sounds, and their mean is not yet the caller's.
const USUAL_WEIGHT: f32 = 100.0;

/// The mean to go on with, from the sum of the cepstra of so many frames.
pub(super) fn measured(sum: &[f32], frames: f32) -> Option<Vec<f32>> {
    if frames < LEAST_FRAMES {
        return None;
    }
    let both = sum.iter().zip(USUAL);
    let both = both.map(|(sum, usual)| (sum + usual * USUAL_WEIGHT) / (frames + USUAL_WEIGHT));
    Some(both.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_was_heard_the_more_it_counts() {
        let sum = |frames: f32| USUAL.map(|usual| (usual + 10.0) * frames);
        assert_eq!(measured(&sum(10.0), 10.0), None);
        let after =
            |frames| measured(&sum(frames), frames).expect("enough was heard")[0] - USUAL[0];
        assert!((after(100.0) - 5.0).abs() < 0.01);
        assert!(after(250.0) > after(100.0));
    }
}
