//! Whether what the caller's microphone hears is our own voice, out of their loudspeaker.

use crate::softened::{RATE, Softener, power, product};

/// So much of the microphone's sound is compared, a window and the one before.
const COMPARED: usize = RATE * 64 / 1_000;
/// Our voice comes back within this: the network both ways, and the caller's buffers.
const LONGEST: usize = RATE * 400 / 1_000;
/// Silence put in for a clock that jumped; beyond, all that was said is long gone.
const MOST_SILENCE: usize = COMPARED + LONGEST;
/// What is searched first: every other lag, and around where the echo was last.
const STRIDE: usize = 2;
const AROUND: usize = RATE * 5 / 1_000;
/// So alike to what we said is only what we said.
const ALIKE: f32 = 0.8;
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
    lag: Option<usize>,
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
        let since = self.said_ms.saturating_sub(heard_ms) * PER_MS;
        let since = usize::try_from(since).unwrap_or(MOST_SILENCE);
        let Some(from) = self.heard.len().checked_sub(COMPARED) else {
            return false;
        };
        let heard = &self.heard[from..];
        let energy = power(heard);
        if energy < SILENT * COMPARED as f32 || power(&self.said) < SILENT * COMPARED as f32 {
            return false;
        }
        let alike = |lag: usize| {
            let end = self.said.len().checked_sub(since.saturating_add(lag))?;
            let ours = &self.said[end.checked_sub(COMPARED)?..end];
            let likeness =
                product(heard, ours) / (energy * power(ours)).sqrt().max(f32::MIN_POSITIVE);
            Some((likeness, lag))
        };
        let best = |lags: &mut dyn Iterator<Item = usize>| {
            lags.filter_map(alike)
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .filter(|best| best.0 > 0.5)
        };
        let around = |lag: usize, by: usize| lag.saturating_sub(by)..=lag + by;
        let known = self.lag.and_then(|lag| best(&mut around(lag, AROUND)));
        let found = known.filter(|known| known.0 >= ALIKE).or_else(|| {
            let (_, lag) = best(&mut (0..LONGEST).step_by(STRIDE))?;
            best(&mut around(lag, 1))
        });
        let ours = found.filter(|found| found.0 >= ALIKE);
        if let Some((_, lag)) = ours {
            self.lag = Some(lag);
        }
        ours.is_some()
    }
}
