//! What a sound is made of: its power in twelve bands, every 16 ms.

use models_engine::LISTENING_RATE;
use models_spectrum::{Complex32, RealToComplex, spectrum};
use std::sync::Arc;

/// From one picture to the next: 16 ms.
pub(crate) const HOP: usize = LISTENING_RATE as usize * 16 / 1_000;
/// So much is looked at together.
const WINDOW: usize = 2 * HOP;
pub(crate) const BANDS: usize = 12;
/// Where the bands meet, in Hz: about as an ear divides them, and all but the last within a telephone's reach.
const EDGES_HZ: [usize; BANDS + 1] = [
    100, 250, 400, 570, 770, 1_000, 1_270, 1_600, 2_000, 2_500, 3_100, 4_000, 7_000,
];
/// Nothing is softer.
pub(crate) const SILENT_DBFS: f32 = -90.0;
/// A mean square of −80 dBFS: below, nobody looks.
const UNHEARD: f32 = 1e-8;

/// The level of each band in dB.
pub(crate) type Picture = [f32; BANDS];

pub(crate) const SILENCE: Picture = [SILENT_DBFS; BANDS];

pub(crate) struct Bands {
    fft: Arc<dyn RealToComplex<f32>>,
    slope: [f32; WINDOW],
    kept: Vec<f32>,
    /// Reused for each picture.
    input: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Bands {
    pub(crate) fn new() -> Self {
        let fft = spectrum(WINDOW);
        let slope = std::array::from_fn(|at| {
            let phase = (at as f32 + 0.5) / WINDOW as f32;
            0.5 - 0.5 * (std::f32::consts::TAU * phase).cos()
        });
        Self {
            slope,
            kept: Vec::with_capacity(WINDOW),
            input: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            fft,
        }
    }

    /// One more sample at the listening rate; a picture when one is due.
    pub(crate) fn push(&mut self, sample: f32) -> Option<Picture> {
        self.kept.push(match sample.is_finite() {
            true => sample.clamp(-1.0, 1.0),
            false => 0.0,
        });
        if self.kept.len() < WINDOW {
            return None;
        }
        let picture = self.look();
        self.kept.drain(..HOP);
        Some(picture)
    }

    fn look(&mut self) -> Picture {
        let power: f32 = self.kept.iter().map(|sample| sample * sample).sum();
        if power < UNHEARD * WINDOW as f32 {
            return SILENCE;
        }
        for ((input, sample), slope) in self.input.iter_mut().zip(&self.kept).zip(&self.slope) {
            *input = sample * slope;
        }
        self.fft
            .process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers were made by the transform itself");
        // Of a sine of full scale under this slope: its power is spread to (WINDOW / 4)².
        let whole = (WINDOW * WINDOW) as f32 / 16.0;
        std::array::from_fn(|band| {
            let bin = |hz: usize| hz * WINDOW / LISTENING_RATE as usize;
            let bins = &self.spectrum[bin(EDGES_HZ[band])..bin(EDGES_HZ[band + 1])];
            let power: f32 = bins.iter().map(Complex32::norm_sqr).sum();
            (10.0 * (power / whole).max(1e-12).log10()).max(SILENT_DBFS)
        })
    }
}

/// How loud a picture is as a whole, in dB.
pub(crate) fn loudness(picture: &Picture) -> f32 {
    let power: f32 = picture.iter().map(|db| 10_f32.powf(db / 10.0)).sum();
    10.0 * power.log10()
}

#[cfg(test)]
mod tests {
    use super::{Bands, LISTENING_RATE, SILENT_DBFS, loudness};

    #[test]
    fn a_tone_lies_in_its_band() {
        let mut bands = Bands::new();
        let tone =
            |n: u32| (std::f32::consts::TAU * 700.0 * n as f32 / LISTENING_RATE as f32).sin();
        let pictures: Vec<_> = (0..4_000).filter_map(|n| bands.push(tone(n))).collect();
        let last = pictures.last().expect("a quarter of a second has pictures");
        let loudest = (0..last.len()).max_by(|a, b| last[*a].total_cmp(&last[*b]));
        assert_eq!(loudest, Some(3));
        assert!((loudness(last) - 1.8).abs() < 1.0, "{}", loudness(last));
    }

    #[test]
    fn silence_is_silent() {
        let mut bands = Bands::new();
        let pictures: Vec<_> = (0..4_000).filter_map(|_| bands.push(0.0)).collect();
        assert!(pictures.iter().flatten().all(|db| *db <= SILENT_DBFS));
    }
}
