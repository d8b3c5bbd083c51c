//! The session object: what a client may ask of it, what holds, and how it is echoed.

use super::detection::Detection;
use super::fields::{Fields, invalid, one_of, text, unknown};
use super::limits::{LARGEST_SESSION_BYTES, MOST_TOKENS, MOST_TOOLS};
use super::transcription::Transcription;
use super::{tools, wishes};
use crate::Bad;
use crate::model::{Modality, Settings, Tool, ToolChoice};
use serde_json::{Value, json};

/// What this server is, as far as a session object tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Echoed as `model` when the client names none.
    pub model: String,
    /// Echoed as `audio.output.voice` when the client names none.
    pub voice: String,
    /// Echoed as `audio.input.transcription.model` when the client names none.
    pub transcription: String,
    /// When the session ends at the latest, in seconds since 1970.
    pub expires_at: u64,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            model: "repartee".to_owned(),
            voice: "default".to_owned(),
            transcription: "repartee".to_owned(),
            expires_at: 0,
        }
    }
}

/// The effective session. Fields that only the echo needs are kept as they were sent, once checked.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) model: String,
    pub(super) instructions: String,
    pub(super) modality: Modality,
    pub(super) voice: Option<String>,
    pub(super) default_voice: String,
    pub(super) speed: f64,
    pub(super) detection: Option<Detection>,
    pub(super) transcription: Option<Transcription>,
    pub(super) max_tokens: Option<u32>,
    pub(super) tools: Value,
    functions: Vec<Tool>,
    pub(super) tool_choice: Value,
    choice: ToolChoice,
    pub(super) parallel_tool_calls: bool,
    pub(super) noise_reduction: Value,
    pub(super) input_format: Value,
    pub(super) output_format: Value,
    pub(super) reasoning: Value,
    pub(super) truncation: Value,
    pub(super) tracing: Value,
    pub(super) prompt: Value,
    pub(super) include: Value,
    expires_at: u64,
}

impl Session {
    pub(super) fn new(capabilities: Capabilities) -> Self {
        let format = json!({"type": "audio/pcm", "rate": 24000});
        Self {
            model: capabilities.model,
            instructions: String::new(),
            modality: Modality::Audio,
            voice: None,
            default_voice: capabilities.voice,
            speed: 1.0,
            detection: Some(Detection::default()),
            transcription: Some(Transcription::new(capabilities.transcription)),
            max_tokens: None,
            tools: json!([]),
            functions: Vec::new(),
            tool_choice: json!("auto"),
            choice: ToolChoice::Auto,
            parallel_tool_calls: true,
            noise_reduction: Value::Null,
            input_format: format.clone(),
            output_format: format,
            reasoning: Value::Null,
            truncation: json!("auto"),
            tracing: Value::Null,
            prompt: Value::Null,
            include: Value::Null,
            expires_at: capabilities.expires_at,
        }
    }

    /// This session with `patch` laid over it: only what is present changes. `self` stays as it is,
    /// so that a bad update changes nothing.
    pub(super) fn updated(&self, patch: &Value) -> Result<Self, Bad> {
        let patch = Fields::of(patch, "session")?;
        let mut next = self.clone();
        for name in patch.names() {
            next.set(name, &patch)?;
        }
        tools::check_choice(&next.choice, &next.functions, "session.tool_choice")?;
        let size = next.echo("").to_string().len();
        if size > LARGEST_SESSION_BYTES {
            let message = format!(
                "The session would be {size} bytes, at most {LARGEST_SESSION_BYTES} are kept."
            );
            return Err(invalid(message, "session"));
        }
        Ok(next)
    }

    fn set(&mut self, name: &str, patch: &Fields<'_>) -> Result<(), Bad> {
        let value = patch.raw(name).unwrap_or(&Value::Null);
        let path = patch.at(name);
        match name {
            "type" => return one_of(value, &[("realtime", ())], path),
            // Ours to say: a client that sends a session back as it got it means no change.
            "id" | "object" | "expires_at" => {}
            "model" => self.model = text(value, path)?.to_owned(),
            "instructions" => self.instructions = text(value, path)?.to_owned(),
            "output_modalities" => self.modality = wishes::modality(value, path)?,
            "audio" => self.set_audio(&Fields::of(value, path)?)?,
            "tools" => (self.tools, self.functions) = tools::tools(value, path, MOST_TOOLS)?,
            "tool_choice" => (self.tool_choice, self.choice) = tools::tool_choice(value, path)?,
            "parallel_tool_calls" => {
                self.parallel_tool_calls = patch.flag(name)?.unwrap_or(true);
            }
            "max_output_tokens" => self.max_tokens = wishes::max_tokens(value, path, MOST_TOKENS)?,
            "reasoning" => self.reasoning = wishes::reasoning(value, path)?,
            "truncation" => self.truncation = wishes::truncation(value, path)?,
            "tracing" => self.tracing = wishes::tracing(value, path)?,
            "prompt" => self.prompt = wishes::prompt(value, path)?,
            "include" => self.include = wishes::include(value, path)?,
            other => {
                return Err(moved(other)
                    .unwrap_or_else(|| unknown(&patch.at(&super::fields::quote(other)))));
            }
        }
        Ok(())
    }

    fn set_audio(&mut self, audio: &Fields<'_>) -> Result<(), Bad> {
        audio.only(&["input", "output"])?;
        if let Some(input) = audio.object("input")? {
            self.set_input(&input)?;
        }
        if let Some(output) = audio.object("output")? {
            self.set_output(&output)?;
        }
        Ok(())
    }

