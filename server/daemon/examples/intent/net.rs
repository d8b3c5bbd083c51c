//! The small net that is fitted: one layer of hidden units, trained by Adam on shuffled examples.

use crate::dice::Dice;

pub(crate) static INPUTS: usize = 260;
pub(crate) const STEPS: usize = 20;
const UNITS: usize = 48;
/// Weights of a unit: the inputs, then its place for each number of steps.
const OWN: usize = INPUTS + STEPS + 1;
const ALL: usize = UNITS * OWN + UNITS + 1;
const RATE: f32 = 2e-3;
const DECAY: f32 = 2e-5;
/// So much of the picture is blotted out while it is learned from.
const BLOTTED: f32 = 0.15;

/// One sound after so many steps, and whether it is something said.
pub(crate) struct Example {
    pub(crate) picture: Vec<f32>,
    pub(crate) steps: usize,
    pub(crate) said: bool,
    pub(crate) weight: f32,
}

pub(crate) struct Net {
    weights: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
    taken: i32,
}

impl Net {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let weights = (0..ALL).map(|_| 0.12 * (dice.roll() - 0.5)).collect();
        Self {
            weights,
            mean: vec![0.0; ALL],
            square: vec![0.0; ALL],
            taken: 0,
        }
    }

    /// The units' values and the probability.
    fn pass(&self, picture: &[f32], steps: usize) -> ([f32; UNITS], f32) {
        let out = &self.weights[UNITS * OWN..];
        let mut units = [0.0; UNITS];
        let mut sum = out[UNITS];
        for (n, unit) in units.iter_mut().enumerate() {
            let own = &self.weights[n * OWN..(n + 1) * OWN];
            *unit = (dot(&own[..INPUTS], picture) + own[INPUTS + steps]).tanh();
            sum += out[n] * *unit;
        }
        (units, 1.0 / (1.0 + (-sum).exp()))
    }

    pub(crate) fn probability(&self, picture: &[f32], steps: usize) -> f32 {
        self.pass(picture, steps).1
    }

    pub(crate) fn learn(&mut self, examples: &[Example], rounds: usize, dice: &mut Dice) {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut slope = vec![0.0; ALL];
        for round in 0..rounds {
            for n in (1..order.len()).rev() {
                order.swap(n, dice.below(n + 1));
            }
            let rate = RATE * (1.0 - 0.95 * round as f32 / rounds as f32);
            for batch in order.chunks(64) {
                slope.fill(0.0);
                for &n in batch {
                    self.blame(&examples[n], &mut slope, dice);
                }
                self.step(&slope, rate, batch.len());
            }
        }
    }

    fn blame(&self, example: &Example, slope: &mut [f32], dice: &mut Dice) {
        let mut picture = example.picture.clone();
        // A louder or softer surrounding, and numbers that are missing.
        let shift = 0.1 * (dice.roll() - 0.5);
        for value in &mut picture[..example.steps * 13] {
            *value = match dice.roll() < BLOTTED {
                true => 0.0,
                false => *value + shift,
            };
        }
        let (units, probability) = self.pass(&picture, example.steps);
        let wrong = (probability - f32::from(u8::from(example.said))) * example.weight;
        let out = &self.weights[UNITS * OWN..];
        for (n, unit) in units.iter().enumerate() {
            let inner = wrong * out[n] * (1.0 - unit * unit);
            let own = &mut slope[n * OWN..(n + 1) * OWN];
            for (slope, value) in own.iter_mut().zip(&picture) {
                *slope += inner * value;
            }
            own[INPUTS + example.steps] += inner;
            slope[UNITS * OWN + n] += wrong * unit;
        }
        slope[ALL - 1] += wrong;
    }

    fn step(&mut self, slope: &[f32], rate: f32, batch: usize) {
        self.taken += 1;
        let (even, uneven) = (
            1.0 - 0.9_f32.powi(self.taken),
            1.0 - 0.999_f32.powi(self.taken),
        );
        for n in 0..ALL {
            let slope = slope[n] / batch as f32 + DECAY * self.weights[n];
            self.mean[n] = 0.9 * self.mean[n] + 0.1 * slope;
            self.square[n] = 0.999 * self.square[n] + 0.001 * slope * slope;
            let by = (self.mean[n] / even) / ((self.square[n] / uneven).sqrt() + 1e-8);
            self.weights[n] -= rate * by;
        }
    }

    /// As the file that `server/audio` reads them from.
    pub(crate) fn file(&self) -> String {
        let scaled = |weight: &f32| ((weight * 1_024.0).round() as i16).to_string();
        let row = |all: &[f32]| all.iter().map(scaled).collect::<Vec<_>>().join(",");
        let rows = |from: usize, to: usize| -> String {
            let unit = |n: usize| {
                format!(
                    "    [{}],\n",
                    row(&self.weights[n * OWN + from..n * OWN + to])
                )
            };
            (0..UNITS).map(unit).collect()
        };
        let out = &self.weights[UNITS * OWN..];
        format!(
            "//! Fitted, not written: `cargo run -p server-daemon --example intent -- FOLDER write` made this file.\n\n\
             pub(crate) const SCALE: f32 = 1_024.0;\n\
             #[rustfmt::skip]\npub(crate) static INPUT: [[i16; {INPUTS}]; {UNITS}] = [\n{}];\n\
             /// Of each unit, by how many steps there are.\n\
             #[rustfmt::skip]\npub(crate) static HIDDEN: [[i16; {}]; {UNITS}] = [\n{}];\n\
             #[rustfmt::skip]\npub(crate) static OUT: [i16; {UNITS}] = [{}];\n\
             pub(crate) const LAST: i16 = {};\n",
            rows(0, INPUTS),
            STEPS + 1,
            rows(INPUTS, OWN),
            row(&out[..UNITS]),
            scaled(&out[UNITS]),
        )
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}
