//! A reply on the wire: its events in the documented order, whatever order things happen in.

use super::Realtime;
use super::item::{Body, Item, Status, content_part};
use super::pending::{Asked, Wish};
use super::replies::{Defaults, Live, Told};
use crate::model::{Ending, Line, Modality, Place, Reply, Token};
use serde_json::{Value, json};

impl Realtime {
    pub(super) fn tell_started(
        &mut self,
        reply: Reply,
        line: Option<Line>,
        modality: Modality,
        token: Option<Token>,
        messages: &mut Vec<String>,
    ) {
        let asked = token
            .and_then(|token| self.requests.take(token))
            .map(|pending| pending.asked);
        let wish = match asked {
            Some(Asked::Respond(wish)) => wish,
            _ => Wish::default(),
        };
        let item_id = match line {
            Some(line) => self.new_item_id(line),
            None => format!("item_{}_r{reply}", self.suffix),
        };
        let live = Live::new(
            reply,
            self.response_id(reply),
            item_id,
            line,
            modality,
            wish,
        );
        let response = live.json(None, &self.conversation_id(), &self.defaults());
        self.replies.start(live);
        self.send("response.created", json!({"response": response}), messages);
    }

    fn defaults(&self) -> Defaults {
        Defaults {
            max_tokens: self.session.max_tokens,
            format: self.session.output_format.clone(),
            voice: self.session.voice_name().to_owned(),
        }
    }

    /// The reply's item: in the conversation too, unless it is an aside. Told once.
    pub(super) fn open_item(&mut self, reply: Reply, place: Place, messages: &mut Vec<String>) {
        let Some(live) = self
            .replies
            .get_mut(reply)
            .filter(|live| live.told == Told::Created && !live.is_over)
        else {
            return;
        };
        live.index = live.next_index();
        live.told = Told::ItemAdded;
        let (item, response_id, index) = (live.item.clone(), live.response_id.clone(), live.index);
        let body = json!({"response_id": response_id, "output_index": index, "item": item.json()});
        self.send("response.output_item.added", body, messages);
        if item.line.is_some() {
            self.tell_added(place, item, messages);
        }
    }

    /// `conversation.item.added`, and the item is kept.
    pub(super) fn tell_added(&mut self, place: Place, item: Item, messages: &mut Vec<String>) {
        let json = item.json();
        let previous = self.store.insert(place, item);
        let body = json!({"item": json, "previous_item_id": previous});
        self.send("conversation.item.added", body, messages);
    }

    fn open_part(&mut self, reply: Reply, messages: &mut Vec<String>) {
        self.open_item(reply, Place::Last, messages);
        let Some(live) = self
            .replies
            .get_mut(reply)
            .filter(|live| live.told == Told::ItemAdded)
        else {
            return;
        };
        live.told = Told::PartAdded;
        live.item.body = Body::of_agent(live.modality, String::new());
        let mut body = place_of(live);
        body["part"] = content_part(live.modality, "");
        self.send("response.content_part.added", body, messages);
    }

    pub(super) fn tell_text(&mut self, reply: Reply, text: &str, messages: &mut Vec<String>) {
        self.open_part(reply, messages);
        let Some(live) = self
            .replies
            .get_mut(reply)
            .filter(|live| live.told == Told::PartAdded)
        else {
            return;
        };
        let taken = live.add(text);
        if taken == 0 {
            return;
        }
        let mut body = place_of(live);
        body["delta"] = json!(text[..taken]);
        let kind = match live.modality {
            Modality::Audio => "response.output_audio_transcript.delta",
            Modality::Text => "response.output_text.delta",
        };
        self.send(kind, body, messages);
    }

    pub(super) fn tell_composed(&mut self, reply: Reply, text: &str, messages: &mut Vec<String>) {
        let Some(live) = self.replies.get_mut(reply).filter(|live| !live.is_over) else {
            return;
        };
        live.is_composed = true;
        let missing = text
            .strip_prefix(live.composed.as_str())
            .unwrap_or_default()
            .to_owned();
        if !missing.is_empty() {
            self.tell_text(reply, &missing, messages);
        }
        self.close_if_ready(reply, messages);
    }

    pub(super) fn tell_playout_started(&mut self, reply: Reply, messages: &mut Vec<String>) {
        self.open_part(reply, messages);
        let Some(live) = self.replies.get_mut(reply).filter(|live| !live.is_over) else {
            return;
        };
        live.is_started = true;
        self.tell_buffer("started", reply, messages);
        self.close_if_ready(reply, messages);
    }

    /// The last sound may leave before the core calls the reply over; on the wire it comes after.
    pub(super) fn tell_playout_stopped(&mut self, reply: Reply, messages: &mut Vec<String>) {
        match self.replies.get_mut(reply).filter(|live| !live.is_over) {
            Some(live) => live.is_stopped = true,
            None => self.tell_buffer("stopped", reply, messages),
        }
    }

