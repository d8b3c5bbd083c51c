//! The synthesizer on Kokoro's ONNX files: text to phonemes, phonemes to speech, one clause at a time.

mod cache;
mod clause;
mod graph;
mod join;
mod lanes;
mod marks;
mod onnx;
mod pronounce;
mod speaking;
mod vocabulary;
mod voices;

use cache::{Cache, Phrase};
use clause::Lengths;
use graph::Graph;
use lanes::Lanes;
use models_engine::{Ability, Cancel, Card, Failure, Grade, Script, Spoken, Stopped, Synthesizer};
use onnx::Onnx;
use onnx::by_ort::{self, ByOrt, OrtOptions};
use onnx::by_rten::ByRten;
use pronounce::{Dictionary, Pronouncer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use voices::{Blend, Voices};

/// Samples a second of all that Kokoro says.
const RATE: u32 = 24_000;

/// How much is emitted at once: 20 ms, so that a cancel is seen between any two.
const PIECE: usize = RATE as usize / 50;

/// The published file of full precision has a third of a gigabyte.
const MOST_BYTES: u64 = 2 << 30;

/// What runs the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// ONNX Runtime where its library is found, else rten.
    #[default]
    Auto,
    /// Compiled in; on the CPU, and a run once begun goes to its end.
    Rten,
    /// ONNX Runtime, whose library must be found.
    Ort,
}

/// How Kokoro is to be run.
#[derive(Clone, Debug)]
pub struct KokoroOptions {
    /// An ONNX file of Kokoro-82M, in any published export.
    pub model: PathBuf,
    /// A folder of raw voices, or kokoro-onnx's archive of them.
    pub voices: PathBuf,
    /// The voice where a session names none: a name, or a blend such as "af_heart:0.6+bm_george:0.4".
    pub voice: Option<String>,
    pub runtime: Runtime,
    /// ONNX Runtime's library; `None`: looked for beside the program, in `library_folders` and where the system looks.
    pub library: Option<PathBuf>,
    pub library_folders: Vec<PathBuf>,
    /// A dictionary in the form of PocketSphinx's, for words that ours lacks; passed over where there is none.
    pub dictionary: Option<PathBuf>,
    /// Runs at once. On ONNX Runtime each holds the weights once more.
    pub runs: usize,
    /// Threads for all of them.
    pub threads: usize,
    /// Says a word while it is loaded, so that a network that does not speak is found out, and the first phrase is not late.
    pub warm: bool,
}

impl KokoroOptions {
    pub fn new(model: impl Into<PathBuf>, voices: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            voices: voices.into(),
            voice: None,
            runtime: Runtime::Auto,
            library: None,
            library_folders: Vec::new(),
            dictionary: None,
            runs: 1,
            threads: 1,
            warm: true,
        }
    }
}

/// The network, its voices, and what it said before.
pub struct Kokoro {
    graph: Graph,
    voices: Voices,
    dictionary: Option<Arc<Dictionary>>,
    american: OnceLock<Pronouncer>,
    british: OnceLock<Pronouncer>,
    cache: Mutex<Cache>,
    lanes: Lanes,
    name: String,
    remark: Option<String>,
}

impl Kokoro {
    /// Loads the network and the voices, and says a word once, so that what does not work shows now.
    pub fn load(options: &KokoroOptions) -> Result<Self, Failure> {
        let voices = Voices::load(&options.voices, options.voice.as_deref())?;
        let file = options.model.display().to_string();
        let (onnx, remark) = network(options)?;
        let graph = Graph::read(&file, onnx)?;
        let stem = options.model.file_stem().unwrap_or_default();
        let kokoro = Self {
            name: format!("Kokoro {}", stem.to_string_lossy()),
            // Where a run cannot be stopped, the next one does not wait for what nobody wants any more.
            lanes: Lanes::new(options.runs + usize::from(!graph.stops_within())),
            remark,
            graph,
            voices,
            dictionary: options
                .dictionary
                .as_deref()
                .and_then(Dictionary::read)
                .map(Arc::new),
            american: OnceLock::new(),
            british: OnceLock::new(),
            cache: Mutex::default(),
        };
        if options.warm {
            kokoro.warm(&file)?;
        }
        Ok(kokoro)
    }

    /// What runs the network, for the log.
    pub fn runtime(&self) -> &str {
        self.graph.runtime()
    }

    /// A sentence about what is missing and what stands in for it.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    fn warm(&self, file: &str) -> Result<(), Failure> {
        let told = |why| {
            let hint = match self.runtime() {
                "rten" => "; some exports run on ONNX Runtime only: sh models/setup.sh onnxruntime",
                _ => "",
            };
            Failure::new(format!("{file} does not speak: {why}{hint}"))
        };
        let word = Script {
            text: "Hello.".to_owned(),
            voice: None,
            speed: 1.0,
        };
        let spoken = self.say(&word, &mut |_| {}, &Cancel::new()).map_err(told)?;
        if spoken.samples == 0 {
            return Err(told(Stopped::failed("a word came out as silence")));
        }
        Ok(())
    }

    fn pronouncer(&self, voice: &Blend) -> &Pronouncer {
        let more = || self.dictionary.clone();
        if voice.is_british() {
            self.british.get_or_init(|| Pronouncer::british(more()))
        } else {
            self.american.get_or_init(|| Pronouncer::american(more()))
        }
    }

    /// Short pieces where a run cannot be stopped.
    fn lengths(&self) -> Lengths {
        Lengths {
            first: 40,
            most: if self.graph.stops_within() { 200 } else { 90 },
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // The cache is whole between any two statements.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The loaded network, and a remark where something else stands in for what was wanted.
fn network(options: &KokoroOptions) -> Result<(Box<dyn Onnx>, Option<String>), Failure> {
    let (name, bytes) = read(&options.model)?;
    let ort = OrtOptions {
        library: options.library.as_deref(),
        folders: &options.library_folders,
        runs: options.runs,
        threads: options.threads,
    };
    let mut remark = None;
    if options.runtime != Runtime::Rten {
        match by_ort::find(&ort) {
            Ok(found) => return Ok((Box::new(ByOrt::load(&found, &name, &bytes, &ort)?), None)),
            // Who names a library wants that one.
            Err(why) if options.runtime == Runtime::Ort || options.library.is_some() => {
                return Err(Failure::new(why));
            }
            Err(why) => remark = Some(format!("Kokoro runs on rten: {why}")),
        }
    }
    let rten = ByRten::load(&name, bytes, options.threads)?;
    Ok((Box::new(rten), remark))
}

fn read(model: &Path) -> Result<(String, Vec<u8>), Failure> {
    let name = model.display().to_string();
    let told = |error: std::io::Error| Failure::new(format!("{name}: {error}"));
    if std::fs::metadata(model).map_err(told)?.len() > MOST_BYTES {
        return Err(Failure::new(format!("{name} is too large for Kokoro")));
    }
    let bytes = std::fs::read(model).map_err(told)?;
    onnx::check(&name, &bytes)?;
    Ok((name, bytes))
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
        self.say(script, emit, cancel)
    }
}
