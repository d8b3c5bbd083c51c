//! What the engines report of a reply; what they report of a dead one finds no home.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::output::{Ending, Fact, Output, Passage, Stage};
use crate::patience as p;
use crate::reply::{Reply, Work};
use crate::witness::Job;
use crate::{Millis, Modality, PhraseEvent, PhraseId, ReplyEvent, ReplyId};

impl Conversation {
    pub(crate) fn reply_by(&mut self, id: ReplyId) -> Option<&mut Reply> {
        let on_floor = self.floor.reply().is_some_and(|reply| reply.id == id);
        if on_floor {
            return self.floor.reply_mut();
        }
        self.asides.iter_mut().find(|aside| aside.id == id)
    }

    /// A reply that is there.
    pub(crate) fn reply(&self, id: ReplyId) -> &Reply {
        let mut there = self.floor.reply().into_iter().chain(&self.asides);
        there.find(|reply| reply.id == id).expect("it is there")
    }

    pub(crate) fn reply_event(&mut self, id: ReplyId, event: ReplyEvent) {
        if self.is_guess(id) {
            return self.guess_event(event);
        }
        let Some(reply) = self.reply_by(id) else {
            return;
        };
        let composing = matches!(reply.work, Work::Composing { .. });
        match event {
            ReplyEvent::Found { passages } if reply.searching => self.found(id, passages),
            ReplyEvent::Text { text } if composing && !text.is_empty() => self.text(id, &text),
            ReplyEvent::Call { tool } if composing => self.call_begins(id, tool),
            ReplyEvent::Arguments { text } if composing => self.call_grows(id, text),
            ReplyEvent::Cite { passage } if composing => self.cite(id, passage),
            ReplyEvent::Composed if composing => self.composed(id),
            ReplyEvent::Failed { message } if composing => self.broken(id, message, true),
            _ => {}
        }
    }

    fn found(&mut self, id: ReplyId, passages: Vec<Passage>) {
        self.witness.done(Job::Search(id));
        let (now, limit) = (self.now, self.settings.passages);
        let reply = self.reply_by(id).expect("a reply that searches is there");
        reply.searching = false;
        if !matches!(reply.work, Work::Searching { .. }) {
            return;
        }
        reply.passages = passages;
        reply.passages.truncate(limit);
        let after = now - reply.origin;
        self.reached(id, Stage::Retrieval, after);
        self.search_over(id);
    }

    /// With or without passages, the words are ordered.
    pub(crate) fn search_over(&mut self, id: ReplyId) {
        let aside = self.asides.iter().position(|aside| aside.id == id);
        match aside {
            Some(at) => self.compose_aside(at),
            None => self.compose_now(),
        }
    }

    pub(crate) fn compose_aside(&mut self, at: usize) {
        let (reply, prompt) = (self.asides[at].id, self.prompt(&self.asides[at]));
        self.say(Output::Compose { reply, prompt });
        self.asides[at].work = Work::Composing {
            until: self.now + p::COMPOSE,
        };
    }

    fn text(&mut self, id: ReplyId, text: &str) {
        self.call_is_complete(id);
        let now = self.now;
        let reply = self
            .reply_by(id)
            .expect("a reply that is composed is there");
        let first = reply.text.is_empty();
        let after = now - reply.origin;
        reply.work = Work::Composing {
            until: now + p::COMPOSE,
        };
        let taken = reply.add(text).to_owned();
        if taken.is_empty() {
            return;
        }
        if first {
            self.seat(id);
            self.reached(id, Stage::FirstWord, after);
        }
        self.tell(Fact::ReplyText {
            reply: id,
            text: taken,
        });
        if self.on_floor(id) {
            self.note_heard();
            self.go_ahead();
        }
    }

    pub(crate) fn on_floor(&self, id: ReplyId) -> bool {
        self.floor.reply().is_some_and(|reply| reply.id == id)
    }

    pub(crate) fn cite(&mut self, id: ReplyId, passage: usize) {
        let reply = self
            .reply_by(id)
            .expect("a reply that is composed is there");
        let Some(Passage {
            source,
            heading,
            text,
            ..
        }) = reply.passages.get(passage).cloned()
        else {
            return;
        };
        self.tell(Fact::Cited {
            reply: id,
            source,
            heading,
            text,
        });
    }

