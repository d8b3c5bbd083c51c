//! The cepstral mean of a caller and the line: what the recogniser takes off before it compares.
//!
//! The library begins with a mean from its configuration and hardly moves it in the first 8 s. A
//! caller whose line differs from it (noise above all) would be misheard all that time. So the mean
//! of the first speech is measured, and when it lies far off, the utterance is begun again with it.

use std::ops::RangeInclusive;

/// Of clear speech; each utterance begins with it, for a decoder serves another caller each time.
pub(super) const USUAL: [f32; 13] = [
    41.00, -5.29, -0.12, 5.09, 2.48, -4.07, -1.37, -1.78, -5.08, -2.05, -6.45, -1.42, 1.17,
];

fn env(name: &str, default: f32) -> f32 {
    std::env::var(name)
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(default)
}

/// The mean to begin again with, if what was heard lies far from `mean`.
pub(super) fn measured(mean: &[f32], sum: &[f32], frames: f32) -> Option<Vec<f32>> {
    let weight = env("SPHINX_W", 40.0);
    let new: Vec<f32> = sum
        .iter()
        .zip(mean)
        .map(|(sum, mean)| (sum + mean * weight) / (frames + weight))
        .collect();
    let distance: f32 = new
        .iter()
        .zip(mean)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f32>()
        .sqrt();
    if std::env::var("SPHINX_MEAN").is_ok() {
        eprintln!("frames {frames} distance {distance:.2} {new:.2?}");
    }
    (distance > env("SPHINX_FAR", 3.0)).then_some(new)
}

pub(super) fn at() -> usize {
    (env("SPHINX_AT", 0.8) * 16000.0) as usize
}
pub(super) fn at2() -> usize {
    (env("SPHINX_AT2", 100.0) * 16000.0) as usize
}
#[allow(dead_code)]
type X = RangeInclusive<u8>;
