//! The conversation: one input in, orders and news out, and when it wants to be woken.

use crate::ear::Ear;
use crate::floor::Floor;
use crate::guess::Guess;
use crate::habits::Habits;
use crate::history::History;
use crate::ledger::Ledger;
use crate::output::{Fact, Output};
use crate::parting::Parting;
use crate::reply::Reply;
use crate::unsaid::Unsaid;
use crate::utterance::{Said, Utterance};
use crate::witness::Witness;
use crate::{FloorName, Input, Millis, ReplyId, ReplyRequest, Settings, UtteranceId};
use std::collections::VecDeque;

/// Decides who may speak. It is told the time and what happened, and answers with what to do.
#[derive(Debug)]
pub struct Conversation {
    pub(crate) settings: Settings,
    pub(crate) now: Millis,
    pub(crate) floor: Floor,
    /// The state that was last told.
    shown: FloorName,
    pub(crate) ear: Ear,
    pub(crate) history: History,
    /// Complete, and neither answered nor settled otherwise; oldest first.
    pub(crate) said: Vec<Said>,
    /// Replies beside the floor.
    pub(crate) asides: Vec<Reply>,
    pub(crate) habits: Habits,
    /// The reply that is kept back until it is certain that the caller has finished.
    pub(crate) guess: Option<Box<Guess>>,
    pub(crate) greeted: bool,
    /// How often in a row the caller was asked whether they are there.
    pub(crate) asked_idle: u32,
    pub(crate) parting: Parting,
    pub(crate) ledger: Ledger,
    /// What the client asked while the caller speaks, or the reply that called a tool is still being said.
    pub(crate) next_request: Option<(u32, ReplyRequest)>,
    /// What a sound ended unheard.
    pub(crate) unsaid: Option<Unsaid>,
    pub(crate) witness: Witness,
    outbox: VecDeque<Output>,
    utterances: u32,
    replies: u32,
    pub(crate) calls: u32,
    pub(crate) over: bool,
}

impl Conversation {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: Millis(0),
            floor: Floor::Open { since: Millis(0) },
            shown: FloorName::Open,
            ear: Ear::default(),
            history: History::default(),
            said: Vec::new(),
            asides: Vec::new(),
            habits: Habits::default(),
            guess: None,
            greeted: false,
            asked_idle: 0,
            parting: Parting::Staying,
            ledger: Ledger::default(),
            next_request: None,
            unsaid: None,
            witness: Witness::default(),
            outbox: VecDeque::new(),
            utterances: 0,
            replies: 0,
            calls: 0,
            over: false,
        }
    }

    /// Takes one input. All outputs must be drained before the next one.
    pub fn handle(&mut self, now: Millis, input: Input) {
        if self.over {
            return;
        }
        self.now = self.now.max(now);
        self.witness.input();
        self.take(input);
        self.take_overdue();
        self.part();
        self.tend_guess();
        assert_eq!(
            self.shown,
            self.floor.name(),
            "every change of the floor is told"
        );
        let awaited = self.floor.reply().is_some() || self.floor.utterance().is_some();
        assert!(
            awaited || self.next_request.is_none(),
            "what the client asked waits for somebody to finish"
        );
        self.witness.rest(self.now, self.poll_timeout());
    }

    /// The next order, in the order in which they are to be carried out.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    /// When `Input::Elapsed` is wanted, if nothing else happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Millis> {
        if self.over { None } else { self.deadline() }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Connected => self.greet(),
            Input::Configure(settings) => self.configure(settings),
            Input::Voice {
                probability,
                voicing,
                intent,
                level_dbfs,
                echo_dbfs,
                end,
            } => self.hear(crate::ear::Heard {
                probability,
                voicing,
                intent,
                level_dbfs,
                echo_dbfs,
                end,
            }),
            Input::Sound {
                level_dbfs,
                echo_dbfs,
                end,
            } => self.notice(level_dbfs, echo_dbfs, end),
            Input::Level {
                level_dbfs,
                echo_dbfs,
                end,
            } => self.follow(level_dbfs, echo_dbfs, end),
            Input::Hearing(utterance, event) => self.hearing(utterance, event),
            Input::Typed { token, text } => self.typed(token, text),
            Input::Write { token, line, place } => {
                self.drop_guess();
                self.write(token, line, place);
            }
            Input::Delete { token, line } => {
                self.drop_guess();
                self.delete(token, line);
            }
            Input::Truncate { token, line, heard } => {
                self.drop_guess();
                self.truncate(token, line, heard);
            }
            Input::Respond { token, request } => self.respond(token, request),
            Input::CancelReply { token, reply } => self.cancel_reply(token, reply),
            Input::ClearPlayout { .. } => self.clear_playout(),
            Input::Commit { token } => self.commit_asked(token),
            Input::Clear { .. } => self.clear(),
            Input::Reply(reply, event) => self.reply_event(reply, event),
            Input::Phrase(phrase, event) => self.phrase_event(phrase, event),
            Input::Elapsed => {}
            Input::Leave => self.leave(),
            Input::HangUp => self.hang_up(),
        }
    }

    pub(crate) fn say(&mut self, output: Output) {
        self.witness.output(&output);
        self.outbox.push_back(output);
    }

    pub(crate) fn tell(&mut self, fact: Fact) {
        self.say(Output::Tell(fact));
    }

    /// Puts the floor into another state, and tells.
    pub(crate) fn pass_to(&mut self, floor: Floor) {
        let (from, to) = (self.shown, floor.name());
        self.floor = floor;
        self.shown = to;
        if from != to {
            self.tell(Fact::Floor { from, to });
        }
    }

    /// Takes the floor apart; whoever does passes it on before the input is done with.
    pub(crate) fn take_apart(&mut self) -> (Option<Box<Reply>>, Option<Box<Utterance>>) {
        std::mem::replace(&mut self.floor, Floor::Open { since: self.now }).into_parts()
    }

    pub(crate) fn next_utterance(&mut self) -> UtteranceId {
        self.utterances += 1;
        UtteranceId(self.utterances)
    }

    pub(crate) fn next_reply(&mut self) -> ReplyId {
        self.replies += 1;
        ReplyId(self.replies)
    }
}
