//! The way out: phrases to speech, speech to packets, and the account of what was played.

use crate::peer::ToPeer;
use bytes::Bytes;
use models_host::Job;
use server_audio::{AudioError, FRAME_TICKS, Outbound, Pace, Tag};
use server_conversation::{Input, Millis, PhraseEvent, PhraseId, ReplyId};
use std::collections::HashMap;
use std::sync::Arc;

pub(crate) struct Mouth {
    outbound: Outbound,
    pace: Pace,
    /// While nothing plays no clock ticks.
    running: bool,
    peer: Arc<dyn ToPeer>,
    /// The phrases being synthesised. What arrives for another is late, and is dropped.
    phrases: HashMap<PhraseId, Phrase>,
    packet: Vec<u8>,
}

struct Phrase {
    _job: Job,
    samples: u64,
    rate: u32,
}

impl Phrase {
    fn total(&self) -> Millis {
        Millis(self.samples * 1_000 / u64::from(self.rate.max(1)))
    }
}

impl Mouth {
    pub(crate) fn new(peer: Arc<dyn ToPeer>) -> Result<Self, AudioError> {
        let (outbound, pace) = (Outbound::new()?, Pace::new(0));
        let (phrases, packet) = (HashMap::new(), Vec::with_capacity(1_500));
        Ok(Self {
            outbound,
            pace,
            running: false,
            peer,
            phrases,
            packet,
        })
    }

    pub(crate) fn begin(&mut self, phrase: PhraseId, job: Job) {
        self.outbound.begin(tag(phrase));
        self.phrases.insert(
            phrase,
            Phrase {
                _job: job,
                samples: 0,
                rate: 1,
            },
        );
    }

    /// More of a phrase's speech.
    pub(crate) fn speech(&mut self, id: PhraseId, rate: u32, samples: &[f32]) -> Option<Input> {
        let phrase = self.phrases.get_mut(&id)?;
        if !self.outbound.push(tag(id), rate, samples) {
            self.phrases.remove(&id);
            self.outbound.end(tag(id));
            let message = "the reply is longer than can wait to be played".to_owned();
            return Some(Input::Phrase(id, PhraseEvent::Failed { message }));
        }
        phrase.samples += samples.len() as u64;
        phrase.rate = rate;
        Some(Input::Phrase(
            id,
            PhraseEvent::Speech {
                total: phrase.total(),
            },
        ))
    }

    /// All of a phrase's speech is there.
    pub(crate) fn spoken(&mut self, id: PhraseId) -> Option<Input> {
        let phrase = self.phrases.remove(&id)?;
        self.outbound.end(tag(id));
        Some(Input::Phrase(
            id,
            PhraseEvent::Spoken {
                total: phrase.total(),
            },
        ))
    }

    pub(crate) fn failed(&mut self, id: PhraseId, message: String) -> Option<Input> {
        self.phrases.remove(&id)?;
        self.outbound.end(tag(id));
        Some(Input::Phrase(id, PhraseEvent::Failed { message }))
    }

    pub(crate) fn duck(&mut self) {
        self.outbound.duck();
    }

    pub(crate) fn restore(&mut self) {
        self.outbound.restore();
    }

    pub(crate) fn silence(&mut self, reply: ReplyId) {
        self.outbound.silence(reply.0);
    }

    pub(crate) fn cancel(&mut self, reply: ReplyId) {
        self.phrases.retain(|phrase, _| phrase.reply != reply);
    }

    /// When the next frame is due; none while nothing waits to be played.
    pub(crate) fn deadline_us(&self) -> Option<u64> {
        match (self.outbound.is_quiet(), self.running) {
            (true, false) => None,
            (false, false) => Some(0),
            (_, true) => Some(self.pace.next_us()),
        }
    }

    /// Something is being played, or held.
    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    /// Sends the frames that are due and says what has been played; `said` gets each as it was.
    pub(crate) fn tick(
        &mut self,
        now_us: u64,
        inputs: &mut impl Extend<Input>,
        said: &mut dyn FnMut(&[f32]),
    ) {
        if !self.running && self.outbound.is_quiet() {
            return;
        }
        let due = self.pace.due(now_us);
        // Frames that went by while nothing played are not made up for: speech begins in this one.
        let first = if self.running {
            0
        } else {
            due.saturating_sub(1)
        };
        if !std::mem::replace(&mut self.running, true) {
            self.outbound.set_loss(self.peer.loss());
        }
        for frame in first..due {
            let timestamp = self.pace.timestamp().wrapping_add(frame * FRAME_TICKS);
            self.frame(timestamp, inputs);
            said(self.outbound.said());
        }
        self.running = !self.outbound.is_quiet();
    }

    fn frame(&mut self, timestamp: u32, inputs: &mut impl Extend<Input>) {
        let frame = self.outbound.frame(&mut self.packet);
        if frame.sent {
            self.peer.audio(
                timestamp,
                frame.marker,
                Bytes::copy_from_slice(&self.packet),
            );
        }
        inputs.extend(frame.played().iter().map(|played| {
            let phrase = PhraseId {
                reply: ReplyId(played.tag.reply),
                index: played.tag.phrase,
            };
            let (total, done) = (Millis(played.total_ms), played.done);
            Input::Phrase(phrase, PhraseEvent::Played { total, done })
        }));
    }
}

fn tag(phrase: PhraseId) -> Tag {
    Tag {
        reply: phrase.reply.0,
        phrase: phrase.index,
    }
}
