//! A reply as it streams in: the words of each delta, the end, or what went wrong.

use std::collections::VecDeque;

use models_engine::Failure;
use serde::Deserialize;

use crate::refusal::Place;
use crate::sse::EventLines;

/// A spoken reply is a few hundred bytes; no server needs more wire than this for one.
const REPLY_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// One event of the stream, or a whole answer of a server that does not stream.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "message")]
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

/// What a model thinks aloud (`reasoning_content`) is not looked at, and so never spoken.
#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<CallDelta>>,
}

/// The first of a call's deltas names the tool, all bring a piece of its arguments.
#[derive(Deserialize)]
struct CallDelta {
    function: Option<FunctionDelta>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

/// What the server said next.
#[derive(Debug)]
pub(crate) enum Heard {
    Words(String),
    /// A call of this tool begins.
    Call(String),
    Arguments(String),
}

pub(crate) struct ReplyStream {
    response: reqwest::Response,
    streams: bool,
    lines: EventLines,
    waiting: VecDeque<String>,
    heard: VecDeque<Heard>,
    taken: usize,
    /// The server said that the reply is complete.
    finished: bool,
    /// The connection has nothing more.
    exhausted: bool,
}

impl ReplyStream {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        let kind = response.headers().get(reqwest::header::CONTENT_TYPE);
        let json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        Self {
            response,
            streams: !json,
            lines: EventLines::default(),
            waiting: VecDeque::new(),
            heard: VecDeque::new(),
            taken: 0,
            finished: false,
            exhausted: false,
        }
    }

    /// What comes next; `None` at the end of the reply. Safe to drop half way: nothing is lost but time.
    pub(crate) async fn next(&mut self, place: &Place) -> Result<Option<Heard>, Failure> {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return Ok(Some(heard));
            }
            if let Some(data) = self.waiting.pop_front() {
                self.read_event(&data, place)?;
                continue;
            }
            if self.finished {
                return Ok(None);
            }
            if self.exhausted {
                return Err(place.broken());
            }
            self.receive(place).await?;
        }
    }

    async fn receive(&mut self, place: &Place) -> Result<(), Failure> {
        let part = self.response.chunk().await.map_err(|_| place.broken())?;
        let (lines, waiting) = (&mut self.lines, &mut self.waiting);
        let mut take = |data: &str| waiting.push_back(data.to_owned());
        let Some(part) = part else {
            self.exhausted = true;
            lines.finish(&mut take);
            return Ok(());
        };
        self.taken += part.len();
        if self.taken > REPLY_LIMIT_BYTES {
            return Err(place.too_much());
        }
        if self.streams {
            lines.push(&part, &mut take).map_err(|_| place.no_answer())
        } else {
            self.receive_whole(&part, place).await
        }
    }

    /// The server does not stream: its whole answer is one event.
    async fn receive_whole(&mut self, first: &[u8], place: &Place) -> Result<(), Failure> {
        let mut body = first.to_vec();
        while let Some(part) = self.response.chunk().await.map_err(|_| place.broken())? {
            body.extend_from_slice(&part);
            if body.len() > REPLY_LIMIT_BYTES {
                return Err(place.too_much());
            }
        }
        self.exhausted = true;
        let body = String::from_utf8(body).map_err(|_| place.no_answer())?;
        self.waiting.push_back(body);
        Ok(())
    }

    fn read_event(&mut self, data: &str, place: &Place) -> Result<(), Failure> {
        if data.trim() == "[DONE]" {
            self.finished = true;
            return Ok(());
        }
        let event: Event = serde_json::from_str(data).map_err(|_| place.no_answer())?;
        if let Some(error) = event.error.filter(|error| !error.is_null()) {
            return Err(place.failed(&error));
        }
        let Some(choice) = event.choices.into_iter().next() else {
            return Ok(());
        };
        // Some servers close after this without a [DONE]; LocalAI sends an empty one with each word.
        let finished = choice
            .finish_reason
            .is_some_and(|reason| !reason.is_empty());
        self.finished |= finished;
        if let Some(delta) = choice.delta {
            self.hear(delta);
        }
        Ok(())
    }

    fn hear(&mut self, delta: Delta) {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        self.heard.extend(said(delta.content).map(Heard::Words));
        let calls = delta.tool_calls.into_iter().flatten();
        for function in calls.filter_map(|call| call.function) {
            self.heard.extend(said(function.name).map(Heard::Call));
            self.heard
                .extend(said(function.arguments).map(Heard::Arguments));
        }
    }
}
