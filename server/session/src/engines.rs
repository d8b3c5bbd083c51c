//! The six engines of a session, as it holds them, and what they cannot do.

use crate::acting::{Acting, Seam};
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
    /// Who fills each seam, for the page and the log: the first of each line.
    pub fn roll(&self) -> Vec<Engine> {
        self.roll_of(Acting::default())
    }

    pub(crate) fn roll_of(&self, acting: Acting) -> Vec<Engine> {
        let of_line = |seam: Seam| {
            let found = self.entry(seam, acting);
            found.unwrap_or_else(|| entry(seam.name(), None))
        };
        vec![
            entry("voice_detector", Some((self.voice_detectors)().card())),
            entry("endpointer", Some(self.endpointer.card())),
            of_line(Seam::Recognizer),
            entry(
                "retriever",
                self.retriever.as_ref().map(RetrieverPort::card),
            ),
            of_line(Seam::LanguageModel),
            of_line(Seam::Synthesizer),
        ]
    }

    /// A reply that may be in vain would keep nobody waiting.
    pub(crate) fn have_room(&self) -> bool {
        let voice = self.synthesizer.as_ref();
        self.language_model.0.has_room() && voice.is_none_or(|voice| voice.0.has_room())
    }

    /// The engine that works there; `None` where the seam is empty.
    pub(crate) fn entry(&self, seam: Seam, acting: Acting) -> Option<Engine> {
        let card = self.card(seam, acting)?;
        let voices = match seam {
            Seam::Synthesizer => self.voices(acting),
            Seam::Recognizer | Seam::LanguageModel => Vec::new(),
        };
        Some(Engine {
            voices,
            ..entry(seam.name(), Some(card))
        })
    }

    fn card(&self, seam: Seam, acting: Acting) -> Option<Card> {
        let cards = match seam {
            Seam::Recognizer => self.recognizer.as_ref()?.cards(),
            Seam::LanguageModel => self.language_model.cards(),
            Seam::Synthesizer => self.synthesizer.as_ref()?.cards(),
        };
        cards.into_iter().nth(acting.at(seam))
    }

    fn voices(&self, acting: Acting) -> Vec<String> {
        let lines = self.synthesizer.as_ref().map(SynthesizerPort::all_voices);
        let voices = lines.and_then(|lines| lines.into_iter().nth(acting.at(Seam::Synthesizer)));
        voices.unwrap_or_default()
    }

    /// What these settings ask and no engine here can do. Nothing is silently ignored.
    pub(crate) fn shortcomings(&self, settings: &Settings, acting: Acting) -> Vec<Event> {
        let model = self.card(Seam::LanguageModel, acting);
        let model = model.unwrap_or_else(|| self.language_model.card());
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
        if settings.max_tokens.is_some() && !model.can(Ability::Length) {
            let name = &model.name;
            say(
                "length_not_limited",
                format!("{name} does not count tokens: max_output_tokens has no effect."),
            );
        }
        self.voice_shortcomings(settings, acting, &mut say);
        let ears = self.card(Seam::Recognizer, acting);
        let has = |ability| ears.as_ref().is_some_and(|card| card.can(ability));
        if let Some(language) = &settings.language
            && !language.to_ascii_lowercase().starts_with("en")
            && !has(Ability::Languages)
        {
            say(
                "language_not_understood",
                format!("only English is understood here, not \"{language}\"."),
            );
        }
        if let Some(card) = &ears
            && settings.vocabulary.is_some()
            && !has(Ability::Vocabulary)
        {
            let name = &card.name;
            say(
                "vocabulary_not_used",
                format!(
                    "{name} knows the words of the knowledge base besides its own: the transcription's prompt has no effect."
                ),
            );
        }
        if let Some(card) = ears.as_ref().filter(|card| !card.can(Ability::Partials)) {
            let name = &card.name;
            say(
                "no_partial_words",
                format!(
                    "{name} gives the caller's words when an utterance is over, and none before."
                ),
            );
        }
        if ears.is_none() {
            say(
                "no_recognizer",
                "no recognizer is installed on this server: type instead of \
                speaking. On Debian: apt-get install libpocketsphinx3 pocketsphinx-en-us"
                    .into(),
            );
        }
        notices
    }

    fn voice_shortcomings(
        &self,
        settings: &Settings,
        acting: Acting,
        say: &mut dyn FnMut(&str, String),
    ) {
        let Some(card) = self.card(Seam::Synthesizer, acting) else {
            say(
                "no_voice",
                "no voice is installed on this server: replies are text only. \
                On Debian: apt-get install flite"
                    .into(),
            );
            return;
        };
        let voices = self.voices(acting);
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
        if (settings.speed - 1.0).abs() > f32::EPSILON && !card.can(Ability::Speed) {
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
