//! The agent calls tools: each call forms, is issued to the client, and one that writes is never made
//! twice for one wish.

use crate::conversation::Conversation;
use crate::history::Line;
use crate::ledger::plain;
use crate::output::{Author, Call, Fact, Refusal};
use crate::patience as p;
use crate::reply::{Reply, Work};
use crate::{Effect, LineId, Modality, Place, ReplyId, ReplyRequest, Tool, ToolChoice};

/// One call within a reply.
#[derive(Debug)]
pub(crate) struct Calling {
    line: Option<LineId>,
    call: Call,
    effect: Effect,
    arguments: String,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Forming,
    /// Complete; issued when the caller has heard what was said before it.
    Held,
    /// The client was told to make it.
    Issued,
    /// Nobody will make it.
    Dropped,
}

/// A model may be cut off in its arguments: half of them are none.
fn is_object(arguments: &str) -> bool {
    let (mut depth, mut within, mut escaped, mut ended) = (0_usize, false, false, false);
    for c in arguments.trim().chars() {
        match c {
            _ if ended => return false,
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => within = !within,
            '{' | '[' if !within => depth += 1,
            '}' | ']' if !within && depth > 0 => depth -= 1,
            _ => {}
        }
        ended = depth == 0;
    }
    ended && arguments.trim_start().starts_with('{')
}

impl Reply {
    /// It called a tool, or is about to.
    pub(crate) fn calls_out(&self) -> bool {
        let out = |calling: &Calling| matches!(calling.stage, Stage::Held | Stage::Issued);
        self.calls.iter().any(out)
    }

    fn forming(&mut self) -> Option<&mut Calling> {
        self.calls
            .last_mut()
            .filter(|calling| calling.stage == Stage::Forming)
    }
}

impl Conversation {
    /// The tools that this reply may call, and whether it must.
    pub(crate) fn tools(&self, reply: &Reply) -> (Vec<Tool>, ToolChoice) {
        let asked = &reply.request;
        let choice = asked
            .tool_choice
            .as_ref()
            .unwrap_or(&self.settings.tool_choice);
        if reply.only_words || *choice == ToolChoice::Never {
            return (Vec::new(), ToolChoice::Never);
        }
        (self.offered(reply).to_vec(), choice.clone())
    }

    fn offered<'a>(&'a self, reply: &'a Reply) -> &'a [Tool] {
        reply.request.tools.as_ref().unwrap_or(&self.settings.tools)
    }

    pub(crate) fn may_call(&self, reply: &Reply) -> bool {
        !self.tools(reply).0.is_empty()
    }

    pub(crate) fn call_begins(&mut self, id: ReplyId, tool: String) {
        self.call_is_complete(id);
        let until = self.now + p::COMPOSE;
        let most = if self.settings.parallel_calls {
            p::CALLS
        } else {
            1
        };
        let reply = self.reply_by(id).expect("a reply that calls is there");
        reply.work = Work::Composing { until };
        if reply.calls.len() >= most {
            return;
        }
        let aside = reply.line.is_none();
        let reply = self.reply(id);
        let effect = self
            .offered(reply)
            .iter()
            .find(|offered| offered.name == tool)
            .map(|offered| offered.effect);
        let calling = Calling {
            line: (!aside).then(|| self.history.reserve()),
            call: Call {
                id: self.next_call(),
                tool,
            },
            effect: effect.unwrap_or(Effect::Writes),
            arguments: String::new(),
            // A tool that nobody offered is not there to be called.
            stage: effect.map_or(Stage::Dropped, |_| Stage::Forming),
        };
        if shown_early(&calling) {
            self.tell_call(id, &calling);
        }
        let reply = self.reply_by(id).expect("a reply that calls is there");
        reply.calls.push(calling);
    }

    fn next_call(&mut self) -> String {
        loop {
            self.calls += 1;
            let id = format!("call_{}", self.calls);
            // The client may have written calls of its own.
            if !self.history.has_call(&id) {
                return id;
            }
        }
    }

    fn tell_call(&mut self, reply: ReplyId, calling: &Calling) {
        let (line, call) = (calling.line, calling.call.clone());
        self.tell(Fact::CallStarted { reply, line, call });
    }

    pub(crate) fn call_grows(&mut self, id: ReplyId, text: String) {
        let until = self.now + p::COMPOSE;
        let reply = self.reply_by(id).expect("a reply that calls is there");
        reply.work = Work::Composing { until };
        let Some(calling) = reply.forming() else {
            return;
        };
        if calling.arguments.len() + text.len() > p::ARGUMENTS {
            calling.stage = Stage::Dropped;
            return;
        }
        calling.arguments.push_str(&text);
        if shown_early(calling) {
            let call = calling.call.id.clone();
            self.tell(Fact::CallArguments {
                reply: id,
                call,
                text,
            });
        }
    }

