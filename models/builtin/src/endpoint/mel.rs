//! Whisper's way to look at sound: eight seconds as 800 columns of 80 mels, on a logarithmic scale.
//!
//! The sound is first brought to a mean of 0 and a variance of 1, as the models were taught.

use models_spectrum::{Complex32, RealToComplex, spectrum};
use std::sync::Arc;

const RATE: f64 = 16_000.0;
pub(super) const SAMPLES: usize = 8 * 16_000;
pub(super) const MELS: usize = 80;
pub(super) const COLUMNS: usize = SAMPLES / HOP;
const WINDOW: usize = 400;
const HOP: usize = 160;
const BINS: usize = WINDOW / 2 + 1;

/// What nothing at all is taken for, and how far the faintest may lie below the loudest.
const FLOOR: f64 = 1e-10;
const RANGE: f64 = 8.0;
const LEAST_VARIANCE: f64 = 1e-7;

pub(super) struct Mel {
    fft: Arc<dyn RealToComplex<f32>>,
    hann: Vec<f64>,
    filters: Vec<Filter>,
}

/// One mel: a triangle over the bins from `first` on.
struct Filter {
    first: usize,
    weights: Vec<f64>,
}

impl Mel {
    pub(super) fn new() -> Self {
        let turn = std::f64::consts::TAU / WINDOW as f64;
        let hann = (0..WINDOW).map(|n| 0.5 - 0.5 * (turn * n as f64).cos());
        Self {
            fft: spectrum(WINDOW),
            hann: hann.collect(),
            filters: filters(),
        }
    }

    /// The end of `speech`, with silence before it where it is shorter: mel by mel, each of 800 columns.
    pub(super) fn of(&self, speech: &[f32]) -> Vec<f32> {
        let sound = framed(speech);
        let mut logs = vec![0.0; MELS * COLUMNS];
        let (mut window, mut bins) = (self.fft.make_input_vec(), self.fft.make_output_vec());
        for column in 0..COLUMNS {
            let frame = &sound[column * HOP..column * HOP + WINDOW];
            for ((to, sample), hann) in window.iter_mut().zip(frame).zip(&self.hann) {
                *to = (sample * hann) as f32;
            }
            self.fft
                .process(&mut window, &mut bins)
                .expect("both buffers are of the plan's own length");
            for (mel, filter) in self.filters.iter().enumerate() {
                logs[mel * COLUMNS + column] = filter.power(&bins).max(FLOOR).log10();
            }
        }
        let loudest = logs.iter().copied().fold(f64::MIN, f64::max);
        let scaled = logs
            .iter()
            .map(|log| (log.max(loudest - RANGE) + 4.0) / 4.0);
        scaled.map(|value| value as f32).collect()
    }
}

impl Filter {
    fn power(&self, bins: &[Complex32]) -> f64 {
        let bins = &bins[self.first..];
        let powers = bins.iter().map(|bin| f64::from(bin.norm_sqr()));
        powers
            .zip(&self.weights)
            .map(|(power, weight)| power * weight)
            .sum()
    }
}

/// Eight seconds of mean 0 and variance 1, mirrored for half a window at either end.
fn framed(speech: &[f32]) -> Vec<f64> {
    let end = &speech[speech.len().saturating_sub(SAMPLES)..];
    let finite = |sample: &f32| {
        if sample.is_finite() {
            f64::from(*sample)
        } else {
            0.0
        }
    };
    let mut sound = vec![0.0; SAMPLES - end.len()];
    sound.extend(end.iter().map(finite));
    let mean = sound.iter().sum::<f64>() / SAMPLES as f64;
    let variance = sound.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / SAMPLES as f64;
    let scale = 1.0 / (variance + LEAST_VARIANCE).sqrt();
    for sample in &mut sound {
        *sample = (*sample - mean) * scale;
    }
    let half = WINDOW / 2;
    let before = sound[1..=half].iter().rev();
    let after = sound[SAMPLES - 1 - half..SAMPLES - 1].iter().rev();
    before.chain(&sound).chain(after).copied().collect()
}

/// Slaney's: linear up to 1 kHz, logarithmic above, triangles of equal area.
fn filters() -> Vec<Filter> {
    let most = mel(RATE / 2.0);
    let edges: Vec<f64> = (0..MELS + 2)
        .map(|n| hertz(most * n as f64 / (MELS + 1) as f64))
        .collect();
    let triangle = |edges: &[f64]| {
        let (low, middle, high) = (edges[0], edges[1], edges[2]);
        let weight = |bin: usize| {
            let at = bin as f64 * RATE / WINDOW as f64;
            let slope = ((at - low) / (middle - low)).min((high - at) / (high - middle));
            slope.max(0.0) * 2.0 / (high - low)
        };
        let first = (0..BINS).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
        let weights = (first..BINS).map(weight).take_while(|weight| *weight > 0.0);
        Filter {
            first,
            weights: weights.collect(),
        }
    };
    edges.windows(3).map(triangle).collect()
}

fn mel(hertz: f64) -> f64 {
    if hertz < 1_000.0 {
        3.0 * hertz / 200.0
    } else {
        15.0 + (hertz / 1_000.0).ln() * 27.0 / 6.4_f64.ln()
    }
}

fn hertz(mel: f64) -> f64 {
    if mel < 15.0 {
        200.0 * mel / 3.0
    } else {
        1_000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, MELS, Mel, SAMPLES};
    use models_fixtures::sound::glide;

    /// Values of the features that `pipecat-ai` 1.14.0 computes in numpy, of the same sound.
    #[test]
    fn columns_are_those_of_the_reference() {
        let known = [
            (
                3.0,
                20.0,
                [0.68304, 1.44081, 0.52247, 0.95344, -0.20402, -0.20402],
            ),
            (
                1.5,
                -60.0,
                [1.30211, 1.22505, 0.9897, -0.11907, -0.11907, -0.11907],
            ),
            (
                10.0,
                0.0,
                [0.66106, 1.24055, 0.83139, 0.1637, -0.31943, 1.63581],
            ),
        ];
        let places = [(0, 799), (5, 700), (20, 750), (40, 799), (79, 790), (3, 10)];
        for (seconds, slope, expected) in known {
            let found = Mel::new().of(&glide(seconds, slope));
            assert_eq!(found.len(), MELS * COLUMNS);
            for ((mel, column), expected) in places.iter().zip(expected) {
                let value = found[mel * COLUMNS + column];
                let near = (value - expected).abs() < 2e-3;
                assert!(
                    near,
                    "{seconds} s: {value} at {mel}, {column}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn any_sound_has_columns() {
        for odd in [0.0, 1.0, f32::NAN, f32::INFINITY, f32::MAX] {
            let found = Mel::new().of(&vec![odd; SAMPLES + 5]);
            assert!(found.iter().all(|value| value.is_finite()), "{odd}");
        }
    }
}
