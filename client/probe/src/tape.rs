//! Everything that happened on one call, timed at the caller, in milliseconds since the offer was posted.

use serde::Serialize;
use serde_json::Value;

use crate::ledger::Ledger;
use crate::level::{FRAME_MS, VOICED_DBFS};

/// An hour of frames; a longer call goes on, its tape does not.
const FRAMES_LIMIT: usize = 180_000;
/// Server events kept whole.
const EVENTS_LIMIT: usize = 20_000;

/// One frame of 20 ms that was sent or received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub at_ms: f64,
    pub level_dbfs: f32,
}

impl Frame {
    pub fn is_voiced(&self) -> bool {
        self.level_dbfs > VOICED_DBFS
    }
}

/// When one packet came, by the caller's clock and by its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    pub at_ms: f64,
    /// Its RTP time.
    pub media_ms: f64,
}

/// When one scripted utterance went out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Uttered {
    pub first_voiced_ms: Option<f64>,
    pub last_voiced_ms: Option<f64>,
    /// The last frame, silence included, has left.
    pub ended_ms: Option<f64>,
}

/// An event of the server, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at_ms: f64,
    pub body: Value,
}

impl Event {
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or("")
    }
}

/// How the packets fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    pub sent_packets: u64,
    pub received_packets: u64,
    /// Received frames that had to be made up, from redundancy or from nothing.
    pub concealed_frames: u64,
    /// Frames of ours that left more than 20 ms late: this machine was too busy to judge anything.
    pub late_frames: u64,
    /// Datagrams lost on purpose, both ways.
    pub dropped_on_purpose: u64,
    pub reordered_on_purpose: u64,
}

impl Traffic {
    /// More than one frame in a hundred left late: this machine was too busy, and its times say little.
    pub fn is_doubtful(&self) -> bool {
        self.late_frames * 100 > self.sent_packets
    }
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sent_packets: self.sent_packets + other.sent_packets,
            received_packets: self.received_packets + other.received_packets,
            concealed_frames: self.concealed_frames + other.concealed_frames,
            late_frames: self.late_frames + other.late_frames,
            dropped_on_purpose: self.dropped_on_purpose + other.dropped_on_purpose,
            reordered_on_purpose: self.reordered_on_purpose + other.reordered_on_purpose,
        }
    }
}

/// The record of a call; grows while it lasts.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    pub answered_ms: Option<f64>,
    pub connected_ms: Option<f64>,
    pub channel_open_ms: Option<f64>,
    pub first_packet_ms: Option<f64>,
    /// Why the call is over, if it is.
    pub ended: Option<String>,
    pub sent: Vec<Frame>,
    pub received: Vec<Frame>,
    pub arrivals: Vec<Arrival>,
    pub uttered: Vec<Uttered>,
    pub events: Vec<Event>,
    pub ledger: Ledger,
    pub traffic: Traffic,
    pub now_ms: f64,
    /// When voice was last received.
    pub last_voice_ms: Option<f64>,
}

impl Tape {
    pub(crate) fn note_sent(&mut self, frame: Frame, utterance: Option<usize>) {
        self.now_ms = frame.at_ms;
        if self.sent.len() < FRAMES_LIMIT {
            self.sent.push(frame);
        }
        let Some(index) = utterance else { return };
        if self.uttered.len() <= index {
            self.uttered.resize(index + 1, Uttered::default());
        }
        if frame.is_voiced() {
            let uttered = &mut self.uttered[index];
            uttered.first_voiced_ms.get_or_insert(frame.at_ms);
            uttered.last_voiced_ms = Some(frame.at_ms);
        }
    }

    pub(crate) fn note_uttered(&mut self, index: usize, at_ms: f64) {
        if self.uttered.len() <= index {
            self.uttered.resize(index + 1, Uttered::default());
        }
        self.uttered[index].ended_ms = Some(at_ms);
    }

    pub(crate) fn note_arrival(&mut self, arrival: Arrival) {
        self.now_ms = self.now_ms.max(arrival.at_ms);
        self.traffic.received_packets += 1;
        if self.arrivals.len() < FRAMES_LIMIT {
            self.arrivals.push(arrival);
        }
    }

    pub(crate) fn note_received(&mut self, frame: Frame) {
        self.now_ms = self.now_ms.max(frame.at_ms);
        if frame.is_voiced() {
            self.last_voice_ms = Some(frame.at_ms);
        }
        if self.received.len() < FRAMES_LIMIT {
            self.received.push(frame);
        }
    }

    pub(crate) fn note_event(&mut self, at_ms: f64, body: Value) {
        self.now_ms = self.now_ms.max(at_ms);
        let event = Event { at_ms, body };
        self.ledger.take(&event);
        if self.events.len() < EVENTS_LIMIT {
            self.events.push(event);
        }
    }

