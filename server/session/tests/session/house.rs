//! A lobby, and engines that follow a script.

use crate::caller::{Caller, Plain};
use models_engine::scripted::{
    ScriptedEndpointer, ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoice,
};
use models_engine::{Endpointer, LanguageModel, Recognizer, Retriever, Synthesizer};
use models_host::{
    EndpointerPort, LanguagePort, Pool, PoolOptions, RecognizerPort, RetrieverPort, SynthesizerPort,
};
use server_session::{Engines, Lobby, LobbyOptions, NotAdmitted, SessionOptions};
use signaling_protocol::model::{Effect, Endpointing, Modality, Settings, Tool, ToolChoice};
use std::sync::Arc;

/// What the usual recognizer hears in any voice.
pub(crate) const SPOKEN: &str = "what time is it";

pub(crate) struct House {
    pub(crate) lobby: Arc<Lobby>,
    pub(crate) engines: Engines,
    pub(crate) settings: Settings,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(SessionOptions::default(), 10)
    }

    pub(crate) fn with(session: SessionOptions, most_calls: usize) -> Self {
        let options = LobbyOptions {
            most_calls,
            session,
        };
        let (lobby, engines, settings) = (Lobby::new(options), engines(), settings());
        Self {
            lobby,
            engines,
            settings,
        }
    }

    pub(crate) fn admit(&self, call: &str) -> Result<Caller, NotAdmitted> {
        let (caller, peer) = Caller::new();
        let (settings, engines) = (self.settings.clone(), self.engines.clone());
        let dialect = Box::new(Plain(settings.clone()));
        self.lobby
            .admit(call, peer, dialect, settings, engines)
            .map(|()| caller)
    }

    /// A caller who is there, and has been greeted by the engines' names.
    pub(crate) async fn caller(&self, call: &str) -> Caller {
        let mut caller = self.admit(call).expect("there is room");
        caller.arrives().await;
        caller
    }

    pub(crate) fn hears(mut self, recognizer: ScriptedRecognizer) -> Self {
        let recognizer: Arc<dyn Recognizer> = Arc::new(recognizer);
        self.engines.recognizer = Some(RecognizerPort(Pool::new(recognizer, pool("hear"))));
        self
    }

    /// An endpointer that listens to the sound, too.
    pub(crate) fn ends_by(mut self, endpointer: ScriptedEndpointer) -> Self {
        let endpointer: Arc<dyn Endpointer> = Arc::new(endpointer);
        self.engines.endpointer = Arc::clone(&endpointer);
        self.engines.sound_endpointer = Some(EndpointerPort(Pool::new(endpointer, pool("end"))));
        self
    }

    pub(crate) fn answers(mut self, model: ScriptedLanguage) -> Self {
        self.engines.language_model = language(model);
        self
    }

    /// One reply at a time.
    pub(crate) fn answers_by(mut self, model: impl LanguageModel + 'static) -> Self {
        let model: Arc<dyn LanguageModel> = Arc::new(model);
        let options = PoolOptions {
            threads: 1,
            ..pool("think")
        };
        self.engines.language_model = LanguagePort(Pool::new(model, options));
        self
    }

    /// Where the first fails, the second answers.
    pub(crate) fn answers_in_line(
        mut self,
        first: ScriptedLanguage,
        second: ScriptedLanguage,
    ) -> Self {
        let (LanguagePort(first), LanguagePort(second)) = (language(first), language(second));
        self.engines.language_model = LanguagePort(first.followed_by(second));
        self
    }

    pub(crate) fn speaks(mut self, voice: impl Synthesizer + 'static) -> Self {
        self.engines.synthesizer = Some(synthesizer(voice));
        self
    }

    /// Where the first fails, the second speaks.
    pub(crate) fn speaks_in_line(
        mut self,
        first: impl Synthesizer + 'static,
        second: impl Synthesizer + 'static,
    ) -> Self {
        let (SynthesizerPort(first), SynthesizerPort(second)) =
            (synthesizer(first), synthesizer(second));
        self.engines.synthesizer = Some(SynthesizerPort(first.followed_by(second)));
        self
    }

    pub(crate) fn looks_up(mut self, retriever: impl Retriever + 'static) -> Self {
        let retriever: Arc<dyn Retriever> = Arc::new(retriever);
        self.engines.retriever = Some(RetrieverPort(Pool::new(retriever, pool("find"))));
        self
    }
}

fn engines() -> Engines {
    let recognizer: Arc<dyn Recognizer> = Arc::new(ScriptedRecognizer::hearing(SPOKEN));
    Engines {
        voice_detectors: Arc::new(|| Box::new(ScriptedVoice::new())),
        endpointer: Arc::new(ScriptedEndpointer::always(0.5)),
        sound_endpointer: None,
        recognizer: Some(RecognizerPort(Pool::new(recognizer, pool("hear")))),
        retriever: None,
        language_model: language(ScriptedLanguage::echo()),
        synthesizer: Some(synthesizer(ScriptedSynthesizer::new())),
    }
}

fn language(model: ScriptedLanguage) -> LanguagePort {
    let model: Arc<dyn LanguageModel> = Arc::new(model);
    LanguagePort(Pool::new(model, pool("think")))
}

fn synthesizer(voice: impl Synthesizer + 'static) -> SynthesizerPort {
    let voice: Arc<dyn Synthesizer> = Arc::new(voice);
    SynthesizerPort(Pool::new(voice, pool("speak")))
}

fn pool(name: &'static str) -> PoolOptions {
    PoolOptions {
        name,
        threads: 2,
        waiting: 8,
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        instructions: String::new(),
        modality: Modality::Audio,
        voice: None,
        speed: 1.0,
        endpointing: Endpointing::Silence {
            threshold: 0.5,
            preroll_ms: 300,
            silence_ms: 300,
            idle_ms: None,
            respond: true,
            interrupt: true,
        },
        language: None,
        vocabulary: None,
        tools: Vec::new(),
        tool_choice: ToolChoice::Auto,
        parallel_calls: true,
        max_tokens: None,
    }
}

pub(crate) fn tool(name: &str, effect: Effect) -> Tool {
    Tool {
        name: name.to_owned(),
        description: format!("Does {name}."),
        parameters: "{}".to_owned(),
        effect,
    }
}
