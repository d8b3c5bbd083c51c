//! The six engines of a session, as it holds them, and what they cannot do.

use models_engine::{Ability, Card, Endpointer, VoiceDetector};
use models_host::{EndpointerPort, LanguagePort, RecognizerPort, RetrieverPort, SynthesizerPort};
use signaling_protocol::model::{Engine, Event, Settings};
use std::sync::Arc;

/// Makes a voice detector for each session.
pub type VoiceDetectors = Arc<dyn Fn() -> Box<dyn VoiceDetector> + Send + Sync>;

/// Cheap to clone: ports share their engines.
#[derive(Clone)]
pub struct Engines {
    pub voice_detectors: VoiceDetectors,
    pub endpointer: Arc<dyn Endpointer>,
    /// The same engine on threads of its own, where it listens to the sound, too.
    pub sound_endpointer: Option<EndpointerPort>,
    /// None where no recognizer is installed: the conversation is typed.
    pub recognizer: Option<RecognizerPort>,
    pub retriever: Option<RetrieverPort>,
    pub language_model: LanguagePort,
    /// None where no voice is installed: replies are read.
    pub synthesizer: Option<SynthesizerPort>,
}

impl Engines {
    /// Who fills each seam, for the page and the log.
    pub fn roll(&self) -> Vec<Engine> {
        let voices = self
            .synthesizer
            .as_ref()
            .map(SynthesizerPort::voices)
            .unwrap_or_default();
        let mut synthesizer = entry("synthesizer", self.synthesizer.as_ref().map(|s| s.card()));
        synthesizer.voices = voices;
        vec![
            entry("voice_detector", Some((self.voice_detectors)().card())),
            entry("endpointer", Some(self.endpointer.card())),
            entry(
                "recognizer",
                self.recognizer.as_ref().map(RecognizerPort::card),
            ),
            entry(
                "retriever",
                self.retriever.as_ref().map(RetrieverPort::card),
            ),
            entry("language_model", Some(self.language_model.card())),
            synthesizer,
        ]
    }

    /// A reply that may be in vain would keep nobody waiting.
    pub(crate) fn have_room(&self) -> bool {
        let voice = self.synthesizer.as_ref();
        self.language_model.0.has_room() && voice.is_none_or(|voice| voice.0.has_room())
    }

    /// What these settings ask and no engine here can do. Nothing is silently ignored.
    pub(crate) fn shortcomings(&self, settings: &Settings) -> Vec<Event> {
        let model = self.language_model.card();
        let mut notices = Vec::new();
        let mut say = |code: &str, message: String| {
            notices.push(Event::Notice {
                code: code.to_owned(),
                message,
            });
        };
        if !settings.instructions.trim().is_empty() && !model.can(Ability::Instructions) {
            let name = &model.name;
            say(
                "instructions_not_followed",
                format!(
                    "{name} answers from the knowledge base and does not follow instructions. \
                 Start the server with --llm to use a language model that does."
                ),
            );
        }
        if !settings.tools.is_empty() && !model.can(Ability::Tools) {
            let names: Vec<&str> = settings
                .tools
                .iter()
                .map(|tool| tool.name.as_str())
                .collect();
            let (name, tools) = (&model.name, names.join(", "));
            say(
                "tools_not_called",
                format!("{name} calls no tools: {tools} will not be used."),
            );
        }
        self.voice_shortcomings(settings, &mut say);
        if let Some(language) = &settings.language
            && !language.to_ascii_lowercase().starts_with("en")
            && !self
                .recognizer
                .as_ref()
                .is_some_and(|r| r.card().can(Ability::Languages))
        {
            say(
                "language_not_understood",
                format!("only English is understood here, not \"{language}\"."),
            );
        }
        if self.recognizer.is_none() {
            say(
                "no_recognizer",
                "no recognizer is installed on this server: type instead of \
                speaking. On Debian: apt-get install libpocketsphinx3 pocketsphinx-en-us"
                    .into(),
            );
        }
        notices
    }

    fn voice_shortcomings(&self, settings: &Settings, say: &mut dyn FnMut(&str, String)) {
        let Some(synthesizer) = &self.synthesizer else {
            say(
                "no_voice",
                "no voice is installed on this server: replies are text only. \
                On Debian: apt-get install flite"
                    .into(),
            );
            return;
        };
        let voices = synthesizer.voices();
        if let Some(voice) = &settings.voice
            && !voices.contains(voice)
        {
            let (have, used) = (
                voices.join(", "),
                voices.first().cloned().unwrap_or_default(),
            );
            say(
                "voice_unknown",
                format!("there is no voice \"{voice}\" here; {used} speaks. Voices: {have}."),
            );
        }
        if (settings.speed - 1.0).abs() > f32::EPSILON && !synthesizer.card().can(Ability::Speed) {
            say(
                "speed_not_changed",
                "this voice speaks at one speed only.".into(),
            );
        }
    }
}

fn entry(seam: &str, card: Option<Card>) -> Engine {
    let (name, grade) = match card {
        Some(card) => (card.name, card.grade.name().to_owned()),
        None => ("none".to_owned(), "none".to_owned()),
    };
    Engine {
        seam: seam.to_owned(),
        name,
        grade,
        voices: Vec::new(),
    }
}
