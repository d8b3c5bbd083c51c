//! What the client asks for: messages, lines, replies, silence, settings, and the end.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::history::Line;
use crate::output::{Author, Ending, Fact, LineKind, Output, PromptLine, Refusal};
use crate::patience as p;
use crate::reply::{Reply, Work};
use crate::utterance::{Said, Utterance, Words};
use crate::{LineId, Millis, Modality, Place, ReplyId, ReplyRequest, Settings};

impl Conversation {
    pub(crate) fn greet(&mut self) {
        if std::mem::replace(&mut self.greeted, true) {
            return;
        }
        let open = matches!(self.floor, Floor::Open { .. });
        match self.settings.greeting.clone() {
            Some(greeting) if open && !greeting.trim().is_empty() => {
                self.recite(&greeting, Vec::new(), false);
            }
            // The caller's silence counts from here.
            _ if open => self.pass_to(Floor::Open { since: self.now }),
            _ => {}
        }
    }

    pub(crate) fn configure(&mut self, settings: Settings) {
        self.drop_guess();
        self.settings = settings;
        if !self.settings.ears.listening {
            self.drop_utterance();
        }
        if matches!(self.floor, Floor::Caller { .. })
            && let Some((token, request)) = self.next_request.take()
        {
            let (_, utterance) = self.take_apart();
            self.take_request(token, request, utterance);
        }
    }

    pub(crate) fn refuse(&mut self, token: u32, refusal: Refusal) {
        self.tell(Fact::Refused { token, refusal });
    }

    /// The reply that the client asked for, and that was to come next, will not.
    pub(crate) fn refuse_kept(&mut self) {
        if let Some((token, _)) = self.next_request.take() {
            self.refuse(token, Refusal::ReplyActive);
        }
    }

    /// The oldest line makes room.
    pub(crate) fn make_room(&mut self) {
        while let Some(line) = self.history.overflow() {
            self.tell(Fact::LineDeleted { line });
        }
    }

    pub(crate) fn typed(&mut self, token: u32, text: String) {
        if text.trim().is_empty() {
            return self.refuse(token, Refusal::NothingToCommit);
        }
        if text.len() > p::TEXT {
            return self.refuse(token, Refusal::TooMuch);
        }
        let (reply, utterance) = self.take_apart();
        if let Some(utterance) = utterance {
            self.forget(&utterance);
            self.ear.claim();
            if utterance.told {
                self.tell(Fact::Cleared);
            }
        }
        if let Some(reply) = reply {
            self.close(*reply, Ending::BargedIn);
        }
        self.refuse_kept();
        self.asked_idle = 0;
        let id = self.next_utterance();
        let line = self.history.reserve();
        let standing = Line::new(line, Author::Caller, text.clone());
        let place = self
            .history
            .insert(standing, Place::Last)
            .expect("the end is a place");
        let kind = LineKind::Typed;
        self.tell(Fact::LineAdded {
            line,
            place,
            kind,
            text,
            token: Some(token),
        });
        self.make_room();
        let (at, words) = (self.now, Words::Typed);
        self.wait_for(Said {
            id,
            line,
            at,
            committed_at: at,
            words,
            wants_reply: true,
        });
        let reply = self.fresh_reply(ReplyRequest::default());
        self.begin(reply, None, None);
    }

    pub(crate) fn fresh_reply(&mut self, request: ReplyRequest) -> Reply {
        let modality = request.modality.unwrap_or(self.settings.modality);
        let modality = if request.aside {
            Modality::Text
        } else {
            modality
        };
        Reply::new(self.next_reply(), modality, request, self.now)
    }

