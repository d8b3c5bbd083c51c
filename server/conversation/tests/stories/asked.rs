//! What the client asks for: each request for a reply begins one or is refused, once.

use crate::witness::{Verdict, claim};
use server_conversation::{Fact, Input, Output};
use std::collections::BTreeSet;

/// Requests by their tokens, which nothing else is asked by.
#[derive(Default)]
pub(crate) struct Asked {
    open: BTreeSet<u32>,
    over: bool,
}

impl Asked {
    pub(crate) fn input(&mut self, input: &Input) {
        if let Input::Respond { token, .. } = input
            && !self.over
        {
            self.open.insert(*token);
        }
    }

    pub(crate) fn output(&mut self, output: &Output) -> Verdict {
        match output {
            Output::Tell(Fact::ReplyStarted {
                token: Some(token), ..
            }) => claim(
                self.open.remove(token),
                "11: a reply began that nobody asked for",
            ),
            // Other things are refused, too.
            Output::Tell(Fact::Refused { token, .. }) => {
                self.open.remove(token);
                Ok(())
            }
            Output::End => {
                self.over = true;
                self.none()
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn none(&self) -> Verdict {
        claim(
            self.open.is_empty(),
            "11: what the client asked was left open",
        )
    }
}
