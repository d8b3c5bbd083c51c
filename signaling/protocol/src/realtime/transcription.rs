//! `transcription`: what the client says about the caller's language and words.

use super::fields::{Fields, text};
use crate::Bad;
use serde_json::{Value, json};

const MOST_LANGUAGES: usize = 32;
const MOST_KEYWORDS: usize = 1_000;
const DELAYS: [(&str, &str); 5] = [
    ("minimal", "minimal"),
    ("low", "low"),
    ("medium", "medium"),
    ("high", "high"),
    ("xhigh", "xhigh"),
];

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Transcription {
    model: String,
    language: Option<String>,
    languages: Option<Vec<String>>,
    prompt: Option<String>,
    keywords: Option<Vec<String>>,
    delay: Option<&'static str>,
}

impl Transcription {
    pub(super) fn new(model: String) -> Self {
        Self {
            model,
            ..Self::default()
        }
    }

    /// Only what is present changes; null takes a hint back.
    pub(super) fn updated(mut self, wanted: &Value, path: String) -> Result<Self, Bad> {
        let fields = Fields::of(wanted, path)?;
        fields.only(&[
            "model",
            "language",
            "languages",
            "prompt",
            "keywords",
            "delay",
        ])?;
        if let Some(model) = fields.text("model")? {
            self.model = model.to_owned();
        }
        if fields.has("language") {
            self.language = fields.text("language")?.map(str::to_owned);
        }
        if fields.has("languages") {
            self.languages = texts(&fields, "languages", MOST_LANGUAGES)?;
        }
        if fields.has("prompt") {
            self.prompt = fields.text("prompt")?.map(str::to_owned);
        }
        if fields.has("keywords") {
            self.keywords = texts(&fields, "keywords", MOST_KEYWORDS)?;
        }
        if fields.has("delay") {
            self.delay = fields.one_of("delay", &DELAYS)?;
        }
        Ok(self)
    }

    pub(super) fn language(&self) -> Option<String> {
        let first = || {
            self.languages
                .as_ref()
                .and_then(|languages| languages.first())
        };
        self.language
            .as_ref()
            .or_else(first)
            .filter(|language| !language.is_empty())
            .cloned()
    }

    /// Keywords and prompt say the same to a recogniser: words that are likely.
    pub(super) fn vocabulary(&self) -> Option<String> {
        let keywords = self.keywords.iter().flatten();
        let words: Vec<&str> = keywords.chain(&self.prompt).map(String::as_str).collect();
        Some(words.join(" ")).filter(|words| !words.trim().is_empty())
    }

    pub(super) fn echo(&self) -> Value {
        let mut echo = json!({"model": self.model});
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                echo[name] = value;
            }
        };
        add("language", self.language.as_deref().map(Value::from));
        add("languages", self.languages.as_ref().map(|list| json!(list)));
        add("prompt", self.prompt.as_deref().map(Value::from));
        add("keywords", self.keywords.as_ref().map(|list| json!(list)));
        add("delay", self.delay.map(Value::from));
        echo
    }
}

fn texts(fields: &Fields<'_>, name: &str, most: usize) -> Result<Option<Vec<String>>, Bad> {
    let Some(list) = fields.list(name, most)? else {
        return Ok(None);
    };
    let one =
        |(index, value)| text(value, format!("{}[{index}]", fields.at(name))).map(str::to_owned);
    list.iter()
        .enumerate()
        .map(one)
        .collect::<Result<_, _>>()
        .map(Some)
}
