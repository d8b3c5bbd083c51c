//! What sounds are made of: a seeded die, noise, glottal pulses, filters and envelopes, at 48 kHz.

use std::f32::consts::{PI, TAU};

use crate::level::RATE;

/// A sequence that is always the same for one seed.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        dice.roll();
        dice
    }

    fn roll(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.roll()
    }

    pub(super) fn noise(&mut self, samples: usize) -> Vec<f32> {
        (0..samples).map(|_| self.between(-1.0, 1.0)).collect()
    }

    /// Pulses of a throat whose pitch glides and whose periods waver by `jitter` (a share of one).
    pub(super) fn glottis(
        &mut self,
        samples: usize,
        from_hz: f32,
        to_hz: f32,
        jitter: f32,
    ) -> Vec<f32> {
        let mut sound = vec![0.0; samples];
        let mut at = 0.0;
        while (at as usize) < samples {
            let part = at / samples as f32;
            let period = RATE as f32 / (from_hz + (to_hz - from_hz) * part);
            let strength = 1.0 + jitter * 3.0 * self.between(-1.0, 1.0);
            // The folds open slowly and close at once.
            let open = (period * 0.6) as usize;
            for n in 0..open {
                if let Some(sample) = sound.get_mut(at as usize + n) {
                    let phase = n as f32 / open as f32;
                    *sample += strength * (2.0 * phase - 3.0 * phase * phase);
                }
            }
            let waver = 1.0 + jitter * self.between(-1.0, 1.0);
            at += period * waver;
        }
        sound
    }
}

pub(super) fn samples(ms: f32) -> usize {
    (ms * RATE as f32 / 1000.0) as usize
}

/// Two poles and two zeros.
struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
}

impl Biquad {
    fn run(&self, sound: &[f32]) -> Vec<f32> {
        let ([mut x1, mut x2], [mut y1, mut y2]) = ([0.0; 2], [0.0; 2]);
        let step = |&x: &f32| {
            let y =
                self.b[0] * x + self.b[1] * x1 + self.b[2] * x2 - self.a[0] * y1 - self.a[1] * y2;
            (x2, x1, y2, y1) = (x1, x, y1, y);
            y
        };
        sound.iter().map(step).collect()
    }
}

/// Lets pass what lies around `hz`; the greater `q`, the narrower.
pub(super) fn band(sound: &[f32], hz: f32, q: f32) -> Vec<f32> {
    let turn = TAU * hz / RATE as f32;
    let alpha = turn.sin() / (2.0 * q);
    let a0 = 1.0 + alpha;
    let filter = Biquad {
        b: [alpha / a0, 0.0, -alpha / a0],
        a: [-2.0 * turn.cos() / a0, (1.0 - alpha) / a0],
    };
    filter.run(sound)
}

pub(super) fn low(sound: &[f32], hz: f32) -> Vec<f32> {
    let share = 1.0 - (-TAU * hz / RATE as f32).exp();
    let mut held = 0.0;
    let step = |&x: &f32| {
        held += share * (x - held);
        held
    };
    sound.iter().map(step).collect()
}

/// A mouth: the resonances of one vowel, side by side.
pub(super) fn mouth(sound: &[f32], formants: &[(f32, f32)]) -> Vec<f32> {
    let mut sum = vec![0.0; sound.len()];
    for (n, &(hz, width)) in formants.iter().enumerate() {
        let strength = 0.7_f32.powi(i32::try_from(n).unwrap_or(0));
        for (sum, part) in sum.iter_mut().zip(band(sound, hz, hz / width)) {
            *sum += strength * part;
        }
    }
    sum
}

/// Rises within `attack` of its length and dies away by `decay` (in natural units over the length).
pub(super) fn burst(sound: &mut [f32], attack: f32, decay: f32) {
    let length = sound.len().max(1) as f32;
    for (n, sample) in sound.iter_mut().enumerate() {
        let at = n as f32 / length;
        let end = ((1.0 - at) * length / samples(8.0) as f32).min(1.0);
        *sample *= (at / attack).min(1.0) * (-decay * at).exp() * end;
    }
}

/// Swings between silent and whole, `hz` times a second.
pub(super) fn swing(sound: &mut [f32], hz: f32) {
    for (n, sample) in sound.iter_mut().enumerate() {
        *sample *= 0.5 - 0.5 * (2.0 * PI * hz * n as f32 / RATE as f32).cos();
    }
}

/// Brings the root mean square of the loudest 50 ms to `dbfs`.
pub(super) fn level(sound: &mut [f32], dbfs: f32) {
    let loudest = sound
        .chunks(samples(50.0))
        .map(|part| part.iter().map(|s| s * s).sum::<f32>() / samples(50.0) as f32)
        .fold(1e-12_f32, f32::max)
        .sqrt();
    let gain = 10_f32.powf(dbfs / 20.0) / loudest;
    for sample in sound {
        *sample = (*sample * gain).clamp(-1.0, 1.0);
    }
}

/// Adds `other` to `sound` from `at` on, which grows where it must.
pub(super) fn add(sound: &mut Vec<f32>, at: usize, other: &[f32], gain: f32) {
    if sound.len() < at + other.len() {
        sound.resize(at + other.len(), 0.0);
    }
    for (sum, sample) in sound[at..].iter_mut().zip(other) {
        *sum += gain * sample;
    }
}
