//! The client's events: each becomes commands, answers, or one error.

use super::fields::{Fields, LONGEST_ID, invalid, quote};
use super::item;
use super::limits::LARGEST_MESSAGE_BYTES;
use super::pending::Asked;
use super::session::Session;
use super::{Realtime, respond};
use crate::Bad;
use crate::model::{Command, Line, Place};
use serde_json::{Value, json};

/// Where the answers to one message go.
struct Out<'a> {
    commands: &'a mut Vec<Command>,
    messages: &'a mut Vec<String>,
}

impl Realtime {
    pub(super) fn hear_message(
        &mut self,
        message: &str,
        commands: &mut Vec<Command>,
        messages: &mut Vec<String>,
    ) {
        let event = match parse(message) {
            Ok(event) => event,
            Err(bad) => return self.error(&bad, None, messages),
        };
        let event_id = event
            .get("event_id")
            .and_then(Value::as_str)
            .filter(|id| id.len() <= LONGEST_ID);
        let mut out = Out { commands, messages };
        if let Err(bad) = self.hear_event(&event, event_id, &mut out) {
            self.error(&bad, event_id, messages);
        }
    }

    fn hear_event(
        &mut self,
        event: &Value,
        event_id: Option<&str>,
        out: &mut Out<'_>,
    ) -> Result<(), Bad> {
        let event = &Fields::of(event, "")?;
        event.id("event_id")?;
        let own = |names: &[&str]| event.only(&[&["type", "event_id"], names].concat());
        let plain = || own(&[]);
        match event.required_text("type")? {
            "session.update" => own(&["session"]).and_then(|()| self.update(event, event_id, out)),
            "conversation.item.create" => {
                own(&["item", "previous_item_id"])?;
                self.create(event, event_id, out)
            }
            "conversation.item.retrieve" => {
                own(&["item_id"]).and_then(|()| self.retrieve(event, out))
            }
            "conversation.item.delete" => {
                own(&["item_id"])?;
                let line = self.line(event, "item_delete_invalid_item_id")?;
                let token = self.requests.ask(event_id, Asked::Delete);
                out.command(Command::Delete { token, line })
            }
            "conversation.item.truncate" => {
                own(&["item_id", "content_index", "audio_end_ms"])?;
                self.truncate(event, event_id, out)
            }
            "response.create" => own(&["response"]).and_then(|()| {
                let (request, wish) = self.wish(event)?;
                for name in respond::unmet(event) {
                    self.tell_no_effect(&name, out.messages);
                }
                let token = self.requests.ask(event_id, Asked::Respond(wish));
                out.command(Command::Respond { token, request })
            }),
            "response.cancel" => {
                own(&["response_id"])?;
                let reply = event
                    .id("response_id")?
                    .map(|id| self.active(id))
                    .transpose()?;
                let token = self.requests.ask(event_id, Asked::Cancel);
                out.command(Command::Cancel { token, reply })
            }
            "input_audio_buffer.append" => Err(Bad {
                code: "invalid_event",
                message:
                    "Audio comes over the audio track of this call, not over its data channel."
                        .to_owned(),
                param: Some("type".to_owned()),
            }),
            "input_audio_buffer.commit" => plain().and_then(|()| {
                let token = self.requests.ask(event_id, Asked::Commit);
                out.command(Command::Commit { token })
            }),
            "input_audio_buffer.clear" => plain().and_then(|()| {
                let token = self.requests.ask(event_id, Asked::Clear);
                out.command(Command::Clear { token })
            }),
            "output_audio_buffer.clear" => plain().and_then(|()| {
                let token = self.requests.ask(event_id, Asked::ClearPlayout);
                out.command(Command::ClearPlayout { token })
            }),
            "repartee.type" => own(&["text"]).and_then(|()| {
                let text = said(event.required_text("text")?, "text")?;
                let token = self.requests.ask(event_id, Asked::Type);
                out.command(Command::Type { token, text })
            }),
            other => Err(invalid(
                format!("Unknown event type: '{}'.", quote(other)),
                "type",
            )),
        }
    }

    fn update(
        &mut self,
        event: &Fields<'_>,
        event_id: Option<&str>,
        out: &mut Out<'_>,
    ) -> Result<(), Bad> {
        let before = self.session.clone();
        self.session = before.updated(event.required("session")?)?;
        let token = self.requests.ask(event_id, Asked::Configure);
        let settings = self.session.settings();
        out.commands.push(Command::Configure { token, settings });
        let session = self.session();
        self.send("session.updated", json!({"session": session}), out.messages);
        self.tell_unmet(&before, out.messages);
        Ok(())
    }

    /// What was newly asked for and has no effect here: said, not passed over.
    pub(super) fn tell_unmet(&mut self, before: &Session, messages: &mut Vec<String>) {
        for name in self.session.unmet(before) {
            self.tell_no_effect(name, messages);
        }
    }