    pub(super) fn tell_buffer(&mut self, what: &str, reply: Reply, messages: &mut Vec<String>) {
        let body = json!({"response_id": self.response_id(reply)});
        self.send(&format!("output_audio_buffer.{what}"), body, messages);
    }

    /// The `done`s follow the last word and, for speech, the first sound.
    fn close_if_ready(&mut self, reply: Reply, messages: &mut Vec<String>) {
        if self
            .replies
            .get(reply)
            .is_some_and(|live| live.is_composed && live.is_started)
        {
            self.close(reply, Status::Completed, messages);
        }
    }

    /// Ends the part and the item, as far as they were begun.
    fn close(&mut self, reply: Reply, status: Status, messages: &mut Vec<String>) {
        let Some(live) = self.replies.get_mut(reply) else {
            return;
        };
        let told = live.told;
        if told == Told::Created || told == Told::ItemDone {
            return;
        }
        live.told = Told::ItemDone;
        live.item.status = status;
        let (place, modality) = (place_of(live), live.modality);
        let (response_id, item, index) = (live.response_id.clone(), live.item.clone(), live.index);
        if told == Told::PartAdded {
            self.close_part(place, modality, &item, messages);
        }
        let body = json!({"response_id": response_id, "output_index": index, "item": item.json()});
        self.send("response.output_item.done", body, messages);
        if let Some(line) = item.line {
            self.store.change(line, |kept| *kept = item);
            self.tell_item_done(line, messages);
        }
    }

    fn close_part(
        &mut self,
        place: Value,
        modality: Modality,
        item: &Item,
        messages: &mut Vec<String>,
    ) {
        let text = item.body.said().text;
        let (kind, key) = match modality {
            Modality::Audio => ("response.output_audio_transcript.done", "transcript"),
            Modality::Text => ("response.output_text.done", "text"),
        };
        if modality == Modality::Audio {
            self.send("response.output_audio.done", place.clone(), messages);
        }
        let mut done = place.clone();
        done[key] = json!(text);
        self.send(kind, done, messages);
        let mut part = place;
        part["part"] = content_part(modality, &text);
        self.send("response.content_part.done", part, messages);
    }

    /// `conversation.item.done`, if the item is there.
    pub(super) fn tell_item_done(&mut self, line: Line, messages: &mut Vec<String>) {
        let Some(item) = self.store.by_line(line).map(Item::json) else {
            return;
        };
        let previous = self.store.previous(line);
        self.send(
            "conversation.item.done",
            json!({"item": item, "previous_item_id": previous}),
            messages,
        );
    }

    pub(super) fn tell_ended(&mut self, reply: Reply, ending: &Ending, messages: &mut Vec<String>) {
        let status = match ending {
            Ending::Completed => Status::Completed,
            Ending::BargedIn | Ending::Cancelled | Ending::Failed { .. } => Status::Incomplete,
        };
        self.close(reply, status, messages);
        self.close_calls(reply, messages);
        let (conversation_id, defaults) = (self.conversation_id(), self.defaults());
        let Some(live) = self.replies.get_mut(reply).filter(|live| !live.is_over) else {
            return;
        };
        live.is_over = true;
        let stopped = live.is_stopped;
        let response = live.json(Some(ending), &conversation_id, &defaults);
        self.send("response.done", json!({"response": response}), messages);
        if stopped {
            self.tell_buffer("stopped", reply, messages);
        }
    }

    /// The agent's line was cut back to what the caller heard.
    pub(super) fn tell_cut(
        &mut self,
        line: Line,
        heard: &str,
        heard_ms: u64,
        messages: &mut Vec<String>,
    ) {
        let Some(id) = self.store.by_line(line).map(|item| item.id.clone()) else {
            return;
        };
        let response_id = self
            .replies
            .of_line(line)
            .map(|live| live.response_id.clone());
        let reply = self.replies.of_line(line).map(|live| live.reply);
        if let Some(live) = reply.and_then(|reply| self.replies.get_mut(reply)) {
            live.item.status = Status::Incomplete;
            live.item.body.set_text(heard);
        }
        self.store.change(line, |item| {
            item.status = Status::Incomplete;
            item.body.set_text(heard);
        });
        let cut = json!({"item_id": id, "content_index": 0, "audio_end_ms": heard_ms});
        self.send("conversation.item.truncated", cut, messages);
        let ours = json!({
            "item_id": id, "response_id": response_id, "heard": heard, "audio_end_ms": heard_ms,
        });
        self.send("repartee.cut", ours, messages);
    }

    pub(super) fn tell_heard(&mut self, reply: Reply, heard: usize, messages: &mut Vec<String>) {
        let Some(live) = self.replies.get(reply) else {
            return;
        };
        let body = json!({
            "response_id": live.response_id, "item_id": live.item.id, "heard": live.prefix(heard),
        });
        self.send("repartee.heard", body, messages);
    }
}

/// Where a delta belongs.
fn place_of(live: &Live) -> Value {
    json!({
        "response_id": live.response_id,
        "item_id": live.item.id,
        "output_index": live.index,
        "content_index": 0,
    })
}
