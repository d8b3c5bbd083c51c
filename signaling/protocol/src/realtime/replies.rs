//! The replies whose events may still come: what of each the client was told.

use super::item::{Body, Item, Status};
use super::limits::{LARGEST_REPLY_BYTES, MOST_REPLIES};
use super::pending::Wish;
use super::wishes::{max_tokens_echo, modality_name};
use crate::model::{Ending, Line, Modality, Reply};
use serde_json::{Value, json};
use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Live {
    pub(super) reply: Reply,
    pub(super) response_id: String,
    pub(super) modality: Modality,
    wish: Wish,
    /// The item as the client knows it; its text is what the client may keep.
    pub(super) item: Item,
    /// Where it stands among the reply's items.
    pub(super) index: usize,
    pub(super) calls: Vec<LiveCall>,
    /// Everything composed so far: what `Heard` counts in.
    pub(super) composed: String,
    pub(super) told: Told,
    pub(super) is_composed: bool,
    /// Its sound has begun, or it has none.
    pub(super) is_started: bool,
    /// It was played to its end before the response was done: told after it.
    pub(super) is_stopped: bool,
    pub(super) is_over: bool,
}

/// A call of a tool within a reply, as the client knows it.
#[derive(Debug)]
pub(super) struct LiveCall {
    pub(super) index: usize,
    pub(super) item: Item,
}

/// How far the client was told, in the documented order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    Created,
    ItemAdded,
    PartAdded,
    ItemDone,
}

impl Live {
    pub(super) fn new(
        reply: Reply,
        response_id: String,
        item_id: String,
        line: Option<Line>,
        modality: Modality,
        wish: Wish,
    ) -> Self {
        let body = Body::Message {
            author: crate::model::Author::Agent,
            parts: Vec::new(),
        };
        Self {
            reply,
            response_id,
            modality,
            wish,
            item: Item {
                id: item_id,
                line,
                body,
                status: Status::InProgress,
            },
            index: 0,
            calls: Vec::new(),
            composed: String::new(),
            told: Told::Created,
            is_composed: false,
            is_started: modality == Modality::Text,
            is_stopped: false,
            is_over: false,
        }
    }

    /// More words, as far as they fit in one message; how many bytes were taken.
    pub(super) fn add(&mut self, text: &str) -> usize {
        let room = LARGEST_REPLY_BYTES.saturating_sub(self.composed.len());
        let taken = text.floor_char_boundary(room.min(text.len()));
        self.composed.push_str(&text[..taken]);
        self.item.body.add_text(&text[..taken]);
        taken
    }

    pub(super) fn prefix(&self, bytes: usize) -> &str {
        &self.composed[..self
            .composed
            .floor_char_boundary(bytes.min(self.composed.len()))]
    }

    /// Where the next item of the reply stands.
    pub(super) fn next_index(&self) -> usize {
        self.calls.len() + usize::from(self.told > Told::Created)
    }

    /// What the client was told of, in its order.
    fn items(&self) -> Vec<Value> {
        let words = (self.told > Told::Created).then_some((self.index, &self.item));
        let calls = self.calls.iter().map(|call| (call.index, &call.item));
        let mut items: Vec<_> = words.into_iter().chain(calls).collect();
        items.sort_by_key(|(index, _)| *index);
        items.into_iter().map(|(_, item)| item.json()).collect()
    }

    /// The response object. `default_voice` is the session's.
    pub(super) fn json(
        &self,
        outcome: Option<&Ending>,
        conversation_id: &str,
        default: &Defaults,
    ) -> Value {
        let output = match outcome {
            None => Vec::new(),
            Some(_) => self.items(),
        };
        let aside = self.item.line.is_none();
        json!({
            "id": self.response_id,
            "object": "realtime.response",
            "status": status(outcome),
            "status_details": outcome.map(details),
            "output": output,
            "conversation_id": if aside { Value::Null } else { json!(conversation_id) },
            "output_modalities": [modality_name(self.modality)],
            "max_output_tokens": max_tokens_echo(self.wish.max_tokens.unwrap_or(default.max_tokens)),
            "audio": {"output": {
                "format": default.format,
                "voice": self.wish.voice.as_ref().unwrap_or(&default.voice),
            }},
            "usage": outcome.map(|_| usage()),
            "metadata": self.wish.metadata,
        })
    }
}

/// What the session says where a response says nothing.
pub(super) struct Defaults {
    pub(super) max_tokens: Option<u32>,
    pub(super) format: Value,
    pub(super) voice: String,
}

fn status(outcome: Option<&Ending>) -> &'static str {
    match outcome {
        None => "in_progress",
        Some(Ending::Completed) => "completed",
        Some(Ending::BargedIn | Ending::Cancelled) => "cancelled",
        Some(Ending::Failed { .. }) => "failed",
    }
}

fn details(outcome: &Ending) -> Value {
    match outcome {
        Ending::Completed => Value::Null,
        Ending::BargedIn => json!({"type": "cancelled", "reason": "turn_detected"}),
        Ending::Cancelled => json!({"type": "cancelled", "reason": "client_cancelled"}),
        Ending::Failed { message } => json!({
            "type": "failed",
            "error": {"type": "server_error", "code": "engine_failed", "message": message},
        }),
    }
}

/// Nobody is billed here, but clients add these up.
fn usage() -> Value {
    json!({
        "total_tokens": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "input_token_details": {
            "text_tokens": 0, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": 0, "audio_tokens": 0},
    })
}

/// Bounded: the oldest is forgotten, one that is over before one that goes on.
#[derive(Debug, Default)]
pub(super) struct Replies {
    live: VecDeque<Live>,
}

impl Replies {
    pub(super) fn start(&mut self, live: Live) {
        if self.live.len() == MOST_REPLIES {
            let oldest = self.live.iter().position(|live| live.is_over).unwrap_or(0);
            self.live.remove(oldest);
        }
        self.live.push_back(live);
    }

    pub(super) fn get_mut(&mut self, reply: Reply) -> Option<&mut Live> {
        self.live.iter_mut().find(|live| live.reply == reply)
    }

    pub(super) fn get(&self, reply: Reply) -> Option<&Live> {
        self.live.iter().find(|live| live.reply == reply)
    }

    pub(super) fn of_line(&self, line: Line) -> Option<&Live> {
        self.live.iter().find(|live| live.item.line == Some(line))
    }

    /// The client's view of an item that is still being made.
    pub(super) fn item(&self, id: &str) -> Option<&Item> {
        let live = self.live.iter().filter(|live| !live.is_over);
        let mut items = live.flat_map(|live| {
            let words = (live.told > Told::Created).then_some(&live.item);
            words
                .into_iter()
                .chain(live.calls.iter().map(|call| &call.item))
        });
        items.find(|item| item.id == id)
    }

    /// Of a reply that is over only the conversation knows the items: there they may be deleted, and written again.
    pub(super) fn has_item(&self, id: &str) -> bool {
        let has =
            |live: &Live| live.item.id == id || live.calls.iter().any(|call| call.item.id == id);
        self.live.iter().filter(|live| !live.is_over).any(has)
    }

    pub(super) fn active(&self, response_id: &str) -> Option<Reply> {
        let active = |live: &&Live| live.response_id == response_id && !live.is_over;
        self.live.iter().find(active).map(|live| live.reply)
    }
}
