//! Whether what the caller's microphone hears is our own voice, out of their loudspeaker.

use crate::softened::{RATE, Softener, power, product};

/// So much of the microphone's sound is compared, a window and the one before.
const COMPARED: usize = RATE * 64 / 1_000;
/// Our voice comes back within this: the network both ways, and the caller's buffers.
const LONGEST: usize = RATE * 400 / 1_000;
/// Silence put in for a clock that jumped; beyond, all that was said is long gone.
const MOST_SILENCE: usize = COMPARED + LONGEST;
/// Every other lag is searched, and an echo's next lag is this near its last.
const STRIDE: usize = 2;
const AROUND: usize = RATE * 2 / 1_000;
/// So alike to what we said, at any lag, may be ours; so often of the last it is no chance.
const STRANGE: f32 = 0.65;
const TIMES: usize = 3;
const TIMES_OF: usize = 5;
/// So alike at the lag of our echo is ours.
const FAMILIAR: f32 = 0.5;
/// The caller has taken a headset when it was not there so many times in a row.
const FORGOTTEN: u32 = 60;
/// An echo's energy is less than our voice's by more than this: a caller who speaks up is none.
const SOFTER: f32 = 4.0;
/// Below −70 dBFS there is nothing to compare.
const SILENT: f32 = 1e-7;
/// Our frames are counted up to their end, and the caller's come in packets.
const SLACK: usize = RATE * 100 / 1_000;
/// A frame that leaves this much late still follows the one before without a gap.
const JITTER_MS: u64 = 30;
const PER_MS: u64 = RATE as u64 / 1_000;
/// What leaves has three samples for one that comes in.
const THIRD: usize = 3;

pub(crate) struct Echo {
    ours: Softener,
    said: Vec<f32>,
    /// Where `said` ends, by the clock.
    said_ms: u64,
    heard: Vec<f32>,
    /// How long our voice takes to come back, once that is known, and how often it did not.
    lag: Option<usize>,
    missed: u32,
    /// The last lags at which something was alike.
    found: [usize; TIMES_OF],
    third: Vec<f32>,
}

impl Echo {
    pub(crate) fn new() -> Self {
        Self {
            ours: Softener::default(),
            said: Vec::with_capacity(2 * MOST_SILENCE),
            said_ms: 0,
            heard: Vec::with_capacity(2 * COMPARED),
            lag: None,
            missed: 0,
            found: [usize::MAX; TIMES_OF],
            third: Vec::with_capacity(crate::FRAME_TICKS as usize / THIRD),
        }
    }

    /// A frame of ours, at the wire's rate, that left at `now_ms`.
    pub(crate) fn say(&mut self, now_ms: u64, frame: &[f32]) {
        self.keep_up(now_ms);
        self.third.clear();
        let thirds = frame.chunks_exact(THIRD);
        self.third
            .extend(thirds.map(|three| three.iter().sum::<f32>() / 3.0));
        let said = &mut self.said;
        self.ours.soften(&self.third, |sample| said.push(sample));
        self.said_ms += self.third.len() as u64 / 2 / PER_MS;
    }

    /// Silence since the last frame, and nothing older than an echo.
    fn keep_up(&mut self, now_ms: u64) {
        let behind_ms = now_ms.saturating_sub(self.said_ms);
        if behind_ms > JITTER_MS {
            let silent = usize::try_from(behind_ms * PER_MS).unwrap_or(MOST_SILENCE);
            self.said
                .resize(self.said.len() + silent.min(MOST_SILENCE), 0.0);
            self.said_ms = now_ms;
        }
        let old = self.said.len().saturating_sub(MOST_SILENCE + SLACK);
        self.said.drain(..old);
    }

    /// A sample of the microphone's, softened as ours is.
    pub(crate) fn hear(&mut self, sample: f32) {
        if self.heard.len() == 2 * COMPARED {
            self.heard.drain(..COMPARED);
        }
        self.heard.push(sample);
    }

    /// What was heard up to `heard_ms` is ours.
    pub(crate) fn is_ours(&mut self, now_ms: u64, heard_ms: u64) -> bool {
        self.keep_up(now_ms);
        let since = self.said_ms.saturating_sub(heard_ms).saturating_mul(PER_MS);
        let since = usize::try_from(since).unwrap_or(MOST_SILENCE);
        let Some(lag) = self.lag else {
            let found = self.best((0..LONGEST).step_by(STRIDE), since);
            return found.is_some_and(|(likeness, lag)| likeness >= STRANGE && self.learn(lag));
        };
        let known = self.best(lag.saturating_sub(AROUND)..=lag + AROUND, since);
        match known {
            Some((likeness, lag)) if likeness >= FAMILIAR => {
                (self.lag, self.missed) = (Some(lag), 0);
                return true;
            }
            Some(_) => self.missed += 1,
            None => {}
        }
        if self.missed > FORGOTTEN {
            (self.lag, self.missed) = (None, 0);
        }
        false
    }

    /// The lag at which what was heard is most like what we said, where that was louder.
    fn best(&self, lags: impl Iterator<Item = usize>, since: usize) -> Option<(f32, usize)> {
        let from = self.heard.len().checked_sub(COMPARED)?;
        let heard = &self.heard[from..];
        let energy = power(heard);
        let least = SILENT * COMPARED as f32;
        if energy < least || power(&self.said) < least {
            return None;
        }
        let alike = |lag: usize| {
            let end = self.said.len().checked_sub(since.saturating_add(lag))?;
            let ours = &self.said[end.checked_sub(COMPARED)?..end];
            let louder = power(ours);
            (louder > energy * SOFTER)
                .then(|| (product(heard, ours) / (energy * louder).sqrt(), lag))
        };
        lags.filter_map(alike).max_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// One likeness may be chance, and then the next lies elsewhere: an echo comes back after the same time.
    fn learn(&mut self, lag: usize) -> bool {
        let same = |other: &&usize| other.abs_diff(lag) <= AROUND;
        let known = self.found.iter().filter(same).count() + 1 >= TIMES;
        self.found.rotate_left(1);
        self.found[TIMES_OF - 1] = lag;
        if known {
            self.lag = Some(lag);
            self.found = [usize::MAX; TIMES_OF];
        }
        known
    }
}
