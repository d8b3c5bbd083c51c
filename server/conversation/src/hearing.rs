//! The words of the caller, as the recogniser and the endpointer report them.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::output::{Fact, Output};
use crate::patience as p;
use crate::reply::Work;
use crate::utterance::{Utterance, Words};
use crate::witness::Job;
use crate::words::{Wish, wish};
use crate::{FloorName, HearingEvent, UtteranceId};

impl Conversation {
    pub(crate) fn hearing(&mut self, id: UtteranceId, event: HearingEvent) {
        let open = self
            .floor
            .utterance()
            .is_some_and(|utterance| utterance.id == id);
        let pending = self
            .said
            .iter()
            .position(|said| said.id == id && said.pending());
        match (event, pending) {
            (HearingEvent::Partial { text, stable }, None) if open => self.partial(text, stable),
            (HearingEvent::Judged { finished }, None) if open => {
                let utterance = self.floor.utterance_mut().expect("it is open");
                utterance.judged(finished);
                self.weigh();
                self.guess_end();
            }
            (HearingEvent::Settled { mark, text }, None) if open => self.settled(mark, text),
            (HearingEvent::Failed { message }, None) if open => self.deafened(message),
            // One that finishes by itself breaks its contract: its words are nobody's.
            (HearingEvent::Transcript { .. }, None) if open => {
                self.deafened("the recognizer finished unasked".to_owned());
            }
            (HearingEvent::Transcript { text, confidence }, Some(at)) => {
                self.transcribed(at, text, confidence);
            }
            (HearingEvent::Failed { message }, Some(at)) => {
                self.witness.done(Job::Listen(id));
                self.not_transcribed(at, &message);
            }
            // Whatever else comes is about an utterance that is settled.
            _ => {}
        }
    }

    fn partial(&mut self, text: String, stable: usize) {
        if !self.words_so_far(text, stable) {
            return;
        }
        match self.floor.name() {
            FloorName::Caller => self.weigh_pause(true),
            _ => self.weigh(),
        }
    }

    /// Takes the words so far of the open utterance, and tells them; true when they are new.
    pub(crate) fn words_so_far(&mut self, mut text: String, stable: usize) -> bool {
        text.truncate(text.floor_char_boundary(p::TEXT));
        let stable = text.floor_char_boundary(stable.min(text.len()));
        let utterance = self.floor.utterance_mut().expect("it is open");
        if utterance.partial == text {
            return false;
        }
        utterance.partial.clone_from(&text);
        let (id, line, told) = (utterance.id, utterance.line, utterance.told);
        if told {
            self.tell(Fact::Partial {
                utterance: id,
                line,
                text,
                stable,
            });
        }
        true
    }

    /// The recogniser failed while the caller speaks: they are heard out, and then told.
    fn deafened(&mut self, message: String) {
        let utterance = self.floor.utterance_mut().expect("it is open");
        if utterance.deaf.is_none() {
            utterance.deaf = Some(message);
            let id = utterance.id;
            self.witness.done(Job::Listen(id));
        }
    }

    /// What was begun is no utterance.
    pub(crate) fn forget(&mut self, utterance: &Utterance) {
        if utterance.deaf.is_none() {
            self.say(Output::Forget {
                utterance: utterance.id,
            });
        }
    }

    fn transcribed(&mut self, at: usize, mut text: String, confidence: f32) {
        text.truncate(text.floor_char_boundary(p::TEXT));
        let misheard = self.settings.ask_again && confidence < p::BELIEVED;
        let said = &mut self.said[at];
        said.words = Words::Spoken {
            at: self.now,
            misheard,
        };
        let (id, line) = (said.id, said.line);
        let keeps = said.wants_reply;
        self.witness.done(Job::Listen(id));
        let empty = wish(&text) == Wish::Unknown;
        let standing = self.history.get_mut(line);
        let gone = standing.is_none();
        if let Some(standing) = standing {
            standing.text.clone_from(&text);
            standing.misheard = misheard;
        }
        self.tell(Fact::Transcript {
            utterance: id,
            line,
            text,
        });
        // No word, or noises only: refused. Without automatic replies: left. Deleted meanwhile: nothing to answer.
        if empty || gone || !keeps {
            self.settle_at(at);
        }
        self.words_came();
    }

    pub(crate) fn not_transcribed(&mut self, at: usize, message: &str) {
        let said = self.said.remove(at);
        self.tell_failed(&said, message);
        self.tell(Fact::Trouble {
            message: format!("The caller was not understood: {message}"),
        });
        let waiting = matches!(&self.floor, Floor::Awaiting { reply: None, .. });
        if waiting && said.wants_reply {
            return self.apologise(vec![said]);
        }
        self.witness.settled(said.id);
        let asked = self
            .floor
            .reply()
            .is_some_and(|reply| reply.work == Work::Words);
        if asked && said.wants_reply {
            // What the client wanted answered is lost, and no other reply is begun for what still waits.
            if !self.responds() {
                let rest = self.said.iter_mut().filter(|said| said.pending());
                rest.for_each(|said| said.wants_reply = false);
            }
            self.fail(message.to_owned(), true);
        } else {
            self.words_came();
        }
    }

    fn settle_at(&mut self, at: usize) {
        let said = self.said.remove(at);
        self.witness.settled(said.id);
    }

    /// One utterance less is without words: whoever waited for them may go on.
    fn words_came(&mut self) {
        match &self.floor {
            Floor::Awaiting { reply: None, .. } => {
                let (_, overheard) = self.take_apart();
                self.yield_to(overheard);
            }
            Floor::Awaiting { reply: Some(_), .. } => self.take_up(),
            _ => {}
        }
    }
}
