//! OpenAI's Realtime vocabulary, our native dialect.
//!
//! `hear` reads the client's events, `tell` words ours. What a command brings about must be told
//! before the next message is heard: clients name items that they have only just created.

mod answer;
mod calls;
mod detection;
mod fields;
mod hear;
mod item;
mod limits;
mod pending;
mod replies;
mod respond;
mod session;
mod store;
mod tell;
mod tools;
mod transcription;
mod wishes;

pub use limits::LARGEST_MESSAGE_BYTES;
pub use session::Capabilities;

use crate::model::{Command, Event, Line, Reply, Settings};
use crate::{Bad, Dialect};
use limits::MOST_EARLY;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// One session's names: of its events, items and responses.
pub struct Realtime {
    id: String,
    /// The part of the session's id that its items and responses bear, too.
    suffix: String,
    session: session::Session,
    store: store::Store,
    requests: pending::Requests,
    replies: replies::Replies,
    /// Words that came before their item.
    early: VecDeque<(Line, Words)>,
    events: u64,
    /// What held before the client's own session: the first event says what of it has no effect.
    unmet_before: Option<session::Session>,
}

/// What became of an utterance's sound.
#[derive(Debug)]
enum Words {
    Known { text: String, seconds: f32 },
    Failed(String),
}

impl Realtime {
    /// `initial` is the session that came with the call or its secret, checked as an update would be.
    pub fn new(session_id: &str, initial: Option<&Value>) -> Result<Self, Bad> {
        Self::with_capabilities(session_id, initial, Capabilities::default())
    }

    /// As `new`, with a session object that says what this server is.
    pub fn with_capabilities(
        session_id: &str,
        initial: Option<&Value>,
        capabilities: Capabilities,
    ) -> Result<Self, Bad> {
        let usual = session::Session::new(capabilities);
        let session = match initial.filter(|initial| !initial.is_null()) {
            Some(initial) => usual.updated(initial)?,
            None => usual.clone(),
        };
        Ok(Self {
            id: session_id.to_owned(),
            suffix: session_id
                .strip_prefix("sess_")
                .unwrap_or(session_id)
                .to_owned(),
            session,
            store: store::Store::default(),
            requests: pending::Requests::default(),
            replies: replies::Replies::default(),
            early: VecDeque::with_capacity(MOST_EARLY),
            events: 0,
            unmet_before: Some(usual),
        })
    }

    /// What holds now.
    pub fn settings(&self) -> Settings {
        self.session.settings()
    }

    /// The whole session object, as `session.created` and `client_secrets` carry it.
    pub fn session(&self) -> Value {
        self.session.echo(&self.id)
    }

    /// Adds what every message has, and writes it down.
    fn send(&mut self, kind: &str, mut body: Value, messages: &mut Vec<String>) {
        self.events += 1;
        body["type"] = json!(kind);
        body["event_id"] = json!(format!("event_{}_{}", self.suffix, self.events));
        messages.push(body.to_string());
    }

    fn error(&mut self, bad: &Bad, event_id: Option<&str>, messages: &mut Vec<String>) {
        let error = json!({
            "type": "invalid_request_error",
            "code": bad.code,
            "message": bad.message,
            "param": bad.param,
            "event_id": event_id,
        });
        self.send("error", json!({"error": error}), messages);
    }

    fn notice(&mut self, code: &str, message: &str, messages: &mut Vec<String>) {
        self.send(
            "repartee.notice",
            json!({"code": code, "message": message}),
            messages,
        );
    }

    /// The id of a line: the client's own, if it chose one.
    fn item_id(&self, line: Line) -> String {
        self.store
            .by_line(line)
            .map_or_else(|| self.new_item_id(line), |item| item.id.clone())
    }

    /// A client may have taken the name that we would give.
    fn new_item_id(&self, line: Line) -> String {
        let mut id = format!("item_{}_{line}", self.suffix);
        while self
            .store
            .by_id(&id)
            .is_some_and(|item| item.line != Some(line))
        {
            id.push('x');
        }
        id
    }

    fn response_id(&self, reply: Reply) -> String {
        format!("resp_{}_{reply}", self.suffix)
    }

    fn conversation_id(&self) -> String {
        format!("conv_{}", self.suffix)
    }
}

impl Dialect for Realtime {
    fn hear(&mut self, message: &str, commands: &mut Vec<Command>, messages: &mut Vec<String>) {
        self.hear_message(message, commands, messages);
    }

    fn tell(&mut self, event: &Event, messages: &mut Vec<String>) {
        self.tell_event(event, messages);
    }
}
