//! What was said on both sides and what became of each reply, read off the server's events as they come.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::tape::Event;

/// Kinds of event counted, replies and lines kept: far above any real call.
const KINDS_LIMIT: usize = 200;
const REPLIES_LIMIT: usize = 2_000;

/// One reply, from `response.created` on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reply {
    pub id: String,
    pub created_ms: f64,
    /// `completed`, `cancelled`, `failed` or `incomplete`, once done.
    pub status: Option<String>,
    pub done_ms: Option<f64>,
    pub sound_started_ms: Option<f64>,
    /// Played to its end, or cut.
    pub sound_ended_ms: Option<f64>,
    pub text: String,
    /// What the server says has reached us.
    pub heard: Option<String>,
    pub citations: Vec<Citation>,
    /// Stage and milliseconds after our last voice, as the server counts them.
    pub stages: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Citation {
    pub source: String,
    pub heading: String,
}

impl Reply {
    pub fn is_done(&self) -> bool {
        self.done_ms.is_some()
    }

    /// Composed, and either played out, or cut, or nothing that is played.
    pub fn is_over(&self, now_ms: f64) -> bool {
        /// How long after `response.done` the first sound may still be on its way.
        const LATE_SOUND_MS: f64 = 1_500.0;
        match (self.done_ms, self.sound_started_ms, self.sound_ended_ms) {
            (None, _, _) | (_, Some(_), None) => false,
            (Some(_), Some(_), Some(_)) => true,
            (Some(done_ms), None, _) => {
                self.status.as_deref() != Some("completed") || now_ms - done_ms > LATE_SOUND_MS
            }
        }
    }
}

/// One thing that the server understood us to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Understood {
    pub at_ms: f64,
    pub item_id: String,
    pub text: String,
}

/// An error or a notice of the server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Complaint {
    pub at_ms: f64,
    pub code: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FloorChange {
    pub at_ms: f64,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub session_id: Option<String>,
    pub replies: Vec<Reply>,
    pub understood: Vec<Understood>,
    pub floor: Vec<FloorChange>,
    pub errors: Vec<Complaint>,
    pub notices: Vec<Complaint>,
    /// How often each kind of event came.
    pub counts: BTreeMap<String, u64>,
    /// Messages that were not JSON objects with a type and an `event_id`.
    pub malformed: u64,
}

impl Ledger {
    /// The reply that is being composed or played, if any.
    pub fn running(&self, now_ms: f64) -> Option<&Reply> {
        self.replies.iter().find(|reply| !reply.is_over(now_ms))
    }

