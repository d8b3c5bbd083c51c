//! Packets in, 16 kHz speech out, silence counted.

use crate::decode::{self, Decoder};
use crate::kept::{Kept, SAMPLES_PER_MS};
use crate::reorder::{Place, Reorder};
use crate::{AudioError, FRAME_MS};

/// RTP counts in 1/48000 s.
const TICKS_PER_SAMPLE: u64 = 3;
const TICKS_PER_MS: u64 = 48;
/// Made-up speech is bearable for so long; what is missing beyond is silence.
const LONGEST_CONCEALMENT: u64 = 60 * SAMPLES_PER_MS;
/// A step of the timestamp that goes so far beyond the time that has passed is not a pause.
const LONGEST_PAUSE_MS: u64 = 2_000;
/// A packet this short says that silence follows (DTX).
const REST_BYTES: usize = 2;
/// How long a missing packet is expected before the clock puts silence in its place: hardly, once the
/// caller has said that silence follows, else longer than a gap waits.
const GRACE_RESTING_MS: u64 = 10;
const GRACE_MS: u64 = 80;
/// After so much silence it is counted in greater steps, so that an idle call costs less.
const LONG_SILENCE_MS: u64 = 3_000;
const LONG_STEP_MS: u64 = 100;
/// A poll that comes late (a suspended process) makes up no more than this.
const MOST_SILENCE_AT_ONCE_MS: u64 = 200;

/// What has arrived, and what was made of it. The samples add up to the media time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboundCounts {
    /// Packets of every kind.
    pub received: u64,
    /// Packets that were not there when their time had come.
    pub lost: u64,
    /// Lost packets that the next one carried a second time.
    pub recovered: u64,
    /// Packets that came after their time.
    pub late: u64,
    pub duplicate: u64,
    /// Packets that are not Opus, or strays from another stream.
    pub garbage: u64,
    /// Steps in sequence or timestamp that began the stream anew.
    pub restarts: u64,
    pub decoded_samples: u64,
    pub recovered_samples: u64,
    /// Made up in the place of lost packets.
    pub concealed_samples: u64,
    /// Silence in the place of lost packets or of none.
    pub silent_samples: u64,
    /// The part of the silence that the clock put in before any packet called for it.
    pub awaited_samples: u64,
}

pub struct Inbound {
    reorder: Reorder,
    decoder: Decoder,
    kept: Kept,
    /// Up to here `poll` has handed out.
    polled: u64,
    counts: InboundCounts,
    stream: Option<Stream>,
}

/// Where the caller's stream stands.
#[derive(Clone, Copy)]
struct Stream {
    next_timestamp: u32,
    /// Packets given up since the last one played.
    missing: u32,
    /// The media time made so far reaches to this instant.
    covered_ms: u64,
    /// Silence since the last packet played, by the clock.
    silent_ms: u64,
    /// Silence that the clock put in and no pause of the stream has used up, in samples.
    ahead: u64,
    /// The last packet said that silence follows.
    rests: bool,
}

impl Inbound {
    pub fn new() -> Result<Self, AudioError> {
        Ok(Self {
            reorder: Reorder::new(),
            decoder: Decoder::new()?,
            kept: Kept::new(),
            polled: 0,
            counts: InboundCounts::default(),
            stream: None,
        })
    }

    /// One packet as it came: out of order, twice, or not Opus at all.
    pub fn packet(&mut self, now_ms: u64, sequence: u16, timestamp: u32, payload: &[u8]) {
        self.counts.received += 1;
        // Padding is empty: it carries no time, but its number is not missing.
        if !payload.is_empty() && decode::length(payload).is_none() {
            self.counts.garbage += 1;
            return;
        }
        match self.reorder.place(now_ms, sequence) {
            Place::Window => {}
            Place::Late => return self.counts.late += 1,
            Place::Duplicate => return self.counts.duplicate += 1,
            Place::Stray => return self.counts.garbage += 1,
            Place::Ahead => self.leap(now_ms, sequence),
            Place::Restart => self.restart(now_ms, sequence, timestamp),
        }
        self.reorder.insert(now_ms, sequence, timestamp, payload);
        while self.play(now_ms, now_ms) {}
    }