    pub(crate) fn write(&mut self, token: u32, written: PromptLine, place: Place) {
        let (author, text) = (written.author, written.text.clone());
        if text.len() > p::TEXT {
            return self.refuse(token, Refusal::TooMuch);
        }
        let result = written.call.as_ref().filter(|_| author == Author::Tool);
        let awaited = result.is_some_and(|call| self.ledger.result(&call.id));
        let line = self.history.reserve();
        let standing = Line {
            id: line,
            ..Line::written(written)
        };
        let Some(place) = self.history.insert(standing, place) else {
            return self.refuse(token, Refusal::NoSuchLine);
        };
        if awaited && matches!(self.floor, Floor::Open { .. }) {
            // The caller has waited for this: their silence counts from here.
            self.pass_to(Floor::Open { since: self.now });
        }
        let kind = LineKind::Written(author);
        self.tell(Fact::LineAdded {
            line,
            place,
            kind,
            text,
            token: Some(token),
        });
        self.make_room();
    }

    pub(crate) fn delete(&mut self, token: u32, line: LineId) {
        if self.history.remove(line) {
            self.tell(Fact::LineDeleted { line });
        } else {
            self.refuse(token, Refusal::NoSuchLine);
        }
    }

    pub(crate) fn truncate(&mut self, token: u32, line: LineId, heard: Millis) {
        let spoken = self.floor.reply().filter(|reply| reply.line == Some(line));
        let spoken = spoken.filter(|reply| reply.modality == Modality::Audio);
        if let Some(known) = spoken.map(Reply::spoken_for) {
            if heard > known {
                return self.refuse(token, Refusal::BeyondSpeech);
            }
            // The client has stopped playing it: so do we.
            self.stop_reply();
        }
        let Some(standing) = self.history.get_mut(line) else {
            return self.refuse(token, Refusal::NoSuchLine);
        };
        if standing.spans.is_empty() {
            return self.refuse(token, Refusal::NotSpoken);
        }
        if heard > standing.spoken() {
            return self.refuse(token, Refusal::BeyondSpeech);
        }
        let keep = standing.heard_after(heard).min(standing.text.len());
        standing.text.truncate(keep);
        standing.cut = true;
        let heard_for = heard;
        let heard = standing.text.clone();
        self.tell(Fact::LineCut {
            line,
            heard,
            heard_for,
        });
    }

    pub(crate) fn respond(&mut self, token: u32, request: ReplyRequest) {
        if !fits(&request) {
            return self.refuse(token, Refusal::TooMuch);
        }
        if request.aside {
            return self.begin_aside(token, request);
        }
        if self.floor.reply().is_some() || self.next_request.is_some() {
            return self.follow_up(token, request);
        }
        let (_, utterance) = self.take_apart();
        self.take_request(token, request, utterance);
    }

    /// Who speaks is not talked over: what they say is answered with what the client asked, when it ends by itself.
    pub(crate) fn take_request(
        &mut self,
        token: u32,
        request: ReplyRequest,
        utterance: Option<Box<Utterance>>,
    ) {
        match utterance {
            Some(utterance) if self.pauses().is_some() => {
                self.drop_guess();
                self.next_request = Some((token, request));
                self.pass_to(Floor::Caller { utterance });
            }
            utterance => self.begin_asked(token, request, utterance),
        }
    }

    /// The reply that the client asked for takes the floor.
    pub(crate) fn begin_asked(
        &mut self,
        token: u32,
        request: ReplyRequest,
        utterance: Option<Box<Utterance>>,
    ) {
        // Whatever still waits for its words is answered with the rest.
        for said in &mut self.said {
            said.wants_reply = true;
        }
        let reply = self.fresh_reply(request);
        self.begin(reply, Some(token), utterance);
    }

    fn begin_aside(&mut self, token: u32, request: ReplyRequest) {
        if self.asides.len() >= p::ASIDES {
            return self.refuse(token, Refusal::TooMuch);
        }
        let mut aside = self.fresh_reply(request);
        let (reply, modality) = (aside.id, aside.modality);
        let started = Fact::ReplyStarted {
            reply,
            line: None,
            modality,
            token: Some(token),
            answers: None,
        };
        self.tell(started);
        let query = self.query(&aside);
        let until = self.search(reply, query);
        aside.searching = until.is_some();
        if let Some(until) = until {
            aside.work = Work::Searching { until };
        }
        self.asides.push(aside);
        if until.is_none() {
            self.compose_aside(self.asides.len() - 1);
        }
    }

