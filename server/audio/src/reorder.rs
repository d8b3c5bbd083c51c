//! Packets put back in order: those in order pass at once, only a gap waits, and not for long.

/// More than this many packets ahead (1.3 s) are not waited for.
const WINDOW: u16 = 64;
/// A step of up to this many packets is an outage; a greater one, or one back, a new stream.
const LONGEST_OUTAGE: u16 = 3_000;
/// A gap waits at least for the packet after the next, which brings the in-band correction with it.
const SHORTEST_WAIT_MS: u64 = 20;
const LONGEST_WAIT_MS: u64 = 80;
/// So many packets in a row that seem to come from elsewhere are the stream now: far away from what
/// was expected, or each one too late (when a single stray number had led astray).
const NEW_STREAM: u16 = 2;
const NEW_STREAM_BEHIND: u16 = 8;
/// So many packets in order, and the wait shrinks a little (2 ms a second).
const CALM: u32 = 25;
/// What most packets of speech fit in, so that holding one does not allocate.
const USUAL_BYTES: usize = 400;

struct Slot {
    sequence: u16,
    timestamp: u32,
    arrived_ms: u64,
    payload: Vec<u8>,
    full: bool,
}

/// Where an arriving packet belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It can be inserted.
    Window,
    /// Its time has passed.
    Late,
    Duplicate,
    /// Beyond the window after an outage: `leap` first.
    Ahead,
    /// One too many in a row from elsewhere, so it is a new stream: `restart` first.
    Restart,
    /// Far from all others: a stray, or the first packet of a new stream.
    Stray,
}

/// The next packet to be played.
pub(crate) struct Taken<'a> {
    /// Packets given up before it.
    pub(crate) missing: u32,
    pub(crate) timestamp: u32,
    /// Empty for padding.
    pub(crate) payload: &'a [u8],
}

pub(crate) struct Reorder {
    slots: Vec<Slot>,
    held: u16,
    /// The sequence number to be played next, once there was a packet.
    next: Option<u16>,
    /// Bit *i*: packet `next − 1 − i` was there.
    seen: u64,
    /// The last packet from elsewhere, and how many in a row it makes.
    stray: (u16, u16),
    wait_ms: u64,
    calm: u32,
    /// When the packets after the gap given up last had begun to wait.
    gave_up_since_ms: u64,
}

impl Reorder {
    pub(crate) fn new() -> Self {
        let slot = |_| Slot {
            sequence: 0,
            timestamp: 0,
            arrived_ms: 0,
            payload: Vec::with_capacity(USUAL_BYTES),
            full: false,
        };
        Self {
            slots: (0..WINDOW).map(slot).collect(),
            held: 0,
            next: None,
            seen: 0,
            stray: (0, 0),
            wait_ms: SHORTEST_WAIT_MS,
            calm: 0,
            gave_up_since_ms: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held == 0
    }

    pub(crate) fn place(&mut self, now_ms: u64, sequence: u16) -> Place {
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next);
        let behind = next.wrapping_sub(sequence);
        if ahead < WINDOW {
            self.stray = (0, 0);
            return match self.slot(sequence).full {
                true => Place::Duplicate,
                false => Place::Window,
            };
        }
        if behind <= WINDOW {
            return self.place_behind(now_ms, sequence, behind);
        }
        if ahead <= LONGEST_OUTAGE {
            return Place::Ahead;
        }
        match self.strays(sequence) >= NEW_STREAM {
            true => Place::Restart,
            false => Place::Stray,
        }
    }

    /// Counts how many packets in a row have come from elsewhere.
    fn strays(&mut self, sequence: u16) -> u16 {
        let (last, count) = self.stray;
        let follows = count > 0 && sequence == last.wrapping_add(1);
        self.stray = (sequence, if follows { count + 1 } else { 1 });
        self.stray.1
    }

    fn place_behind(&mut self, now_ms: u64, sequence: u16, behind: u16) -> Place {
        let bit = 1_u64 << (behind - 1);
        if self.seen & bit != 0 {
            return Place::Duplicate;
        }
        self.seen |= bit;
        self.learn(now_ms.saturating_sub(self.gave_up_since_ms));
        match self.strays(sequence) >= NEW_STREAM_BEHIND {
            true => Place::Restart,
            false => Place::Late,
        }
    }

