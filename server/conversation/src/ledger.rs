//! The calls of tools that wrote, so that none is made twice for one wish.

use crate::ReplyId;
use crate::output::Call;
use crate::patience as p;
use std::collections::VecDeque;

/// What was called, until the caller has heard what came of it.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    written: VecDeque<Written>,
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

    pub(crate) fn result(&mut self, id: &str) {
        for written in self.written.iter_mut().filter(|written| written.id == id) {
            written.result = true;
        }
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
