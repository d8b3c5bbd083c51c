//! Begins a reply at a likely end of an utterance, keeps it back, and lets it go or throws it away.

use crate::answering::query_of;
use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::guess::Guess;
use crate::history::Line;
use crate::output::{Author, Fact, Output, Passage, Stage};
use crate::patience as p;
use crate::reply::{Overdue, Reply, Work};
use crate::utterance::{Said, Utterance};
use crate::witness::Job;
use crate::words::{Wish, wish};
use crate::{
    LineId, Millis, PhraseEvent, PhraseId, ReplyEvent, ReplyId, ReplyRequest, UtteranceId,
};

impl Conversation {
    fn speculates(&self) -> bool {
        self.settings.speculation
            && self.responds()
            && self.guess.is_none()
            && self.next_request.is_none()
            && !self.words_are_awaited()
    }

    fn words_are_awaited(&self) -> bool {
        let awaited = |said: &Said| said.wants_reply && said.pending();
        self.said.iter().any(awaited)
    }

    /// At the first short pause the words are wanted as though it were the end.
    pub(crate) fn settle_early(&mut self) {
        if !self.speculates() {
            return;
        }
        let end = self.ear.end();
        let Floor::Caller { utterance } = &mut self.floor else {
            return;
        };
        let id = utterance.id;
        if let Some(mark) = utterance.settle(utterance.silence(end)) {
            self.say(Output::Settle {
                utterance: id,
                mark,
            });
        }
    }

    /// The words are there; whether they are likely to be all, the endpointer is asked.
    pub(crate) fn settled(&mut self, mark: u32, mut text: String) {
        text.truncate(text.floor_char_boundary(p::TEXT));
        let end = self.ear.end();
        let Floor::Caller { utterance } = &mut self.floor else {
            return;
        };
        if !utterance.settled(mark, &text) || wish(&text) == Wish::Unknown {
            return;
        }
        // Nobody knows better what was said so far.
        self.words_so_far(text.clone(), 0);
        let utterance = self.floor.utterance().expect("the caller has the floor");
        let judge = Output::Judge {
            utterance: utterance.id,
            partial: text,
            silence: utterance.silence(end),
            speech: utterance.speech(),
        };
        self.say(judge);
    }

    /// Begins the reply that is kept back, if this is likely the end.
    pub(crate) fn guess_end(&mut self) {
        if !self.speculates() {
            return;
        }
        let Floor::Caller { utterance } = &mut self.floor else {
            return;
        };
        let Some(words) = utterance
            .guess()
            .filter(|words| wish(words) != Wish::Unknown)
        else {
            return;
        };
        let (id, origin) = (utterance.id, utterance.last_voice_at);
        let said = likely_line(utterance, words);
        self.begin_guess(id, said, origin);
    }

    fn begin_guess(&mut self, utterance: UtteranceId, said: Line, origin: Millis) {
        let id = self.next_reply();
        let modality = self.settings.modality;
        let mut reply = Reply::new(id, modality, ReplyRequest::default(), self.now);
        reply.origin = origin;
        let lines = self.history.prompt_with(said);
        let query = query_of(&lines);
        let prompt = self.prompt_of(&reply, lines);
        self.say(Output::Hold {
            reply: id,
            utterance,
        });
        let until = self.search(id, query);
        reply.searching = until.is_some();
        reply.work = until.map_or(Work::Words, |until| Work::Searching { until });
        self.guess = Some(Guess::new(utterance, reply, prompt, self.now));
        if until.is_none() {
            self.compose_guess();
        }
    }

    fn compose_guess(&mut self) {
        let until = self.now + p::COMPOSE;
        let guess = self.guess.as_mut().expect("a guess is composed");
        guess.prompt.passages.clone_from(&guess.reply.passages);
        guess.reply.work = Work::Composing { until };
        let (reply, prompt) = (guess.reply.id, guess.prompt.clone());
        self.say(Output::Compose { reply, prompt });
    }

