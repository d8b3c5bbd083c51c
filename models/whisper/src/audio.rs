//! The sound of an utterance as Whisper gets it: clean samples, and whether anything is to be heard in them.

use models_engine::LISTENING_RATE;

const RATE: usize = LISTENING_RATE as usize;

/// Loudness is looked at over 20 ms.
const STRETCH: usize = RATE / 50;

/// Below this there is nothing but a line's hiss: -60 dB of full scale. Whisper makes words up there.
const AUDIBLE: f32 = 0.001;

/// Where a long utterance may be cut: in its last quarter or so, at the quietest place.
const CUT_WITHIN: usize = 6 * RATE;

/// A sample that is no number is silence; one that is too loud is clipped.
pub(crate) fn clean(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

/// The root mean square.
fn loudness(stretch: &[f32]) -> f32 {
    let power: f32 = stretch.iter().map(|sample| sample * sample).sum();
    (power / stretch.len().max(1) as f32).sqrt()
}

pub(crate) fn audible(samples: &[f32]) -> bool {
    samples
        .chunks(STRETCH)
        .any(|stretch| loudness(stretch) >= AUDIBLE)
}

/// Where to cut so that no word is cut: the quietest fifth of a second near the end.
pub(crate) fn quietest(samples: &[f32]) -> usize {
    let from = samples.len().saturating_sub(CUT_WITHIN);
    let stretches: Vec<f32> = samples[from..]
        .chunks_exact(STRETCH)
        .map(loudness)
        .collect();
    let sums = stretches.windows(10).map(|ten| ten.iter().sum::<f32>());
    let quietest = sums.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
    quietest.map_or(samples.len(), |(place, _)| from + (place + 5) * STRETCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_silence() {
        assert_eq!(
            [f32::NAN, f32::INFINITY, 7.0, -7.0, 0.5].map(clean),
            [0.0, 0.0, 1.0, -1.0, 0.5]
        );
        assert!(!audible(&[]));
        assert!(!audible(&[0.0005; RATE]));
        assert!(audible(&[vec![0.0; RATE], vec![0.01; STRETCH]].concat()));
    }

    #[test]
    fn a_cut_falls_into_the_pause() {
        let pause = 27 * RATE..27 * RATE + RATE / 4;
        let samples: Vec<f32> = (0..29 * RATE)
            .map(|n| if pause.contains(&n) { 0.0 } else { 0.3 })
            .collect();
        assert!(pause.contains(&quietest(&samples)));
        assert_eq!(quietest(&[]), 0);
    }
}