    /// The events of one kind, in order.
    pub fn events_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.kind() == kind)
    }

    /// The first event of one kind at or after a moment.
    pub fn event_after<'a>(&'a self, kind: &'a str, from_ms: f64) -> Option<&'a Event> {
        self.events_of(kind).find(|event| event.at_ms >= from_ms)
    }

    /// The first voiced frame received at or after a moment.
    pub fn voice_after(&self, from_ms: f64) -> Option<Frame> {
        let from = self.received.partition_point(|frame| frame.at_ms < from_ms);
        self.received[from..].iter().copied().find(Frame::is_voiced)
    }

    /// As `voice_after`, but only where at least `gap_ms` without voice went before: a reply that
    /// begins, not one that goes on.
    pub fn onset_after(&self, from_ms: f64, gap_ms: f64) -> Option<Frame> {
        let mut last_voiced = f64::NEG_INFINITY;
        for frame in self.received.iter().filter(|frame| frame.is_voiced()) {
            if frame.at_ms >= from_ms && frame.at_ms - last_voiced >= gap_ms {
                return Some(*frame);
            }
            last_voiced = frame.at_ms;
        }
        None
    }

    /// How long no voice has been received.
    pub fn quiet_for_ms(&self) -> f64 {
        self.last_voice_ms
            .map_or(f64::INFINITY, |ms| self.now_ms - ms)
    }

    /// All replies from this one on are over, and nothing was heard for so long.
    pub fn has_settled(&self, from_reply: usize, quiet_ms: f64) -> bool {
        let replies = self.ledger.replies.get(from_reply..).unwrap_or_default();
        replies.iter().all(|reply| reply.is_over(self.now_ms)) && self.quiet_for_ms() > quiet_ms
    }

    /// How much voice was received in a span.
    pub fn voiced_ms(&self, from_ms: f64, to_ms: f64) -> u64 {
        let from = self.received.partition_point(|frame| frame.at_ms < from_ms);
        let to = self.received.partition_point(|frame| frame.at_ms < to_ms);
        let voiced = self.received[from..to.max(from)]
            .iter()
            .filter(|frame| frame.is_voiced());
        voiced.count() as u64 * FRAME_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::SILENCE_DBFS;

    const LOUD: f32 = -20.0;

    fn received(levels: &[(f64, f32)]) -> Tape {
        let mut tape = Tape::default();
        for (at_ms, level_dbfs) in levels {
            tape.note_received(Frame {
                at_ms: *at_ms,
                level_dbfs: *level_dbfs,
            });
        }
        tape
    }

    #[test]
    fn an_onset_needs_a_gap_before_it() {
        let tape = received(&[
            (0.0, LOUD),
            (20.0, LOUD),
            (40.0, SILENCE_DBFS),
            (60.0, LOUD),
            (400.0, LOUD),
        ]);
        assert_eq!(tape.voice_after(30.0).map(|frame| frame.at_ms), Some(60.0));
        assert_eq!(
            tape.onset_after(30.0, 200.0).map(|frame| frame.at_ms),
            Some(400.0)
        );
        assert_eq!(
            tape.onset_after(0.0, 200.0).map(|frame| frame.at_ms),
            Some(0.0)
        );
        assert_eq!(tape.onset_after(500.0, 200.0), None);
    }

    #[test]
    fn an_utterance_is_bounded_by_its_voiced_frames() {
        let mut tape = Tape::default();
        for (n, level_dbfs) in [SILENCE_DBFS, LOUD, -44.9, -45.0, SILENCE_DBFS]
            .into_iter()
            .enumerate()
        {
            tape.note_sent(
                Frame {
                    at_ms: n as f64 * 20.0,
                    level_dbfs,
                },
                Some(0),
            );
        }
        tape.note_uttered(0, 100.0);
        let wanted = Uttered {
            first_voiced_ms: Some(20.0),
            last_voiced_ms: Some(40.0),
            ended_ms: Some(100.0),
        };
        assert_eq!(tape.uttered, [wanted]);
    }

    #[test]
    fn voice_is_counted_in_frames() {
        let tape = received(&[
            (0.0, LOUD),
            (20.0, SILENCE_DBFS),
            (40.0, LOUD),
            (60.0, LOUD),
        ]);
        assert_eq!(tape.voiced_ms(0.0, 60.0), 40);
        assert_eq!(tape.voiced_ms(60.0, 0.0), 0);
        assert_eq!(tape.quiet_for_ms(), 0.0);
        assert_eq!(Tape::default().quiet_for_ms(), f64::INFINITY);
    }
}