    /// Hands out the speech that is due: mono at 16 kHz, in media order, with the media time at its end,
    /// counted from the first packet.
    pub fn poll(&mut self, now_ms: u64, emit: &mut dyn FnMut(&[f32], u64)) {
        while self.play(now_ms, now_ms) {}
        self.wait_in_silence(now_ms);
        let to = self.kept.written();
        self.kept.read(self.polled, to, &mut |speech, end| {
            emit(speech, end / SAMPLES_PER_MS);
        });
        self.polled = to;
    }

    /// When to poll again if no packet comes before.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        self.reorder.deadline().or_else(|| self.silence_due())
    }

    /// What `poll` has handed out from `from_ms` of media time on, as far as it is kept (2.5 s).
    pub fn since(&self, from_ms: u64, emit: &mut dyn FnMut(&[f32])) {
        let from = from_ms.saturating_mul(SAMPLES_PER_MS);
        self.kept
            .read(from, self.polled, &mut |speech, _| emit(speech));
    }

    #[must_use]
    pub fn counts(&self) -> InboundCounts {
        self.counts
    }

    /// Plays the next packet if it is there, or if by `until_ms` its gap has been waited for.
    fn play(&mut self, now_ms: u64, until_ms: u64) -> bool {
        let Some(taken) = self.reorder.take(until_ms) else {
            return false;
        };
        let stream = self.stream.get_or_insert(Stream {
            next_timestamp: taken.timestamp,
            missing: 0,
            covered_ms: now_ms,
            silent_ms: 0,
            ahead: 0,
            rests: false,
        });
        self.counts.lost += u64::from(taken.missing);
        stream.missing += taken.missing;
        let Some(length) = decode::length(taken.payload) else {
            return true;
        };
        let mut bridge = Bridge {
            decoder: &mut self.decoder,
            kept: &mut self.kept,
            counts: &mut self.counts,
            stream,
        };
        bridge.cross(now_ms, taken.timestamp, taken.payload);
        bridge.land(taken.payload, length);
        let ticks = length as u64 * TICKS_PER_SAMPLE;
        *stream = Stream {
            next_timestamp: taken.timestamp.wrapping_add(ticks as u32),
            missing: 0,
            covered_ms: now_ms,
            silent_ms: 0,
            ahead: stream.ahead,
            rests: taken.payload.len() <= REST_BYTES,
        };
        true
    }

    /// After an outage: what is held is played without waiting any more.
    fn leap(&mut self, now_ms: u64, sequence: u16) {
        while self.play(now_ms, u64::MAX) {}
        let missing = self.reorder.leap(sequence);
        self.counts.lost += u64::from(missing);
        if let Some(stream) = &mut self.stream {
            stream.missing += missing;
        }
    }

    fn restart(&mut self, now_ms: u64, sequence: u16, timestamp: u32) {
        while self.play(now_ms, u64::MAX) {}
        self.reorder.restart(sequence);
        self.decoder.reset();
        self.counts.restarts += 1;
        if let Some(stream) = &mut self.stream {
            stream.next_timestamp = timestamp;
            stream.missing = 0;
        }
    }

    /// Puts silence where the clock says that a packet should long have been.
    fn wait_in_silence(&mut self, now_ms: u64) {
        let mut made_ms = 0;
        while let Some(due_ms) = self.silence_due().filter(|due_ms| *due_ms <= now_ms) {
            let Some(stream) = &mut self.stream else {
                return;
            };
            if made_ms >= MOST_SILENCE_AT_ONCE_MS {
                stream.covered_ms += now_ms - due_ms + 1;
                return;
            }
            let step_ms = stream.step_ms();
            let samples = step_ms * SAMPLES_PER_MS;
            stream.covered_ms += step_ms;
            stream.silent_ms += step_ms;
            stream.ahead += samples;
            made_ms += step_ms;
            self.kept.push_silence(samples);
            self.counts.silent_samples += samples;
            self.counts.awaited_samples += samples;
        }
    }

    fn silence_due(&self) -> Option<u64> {
        let stream = self.stream.filter(|_| self.reorder.is_empty())?;
        let grace_ms = match stream.rests {
            true => GRACE_RESTING_MS,
            false => GRACE_MS,
        };
        Some(stream.covered_ms + stream.step_ms() + grace_ms)
    }
}

