//! One call as a transcript: four kinds of lines, in the order in which they came.

use serde_json::{Value, json};
use signaling_protocol::Dialect;
use signaling_protocol::model::{Command, Event, LineKind, Modality, Place, Token};
use signaling_protocol::realtime::{Capabilities, Realtime};
use std::fmt::Write;

pub(crate) struct Script {
    dialect: Realtime,
    written: String,
    pub(crate) commands: Vec<Command>,
    pub(crate) messages: Vec<Value>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::with(None)
    }

    /// A call that came with a session.
    pub(crate) fn with(session: Option<&Value>) -> Self {
        let capabilities = Capabilities {
            expires_at: 1_800_000_000,
            ..Capabilities::default()
        };
        let dialect = Realtime::with_capabilities("sess_1", session, capabilities)
            .expect("the session is a good one");
        Self {
            dialect,
            written: String::new(),
            commands: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// From the client. The token of the command it became, if it became one.
    pub(crate) fn hear(&mut self, message: Value) -> Token {
        self.note("client ", &sorted(&message));
        self.hear_text(&message.to_string())
    }

    pub(crate) fn hear_text(&mut self, message: &str) -> Token {
        let (mut commands, mut messages) = (Vec::new(), Vec::new());
        self.dialect.hear(message, &mut commands, &mut messages);
        for command in &commands {
            self.note("command", &format!("{command:?}"));
        }
        let token = commands.last().map_or(0, token);
        self.commands.extend(commands);
        self.told(messages);
        token
    }

    /// From the session.
    pub(crate) fn tell(&mut self, event: Event) {
        self.note("event  ", &format!("{event:?}"));
        let mut messages = Vec::new();
        self.dialect.tell(&event, &mut messages);
        self.told(messages);
    }

    fn told(&mut self, messages: Vec<String>) {
        for message in messages {
            let message: Value = serde_json::from_str(&message).expect("what we say is JSON");
            self.note("server ", &sorted(&message));
            self.messages.push(message);
        }
    }

    fn note(&mut self, who: &str, what: &str) {
        writeln!(self.written, "{who} {what}").expect("a string takes all");
    }

    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// The types of everything told so far, and forgets it.
    pub(crate) fn types(&mut self) -> Vec<String> {
        let name = |message: Value| {
            message["type"]
                .as_str()
                .expect("each has a type")
                .to_owned()
        };
        self.messages.drain(..).map(name).collect()
    }

    /// The one error told last.
    pub(crate) fn error(&self) -> &Value {
        let last = self.messages.last().expect("something was told");
        assert_eq!(last["type"], "error", "{last}");
        &last["error"]
    }

    /// A reply begins as the core begins one: with its line, at the end.
    pub(crate) fn reply(
        &mut self,
        reply: u32,
        line: u32,
        modality: Modality,
        token: Option<Token>,
    ) {
        let place = if line == 1 {
            Place::First
        } else {
            Place::After(line - 1)
        };
        self.tell(Event::ReplyStarted {
            reply,
            line: Some(line),
            modality,
            token,
        });
        let (kind, text) = (LineKind::Agent(modality), String::new());
        self.tell(Event::LineAdded {
            line,
            place,
            kind,
            text,
            token: None,
        });
    }

    /// The caller says something, from the first voice to the words.
    pub(crate) fn utterance(&mut self, line: u32, text: &str) {
        let place = if line == 1 {
            Place::First
        } else {
            Place::After(line - 1)
        };
        self.tell(Event::SpeechStarted {
            line,
            start_ms: 700,
        });
        self.tell(Event::Partial {
            line,
            text: text.to_owned(),
            stable: text.len() / 2,
        });
        self.tell(Event::SpeechStopped {
            line,
            end_ms: 2_400,
        });
        self.tell(Event::Committed { line, place });
        let (kind, words) = (LineKind::Spoken, String::new());
        self.tell(Event::LineAdded {
            line,
            place,
            kind,
            text: words,
            token: None,
        });
        self.tell(Event::Transcript {
            line,
            text: text.to_owned(),
            seconds: 1.5,
        });
    }

    pub(crate) fn say(&mut self, reply: u32, text: &str) {
        self.tell(Event::ReplyText {
            reply,
            text: text.to_owned(),
        });
    }
}

/// An item of plain text.
pub(crate) fn message(role: &str, text: &str) -> Value {
    let kind = if role == "assistant" {
        "output_text"
    } else {
        "input_text"
    };
    json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]})
}

fn token(command: &Command) -> Token {
    match command {
        Command::Configure { token, .. }
        | Command::Type { token, .. }
        | Command::Write { token, .. }
        | Command::Delete { token, .. }
        | Command::Truncate { token, .. }
        | Command::Respond { token, .. }
        | Command::Cancel { token, .. }
        | Command::ClearPlayout { token }
        | Command::Commit { token }
        | Command::Clear { token } => *token,
    }
}

/// Keys in order, whichever way serde_json was built.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            // What a message is comes first: people read these files.
            keys.sort_by_key(|key| (*key != "type", key.as_str()));
            let pairs = keys
                .iter()
                .map(|key| format!("{}:{}", json!(key), sorted(&map[*key])));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => {
            format!(
                "[{}]",
                list.iter().map(sorted).collect::<Vec<_>>().join(",")
            )
        }
        other => other.to_string(),
    }
}
