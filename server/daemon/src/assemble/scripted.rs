//! Engines that follow a script, for tests and measurements: what they hear, and the fixed time that each takes.

use models_engine::scripted::{
    Conduct, ScriptedLanguage, ScriptedRecognizer, ScriptedRetriever, ScriptedSynthesizer,
};
use models_engine::{Cancel, Card, Hint, Hypothesis, Listening, Recognizer, Stopped, Transcript};
use serde::Deserialize;
use std::time::Duration;

/// Where the script stands, in JSON; no key of the configuration, for nobody's server is to follow one.
const VARIABLE: &str = "REPARTEE_SCRIPT";

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// Heard in whatever is said, and answered.
    says: String,
    recognition_ms: u64,
    search_ms: u64,
    /// Until the first word of a reply, and until the first sound of a phrase.
    words_ms: u64,
    sound_ms: u64,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            says: "what is repartee".to_owned(),
            recognition_ms: 0,
            search_ms: 0,
            words_ms: 0,
            sound_ms: 0,
        }
    }
}

impl Script {
    /// As the environment has it, or the default. An error is a sentence that says what to do.
    pub(super) fn read() -> Result<Self, String> {
        match std::env::var(VARIABLE) {
            Ok(text) => Self::parse(&text),
            Err(_) => Ok(Self::default()),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        // By name only: a row of values would be taken, too.
        let named: serde_json::Result<serde_json::Map<_, _>> = serde_json::from_str(text);
        let script = named.and_then(|named| serde_json::from_value(named.into()));
        script.map_err(|error| {
            format!("{VARIABLE} is no script such as {{\"says\": \"hello\", \"words_ms\": 150}}: {error}")
        })
    }

    pub(super) fn recognizer(&self) -> Unhurried {
        Unhurried {
            hears: ScriptedRecognizer::hearing(&self.says),
            takes: Duration::from_millis(self.recognition_ms),
        }
    }

    pub(super) fn retriever(&self) -> ScriptedRetriever {
        ScriptedRetriever::of(Vec::new()).conduct(taking(self.search_ms))
    }

    pub(super) fn language_model(&self) -> ScriptedLanguage {
        ScriptedLanguage::echo().conduct(taking(self.words_ms))
    }

    pub(super) fn synthesizer(&self) -> ScriptedSynthesizer {
        ScriptedSynthesizer::new().conduct(taking(self.sound_ms))
    }
}

/// So long before the first piece, and no time after it.
fn taking(milliseconds: u64) -> Conduct {
    let takes = Duration::from_millis(milliseconds);
    Conduct::plain().watched(move |out| {
        if out == 0 {
            wait(takes);
        }
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "an engine that takes a fixed time is what was asked for"
)]
fn wait(time: Duration) {
    if !time.is_zero() {
        std::thread::sleep(time);
    }
}

/// Tells the words of a whole utterance after a fixed time.
pub(super) struct Unhurried {
    hears: ScriptedRecognizer,
    takes: Duration,
}

impl Recognizer for Unhurried {
    fn card(&self) -> Card {
        self.hears.card()
    }

    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        let (hears, takes) = (self.hears.listen(hint)?, self.takes);
        Ok(Box::new(Taking { hears, takes }))
    }
}

struct Taking<'a> {
    hears: Box<dyn Listening + 'a>,
    takes: Duration,
}

impl Listening for Taking<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        self.hears.push(speech, cancel)
    }

    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        wait(self.takes);
        self.hears.settle(cancel)
    }

    fn finish(self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        wait(self.takes);
        self.hears.finish(cancel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_the_default_and_a_slip_is_named() {
        let script = Script::parse(r#"{"says": "hello", "sound_ms": 120}"#).expect("it is one");
        assert_eq!((script.says.as_str(), script.sound_ms), ("hello", 120));
        assert_eq!(script.recognition_ms, 0);
        assert_eq!(Script::parse("{}"), Ok(Script::default()));
        for bad in ["", "[]", r#"{"word_ms": 1}"#, r#"{"words_ms": -1}"#] {
            let told = Script::parse(bad).expect_err("it is none");
            assert!(told.contains(VARIABLE), "{told}");
        }
    }
}
