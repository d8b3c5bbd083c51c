//! Which frames are due: a 20 ms clock that neither drifts nor bursts.

use crate::{FRAME_MS, FRAME_TICKS};

const FRAME_US: u64 = FRAME_MS * 1000;

/// A hiccup of up to this many frames is made up for, as the far end plays on meanwhile. What a longer
/// one (a suspended process) left undone is skipped in time, not sent in a burst.
const MOST_AT_ONCE: u64 = 3;

/// So long behind the caller's packet a frame leaves: what the packet changes is in it, though it came a little late.
const BEHIND_US: i64 = 4_000;
/// The mean of about so many packets.
const PACKETS: i64 = 8;

/// Frame *k* is due at `start + k × 20 ms`, however late the frames before it were asked for. Where in those 20 ms is
/// chosen anew while nothing plays: right behind the caller's packets, so that the agent falls silent in the frame
/// behind the sound that cuts in, and not in the one after it.
#[derive(Clone, Debug)]
pub struct Pace {
    start_us: u64,
    shift_us: u64,
    /// When in 20 ms the caller's packets come.
    heard_us: Option<u64>,
    /// Frames given or skipped so far.
    passed: u64,
    /// Where the frames begin that `due` gave last.
    batch: u64,
}

impl Pace {
    #[must_use]
    pub fn new(start_us: u64) -> Self {
        Self {
            start_us,
            shift_us: 0,
            heard_us: None,
            passed: 0,
            batch: 0,
        }
    }

    /// A packet of the caller's has come.
    pub fn heard(&mut self, now_us: u64) {
        let now = self.within(now_us);
        let mean = self.heard_us.map_or(now, |mean| {
            let frame = FRAME_US as i64;
            let later = (now as i64 - mean as i64 + frame / 2).rem_euclid(frame) - frame / 2;
            (mean as i64 + later / PACKETS).rem_euclid(frame) as u64
        });
        self.heard_us = Some(mean);
    }

    /// To be said while nothing plays: the next frame is the first for a while.
    pub fn settle(&mut self) {
        if let Some(heard) = self.heard_us {
            self.shift_us = (heard as i64 + BEHIND_US).rem_euclid(FRAME_US as i64) as u64;
        }
    }

    fn within(&self, now_us: u64) -> u64 {
        (now_us as i64 - self.start_us as i64).rem_euclid(FRAME_US as i64) as u64
    }

    fn began_us(&self) -> u64 {
        self.start_us + self.shift_us
    }

    /// How many frames are to be made now; each is given once.
    pub fn due(&mut self, now_us: u64) -> u32 {
        let elapsed = match now_us.checked_sub(self.began_us()) {
            Some(elapsed_us) => elapsed_us / FRAME_US + 1,
            None => 0,
        };
        let behind = elapsed.saturating_sub(self.passed);
        let given = behind.min(MOST_AT_ONCE);
        self.batch = self.passed + (behind - given);
        self.passed = self.batch + given;
        given as u32
    }

    /// When the next frame is due.
    #[must_use]
    pub fn next_us(&self) -> u64 {
        self.began_us() + self.passed * FRAME_US
    }

    /// The RTP timestamp (1/48000 s) of the first frame that `due` gave last; each further one is
    /// [`FRAME_TICKS`] on. Frames skipped and frames not sent count.
    #[must_use]
    pub fn timestamp(&self) -> u32 {
        (self.batch as u32).wrapping_mul(FRAME_TICKS)
    }
}