    pub(crate) fn is_guess(&self, id: ReplyId) -> bool {
        self.guess
            .as_ref()
            .is_some_and(|guess| guess.reply.id == id)
    }

    pub(crate) fn guess_event(&mut self, event: ReplyEvent) {
        let guess = self.guess.as_mut().expect("an event of the guess");
        let composing = matches!(guess.reply.work, Work::Composing { .. });
        match event {
            ReplyEvent::Found { passages } if guess.reply.searching => self.guess_found(passages),
            // It may be made again when it is known what was said.
            ReplyEvent::Failed { .. } if composing => {
                self.witness.done(Job::Compose(guess.reply.id));
                self.drop_guess();
            }
            event if composing && guess.is_put_off(&event) => self.put_off(event),
            ReplyEvent::Text { text } if composing => self.guess_text(&text),
            ReplyEvent::Cite { passage } if composing => guess.cite(passage),
            ReplyEvent::Composed if composing => {
                self.witness.done(Job::Compose(guess.reply.id));
                guess.reply.compose();
                self.speak_first();
            }
            _ => {}
        }
    }

    fn put_off(&mut self, event: ReplyEvent) {
        let guess = self.guess.as_mut().expect("an event of the guess");
        if !guess.put_off(event) {
            self.drop_guess();
        }
    }

    fn guess_found(&mut self, passages: Vec<Passage>) {
        let (now, limit) = (self.now, self.settings.passages);
        let guess = self.guess.as_mut().expect("a guess that searches");
        let reply = &mut guess.reply;
        self.witness.done(Job::Search(reply.id));
        reply.searching = false;
        if !matches!(reply.work, Work::Searching { .. }) {
            return;
        }
        reply.passages = passages;
        reply.passages.truncate(limit);
        guess.reached.push((Stage::Retrieval, now - reply.origin));
        self.compose_guess();
    }

    fn guess_text(&mut self, text: &str) {
        let now = self.now;
        let guess = self.guess.as_mut().expect("a guess that is composed");
        let reply = &mut guess.reply;
        let until = now + p::COMPOSE;
        reply.work = Work::Composing { until };
        let first = reply.text.is_empty();
        if reply.add(text).is_empty() {
            return;
        }
        if first {
            guess.reached.push((Stage::FirstWord, now - reply.origin));
        }
        self.speak_first();
    }

    /// One phrase is made in advance, and no more: that is all that the caller would wait for.
    fn speak_first(&mut self) {
        let now = self.now;
        let guess = self.guess.as_mut().expect("a guess that speaks");
        let (id, reply) = (guess.reply.id, &mut guess.reply);
        let first = !reply.was_spoken();
        if let Some(due) = first.then(|| reply.due(now)).flatten() {
            self.speak(id, due, None);
        }
    }

    pub(crate) fn guess_phrase_event(&mut self, phrase: PhraseId, event: PhraseEvent) {
        let guess = self.guess.as_mut().expect("an event of the guess");
        if !guess.reply.is_speaking(phrase.index) {
            return;
        }
        match event {
            PhraseEvent::Speech { total } => self.guess_spoke(phrase, total, false),
            PhraseEvent::Spoken { total } => self.guess_spoke(phrase, total, true),
            PhraseEvent::Marks { marks } => guess.reply.marked(phrase.index, &marks),
            PhraseEvent::Failed { .. } => {
                self.witness.done(Job::Speak(phrase));
                self.drop_guess();
            }
            // It is not played, whoever says so.
            PhraseEvent::Played { .. } => {}
        }
    }

    fn guess_spoke(&mut self, phrase: PhraseId, total: Millis, all: bool) {
        let now = self.now;
        let guess = self.guess.as_mut().expect("a guess that speaks");
        if all {
            self.witness.done(Job::Speak(phrase));
        }
        if guess.reply.spoke(phrase.index, total, all, now) {
            let after = now - guess.reply.origin;
            guess.reached.push((Stage::FirstSpeech, after));
            guess.ready = Some(now);
        }
    }