impl Stream {
    fn step_ms(&self) -> u64 {
        match self.silent_ms < LONG_SILENCE_MS {
            true => FRAME_MS,
            false => LONG_STEP_MS,
        }
    }

    /// The time between what was played last and this timestamp, in samples; `None` when the two have
    /// nothing to do with each other.
    fn pause(&self, now_ms: u64, timestamp: u32) -> Option<u64> {
        let step = timestamp.wrapping_sub(self.next_timestamp);
        let since_ms = now_ms.saturating_sub(self.covered_ms) + self.silent_ms;
        let longest_ms = since_ms + LONGEST_PAUSE_MS;
        (u64::from(step) <= longest_ms * TICKS_PER_MS).then(|| u64::from(step) / TICKS_PER_SAMPLE)
    }
}

/// What lies between the last packet played and the next: nothing, a pause, or a loss.
struct Bridge<'a> {
    decoder: &'a mut Decoder,
    kept: &'a mut Kept,
    counts: &'a mut InboundCounts,
    stream: &'a mut Stream,
}

impl Bridge<'_> {
    /// Fills the time before a packet: first what can be made up, then silence, and last what the
    /// packet itself still carries of the one before it.
    fn cross(&mut self, now_ms: u64, timestamp: u32, payload: &[u8]) {
        let Some(mut left) = self.stream.pause(now_ms, timestamp) else {
            self.counts.restarts += 1;
            return;
        };
        let carried = match self.stream.missing {
            0 => 0,
            _ => (decode::carried_again(payload) as u64).min(left),
        };
        left -= carried;
        left -= self.conceal(left);
        let already = left.min(self.stream.ahead);
        self.stream.ahead -= already;
        left -= already;
        self.kept.push_silence(left);
        self.counts.silent_samples += left;
        if carried > 0 {
            self.recover(payload, carried);
        }
    }

    /// Only what was lost just now, and was not silence, can be made up.
    fn conceal(&mut self, left: u64) -> u64 {
        if self.stream.rests || self.stream.silent_ms > 0 {
            return 0;
        }
        let lost = u64::from(self.stream.missing) * self.decoder.usual() as u64;
        let wanted = left.min(lost).min(LONGEST_CONCEALMENT);
        let made = self.decoder.conceal(wanted as usize);
        self.kept.push(made);
        self.counts.concealed_samples += made.len() as u64;
        made.len() as u64
    }

    fn recover(&mut self, payload: &[u8], samples: u64) {
        let made = self.decoder.recover(payload, samples as usize);
        let made = made.unwrap_or_default();
        self.kept.push(made);
        self.counts.recovered += 1;
        self.counts.recovered_samples += made.len() as u64;
        let rest = samples - made.len() as u64;
        self.kept.push_silence(rest);
        self.counts.silent_samples += rest;
    }

    /// The packet itself, or something in its place when it turns out not to be Opus.
    fn land(&mut self, payload: &[u8], length: usize) {
        let made = match self.decoder.packet(payload) {
            Some(speech) => {
                self.kept.push(speech);
                self.counts.decoded_samples += speech.len() as u64;
                speech.len()
            }
            None => {
                let made = self.decoder.conceal(length);
                self.kept.push(made);
                self.counts.garbage += 1;
                self.counts.concealed_samples += made.len() as u64;
                made.len()
            }
        };
        let rest = length.saturating_sub(made) as u64;
        self.kept.push_silence(rest);
        self.counts.silent_samples += rest;
    }
}
