//! The way out: phrases to speech, speech to packets, and the account of what was played.

use crate::keeping::Kept;
use crate::peer::ToPeer;
use bytes::Bytes;
use models_engine::Mark;
use models_host::Job;
use server_audio::{AudioError, FRAME_TICKS, Outbound, Pace, Tag};
use server_conversation::{Input, Millis, PhraseEvent, PhraseId, ReplyId};
use std::collections::HashMap;
use std::sync::Arc;

const TOO_LONG: &str = "the reply is longer than can wait to be played";

pub(crate) struct Mouth {
    outbound: Outbound,
    pace: Pace,
    /// While nothing plays no clock ticks.
    running: bool,
    peer: Arc<dyn ToPeer>,
    /// The phrases being synthesised. What arrives for another is late, and is dropped.
    phrases: HashMap<PhraseId, Phrase>,
    /// Speech of a reply that may never be wanted.
    kept: Option<Kept>,
    packet: Vec<u8>,
}

struct Phrase {
    job: Job,
    samples: u64,
    rate: u32,
}

impl Phrase {
    fn total(&self) -> Millis {
        self.lasts(self.samples)
    }

    fn lasts(&self, samples: u64) -> Millis {
        Millis(samples * 1_000 / u64::from(self.rate.max(1)))
    }

    /// Later rather than sooner, so that no word is taken for heard that is not.
    fn mark(&self, mark: &Mark) -> server_conversation::Mark {
        server_conversation::Mark {
            bytes: mark.bytes,
            at: self.lasts(mark.samples as u64) + Millis(1),
        }
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
            kept: None,
            packet,
        })
    }

    /// Speech of this reply is kept back from here on.
    pub(crate) fn hold(&mut self, reply: ReplyId) {
        self.kept = Some(Kept::new(reply));
    }

    /// It is not known yet whether this reply is wanted.
    pub(crate) fn holds(&self, reply: ReplyId) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.reply() == reply)
    }

    /// What was kept back is to be heard, at once.
    pub(crate) fn release(&mut self, reply: ReplyId, inputs: &mut impl Extend<Input>) {
        let Some(kept) = self.kept.take_if(|kept| kept.reply() == reply) else {
            return;
        };
        for (_, phrase) in self.phrases.iter().filter(|(id, _)| id.reply == reply) {
            phrase.job.confirm();
        }
        for phrase in kept.into_phrases() {
            let (id, pushed) = (phrase.id, phrase.hand_over(&mut self.outbound));
            if !pushed {
                inputs.extend(self.failed(id, TOO_LONG.to_owned()));
            }
        }
    }

    /// Nobody will hear it.
    pub(crate) fn discard(&mut self, reply: ReplyId) {
        self.kept.take_if(|kept| kept.reply() == reply);
        self.cancel(reply);
    }

    fn keeps(&mut self, phrase: PhraseId) -> Option<&mut Kept> {
        self.kept
            .as_mut()
            .filter(|kept| kept.reply() == phrase.reply)
    }

    pub(crate) fn begin(&mut self, phrase: PhraseId, job: Job) {
        match self.keeps(phrase) {
            Some(kept) => kept.begin(phrase),
            None => _ = self.outbound.begin(tag(phrase)),
        }
        self.phrases.insert(
            phrase,
            Phrase {
                job,
                samples: 0,
                rate: 1,
            },
        );
    }

    /// More of a phrase's speech.
    pub(crate) fn speech(&mut self, id: PhraseId, rate: u32, samples: &[f32]) -> Option<Input> {
        if !self.phrases.contains_key(&id) {
            return None;
        }
        let taken = match self.keeps(id) {
            Some(kept) => kept.push(id, rate, samples),
            None => self.outbound.push(tag(id), rate, samples),
        };
        if !taken {
            return self.failed(id, TOO_LONG.to_owned());
        }
        let phrase = self.phrases.get_mut(&id)?;
        phrase.samples += samples.len() as u64;
        phrase.rate = rate;
        Some(Input::Phrase(
            id,
            PhraseEvent::Speech {
                total: phrase.total(),
            },
        ))
    }

    /// All of a phrase's speech is there, and what the voice said of its pace.
    pub(crate) fn spoken(&mut self, id: PhraseId, marks: &[Mark]) -> Vec<Input> {
        let Some(phrase) = self.phrases.remove(&id) else {
            return Vec::new();
        };
        self.end(id);
        let marks: Vec<_> = marks.iter().map(|mark| phrase.mark(mark)).collect();
        let paced = (!marks.is_empty()).then_some(PhraseEvent::Marks { marks });
        let total = phrase.total();
        let events = paced.into_iter().chain([PhraseEvent::Spoken { total }]);
        events.map(|event| Input::Phrase(id, event)).collect()
    }

    pub(crate) fn failed(&mut self, id: PhraseId, message: String) -> Option<Input> {
        self.phrases.remove(&id)?;
        self.end(id);
        Some(Input::Phrase(id, PhraseEvent::Failed { message }))
    }

    fn end(&mut self, id: PhraseId) {
        match self.keeps(id) {
            Some(kept) => kept.end(id),
            None => self.outbound.end(tag(id)),
        }
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

    /// A packet of the caller's has come.
    pub(crate) fn heard(&mut self, now_us: u64) {
        self.pace.heard(now_us);
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
        if !self.running {
            self.pace.settle();
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

pub(crate) fn tag(phrase: PhraseId) -> Tag {
    Tag {
        reply: phrase.reply.0,
        phrase: phrase.index,
    }
}