    fn tell_no_effect(&mut self, name: &str, messages: &mut Vec<String>) {
        let message = format!("'{name}' is understood; it has no effect on this server.");
        self.notice("no_effect", &message, messages);
    }

    fn create(
        &mut self,
        event: &Fields<'_>,
        event_id: Option<&str>,
        out: &mut Out<'_>,
    ) -> Result<(), Bad> {
        let (id, mut body) = item::parse(&Fields::of(event.required("item")?, event.at("item"))?)?;
        if let Some(id) = id.as_deref().filter(|id| self.is_taken(id)) {
            let message = format!("An item with the id '{}' exists already.", quote(id));
            return Err(invalid(message, "item.id"));
        }
        let place = self.place(event)?;
        self.name_call(&mut body)?;
        let written = body.said();
        if written.call.is_none() {
            said(&written.text, "item.content")?;
        }
        let token = self.requests.ask(event_id, Asked::Write { id, body });
        out.command(Command::Write {
            token,
            said: written,
            place,
        })
    }

    fn is_taken(&self, id: &str) -> bool {
        self.store.by_id(id).is_some() || self.requests.creates(id) || self.replies.has_item(id)
    }

    fn place(&self, event: &Fields<'_>) -> Result<Place, Bad> {
        match event.id("previous_item_id")? {
            None => Ok(Place::Last),
            Some("root") => Ok(Place::First),
            Some(id) => match self.store.by_id(id).and_then(|item| item.line) {
                Some(line) => Ok(Place::After(line)),
                None => Err(no_item(
                    "item_create_invalid_previous_item_id",
                    id,
                    "previous_item_id",
                )),
            },
        }
    }

    fn retrieve(&mut self, event: &Fields<'_>, out: &mut Out<'_>) -> Result<(), Bad> {
        let id = event.required_id("item_id")?;
        let found = self.replies.item(id).or_else(|| self.store.by_id(id));
        let item = found
            .ok_or_else(|| no_item("item_retrieve_invalid_item_id", id, "item_id"))?
            .json();
        self.send(
            "conversation.item.retrieved",
            json!({"item": item}),
            out.messages,
        );
        Ok(())
    }

    fn truncate(
        &mut self,
        event: &Fields<'_>,
        event_id: Option<&str>,
        out: &mut Out<'_>,
    ) -> Result<(), Bad> {
        let line = self.line(event, "item_truncate_invalid_item_id")?;
        event.required("content_index")?;
        event.integer("content_index", 0..=0)?;
        event.required("audio_end_ms")?;
        let heard_ms = event
            .integer("audio_end_ms", 0..=u64::from(u32::MAX))?
            .unwrap_or_default();
        let id = event.required_id("item_id")?;
        let item = self.replies.item(id).or_else(|| self.store.by_id(id));
        if !item.is_some_and(|item| item.body.is_speech()) {
            let message = "Only what the agent said aloud can be truncated.";
            return Err(invalid(message, "item_id"));
        }
        let token = self.requests.ask(event_id, Asked::Truncate);
        out.command(Command::Truncate {
            token,
            line,
            heard_ms,
        })
    }

    fn line(&self, event: &Fields<'_>, code: &'static str) -> Result<Line, Bad> {
        let id = event.required_id("item_id")?;
        let line = self.store.by_id(id).and_then(|item| item.line);
        line.ok_or_else(|| no_item(code, id, "item_id"))
    }

    fn active(&self, id: &str) -> Result<u32, Bad> {
        self.replies.active(id).ok_or_else(|| Bad {
            code: "response_cancel_not_active",
            message: format!("No response with the id '{}' is being given.", quote(id)),
            param: Some("response_id".to_owned()),
        })
    }
}

impl Out<'_> {
    /// The last step of an event: from here on nothing can be wrong with it.
    fn command(&mut self, command: Command) -> Result<(), Bad> {
        self.commands.push(command);
        Ok(())
    }
}

fn parse(message: &str) -> Result<Value, Bad> {
    let bad = |message| Bad {
        code: "invalid_event",
        message,
        param: None,
    };
    if message.len() > LARGEST_MESSAGE_BYTES {
        return Err(bad(format!(
            "The event is {} bytes long, at most {LARGEST_MESSAGE_BYTES} are taken.",
            message.len()
        )));
    }
    // Nesting is bounded by serde_json, at 128. Its errors name a position and quote nothing.
    serde_json::from_str(message).map_err(|error| bad(format!("The event is not JSON: {error}.")))
}

fn said(text: &str, param: &str) -> Result<String, Bad> {
    if text.trim().is_empty() {
        return Err(invalid(format!("'{param}' holds no words."), param));
    }
    Ok(text.to_owned())
}

fn no_item(code: &'static str, id: &str, param: &str) -> Bad {
    let message = format!(
        "No item with the id '{}' is in this conversation.",
        quote(id)
    );
    Bad {
        code,
        message,
        param: Some(param.to_owned()),
    }
}
