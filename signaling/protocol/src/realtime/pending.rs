//! What the client asked and was not yet answered: by token, with its own name for the request.

use super::item::Body;
use super::limits::MOST_PENDING;
use crate::model::{Call, Modality, Token};
use serde_json::Value;
use std::collections::VecDeque;

/// What one token stands for.
#[derive(Debug)]
pub(super) enum Asked {
    Configure,
    Type,
    Write { id: Option<String>, body: Body },
    Delete,
    Truncate,
    Respond(Wish),
    Cancel,
    ClearPlayout,
    Commit,
    Clear,
}

/// What the client wished of one response, for its echo.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    pub(super) metadata: Value,
    pub(super) modality: Option<Modality>,
    pub(super) voice: Option<String>,
    pub(super) max_tokens: Option<Option<u32>>,
}

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) event_id: Option<String>,
    pub(super) asked: Asked,
}

/// Bounded: of requests that nobody ever answers the oldest are forgotten.
#[derive(Debug, Default)]
pub(super) struct Requests {
    waiting: VecDeque<(Token, Pending)>,
    last: Token,
}

impl Requests {
    pub(super) fn ask(&mut self, event_id: Option<&str>, asked: Asked) -> Token {
        self.last = self.last.wrapping_add(1);
        if self.waiting.len() == MOST_PENDING {
            self.waiting.pop_front();
        }
        let event_id = event_id.map(str::to_owned);
        self.waiting
            .push_back((self.last, Pending { event_id, asked }));
        self.last
    }

    pub(super) fn take(&mut self, token: Token) -> Option<Pending> {
        let index = self
            .waiting
            .iter()
            .position(|(waiting, _)| *waiting == token)?;
        self.waiting.remove(index).map(|(_, pending)| pending)
    }

    /// A call of this name that is on its way.
    pub(super) fn call(&self, id: &str) -> Option<&Call> {
        let mut calls = self
            .waiting
            .iter()
            .filter_map(|(_, pending)| match &pending.asked {
                Asked::Write { body, .. } => body.call(),
                _ => None,
            });
        calls.find(|call| call.id == id)
    }

    /// Whether an item of this id is on its way.
    pub(super) fn creates(&self, id: &str) -> bool {
        self.waiting.iter().any(|(_, pending)| {
            matches!(&pending.asked, Asked::Write { id: Some(chosen), .. } if chosen == id)
        })
    }
}