    fn composed(&mut self, id: ReplyId) {
        self.witness.done(Job::Compose(id));
        self.call_is_complete(id);
        if self.called_in_vain(id) {
            return self.search_over(id);
        }
        let reply = self
            .reply_by(id)
            .expect("a reply that is composed is there");
        reply.compose();
        if !reply.calls_out() {
            self.seat(id);
        }
        let reply = self.reply(id);
        let text = reply.text.clone();
        self.tell(Fact::ReplyComposed { reply: id, text });
        if self.on_floor(id) {
            self.go_ahead();
        } else {
            self.end_aside(id, Ending::Completed);
        }
    }

    /// The model failed: what was composed is still spoken. `ended`: it said so itself.
    pub(crate) fn broken(&mut self, id: ReplyId, message: String, ended: bool) {
        if ended {
            self.witness.done(Job::Compose(id));
            self.reply_by(id)
                .expect("a reply that is composed is there")
                .work = Work::Composed;
        }
        if !self.on_floor(id) {
            self.end_aside(id, Ending::Failed { message });
        } else if ended {
            self.floor
                .reply_mut()
                .expect("it is on the floor")
                .break_off(message);
            self.go_ahead();
        } else {
            // Cancelling the model cancels the voice with it.
            self.fail(message, true);
        }
    }

    /// The reply on the floor ends here and now. `aloud`: the caller can be told by voice.
    pub(crate) fn fail(&mut self, message: String, aloud: bool) {
        let (reply, utterance) = self.take_apart();
        let mut reply = *reply.expect("a reply fails on the floor");
        reply.last_word |= !aloud;
        self.conclude(reply, Ending::Failed { message }, utterance);
    }

    pub(crate) fn end_aside(&mut self, id: ReplyId, ending: Ending) {
        if let Some(at) = self.asides.iter().position(|aside| aside.id == id) {
            let aside = self.asides.remove(at);
            self.close(aside, ending);
        }
    }

    pub(crate) fn phrase_event(&mut self, phrase: PhraseId, event: PhraseEvent) {
        if self.is_guess(phrase.reply) {
            return self.guess_phrase_event(phrase, event);
        }
        if !self.on_floor(phrase.reply) {
            return;
        }
        match event {
            PhraseEvent::Speech { total } => self.spoke(phrase, total, false),
            PhraseEvent::Spoken { total } => self.spoke(phrase, total, true),
            PhraseEvent::Marks { marks } => {
                let reply = self.floor.reply_mut().expect("its phrase is spoken");
                reply.marked(phrase.index, &marks);
            }
            PhraseEvent::Failed { message } => self.mute(phrase, message),
            PhraseEvent::Played { total, done } => self.played(phrase, total, done),
        }
    }

    fn spoke(&mut self, phrase: PhraseId, total: Millis, all: bool) {
        let now = self.now;
        let reply = self.floor.reply_mut().expect("its phrase is spoken");
        if !reply.is_speaking(phrase.index) {
            return;
        }
        let after = now - reply.origin;
        let first = reply.spoke(phrase.index, total, all, now);
        if all {
            self.witness.done(Job::Speak(phrase));
        }
        if first {
            self.reached(phrase.reply, Stage::FirstSpeech, after);
        }
        self.go_ahead();
    }

    /// The synthesizer failed: the client reads what the caller cannot hear.
    fn mute(&mut self, phrase: PhraseId, message: String) {
        let reply = self.floor.reply().expect("its phrase is spoken");
        if reply.is_speaking(phrase.index) {
            self.witness.done(Job::Speak(phrase));
            self.floor
                .reply_mut()
                .expect("its phrase is spoken")
                .give_up(phrase.index);
            self.fail(message, false);
        }
    }

    fn played(&mut self, phrase: PhraseId, total: Millis, done: bool) {
        let now = self.now;
        let reply = self.floor.reply_mut().expect("its phrase is played");
        if reply.modality == Modality::Text || !reply.is_issued(phrase.index) {
            return;
        }
        let first = !std::mem::replace(&mut reply.playing, true);
        let after = now - reply.origin;
        reply.played(phrase.index, total, done, now);
        if first {
            self.tell(Fact::PlayoutStarted {
                reply: phrase.reply,
            });
            self.reached(phrase.reply, Stage::FirstSound, after);
        }
        self.note_heard();
        self.go_ahead();
    }

    /// True while playout waits for the caller's wish.
    pub(crate) fn held(&self) -> bool {
        matches!(self.floor, Floor::Contested { .. })
    }
}
