//! Conversation items: read from the client, written to it.

use super::fields::{Fields, invalid};
use super::limits::MOST_PARTS;
use super::wishes::modality_name;
use crate::Bad;
use crate::model::{Author, Call, Line, Modality, Said};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) id: String,
    /// None: beside the conversation.
    pub(super) line: Option<Line>,
    pub(super) body: Body,
    pub(super) status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Completed,
    Incomplete,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Message { author: Author, parts: Vec<Part> },
    Call { call: Call, arguments: String },
    CallOutput { call: Call, output: String },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    InputText(String),
    /// `None` until the words are known.
    InputAudio(Option<String>),
    OutputText(String),
    OutputAudio(String),
}

impl Part {
    /// A part of the agent's own.
    pub(super) fn output(modality: Modality, text: String) -> Self {
        match modality {
            Modality::Audio => Self::OutputAudio(text),
            Modality::Text => Self::OutputText(text),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::InputText(text) | Self::OutputText(text) | Self::OutputAudio(text) => text,
            Self::InputAudio(transcript) => transcript.as_deref().unwrap_or_default(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::InputText(text) => json!({"type": "input_text", "text": text}),
            // The key stays when there are no words yet: clients break without it.
            Self::InputAudio(transcript) => {
                json!({"type": "input_audio", "transcript": transcript})
            }
            Self::OutputText(text) => json!({"type": "output_text", "text": text}),
            Self::OutputAudio(text) => json!({"type": "output_audio", "transcript": text}),
        }
    }
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Incomplete => "incomplete",
        }
    }
}

impl Item {
    pub(super) fn json(&self) -> Value {
        let mut item = match &self.body {
            Body::Message { author, parts } => json!({
                "type": "message",
                "role": role(*author),
                "content": parts.iter().map(Part::json).collect::<Vec<_>>(),
            }),
            Body::Call { call, arguments } => json!({
                "type": "function_call", "name": call.tool, "call_id": call.id, "arguments": arguments,
            }),
            Body::CallOutput { call, output } => json!({
                "type": "function_call_output", "call_id": call.id, "output": output,
            }),
        };
        item["id"] = json!(self.id);
        item["object"] = json!("realtime.item");
        item["status"] = json!(self.status.name());
        item
    }

    /// What it costs to keep.
    pub(super) fn size(&self) -> usize {
        let body = match &self.body {
            Body::Message { parts, .. } => parts.iter().map(|part| part.text().len() + 32).sum(),
            Body::Call {
                call,
                arguments: text,
            }
            | Body::CallOutput { call, output: text } => {
                call.tool.len() + call.id.len() + text.len()
            }
        };
        self.id.len() + body + 64
    }
}

impl Body {
    pub(super) fn of_agent(modality: Modality, text: String) -> Self {
        Self::Message {
            author: Author::Agent,
            parts: vec![Part::output(modality, text)],
        }
    }

    pub(super) fn spoken(transcript: Option<String>) -> Self {
        Self::Message {
            author: Author::Caller,
            parts: vec![Part::InputAudio(transcript)],
        }
    }

    pub(super) fn written(author: Author, text: String) -> Self {
        let part = match author {
            Author::Agent => Part::OutputText(text),
            Author::System | Author::Caller | Author::Tool => Part::InputText(text),
        };
        Self::Message {
            author,
            parts: vec![part],
        }
    }

    /// The call that it is; not what came of one.
    pub(super) fn call(&self) -> Option<&Call> {
        match self {
            Self::Call { call, .. } => Some(call),
            Self::Message { .. } | Self::CallOutput { .. } => None,
        }
    }

    pub(super) fn is_speech(&self) -> bool {
        let Self::Message {
            author: Author::Agent,
            parts,
        } = self
        else {
            return false;
        };
        parts
            .iter()
            .any(|part| matches!(part, Part::OutputAudio(_)))
    }

    /// The agent says more.
    pub(super) fn add_text(&mut self, more: &str) {
        let Self::Message { parts, .. } = self else {
            return;
        };
        if let Some(Part::OutputText(text) | Part::OutputAudio(text)) = parts.first_mut() {
            text.push_str(more);
        }
    }

    /// The line now reads so.
    pub(super) fn set_text(&mut self, heard: &str) {
        let Self::Message { parts, .. } = self else {
            return;
        };
        if let Some(part) = parts.first_mut() {
            match part {
                Part::InputText(text) | Part::OutputText(text) | Part::OutputAudio(text) => {
                    heard.clone_into(text);
                }
                Part::InputAudio(transcript) => *transcript = Some(heard.to_owned()),
            }
            parts.truncate(1);
        }
    }

    /// Who says it and what.
    pub(super) fn said(&self) -> Said {
        let (author, text, call) = match self {
            Self::Message { author, parts } => {
                let texts: Vec<&str> = parts.iter().map(Part::text).collect();
                (*author, texts.join("\n"), None)
            }
            Self::Call { call, arguments } => (Author::Agent, arguments.clone(), Some(call)),
            Self::CallOutput { call, output } => (Author::Tool, output.clone(), Some(call)),
        };
        Said {
            author,
            text,
            call: call.cloned(),
        }
    }
}