    /// Only after `place` said `Window`.
    pub(crate) fn insert(&mut self, now_ms: u64, sequence: u16, timestamp: u32, payload: &[u8]) {
        if let Some(overtaken_ms) = self.waits_since(Some(sequence)) {
            self.learn(now_ms.saturating_sub(overtaken_ms));
        }
        let slot = self.slot(sequence);
        slot.sequence = sequence;
        slot.timestamp = timestamp;
        slot.arrived_ms = now_ms;
        slot.payload.clear();
        slot.payload.extend_from_slice(payload);
        slot.full = true;
        self.held += 1;
    }

    /// When `take` will give up the gap, if one holds packets back.
    pub(crate) fn deadline(&self) -> Option<u64> {
        Some(self.waits_since(None)? + self.wait_ms)
    }

    /// The next packet, if it is there or has been waited for long enough.
    pub(crate) fn take(&mut self, now_ms: u64) -> Option<Taken<'_>> {
        let next = self.next?;
        if self.held == 0 {
            return None;
        }
        let mut missing = 0;
        if !self.slot(next).full {
            let since_ms = self.waits_since(None)?;
            if now_ms < since_ms + self.wait_ms {
                return None;
            }
            self.gave_up_since_ms = since_ms;
            missing = self.gap();
        } else {
            self.relax();
        }
        let sequence = next.wrapping_add(missing);
        self.advance(missing + 1);
        self.seen |= 1;
        self.held -= 1;
        let slot = self.slot(sequence);
        slot.full = false;
        Some(Taken {
            missing: u32::from(missing),
            timestamp: slot.timestamp,
            payload: &slot.payload,
        })
    }

    /// After an outage, once nothing is held: goes on at `sequence`, and says how many are missing.
    pub(crate) fn leap(&mut self, sequence: u16) -> u32 {
        debug_assert!(self.held == 0, "what is held is played first");
        let missing = self.next.map_or(0, |next| sequence.wrapping_sub(next));
        self.advance(missing);
        u32::from(missing)
    }

    /// A new stream begins at `sequence`, once nothing is held.
    pub(crate) fn restart(&mut self, sequence: u16) {
        debug_assert!(self.held == 0, "what is held is played first");
        self.next = Some(sequence);
        self.seen = 0;
        self.stray = (0, 0);
    }

    fn advance(&mut self, by: u16) {
        self.next = self.next.map(|next| next.wrapping_add(by));
        self.seen = self.seen.checked_shl(u32::from(by)).unwrap_or(0);
    }

    /// How many packets are missing before the first that is held.
    fn gap(&mut self) -> u16 {
        let next = self.next.unwrap_or(0);
        (0..WINDOW)
            .find(|ahead| self.slot(next.wrapping_add(*ahead)).full)
            .unwrap_or(0)
    }

    /// When the first of the held packets arrived; of those after `sequence`, if one is given.
    fn waits_since(&self, after: Option<u16>) -> Option<u64> {
        if self.held == 0 {
            return None;
        }
        let later = |slot: &&Slot| match after {
            Some(sequence) => slot.sequence.wrapping_sub(sequence) < WINDOW,
            None => true,
        };
        let held = self.slots.iter().filter(|slot| slot.full);
        held.filter(later).map(|slot| slot.arrived_ms).min()
    }

    /// A packet came so long after the first that overtook it: wait so long the next time, unless
    /// that would be no use.
    fn learn(&mut self, late_ms: u64) {
        if late_ms <= LONGEST_WAIT_MS {
            self.wait_ms = self.wait_ms.max(late_ms + 5).min(LONGEST_WAIT_MS);
            self.calm = 0;
        }
    }

    fn relax(&mut self) {
        self.calm += 1;
        if self.calm == CALM {
            self.calm = 0;
            self.wait_ms = (self.wait_ms - 1).max(SHORTEST_WAIT_MS);
        }
    }

    fn slot(&mut self, sequence: u16) -> &mut Slot {
        &mut self.slots[usize::from(sequence % WINDOW)]
    }
}