    /// Words, another call or the end of the reply follow: no more arguments will come.
    pub(crate) fn call_is_complete(&mut self, id: ReplyId) {
        let reply = self.reply_by(id).expect("a reply that calls is there");
        let speaks = reply.modality == Modality::Audio && !reply.text.trim().is_empty();
        let Some(calling) = reply.forming() else {
            return;
        };
        calling.stage = Stage::Held;
        if calling.arguments.trim().is_empty() {
            "{}".clone_into(&mut calling.arguments);
        }
        if !is_object(&calling.arguments) {
            calling.stage = Stage::Dropped;
            return;
        }
        let writes = calling.effect == Effect::Writes;
        let at = reply.calls.len() - 1;
        let reply = self.reply(id);
        if writes && self.is_repeated(reply, at) {
            let reply = self.reply_by(id).expect("a reply that calls is there");
            reply.calls[at].stage = Stage::Dropped;
        } else if !(writes && speaks) {
            let reply = self.reply_by(id).expect("a reply that calls is there");
            let mut calls = std::mem::take(&mut reply.calls);
            self.issue(id, &mut calls[at]);
            let reply = self.reply_by(id).expect("a reply that calls is there");
            reply.calls = calls;
        }
    }

    fn is_repeated(&self, reply: &Reply, at: usize) -> bool {
        let calling = &reply.calls[at];
        let held = reply.calls[..at].iter().any(|before| {
            before.stage == Stage::Held
                && before.call.tool == calling.call.tool
                && plain(&before.arguments) == plain(&calling.arguments)
        });
        held || self.ledger.holds(&calling.call.tool, &calling.arguments)
    }

    /// All that the reply said is heard: what it held back is called now.
    pub(crate) fn issue_held(&mut self, reply: &mut Reply) {
        for calling in &mut reply.calls {
            match calling.stage {
                // A reply beside the floor may have called the same meanwhile.
                Stage::Held if self.ledger.holds(&calling.call.tool, &calling.arguments) => {
                    calling.stage = Stage::Dropped;
                }
                Stage::Held => self.issue(reply.id, calling),
                Stage::Forming | Stage::Issued | Stage::Dropped => {}
            }
        }
    }

    fn issue(&mut self, reply: ReplyId, calling: &mut Calling) {
        calling.stage = Stage::Issued;
        let id = calling.call.id.clone();
        if calling.effect == Effect::Writes {
            self.ledger.remember(&calling.call, &calling.arguments);
        }
        if !shown_early(calling) {
            self.tell_call(reply, calling);
            self.tell(Fact::CallArguments {
                reply,
                call: id.clone(),
                text: calling.arguments.clone(),
            });
        }
        let place = calling.line.map_or(Place::Last, |line| {
            self.ledger.runs(&id, self.now);
            let mut standing = Line::new(line, Author::Agent, calling.arguments.clone());
            standing.call = Some(calling.call.clone());
            self.history
                .insert(standing, Place::Last)
                .expect("the end is a place")
        });
        self.tell(Fact::Called {
            reply,
            call: id,
            arguments: calling.arguments.clone(),
            place,
        });
        self.make_room();
    }

    /// All that the reply did was to call what it must not: it is to be composed again, of words alone.
    pub(crate) fn called_in_vain(&mut self, id: ReplyId) -> bool {
        let reply = self.reply_by(id).expect("a reply that calls is there");
        let called = !reply.calls.is_empty() && !reply.calls_out();
        if !called || reply.only_words || !reply.text.trim().is_empty() {
            return false;
        }
        reply.only_words = true;
        reply.calls.clear();
        true
    }

    /// The client asks for the reply to what it was told to call, while words before the call are still
    /// being said: that one is next.
    pub(crate) fn follow_up(&mut self, token: u32, request: ReplyRequest) {
        let calls = self.floor.reply().is_some_and(Reply::calls_out);
        if calls && self.next_request.is_none() {
            self.next_request = Some((token, request));
        } else {
            self.refuse(token, Refusal::ReplyActive);
        }
    }
}

/// A call that writes may still turn out to be none: it is shown when it is issued, and not before.
fn shown_early(calling: &Calling) -> bool {
    calling.effect != Effect::Writes && calling.stage != Stage::Dropped
}
