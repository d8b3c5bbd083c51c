//! Whether a sound repeats itself at the pitch of a voice: noise does not, whatever its length.

use crate::softened::{RATE, power, product};

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
    kept: Vec<f32>,
    since: usize,
    /// The strongest likeness since it was last asked for.
    best: f32,
    /// The likeness when it was last looked for.
    latest: f32,
}

impl Periodicity {
    pub(crate) fn new() -> Self {
        Self {
            kept: Vec::with_capacity(NEEDED + STEP),
            since: 0,
            best: 0.0,
            latest: 0.0,
        }
    }

    /// One more sample of the softened sound.
    pub(crate) fn keep(&mut self, sample: f32) {
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

    /// The likeness of the last 16 ms.
    pub(crate) fn latest(&self) -> f32 {
        self.latest
    }

    fn look(&mut self) {
        self.latest = self.likeness();
        self.best = self.best.max(self.latest);
    }

    fn likeness(&self) -> f32 {
        let Some(from) = self.kept.len().checked_sub(NEEDED) else {
            return 0.0;
        };
        let sound = &self.kept[from..];
        let early = &sound[..COMPARED];
        let energy = power(early);
        if energy < SILENT * COMPARED as f32 {
            return 0.0;
        }
        let mut best: f32 = 0.0;
        let mut later = power(&sound[SHORTEST..SHORTEST + COMPARED]);
        for lag in SHORTEST..=LONGEST {
            let other = &sound[lag..];
            let likeness =
                product(early, &other[..COMPARED]) / (energy * later).sqrt().max(f32::MIN_POSITIVE);
            best = best.max(likeness.min(1.0));
            if lag < LONGEST {
                later += other[COMPARED].powi(2) - other[0].powi(2);
                later = later.max(f32::MIN_POSITIVE);
            }
        }
        best
    }
}
