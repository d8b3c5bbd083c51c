//! What happens in a session, in OpenAI's words where it has them and in ours where it has none.

use super::item::{Body, Item, Status};
use super::limits::MOST_EARLY;
use super::pending::Asked;
use super::{Realtime, Words};
use crate::Bad;
use crate::model::{Author, Event, Line, LineKind, Place, Refusal, Token};
use serde_json::json;
use std::ops::Range;

impl Realtime {
    pub(super) fn tell_event(&mut self, event: &Event, messages: &mut Vec<String>) {
        match event {
            Event::Hello { engines } => {
                let session = self.session();
                self.send("session.created", json!({"session": session}), messages);
                self.send("repartee.hello", json!({"engines": engines}), messages);
                let before = std::mem::take(&mut self.unmet_before);
                if let Some(before) = before {
                    self.tell_unmet(&before, messages);
                }
            }
            Event::Floor { from, to } => {
                self.send("repartee.floor", json!({"from": from, "to": to}), messages)
            }
            Event::SpeechStarted { line, start_ms } => {
                let body = json!({"item_id": self.item_id(*line), "audio_start_ms": start_ms});
                self.send("input_audio_buffer.speech_started", body, messages);
            }
            Event::SpeechStopped { line, end_ms } => {
                let body = json!({"item_id": self.item_id(*line), "audio_end_ms": end_ms});
                self.send("input_audio_buffer.speech_stopped", body, messages);
            }
            Event::Committed { line, place } => self.tell_committed(*line, *place, messages),
            Event::Cleared => self.send("input_audio_buffer.cleared", json!({}), messages),
            Event::Idle {
                line,
                place,
                start_ms,
                end_ms,
            } => self.tell_idle(*line, *place, *start_ms..*end_ms, messages),
            Event::Partial { line, text, stable } => {
                self.tell_partial(*line, text, *stable, messages)
            }
            Event::Transcript {
                line,
                text,
                seconds,
            } => {
                self.tell_words(
                    *line,
                    Words::Known {
                        text: text.clone(),
                        seconds: *seconds,
                    },
                    messages,
                );
            }
            Event::TranscriptFailed { line, message } => {
                self.tell_words(*line, Words::Failed(message.clone()), messages);
            }
            Event::LineAdded {
                line,
                place,
                kind,
                text,
                token,
            } => {
                self.tell_line(*line, *place, *kind, text, *token, messages);
            }
            Event::LineDeleted { line } => {
                if let Some(item) = self.store.remove(*line) {
                    self.send(
                        "conversation.item.deleted",
                        json!({"item_id": item.id}),
                        messages,
                    );
                }
            }
            Event::LineCut {
                line,
                heard,
                heard_ms,
            } => self.tell_cut(*line, heard, *heard_ms, messages),
            Event::ReplyStarted {
                reply,
                line,
                modality,
                token,
            } => {
                self.tell_started(*reply, *line, *modality, *token, messages);
            }
            Event::ReplyText { reply, text } => self.tell_text(*reply, text, messages),
            Event::Cited {
                reply,
                source,
                heading,
                text,
            } => {
                let response_id = self.response_id(*reply);
                let body = json!({
                    "response_id": response_id, "source": source, "heading": heading, "text": text,
                });
                self.send("repartee.citation", body, messages);
            }
            Event::CallStarted { reply, line, call } => {
                self.tell_call_started(*reply, *line, call, messages);
            }
            Event::CallArguments { reply, call, text } => {
                self.tell_call_arguments(*reply, call, text, messages);
            }
            Event::Called {
                reply,
                call,
                arguments,
                ..
            } => self.tell_called(*reply, call, arguments, messages),
            Event::ReplyComposed { reply, text } => self.tell_composed(*reply, text, messages),
            Event::PlayoutStarted { reply } => self.tell_playout_started(*reply, messages),
            Event::Heard { reply, heard } => self.tell_heard(*reply, *heard, messages),
            Event::PlayoutStopped { reply } => self.tell_playout_stopped(*reply, messages),
            Event::PlayoutCleared { reply } => self.tell_buffer("cleared", *reply, messages),
            Event::ReplyEnded { reply, ending, .. } => self.tell_ended(*reply, ending, messages),
            Event::Reached {
                reply,
                stage,
                after_ms,
                gained_ms,
            } => {
                let response_id = self.response_id(*reply);
                let mut body =
                    json!({"response_id": response_id, "stage": stage, "after_ms": after_ms});
                if let Some(gained_ms) = gained_ms {
                    body["gained_ms"] = json!(gained_ms);
                }
                self.send("repartee.latency", body, messages);
            }
            Event::Refused { token, refusal } => self.tell_refused(*token, *refusal, messages),
            Event::Notice { code, message } => self.notice(code, message, messages),
            Event::EngineChanged { from, to, why } => {
                let body = json!({"from": from, "to": to, "why": why});
                self.send("repartee.engine", body, messages);
            }
            Event::Goodbye { reason } => {
                self.send("repartee.goodbye", json!({"reason": reason}), messages)
            }
        }
    }

