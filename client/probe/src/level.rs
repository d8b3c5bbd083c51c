//! How loud a frame is, in decibels below full scale.

/// Samples a second of everything the probe handles, and of Opus on the wire.
pub(crate) const RATE: u32 = 48_000;
/// Samples in one frame of 20 ms.
pub(crate) const FRAME: usize = 960;
/// One frame, in milliseconds.
pub const FRAME_MS: u64 = 20;
/// A frame above this is voiced: where speech ends and a reply starts is judged by it alone.
pub const VOICED_DBFS: f32 = -45.0;
/// What digital silence counts as.
pub(crate) const SILENCE_DBFS: f32 = -100.0;

/// The root mean square of the frame against full scale.
pub(crate) fn dbfs(frame: &[f32]) -> f32 {
    if frame.is_empty() {
        return SILENCE_DBFS;
    }
    let power = frame.iter().map(|sample| sample * sample).sum::<f32>() / frame.len() as f32;
    if power <= 0.0 {
        return SILENCE_DBFS;
    }
    (10.0 * power.log10()).max(SILENCE_DBFS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_square_is_zero_and_silence_is_the_floor() {
        assert_eq!(dbfs(&[1.0, -1.0, 1.0, -1.0]), 0.0);
        assert_eq!(dbfs(&[0.0; FRAME]), SILENCE_DBFS);
        assert_eq!(dbfs(&[]), SILENCE_DBFS);
        assert_eq!(dbfs(&[1e-9; FRAME]), SILENCE_DBFS);
    }

    #[test]
    fn half_the_amplitude_is_six_decibels_less() {
        let difference = dbfs(&[0.5; FRAME]) - dbfs(&[0.25; FRAME]);
        assert!((difference - 6.02).abs() < 0.01, "{difference}");
    }
}