    pub(crate) fn cancel_reply(&mut self, token: u32, reply: Option<ReplyId>) {
        self.unsaid = None;
        let on_floor = self.floor.reply().map(|reply| reply.id);
        match reply.or(on_floor) {
            Some(id) if on_floor == Some(id) => self.stop_reply(),
            Some(id) if self.asides.iter().any(|aside| aside.id == id) => {
                self.end_aside(id, Ending::Cancelled);
            }
            None if self.next_request.is_some() => self.refuse_kept(),
            _ => self.refuse(token, Refusal::NoReplyActive),
        }
    }

    /// The client wants no more of what is being said.
    fn stop_reply(&mut self) {
        let (reply, utterance) = self.take_apart();
        if let Some(mut reply) = reply {
            if reply.work == Work::Words {
                self.leave_unanswered(&mut reply);
            }
            self.conclude(*reply, Ending::Cancelled, utterance);
        }
    }

    /// What the reply still waited to understand is answered by no other either.
    pub(crate) fn leave_unanswered(&mut self, reply: &mut Reply) {
        let known = |said: &Said| said.wants_reply && !said.pending();
        let (known, left) = self.said.drain(..).partition(known);
        reply.covers = known;
        self.said = left;
        for said in &mut self.said {
            said.wants_reply = false;
        }
    }

    /// Nothing waits to be played before the first sound: then there is nothing to clear.
    pub(crate) fn clear_playout(&mut self) {
        if self.floor.reply().is_some_and(|reply| reply.playing) {
            self.stop_reply();
        }
    }

    pub(crate) fn commit_asked(&mut self, token: u32) {
        let contested = matches!(self.floor, Floor::Contested { .. });
        match self.floor.utterance().map(|utterance| utterance.told) {
            None => return self.refuse(token, Refusal::NothingToCommit),
            Some(told) if contested || (!told && self.pauses().is_some()) => self.barge_in(),
            Some(_) => {}
        }
        // Cutting in may have shown that the caller had finished already.
        if self.floor.utterance().is_some() {
            self.commit();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.drop_utterance();
        self.ear.claim();
        self.tell(Fact::Cleared);
    }

    /// What is being said is forgotten, and whoever spoke goes on.
    fn drop_utterance(&mut self) {
        let caller = matches!(self.floor, Floor::Caller { .. });
        if self.floor.utterance().is_none() {
            return;
        }
        if !caller {
            return self.nothing_said();
        }
        let (_, utterance) = self.take_apart();
        self.forget(&utterance.expect("it was there"));
        self.answer_next();
    }

    /// Ends everything, once.
    pub(crate) fn hang_up(&mut self) {
        self.drop_guess();
        let (reply, utterance) = self.take_apart();
        if let Some(utterance) = utterance {
            self.forget(&utterance);
        }
        if let Some(reply) = reply {
            self.close(*reply, Ending::Cancelled);
        }
        for aside in std::mem::take(&mut self.asides) {
            self.close(aside, Ending::Cancelled);
        }
        for said in std::mem::take(&mut self.said) {
            if said.pending() {
                self.say(Output::Forget { utterance: said.id });
            }
            self.witness.settled(said.id);
        }
        self.refuse_kept();
        self.pass_to(Floor::Open { since: self.now });
        self.say(Output::End);
        self.over = true;
    }
}

/// All words of a request, and no more than we take elsewhere.
fn fits(request: &ReplyRequest) -> bool {
    let lines = request.lines.iter().flatten();
    let words: usize = lines.map(|line| line.text.len()).sum();
    words <= p::PROMPT
        && request
            .instructions
            .as_ref()
            .is_none_or(|text| text.len() <= p::TEXT)
}