    /// The guess was wrong, or has come to nothing.
    pub(crate) fn drop_guess(&mut self) {
        if let Some(guess) = self.guess.take() {
            let worked = self.now - guess.began;
            let reply = guess.reply.id;
            self.say(Output::Discard { reply, worked });
        }
    }

    /// After each input: the guess goes with the pause that it was made in.
    pub(crate) fn tend_guess(&mut self) {
        let Some(guess) = &self.guess else { return };
        let stands = match &self.floor {
            Floor::Caller { utterance } => {
                utterance.id == guess.utterance && utterance.pausing() && utterance.deaf.is_none()
            }
            Floor::Awaiting { reply: None, .. } => {
                let last = self.said.iter().rfind(|said| said.wants_reply);
                last.is_some_and(|said| said.id == guess.utterance && said.pending())
            }
            _ => false,
        };
        if !stands {
            self.drop_guess();
        }
    }

    pub(crate) fn guess_deadline(&self) -> Option<Millis> {
        self.guess.as_ref()?.reply.deadline(true)
    }

    pub(crate) fn hurry_guess(&mut self) {
        let now = self.now;
        let guess = self.guess.as_ref().expect("a guess is overdue");
        match guess.reply.overdue(now, true) {
            Some(Overdue::Search) => self.compose_guess(),
            _ => self.drop_guess(),
        }
    }

    /// The guess, if all that waits for a reply is what it was made for.
    pub(crate) fn confirmed(&mut self) -> Option<Box<Guess>> {
        let guess = self.guess.take()?;
        let last = self.said.iter().rfind(|said| said.wants_reply);
        let is_last = last.is_some_and(|said| said.id == guess.utterance);
        if is_last && guess.holds(&self.lines(&guess.reply)) {
            return Some(guess);
        }
        self.guess = Some(guess);
        self.drop_guess();
        None
    }

    /// The guess was right: it is the reply. The floor must have been taken apart.
    pub(crate) fn release(&mut self, guess: Box<Guess>) {
        let (id, gained, began) = (guess.reply.id, guess.gained(self.now), guess.began);
        let Guess {
            mut reply,
            reached,
            cited,
            later,
            ..
        } = *guess;
        self.say(Output::Release { reply: id });
        reply.moved_at = self.now;
        let answers = self.said.iter().rfind(|said| said.wants_reply);
        let answers = answers.map(|said| said.id);
        self.start(&mut reply, None, answers);
        let began = began - reply.origin;
        self.pass_to(Floor::Awaiting {
            reply: Some(Box::new(reply)),
            overheard: None,
        });
        self.cover();
        self.tell(Fact::Speculated {
            reply: id,
            began,
            gained,
        });
        for (stage, after) in reached {
            self.reached(id, stage, after);
        }
        self.catch_up(id, &cited);
        for event in later {
            self.reply_event(id, event);
        }
        if self.on_floor(id) {
            self.go_ahead();
        }
    }

    /// Tells what was kept back of the words.
    fn catch_up(&mut self, id: ReplyId, cited: &[usize]) {
        let (text, work) = (self.reply(id).text.clone(), self.reply(id).work);
        if !matches!(work, Work::Searching { .. }) {
            self.ledger.composing(id);
        }
        if !text.is_empty() {
            self.seat(id);
            let text = text.clone();
            self.tell(Fact::ReplyText { reply: id, text });
        }
        for &passage in cited {
            self.cite(id, passage);
        }
        if work == Work::Composed {
            self.seat(id);
            self.tell(Fact::ReplyComposed { reply: id, text });
        }
        self.note_heard();
    }
}

/// The caller's line as it would stand if this were the end.
fn likely_line(utterance: &Utterance, words: String) -> Line {
    let mut line = Line::new(LineId(0), Author::Caller, words);
    line.goes_on = utterance.goes_on;
    line
}