    pub fn count(&self, kind: &str) -> u64 {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    pub(crate) fn take(&mut self, event: &Event) {
        let body = &event.body;
        let (Some(kind), Some(_)) = (body["type"].as_str(), body["event_id"].as_str()) else {
            self.malformed += 1;
            return;
        };
        self.tally(kind);
        match kind {
            "session.created" => self.session_id = Some(text(&body["session"]["id"])),
            "error" => self.errors.push(complaint(event.at_ms, &body["error"])),
            "repartee.notice" => self.notices.push(complaint(event.at_ms, body)),
            "repartee.floor" => self.floor.push(FloorChange {
                at_ms: event.at_ms,
                from: text(&body["from"]),
                to: text(&body["to"]),
            }),
            "conversation.item.input_audio_transcription.completed" => {
                self.understood.push(Understood {
                    at_ms: event.at_ms,
                    item_id: text(&body["item_id"]),
                    text: text(&body["transcript"]),
                });
            }
            "response.created" => self.begin(event),
            _ => self.update(kind, event),
        }
    }

    fn tally(&mut self, kind: &str) {
        if let Some(count) = self.counts.get_mut(kind) {
            *count += 1;
        } else if self.counts.len() < KINDS_LIMIT {
            self.counts.insert(kind.to_owned(), 1);
        }
    }

    fn begin(&mut self, event: &Event) {
        if self.replies.len() < REPLIES_LIMIT {
            self.replies.push(Reply {
                id: text(&event.body["response"]["id"]),
                created_ms: event.at_ms,
                ..Reply::default()
            });
        }
    }

    fn update(&mut self, kind: &str, event: &Event) {
        let (at_ms, body) = (event.at_ms, &event.body);
        let id = body["response_id"]
            .as_str()
            .or(body["response"]["id"].as_str());
        let Some(reply) = id.and_then(|id| self.replies.iter_mut().rfind(|reply| reply.id == id))
        else {
            return;
        };
        match kind {
            "response.done" => {
                reply.done_ms = Some(at_ms);
                reply.status = Some(text(&body["response"]["status"]));
            }
            "output_audio_buffer.started" => reply.sound_started_ms = Some(at_ms),
            "output_audio_buffer.stopped" | "output_audio_buffer.cleared" => {
                reply.sound_ended_ms = Some(at_ms);
            }
            "response.output_audio_transcript.delta" | "response.output_text.delta" => {
                reply.text.push_str(body["delta"].as_str().unwrap_or(""));
            }
            "response.output_audio_transcript.done" => reply.text = text(&body["transcript"]),
            "response.output_text.done" => reply.text = text(&body["text"]),
            "repartee.heard" | "repartee.cut" => reply.heard = Some(text(&body["heard"])),
            "repartee.citation" => reply.citations.push(Citation {
                source: text(&body["source"]),
                heading: text(&body["heading"]),
            }),
            "repartee.latency" => {
                let after_ms = body["after_ms"].as_f64().unwrap_or(f64::NAN);
                reply.stages.insert(text(&body["stage"]), after_ms);
            }
            _ => {}
        }
    }
}

fn complaint(at_ms: f64, body: &Value) -> Complaint {
    Complaint {
        at_ms,
        code: text(&body["code"]),
        message: text(&body["message"]),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ledger(bodies: &[Value]) -> Ledger {
        let mut ledger = Ledger::default();
        for (n, body) in bodies.iter().enumerate() {
            let mut body = body.clone();
            body["event_id"] = json!(format!("event_{n}"));
            ledger.take(&Event {
                at_ms: n as f64 * 100.0,
                body,
            });
        }
        ledger
    }

    #[test]
    fn follows_a_reply_from_creation_to_its_last_sound() {
        let ledger = ledger(&[
            json!({"type": "response.created", "response": {"id": "resp_1"}}),
            json!({"type": "output_audio_buffer.started", "response_id": "resp_1"}),
            json!({"type": "response.output_audio_transcript.delta", "response_id": "resp_1", "delta": "Hel"}),
            json!({"type": "response.output_audio_transcript.delta", "response_id": "resp_1", "delta": "lo."}),
            json!({"type": "repartee.citation", "response_id": "resp_1", "source": "a.md", "heading": "A", "text": "t"}),
            json!({"type": "repartee.latency", "response_id": "resp_1", "stage": "first_sound", "after_ms": 640}),
            json!({"type": "response.done", "response": {"id": "resp_1", "status": "completed"}}),
            json!({"type": "repartee.heard", "response_id": "resp_1", "item_id": "i", "heard": "Hello."}),
            json!({"type": "output_audio_buffer.stopped", "response_id": "resp_1"}),
        ]);
        let reply = &ledger.replies[0];
        assert_eq!(
            (reply.text.as_str(), reply.heard.as_deref()),
            ("Hello.", Some("Hello."))
        );
        assert_eq!(
            (reply.done_ms, reply.sound_ended_ms),
            (Some(600.0), Some(800.0))
        );
        assert_eq!(reply.stages["first_sound"], 640.0);
        assert_eq!(reply.citations[0].source, "a.md");
        assert!(reply.is_over(800.0) && ledger.running(800.0).is_none());
    }

    #[test]
    fn a_reply_that_still_sounds_is_not_over() {
        let ledger = ledger(&[
            json!({"type": "response.created", "response": {"id": "resp_1"}}),
            json!({"type": "output_audio_buffer.started", "response_id": "resp_1"}),
            json!({"type": "response.done", "response": {"id": "resp_1", "status": "completed"}}),
        ]);
        assert!(ledger.running(1e9).is_some());
    }

    #[test]
    fn a_reply_without_sound_is_over_after_a_while_and_a_cancelled_one_at_once() {
        let done = |status: &str| {
            ledger(&[
                json!({"type": "response.created", "response": {"id": "resp_1"}}),
                json!({"type": "response.done", "response": {"id": "resp_1", "status": status}}),
            ])
        };
        assert!(done("completed").running(200.0).is_some());
        assert!(done("completed").running(2_000.0).is_none());
        assert!(done("cancelled").running(200.0).is_none());
    }

    #[test]
    fn malformed_events_are_counted_and_harm_nothing() {
        let mut ledger = Ledger::default();
        for body in [
            json!(null),
            json!([1]),
            json!({"type": 3}),
            json!({"type": "error"}),
        ] {
            ledger.take(&Event { at_ms: 0.0, body });
        }
        assert_eq!(ledger.malformed, 4);
        assert!(ledger.errors.is_empty());
    }
}
