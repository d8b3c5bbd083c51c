//! Which frames are due: a 20 ms clock that neither drifts nor bursts.

use crate::{FRAME_MS, FRAME_TICKS};

const FRAME_US: u64 = FRAME_MS * 1000;

/// A hiccup of up to this many frames is made up for, as the far end plays on meanwhile. What a longer
/// one (a suspended process) left undone is skipped in time, not sent in a burst.
const MOST_AT_ONCE: u64 = 3;

/// Frame *k* is due at `start + k × 20 ms`, however late the frames before it were asked for.
#[derive(Clone, Debug)]
pub struct Pace {
    start_us: u64,
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
            passed: 0,
            batch: 0,
        }
    }

    /// How many frames are to be made now; each is given once.
    pub fn due(&mut self, now_us: u64) -> u32 {
        let elapsed = match now_us.checked_sub(self.start_us) {
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
        self.start_us + self.passed * FRAME_US
    }

    /// The RTP timestamp (1/48000 s) of the first frame that `due` gave last; each further one is
    /// [`FRAME_TICKS`] on. Frames skipped and frames not sent count.
    #[must_use]
    pub fn timestamp(&self) -> u32 {
        (self.batch as u32).wrapping_mul(FRAME_TICKS)
    }
}
