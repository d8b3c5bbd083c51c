//! `turn_detection`: who says that the caller has finished, in OpenAI's words.

use super::fields::Fields;
use crate::Bad;
use crate::model::{Eagerness, Endpointing};
use serde_json::{Value, json};

const EAGERNESS: [(&str, Eagerness); 4] = [
    ("low", Eagerness::Low),
    ("medium", Eagerness::Medium),
    ("high", Eagerness::High),
    ("auto", Eagerness::Auto),
];
/// A minute of silence is a hang-up.
const LONGEST_SILENCE_MS: u64 = 60_000;
/// The bounds of `idle_timeout_ms` are OpenAI's.
const IDLE_MS: std::ops::RangeInclusive<u64> = 5_000..=30_000;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Silence,
    Meaning,
}

/// Kept in `f64`, so that the echo says 0.8 and not 0.800000011920929.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Detection {
    Silence {
        threshold: f64,
        preroll_ms: u32,
        silence_ms: u32,
        idle_ms: Option<u32>,
        respond: bool,
        interrupt: bool,
    },
    Meaning {
        eagerness: Eagerness,
        respond: bool,
        interrupt: bool,
    },
}

/// By meaning, where OpenAI's own default is a fixed silence: who pauses in a sentence is not cut off.
impl Default for Detection {
    fn default() -> Self {
        Self::Meaning {
            eagerness: Eagerness::Auto,
            respond: true,
            interrupt: true,
        }
    }
}

impl Detection {
    /// What a client gets that asks for `server_vad` and says no more.
    fn fixed_silence() -> Self {
        Self::Silence {
            threshold: 0.5,
            preroll_ms: 300,
            silence_ms: 500,
            idle_ms: None,
            respond: true,
            interrupt: true,
        }
    }

    /// Fields that are absent stay as they were if the kind stays, and have their defaults otherwise.
    pub(super) fn updated(now: Option<&Self>, wanted: &Value, path: String) -> Result<Self, Bad> {
        let fields = Fields::of(wanted, path)?;
        let kinds = [
            ("server_vad", Kind::Silence),
            ("semantic_vad", Kind::Meaning),
        ];
        match (fields.required_one_of("type", &kinds)?, now) {
            (Kind::Silence, Some(now @ Self::Silence { .. })) => now.clone().laid_over(&fields),
            (Kind::Silence, _) => Self::fixed_silence().laid_over(&fields),
            (Kind::Meaning, Some(now @ Self::Meaning { .. })) => now.clone().laid_over(&fields),
            (Kind::Meaning, _) => Self::default().laid_over(&fields),
        }
    }

    fn laid_over(mut self, fields: &Fields<'_>) -> Result<Self, Bad> {
        match &mut self {
            Self::Silence {
                threshold,
                preroll_ms,
                silence_ms,
                idle_ms,
                respond,
                interrupt,
            } => {
                fields.only(&[
                    "type",
                    "threshold",
                    "prefix_padding_ms",
                    "silence_duration_ms",
                    "idle_timeout_ms",
                    "create_response",
                    "interrupt_response",
                    "model_version",
                ])?;
                fields.text("model_version")?;
                replace(threshold, fields.number("threshold", 0.0..=1.0)?);
                replace(
                    preroll_ms,
                    milliseconds(fields, "prefix_padding_ms", 0..=LONGEST_SILENCE_MS)?,
                );
                replace(
                    silence_ms,
                    milliseconds(fields, "silence_duration_ms", 0..=LONGEST_SILENCE_MS)?,
                );
                if fields.has("idle_timeout_ms") {
                    *idle_ms = milliseconds(fields, "idle_timeout_ms", IDLE_MS)?;
                }
                replace(respond, fields.flag("create_response")?);
                replace(interrupt, fields.flag("interrupt_response")?);
            }
            Self::Meaning {
                eagerness,
                respond,
                interrupt,
            } => {
                fields.only(&[
                    "type",
                    "eagerness",
                    "create_response",
                    "interrupt_response",
                    "model_version",
                ])?;
                fields.text("model_version")?;
                replace(eagerness, fields.one_of("eagerness", &EAGERNESS)?);
                replace(respond, fields.flag("create_response")?);
                replace(interrupt, fields.flag("interrupt_response")?);
            }
        }
        Ok(self)
    }

    pub(super) fn endpointing(detection: Option<&Self>) -> Endpointing {
        match detection.cloned() {
            None => Endpointing::Manual,
            Some(Self::Silence {
                threshold,
                preroll_ms,
                silence_ms,
                idle_ms,
                respond,
                interrupt,
            }) => {
                let threshold = threshold as f32;
                Endpointing::Silence {
                    threshold,
                    preroll_ms,
                    silence_ms,
                    idle_ms,
                    respond,
                    interrupt,
                }
            }
            Some(Self::Meaning {
                eagerness,
                respond,
                interrupt,
            }) => Endpointing::Meaning {
                eagerness,
                respond,
                interrupt,
            },
        }
    }

    pub(super) fn echo(&self) -> Value {
        match self {
            Self::Silence {
                threshold,
                preroll_ms,
                silence_ms,
                idle_ms,
                respond,
                interrupt,
            } => json!({
                "type": "server_vad",
                "threshold": threshold,
                "prefix_padding_ms": preroll_ms,
                "silence_duration_ms": silence_ms,
                "idle_timeout_ms": idle_ms,
                "create_response": respond,
                "interrupt_response": interrupt,
            }),
            Self::Meaning {
                eagerness,
                respond,
                interrupt,
            } => json!({
                "type": "semantic_vad",
                "eagerness": eagerness,
                "create_response": respond,
                "interrupt_response": interrupt,
            }),
        }
    }
}

fn replace<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn milliseconds(
    fields: &Fields<'_>,
    name: &str,
    range: std::ops::RangeInclusive<u64>,
) -> Result<Option<u32>, Bad> {
    // The ranges end far below `u32::MAX`.
    Ok(fields.integer(name, range)?.map(|number| number as u32))
}
