//! A sound at half the listening rate, its bass and its hiss taken off: what a pitch is looked for in.

use models_engine::LISTENING_RATE;

/// Half the listening rate holds all that is looked at.
pub(crate) const RATE: usize = LISTENING_RATE as usize / 2;
/// Of two poles at 1 kHz.
const SHARE: f32 = 0.54;

#[derive(Default)]
pub(crate) struct Softener {
    poles: [f32; 2],
    before: f32,
    pair: Option<f32>,
}

impl Softener {
    /// More of the sound at [`LISTENING_RATE`]; `keep` gets each sample at [`RATE`].
    pub(crate) fn soften(&mut self, speech: &[f32], mut keep: impl FnMut(f32)) {
        for &sample in speech {
            let sample = match sample.is_finite() {
                true => sample.clamp(-1.0, 1.0),
                false => 0.0,
            };
            let Some(first) = self.pair.take() else {
                self.pair = Some(sample);
                continue;
            };
            let sample = 0.5 * (first + sample);
            let edge = sample - 0.9 * self.before;
            self.before = sample;
            self.poles[0] += SHARE * (edge - self.poles[0]);
            self.poles[1] += SHARE * (self.poles[0] - self.poles[1]);
            keep(self.poles[1]);
        }
    }
}

const LANES: usize = 8;

/// The product of two sounds, sample by sample; in lanes, so that the machine takes eight at once.
pub(crate) fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a
        .remainder()
        .iter()
        .zip(b.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a.zip(b) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

pub(crate) fn power(sound: &[f32]) -> f32 {
    product(sound, sound)
}