    fn tell_committed(&mut self, line: Line, place: Place, messages: &mut Vec<String>) {
        if self.store.by_line(line).is_some() {
            return;
        }
        let item = self.spoken(line);
        let (id, json) = (item.id.clone(), item.json());
        let previous = self.store.insert(place, item);
        let committed = json!({"item_id": id, "previous_item_id": previous});
        self.send("input_audio_buffer.committed", committed, messages);
        let added = json!({"item": json, "previous_item_id": previous});
        self.send("conversation.item.added", added, messages);
        self.tell_item_done(line, messages);
        if let Some(index) = self.early.iter().position(|(early, _)| *early == line)
            && let Some((_, words)) = self.early.remove(index)
        {
            self.tell_words(line, words, messages);
        }
    }

    /// The silence itself becomes an item, of no words.
    fn tell_idle(
        &mut self,
        line: Line,
        place: Place,
        silence_ms: Range<u64>,
        messages: &mut Vec<String>,
    ) {
        let Range { start, end } = silence_ms;
        let item_id = self.item_id(line);
        let body = json!({"item_id": item_id, "audio_start_ms": start, "audio_end_ms": end});
        self.send("input_audio_buffer.timeout_triggered", body, messages);
        self.tell_committed(line, place, messages);
        let seconds = end.saturating_sub(start) as f32 / 1_000.0;
        let text = String::new();
        self.tell_words(line, Words::Known { text, seconds }, messages);
    }

    fn spoken(&self, line: Line) -> Item {
        let (id, body) = (self.new_item_id(line), Body::spoken(None));
        Item {
            id,
            line: Some(line),
            body,
            status: Status::Completed,
        }
    }

    /// Words still change: OpenAI's deltas cannot take one back, ours says which will stay.
    fn tell_partial(&mut self, line: Line, text: &str, stable: usize, messages: &mut Vec<String>) {
        if self.session.transcription.is_none() {
            return;
        }
        let stable = &text[..text.floor_char_boundary(stable.min(text.len()))];
        let item_id = self.item_id(line);
        let body =
            json!({"item_id": item_id, "text": text, "stable": stable.encode_utf16().count()});
        self.send("repartee.partial", body, messages);
    }

    fn tell_words(&mut self, line: Line, words: Words, messages: &mut Vec<String>) {
        if self.session.transcription.is_none() {
            return;
        }
        if self.store.by_line(line).is_none() {
            if self.early.len() == MOST_EARLY {
                self.early.pop_front();
            }
            self.early.push_back((line, words));
            return;
        }
        let kind = "conversation.item.input_audio_transcription";
        let item_id = self.item_id(line);
        match words {
            Words::Known { text, seconds } => {
                self.store.change(line, |item| item.body.set_text(&text));
                if !text.is_empty() {
                    let delta = json!({"item_id": item_id, "content_index": 0, "delta": text});
                    self.send(&format!("{kind}.delta"), delta, messages);
                }
                let body = json!({
                    "item_id": item_id,
                    "content_index": 0,
                    "transcript": text,
                    "usage": {"type": "duration", "seconds": seconds},
                });
                self.send(&format!("{kind}.completed"), body, messages);
            }
            Words::Failed(message) => {
                let error = json!({
                    "type": "server_error", "code": "recognition_failed", "message": message,
                });
                let body = json!({"item_id": item_id, "content_index": 0, "error": error});
                self.send(&format!("{kind}.failed"), body, messages);
            }
        }
    }