    fn set_input(&mut self, input: &Fields<'_>) -> Result<(), Bad> {
        input.only(&[
            "format",
            "noise_reduction",
            "transcription",
            "turn_detection",
        ])?;
        if let Some(format) = input.raw("format") {
            self.input_format = wishes::format(format, input.at("format"))?;
        }
        if let Some(reduction) = input.raw("noise_reduction") {
            self.noise_reduction = wishes::noise_reduction(reduction, input.at("noise_reduction"))?;
        }
        match input.raw("transcription") {
            None => {}
            Some(Value::Null) => self.transcription = None,
            Some(wanted) => {
                let now = self.transcription.take().unwrap_or_default();
                self.transcription = Some(now.updated(wanted, input.at("transcription"))?);
            }
        }
        match input.raw("turn_detection") {
            None => {}
            Some(Value::Null) => self.detection = None,
            Some(wanted) => {
                let path = input.at("turn_detection");
                self.detection = Some(Detection::updated(self.detection.as_ref(), wanted, path)?);
            }
        }
        Ok(())
    }

    fn set_output(&mut self, output: &Fields<'_>) -> Result<(), Bad> {
        output.only(&["format", "voice", "speed"])?;
        if let Some(format) = output.raw("format") {
            self.output_format = wishes::format(format, output.at("format"))?;
        }
        if let Some(voice) = output.get("voice") {
            self.voice = Some(wishes::voice(voice, output.at("voice"))?);
        }
        if let Some(speed) = output.number("speed", 0.25..=1.5)? {
            self.speed = speed;
        }
        Ok(())
    }

    pub(super) fn settings(&self) -> Settings {
        let transcription = self.transcription.as_ref();
        Settings {
            instructions: self.instructions.clone(),
            modality: self.modality,
            voice: self.voice.clone(),
            speed: self.speed as f32,
            endpointing: Detection::endpointing(self.detection.as_ref()),
            language: transcription.and_then(Transcription::language),
            vocabulary: transcription.and_then(Transcription::vocabulary),
            tools: self.functions.clone(),
            tool_choice: self.choice.clone(),
            parallel_calls: self.parallel_tool_calls,
            max_tokens: self.max_tokens,
        }
    }

    /// The fields that `self` asks for, `before` did not, and nobody here obeys.
    pub(super) fn unmet(&self, before: &Self) -> Vec<&'static str> {
        let kept: [(&'static str, &Value, &Value); 5] = [
            (
                "session.audio.input.noise_reduction",
                &self.noise_reduction,
                &before.noise_reduction,
            ),
            ("session.reasoning", &self.reasoning, &before.reasoning),
            ("session.truncation", &self.truncation, &before.truncation),
            ("session.prompt", &self.prompt, &before.prompt),
            ("session.include", &self.include, &before.include),
        ];
        let asks =
            |now: &Value, before: &Value| now != before && !now.is_null() && *now != json!("auto");
        let kept = kept.iter().filter(|(_, now, before)| asks(now, before));
        let servers = tools::has_mcp(&self.tools) && self.tools != before.tools;
        kept.map(|(name, ..)| *name)
            .chain(servers.then_some("session.tools of the type mcp"))
            .collect()
    }

    pub(super) fn functions(&self) -> &[Tool] {
        &self.functions
    }

    pub(super) fn voice_name(&self) -> &str {
        self.voice.as_deref().unwrap_or(&self.default_voice)
    }

    /// The whole session, every field present.
    pub(super) fn echo(&self, id: &str) -> Value {
        json!({
            "type": "realtime",
            "object": "realtime.session",
            "id": id,
            "expires_at": self.expires_at,
            "model": self.model,
            "instructions": self.instructions,
            "output_modalities": [wishes::modality_name(self.modality)],
            "audio": {
                "input": {
                    "format": self.input_format,
                    "noise_reduction": self.noise_reduction,
                    "transcription": self.transcription.as_ref().map(Transcription::echo),
                    "turn_detection": self.detection.as_ref().map(Detection::echo),
                },
                "output": {
                    "format": self.output_format,
                    "voice": self.voice_name(),
                    "speed": self.speed,
                },
            },
            "tools": self.tools,
            "tool_choice": self.tool_choice,
            "parallel_tool_calls": self.parallel_tool_calls,
            "max_output_tokens": wishes::max_tokens_echo(self.max_tokens),
            "reasoning": self.reasoning,
            "truncation": self.truncation,
            "tracing": self.tracing,
            "prompt": self.prompt,
            "include": self.include,
        })
    }
}

/// Names of the beta: refused, with the name that took their place.
fn moved(name: &str) -> Option<Bad> {
    let now = match name {
        "modalities" => "session.output_modalities",
        "voice" => "session.audio.output.voice",
        "speed" => "session.audio.output.speed",
        "input_audio_format" => "session.audio.input.format",
        "output_audio_format" => "session.audio.output.format",
        "input_audio_transcription" => "session.audio.input.transcription",
        "input_audio_noise_reduction" => "session.audio.input.noise_reduction",
        "turn_detection" => "session.audio.input.turn_detection",
        "max_response_output_tokens" => "session.max_output_tokens",
        _ => return None,
    };
    let mut bad = unknown(&format!("session.{name}"));
    bad.message = format!("{} It is '{now}' now.", bad.message);
    Some(bad)
}
