//! The fields that sessions and single responses share: checked, and kept for the echo.

use super::fields::{Fields, LONGEST_ID, integer, invalid, list, one_of, text, wrong_kind};
use crate::Bad;
use crate::model::Modality;
use serde_json::{Value, json};

const EFFORTS: [(&str, ()); 5] = [
    ("minimal", ()),
    ("low", ()),
    ("medium", ()),
    ("high", ()),
    ("xhigh", ()),
];
const MOST_METADATA: usize = 16;

pub(super) fn modality(value: &Value, path: String) -> Result<Modality, Bad> {
    let modalities = list(value, 2, path.clone())?;
    let [only] = modalities else {
        let message =
            format!("'{path}' is [\"audio\"] or [\"text\"]: audio always brings its transcript.");
        return Err(invalid(message, path));
    };
    one_of(
        only,
        &[("audio", Modality::Audio), ("text", Modality::Text)],
        path,
    )
}

pub(super) fn modality_name(modality: Modality) -> &'static str {
    match modality {
        Modality::Audio => "audio",
        Modality::Text => "text",
    }
}

pub(super) fn max_tokens(value: &Value, path: String, most: u64) -> Result<Option<u32>, Bad> {
    match value {
        Value::String(_) => one_of(value, &[("inf", None)], path),
        _ => Ok(Some(integer(value, 1..=most, path)? as u32)),
    }
}

pub(super) fn max_tokens_echo(max: Option<u32>) -> Value {
    max.map_or(json!("inf"), Value::from)
}

/// A name, or `{id}` for a voice of one's own: a name for us either way.
pub(super) fn voice(value: &Value, path: String) -> Result<String, Bad> {
    if value.is_object() {
        let fields = Fields::of(value, path)?;
        fields.only(&["id"])?;
        return Ok(fields.required_id("id")?.to_owned());
    }
    let name = text(value, path.clone())?;
    if (1..=LONGEST_ID).contains(&name.len()) {
        return Ok(name.to_owned());
    }
    Err(invalid(format!("'{path}' is the name of a voice."), path))
}

/// Nothing to us, whose sound is on the track; clients send it always.
pub(super) fn format(value: &Value, path: String) -> Result<Value, Bad> {
    let fields = Fields::of(value, path)?;
    let pcm = fields.required_one_of(
        "type",
        &[
            ("audio/pcm", true),
            ("audio/pcmu", false),
            ("audio/pcma", false),
        ],
    )?;
    if pcm {
        fields.only(&["type", "rate"])?;
        fields.integer("rate", 24_000..=24_000)?;
        return Ok(json!({"type": "audio/pcm", "rate": 24_000}));
    }
    fields.only(&["type"])?;
    Ok(value.clone())
}

pub(super) fn noise_reduction(value: &Value, path: String) -> Result<Value, Bad> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let fields = Fields::of(value, path)?;
    fields.only(&["type", "strength"])?;
    fields.required_one_of("type", &[("near_field", ()), ("far_field", ())])?;
    Ok(value.clone())
}

pub(super) fn reasoning(value: &Value, path: String) -> Result<Value, Bad> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let fields = Fields::of(value, path)?;
    fields.only(&["effort"])?;
    fields.one_of("effort", &EFFORTS)?;
    Ok(value.clone())
}

pub(super) fn truncation(value: &Value, path: String) -> Result<Value, Bad> {
    if value.is_string() {
        one_of(value, &[("auto", ()), ("disabled", ())], path)?;
        return Ok(value.clone());
    }
    let fields = Fields::of(value, path)?;
    fields.only(&["type", "retention_ratio", "token_limits"])?;
    fields.required_one_of("type", &[("retention_ratio", ())])?;
    fields.required("retention_ratio")?;
    fields.number("retention_ratio", 0.0..=1.0)?;
    if let Some(limits) = fields.object("token_limits")? {
        limits.only(&["post_instructions"])?;
        limits.integer("post_instructions", 0..=u64::from(u32::MAX))?;
    }
    Ok(value.clone())
}

pub(super) fn tracing(value: &Value, path: String) -> Result<Value, Bad> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(_) => one_of(value, &[("auto", ())], path).map(|()| value.clone()),
        _ => {
            let fields = Fields::of(value, path)?;
            fields.only(&["workflow_name", "group_id", "metadata"])?;
            fields.text("workflow_name")?;
            fields.text("group_id")?;
            fields.object("metadata")?;
            Ok(value.clone())
        }
    }
}

pub(super) fn prompt(value: &Value, path: String) -> Result<Value, Bad> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let fields = Fields::of(value, path)?;
    fields.only(&["id", "version", "variables"])?;
    fields.required_id("id")?;
    fields.text("version")?;
    fields.object("variables")?;
    Ok(value.clone())
}

pub(super) fn include(value: &Value, path: String) -> Result<Value, Bad> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    for (index, wanted) in list(value, 16, path.clone())?.iter().enumerate() {
        let known = [("item.input_audio_transcription.logprobs", ())];
        one_of(wanted, &known, format!("{path}[{index}]"))?;
    }
    Ok(value.clone())
}

/// At most 16 pairs of strings, as OpenAI has it.
pub(super) fn metadata(value: &Value, path: String) -> Result<Value, Bad> {
    let Value::Object(pairs) = value else {
        return Err(wrong_kind("an object", value, path));
    };
    if pairs.len() > MOST_METADATA {
        let message = format!(
            "'{path}' has {} pairs, at most {MOST_METADATA} are taken.",
            pairs.len()
        );
        return Err(invalid(message, path));
    }
    let fields = Fields::of(value, path)?;
    for name in fields.names() {
        if name.chars().count() > 64
            || fields
                .text(name)?
                .is_some_and(|text| text.chars().count() > 512)
        {
            let message = "Metadata has names of at most 64 and values of at most 512 characters.";
            return Err(invalid(message, fields.at(&super::fields::quote(name))));
        }
    }
    Ok(value.clone())
}
