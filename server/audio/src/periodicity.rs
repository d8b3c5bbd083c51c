//! Whether a sound repeats itself at the pitch of a voice: noise does not, whatever its length.

use models_engine::LISTENING_RATE;

/// Half the listening rate holds all that is looked at.
const RATE: usize = LISTENING_RATE as usize / 2;
/// Pitches from 70 to 400 Hz, as lags.
const SHORTEST: usize = RATE / 400;
const LONGEST: usize = RATE / 70;
/// So much is compared with what lies one lag later: two periods of the deepest voice.
const COMPARED: usize = RATE * 28 / 1_000;
const NEEDED: usize = COMPARED + LONGEST;
/// Looked at so often: 16 ms.
const STEP: usize = RATE * 16 / 1_000;
/// Below −60 dBFS there is nothing to compare.
const SILENT: f32 = 1e-6;

/// The last instants of a sound, and how periodic they were.
pub(crate) struct Periodicity {
    /// At [`RATE`], with what lies above 1 kHz softened and the bass taken off.
    kept: Vec<f32>,
    /// The two poles of the softening, the sample before, and the half of a pair.
    soft: [f32; 2],
    before: f32,
    pair: Option<f32>,
    since: usize,
    /// The strongest likeness since it was last asked for.
    best: f32,
}

impl Periodicity {
    pub(crate) fn new() -> Self {
        Self {
            kept: Vec::with_capacity(NEEDED + STEP),
            soft: [0.0; 2],
            before: 0.0,
            pair: None,
            since: 0,
            best: 0.0,
        }
    }

    /// More of the sound, at [`LISTENING_RATE`].
    pub(crate) fn push(&mut self, speech: &[f32]) {
        for &sample in speech {
            let sample = if sample.is_finite() {
                sample.clamp(-1.0, 1.0)
            } else {
                0.0
            };
            let Some(first) = self.pair.take() else {
                self.pair = Some(sample);
                continue;
            };
            let sample = 0.5 * (first + sample);
            let edge = sample - 0.9 * self.before;
            self.before = sample;
            // Two poles at 1 kHz.
            const SHARE: f32 = 0.54;
            self.soft[0] += SHARE * (edge - self.soft[0]);
            self.soft[1] += SHARE * (self.soft[0] - self.soft[1]);
            self.keep(self.soft[1]);
        }
    }

    fn keep(&mut self, sample: f32) {
        if self.kept.len() == NEEDED + STEP {
            self.kept.drain(..STEP);
        }
        self.kept.push(sample);
        self.since += 1;
        if self.since == STEP {
            self.since = 0;
            self.look();
        }
    }

    /// The strongest likeness since this was last asked, 0 to 1.
    pub(crate) fn take(&mut self) -> f32 {
        std::mem::take(&mut self.best)
    }

    fn look(&mut self) {
        let Some(from) = self.kept.len().checked_sub(NEEDED) else {
            return;
        };
        let sound = &self.kept[from..];
        let early = &sound[..COMPARED];
        let energy = power(early);
        if energy < SILENT * COMPARED as f32 {
            return;
        }
        let mut later = power(&sound[SHORTEST..SHORTEST + COMPARED]);
        for lag in SHORTEST..=LONGEST {
            let other = &sound[lag..];
            let product: f32 = early.iter().zip(other).map(|(a, b)| a * b).sum();
            let likeness = product / (energy * later).sqrt().max(f32::MIN_POSITIVE);
            self.best = self.best.max(likeness.min(1.0));
            if lag < LONGEST {
                later += other[COMPARED].powi(2) - other[0].powi(2);
                later = later.max(f32::MIN_POSITIVE);
            }
        }
    }
}

pub(crate) fn power(sound: &[f32]) -> f32 {
    sound.iter().map(|sample| sample * sample).sum()
}
