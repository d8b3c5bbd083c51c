//! The synthesizer on Kokoro's ONNX files: text to phonemes, phonemes to speech, one clause at a time.

mod cache;
mod clause;
mod graph;
mod join;
mod onnx;
mod pronounce;
mod speaking;
mod spoken;
mod vocabulary;
mod voices;

use cache::{Cache, Phrase};
use clause::Lengths;
use graph::Graph;
use models_engine::{Ability, Cancel, Card, Failure, Grade, Script, Spoken, Stopped, Synthesizer};
use onnx::Onnx;
use onnx::by_rten::ByRten;
use pronounce::Pronouncer;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use voices::{Blend, Voices};

/// Samples a second of all that Kokoro says.
const RATE: u32 = 24_000;

/// How much is emitted at once: 20 ms, so that a cancel is seen between any two.
const PIECE: usize = RATE as usize / 50;

/// The published file of full precision has a third of a gigabyte.
const MOST_BYTES: u64 = 2 << 30;

/// How Kokoro is to be run.
#[derive(Clone, Debug)]
pub struct KokoroOptions {
    /// An ONNX file of Kokoro-82M, in any published export.
    pub model: PathBuf,
    /// A folder of raw voices, or kokoro-onnx's archive of them.
    pub voices: PathBuf,
    /// The voice where a session names none: a name, or a blend such as "af_heart:0.6+bm_george:0.4".
    pub voice: Option<String>,
    /// Threads for a run.
    pub threads: usize,
}

impl KokoroOptions {
    pub fn new(model: impl Into<PathBuf>, voices: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            voices: voices.into(),
            voice: None,
            threads: 1,
        }
    }
}

/// The network, its voices, and what it said before.
pub struct Kokoro {
    graph: Graph,
    voices: Voices,
    american: OnceLock<Pronouncer>,
    british: OnceLock<Pronouncer>,
    cache: Mutex<Cache>,
    name: String,
}

impl Kokoro {
    /// Loads the network and the voices, and says a word once, so that what does not work shows now.
    pub fn load(options: &KokoroOptions) -> Result<Self, Failure> {
        let voices = Voices::load(&options.voices, options.voice.as_deref())?;
        let file = options.model.display().to_string();
        let onnx = network(&options.model, options.threads)?;
        let graph = Graph::read(&file, onnx)?;
        let stem = options.model.file_stem().unwrap_or_default();
        let kokoro = Self {
            name: format!("Kokoro {} on {}", stem.to_string_lossy(), graph.runtime()),
            graph,
            voices,
            american: OnceLock::new(),
            british: OnceLock::new(),
            cache: Mutex::default(),
        };
        kokoro.warm(&file)?;
        Ok(kokoro)
    }

    fn warm(&self, file: &str) -> Result<(), Failure> {
        let told = |why| Failure::new(format!("{file} does not speak: {why}"));
        let word = Script {
            text: "Hello.".to_owned(),
            voice: None,
            speed: 1.0,
        };
        let spoken = self.say(&word, &mut |_| {}, &Cancel::new()).map_err(told)?;
        if spoken == 0 {
            return Err(told(Stopped::failed("a word came out as silence")));
        }
        Ok(())
    }

    fn pronouncer(&self, voice: &Blend) -> &Pronouncer {
        if voice.is_british() {
            self.british.get_or_init(Pronouncer::british)
        } else {
            self.american.get_or_init(Pronouncer::american)
        }
    }

    /// Short pieces where a run cannot be stopped.
    fn lengths(&self) -> Lengths {
        Lengths {
            first: 60,
            most: if self.graph.stops_within() { 300 } else { 150 },
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // The cache is whole between any two statements.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn network(model: &Path, threads: usize) -> Result<Box<dyn Onnx>, Failure> {
    let name = model.display().to_string();
    let told = |error: std::io::Error| Failure::new(format!("{name}: {error}"));
    if std::fs::metadata(model).map_err(told)?.len() > MOST_BYTES {
        return Err(Failure::new(format!("{name} is too large for Kokoro")));
    }
    let bytes = std::fs::read(model).map_err(told)?;
    onnx::check(&name, &bytes)?;
    Ok(Box::new(ByRten::load(&name, bytes, threads)?))
}

impl Synthesizer for Kokoro {
    fn card(&self) -> Card {
        let card = Card::new(&self.name, Grade::Local);
        if self.graph.takes_any_speed() {
            card.with(Ability::Speed)
        } else {
            card
        }
    }

    fn rate(&self) -> u32 {
        RATE
    }

    fn voices(&self) -> Vec<String> {
        self.voices.names()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        cancel.check()?;
        let samples = self.say(script, emit, cancel)?;
        Ok(Spoken { samples })
    }
}
