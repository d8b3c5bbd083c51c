//! How far the speech stands above the noise of its line: words that come out of noise are not to be believed, however
//! sure the decoder is of them.

use models_engine::LISTENING_RATE;

/// 20 ms.
const FRAME: usize = LISTENING_RATE as usize / 50;
/// Digital silence is no quieter than this.
const QUIET_DB: f32 = -80.0;
/// White noise alone spans so much between its loudest and its softest frame, and speech that is lost in it a little more.
const LOST_DB: f32 = 8.0;
/// Speech that spans so much is heard as if there were no noise.
const CLEAR_DB: f32 = 24.0;

/// The softest and the loudest frame so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    softest: f32,
    loudest: f32,
}

impl Span {
    pub(super) fn new() -> Self {
        Self {
            softest: f32::INFINITY,
            loudest: f32::NEG_INFINITY,
        }
    }

    pub(super) fn see(&mut self, speech: &[f32]) {
        for frame in speech.chunks_exact(FRAME) {
            let power = frame.iter().map(|s| s * s).sum::<f32>() / FRAME as f32;
            if power.is_finite() {
                let level = (10.0 * power.log10()).max(QUIET_DB);
                self.softest = self.softest.min(level);
                self.loudest = self.loudest.max(level);
            }
        }
    }

    /// What part of the decoder's own belief is left.
    pub(super) fn clarity(&self) -> f32 {
        let span = self.loudest - self.softest;
        ((span - LOST_DB) / (CLEAR_DB - LOST_DB)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clarity(levels_db: &[f32]) -> f32 {
        let mut span = Span::new();
        for level in levels_db {
            span.see(&[10_f32.powf(level / 20.0); FRAME]);
        }
        span.clarity()
    }

    #[test]
    fn speech_far_above_the_noise_is_clear_and_speech_within_it_is_not() {
        assert_eq!(clarity(&[-60.0, -25.0, -30.0]), 1.0);
        assert_eq!(clarity(&[-30.0, -25.0, -28.0]), 0.0);
        assert!((clarity(&[-46.0, -30.0]) - 0.5).abs() < 0.01);
        assert_eq!(clarity(&[f32::NEG_INFINITY, -25.0]), 1.0);
        assert_eq!(clarity(&[f32::NAN, -25.0]), 0.0);
        assert_eq!(clarity(&[]), 0.0);
    }
}
