//! The last seconds of what was heard, addressed by media time.

use models_engine::LISTENING_RATE;

/// The pre-roll (300 ms), and what a caller says while it is being decided whether to listen. Also
/// what may wait between two polls.
const KEPT_SAMPLES: usize = 2560 * SAMPLES_PER_MS as usize;
pub(crate) const SAMPLES_PER_MS: u64 = LISTENING_RATE as u64 / 1000;
/// No slice handed out is longer than a frame.
const MOST_AT_ONCE: usize = 20 * SAMPLES_PER_MS as usize;

pub(crate) struct Kept {
    ring: Vec<f32>,
    /// All samples ever written: media time.
    written: u64,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self {
            ring: vec![0.0; KEPT_SAMPLES],
            written: 0,
        }
    }

    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// The first sample that is still there.
    pub(crate) fn oldest(&self) -> u64 {
        self.written.saturating_sub(KEPT_SAMPLES as u64)
    }

    pub(crate) fn push(&mut self, speech: &[f32]) {
        for part in speech.chunks(MOST_AT_ONCE) {
            self.span(part.len(), |place, done| {
                place.copy_from_slice(&part[done..done + place.len()]);
            });
        }
    }

    /// Silence that begins with a quick decay of the last sample, so that it does not click.
    pub(crate) fn push_silence(&mut self, samples: u64) {
        let mut last = match self.written.checked_sub(1) {
            Some(at) => self.ring[Self::place(at)],
            None => 0.0,
        };
        let mut left = samples;
        while left > 0 {
            let now = left.min(MOST_AT_ONCE as u64);
            self.span(now as usize, |place, _| {
                for sample in place {
                    last *= 0.9;
                    if last.abs() < 1e-5 {
                        last = 0.0;
                    }
                    *sample = last;
                }
            });
            left -= now;
        }
    }

    /// Hands out what lies between two positions, oldest first, with the position of each end.
    pub(crate) fn read(&self, from: u64, to: u64, emit: &mut dyn FnMut(&[f32], u64)) {
        let mut at = from.max(self.oldest());
        while at < to {
            let start = Self::place(at);
            let length = (to - at)
                .min(MOST_AT_ONCE as u64)
                .min((KEPT_SAMPLES - start) as u64);
            at += length;
            emit(&self.ring[start..start + length as usize], at);
        }
    }

    /// Gives `write` the next `length` places, in at most two parts; its second argument counts the
    /// places already given.
    fn span(&mut self, length: usize, mut write: impl FnMut(&mut [f32], usize)) {
        let start = Self::place(self.written);
        let first = length.min(KEPT_SAMPLES - start);
        write(&mut self.ring[start..start + first], 0);
        if first < length {
            write(&mut self.ring[..length - first], first);
        }
        self.written += length as u64;
    }

    fn place(position: u64) -> usize {
        (position % KEPT_SAMPLES as u64) as usize
    }
}
