//! The calls of tools: those that run, and those that wrote, so that none is made twice for one wish.

use crate::output::Call;
use crate::patience as p;
use crate::{Millis, ReplyId};
use std::collections::VecDeque;

/// Who waits for a tool is not asked whether they are there. What takes longer than this will not come.
const RUNS: Millis = Millis(60_000);

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Nothing has come of these yet; the oldest is forgotten.
    running: VecDeque<Running>,
    /// What was called, until the caller has heard what came of it.
    written: VecDeque<Written>,
}

#[derive(Debug)]
struct Running {
    id: String,
    since: Millis,
}

#[derive(Debug)]
struct Written {
    id: String,
    tool: String,
    arguments: String,
    result: bool,
    /// This reply was composed with the result at hand.
    told_in: Option<ReplyId>,
}

impl Ledger {
    pub(crate) fn remember(&mut self, call: &Call, arguments: &str) {
        if self.written.len() == p::WRITES {
            self.written.pop_front();
        }
        self.written.push_back(Written {
            id: call.id.clone(),
            tool: call.tool.clone(),
            arguments: plain(arguments),
            result: false,
            told_in: None,
        });
    }

    /// The same was called, and the caller has not heard yet what came of it.
    pub(crate) fn holds(&self, tool: &str, arguments: &str) -> bool {
        let arguments = plain(arguments);
        self.written
            .iter()
            .any(|written| written.tool == tool && written.arguments == arguments)
    }

    /// The client was told to make it, and the caller waits for what comes of it.
    pub(crate) fn runs(&mut self, id: &str, since: Millis) {
        if self.running.len() == p::CALLS {
            self.running.pop_front();
        }
        let id = id.to_owned();
        self.running.push_back(Running { id, since });
    }

    /// Until then a tool may run, if one does.
    pub(crate) fn runs_until(&self) -> Option<Millis> {
        self.running.back().map(|running| running.since + RUNS)
    }

    /// What came of a call; whether it was waited for.
    pub(crate) fn result(&mut self, id: &str) -> bool {
        let before = self.running.len();
        self.running.retain(|running| running.id != id);
        for written in self.written.iter_mut().filter(|written| written.id == id) {
            written.result = true;
        }
        self.running.len() < before
    }

    /// A reply is composed: it knows of every result so far.
    pub(crate) fn composing(&mut self, reply: ReplyId) {
        for written in self.written.iter_mut().filter(|written| written.result) {
            written.told_in = Some(reply);
        }
    }

    /// The caller has heard this reply to its end: asked again, it is a new wish.
    pub(crate) fn heard(&mut self, reply: ReplyId) {
        self.written
            .retain(|written| written.told_in != Some(reply));
    }
}

/// Arguments without the space between them: a model that says the same may space it otherwise.
pub(crate) fn plain(arguments: &str) -> String {
    let (mut within, mut escaped) = (false, false);
    let mut kept = String::with_capacity(arguments.len());
    for c in arguments.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => within = !within,
            _ => {}
        }
        if within || !c.is_ascii_whitespace() {
            kept.push(c);
        }
    }
    kept
}