    fn tell_line(
        &mut self,
        line: Line,
        place: Place,
        kind: LineKind,
        text: &str,
        token: Option<Token>,
        messages: &mut Vec<String>,
    ) {
        let asked = token
            .and_then(|token| self.requests.take(token))
            .map(|pending| pending.asked);
        if self.store.by_line(line).is_some() {
            return;
        }
        let (id, body) = match (kind, asked) {
            (LineKind::Agent(_), _) if self.replies.of_line(line).is_some() => {
                let reply = self.replies.of_line(line).map(|live| live.reply);
                if let Some(reply) = reply {
                    self.open_item(reply, place, messages);
                }
                return;
            }
            (_, Some(Asked::Write { id, body })) => (id, body),
            (LineKind::Agent(modality), _) => (None, Body::of_agent(modality, text.to_owned())),
            (LineKind::Spoken, _) => (None, Body::spoken(Some(text.to_owned()))),
            (LineKind::Typed, _) => (None, Body::written(Author::Caller, text.to_owned())),
            (LineKind::Written(author), _) => (None, Body::written(author, text.to_owned())),
        };
        let id = id.unwrap_or_else(|| self.new_item_id(line));
        let item = Item {
            id,
            line: Some(line),
            body,
            status: Status::Completed,
        };
        self.tell_added(place, item, messages);
        self.tell_item_done(line, messages);
    }

    fn tell_refused(&mut self, token: Token, refusal: Refusal, messages: &mut Vec<String>) {
        let Some(pending) = self.requests.take(token) else {
            return;
        };
        if let Some(bad) = refused(refusal, &pending.asked) {
            self.error(&bad, pending.event_id.as_deref(), messages);
        }
    }
}

/// The error that a refusal is; none where nothing was to be done and so all is well.
fn refused(refusal: Refusal, asked: &Asked) -> Option<Bad> {
    let (code, message, param) = match (refusal, asked) {
        // Clients empty the buffer after each cancel, whether or not anything is left in it.
        (Refusal::NoReplyActive, Asked::ClearPlayout) => return None,
        (Refusal::ReplyActive, _) => (
            "conversation_already_has_active_response",
            "The conversation already has an active response: wait until it is done, or cancel it.",
            None,
        ),
        (Refusal::NoReplyActive, _) => (
            "response_cancel_not_active",
            "Cancellation failed: no response is being given.",
            None,
        ),
        (Refusal::NoSuchLine, asked) => (
            no_such_line(asked),
            "The item is no longer in this conversation.",
            Some("item_id"),
        ),
        (Refusal::NothingToCommit, _) => (
            "input_audio_buffer_commit_empty",
            "There is nothing to commit: no speech came in since the last commit.",
            None,
        ),
        (Refusal::BeyondSpeech, _) => (
            "invalid_value",
            "'audio_end_ms' lies behind the end of what was spoken.",
            Some("audio_end_ms"),
        ),
        (Refusal::NotSpoken, _) => (
            "invalid_value",
            "Only what the agent said aloud can be truncated.",
            Some("item_id"),
        ),
        (Refusal::TooMuch, _) => (
            "rate_limit_exceeded",
            "That is more than one conversation may hold.",
            None,
        ),
    };
    Some(Bad {
        code,
        message: message.to_owned(),
        param: param.map(str::to_owned),
    })
}

fn no_such_line(asked: &Asked) -> &'static str {
    match asked {
        Asked::Delete => "item_delete_invalid_item_id",
        Asked::Truncate => "item_truncate_invalid_item_id",
        Asked::Write { .. } => "item_create_invalid_previous_item_id",
        _ => "invalid_value",
    }
}