fn role(author: Author) -> &'static str {
    match author {
        // What a tool gave back is an item of another kind.
        Author::System | Author::Tool => "system",
        Author::Caller => "user",
        Author::Agent => "assistant",
    }
}

/// What the part is once the agent says it: `audio` and `text` here, not `output_audio`.
pub(super) fn content_part(modality: Modality, text: &str) -> Value {
    let key = match modality {
        Modality::Audio => "transcript",
        Modality::Text => "text",
    };
    json!({"type": modality_name(modality), key: text})
}

/// An item from the client: its id, if it chose one, and its body.
pub(super) fn parse(fields: &Fields<'_>) -> Result<(Option<String>, Body), Bad> {
    #[derive(Clone, Copy)]
    enum Kind {
        Message,
        Call,
        CallOutput,
    }
    let id = fields.id("id")?.map(str::to_owned);
    fields.one_of("object", &[("realtime.item", ())])?;
    fields.one_of(
        "status",
        &[("in_progress", ()), ("completed", ()), ("incomplete", ())],
    )?;
    let kinds = [
        ("message", Kind::Message),
        ("function_call", Kind::Call),
        ("function_call_output", Kind::CallOutput),
    ];
    let body = match fields.required_one_of("type", &kinds)? {
        Kind::Message => message(fields)?,
        Kind::Call => call(fields)?,
        Kind::CallOutput => call_output(fields)?,
    };
    Ok((id, body))
}

fn message(fields: &Fields<'_>) -> Result<Body, Bad> {
    fields.only(&["id", "object", "type", "status", "role", "content"])?;
    let roles = [
        ("user", Author::Caller),
        ("assistant", Author::Agent),
        ("system", Author::System),
    ];
    let author = fields.required_one_of("role", &roles)?;
    fields.required("content")?;
    let content = fields.list("content", MOST_PARTS)?.unwrap_or_default();
    if content.is_empty() {
        return Err(invalid(
            "A message has at least one content part.",
            fields.at("content"),
        ));
    }
    let mut parts = Vec::new();
    for (index, value) in content.iter().enumerate() {
        parts.push(part(
            author,
            &Fields::of(value, format!("{}[{index}]", fields.at("content")))?,
        )?);
    }
    Ok(Body::Message { author, parts })
}

fn part(author: Author, fields: &Fields<'_>) -> Result<Part, Bad> {
    #[derive(Clone, Copy)]
    enum Kind {
        InputText,
        InputAudio,
        InputImage,
        OutputText,
        OutputAudio,
    }
    let kinds: &[(&str, Kind)] = match author {
        Author::Caller => &[
            ("input_text", Kind::InputText),
            ("input_audio", Kind::InputAudio),
            ("input_image", Kind::InputImage),
        ],
        Author::System | Author::Tool => &[("input_text", Kind::InputText)],
        Author::Agent => &[
            ("output_text", Kind::OutputText),
            ("output_audio", Kind::OutputAudio),
        ],
    };
    let text = |name| fields.required_text(name).map(str::to_owned);
    match fields.required_one_of("type", kinds)? {
        Kind::InputText => Ok(Part::InputText(text("text")?)),
        Kind::OutputText => Ok(Part::OutputText(text("text")?)),
        Kind::OutputAudio => Ok(Part::OutputAudio(text("transcript")?)),
        // A history that is written back holds the words of what was spoken: they are enough.
        Kind::InputAudio if fields.get("transcript").is_some() => {
            Ok(Part::InputAudio(Some(text("transcript")?)))
        }
        Kind::InputAudio => Err(Bad {
            code: "invalid_value",
            message: "Audio comes over the audio track, not in an item: send 'input_text', or an \
                      'input_audio' part with its 'transcript'."
                .to_owned(),
            param: Some(fields.at("type")),
        }),
        Kind::InputImage => Err(invalid(
            "Images are not understood here: send 'input_text'.",
            fields.at("type"),
        )),
    }
}

fn call(fields: &Fields<'_>) -> Result<Body, Bad> {
    fields.only(&[
        "id",
        "object",
        "type",
        "status",
        "name",
        "call_id",
        "arguments",
    ])?;
    let call = Call {
        id: fields.id("call_id")?.unwrap_or_default().to_owned(),
        tool: fields.required_id("name")?.to_owned(),
    };
    let arguments = fields.required_text("arguments")?.to_owned();
    Ok(Body::Call { call, arguments })
}

fn call_output(fields: &Fields<'_>) -> Result<Body, Bad> {
    fields.only(&["id", "object", "type", "status", "call_id", "output"])?;
    // Which tool it is of, the conversation knows.
    let call = Call {
        id: fields.required_id("call_id")?.to_owned(),
        tool: String::new(),
    };
    let output = fields.required_text("output")?.to_owned();
    Ok(Body::CallOutput { call, output })
}
