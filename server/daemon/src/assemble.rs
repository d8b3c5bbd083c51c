//! Which engine fills which seam, and the pools they run in.

mod apart;
mod lines;
mod native;
mod remote;
mod scripted;
mod warm;

pub(crate) use apart::load as load_apart;

use crate::config::{Config, Ending, Language, Recognition, Synthesis, VoiceDetection};
use crate::meaning::Learning;
use crate::models;
use models_apart::{Apart, Gauges};
use models_builtin::{Quoter, RuleEndpointer, SMART_TURN_FILE, SmartTurn, Sphinx, SphinxOptions};
use models_engine::scripted::{ScriptedEndpointer, ScriptedVoice};
use models_engine::{Endpointer, LanguageModel, Recognizer, Retriever, Synthesizer};
use models_host::{
    EndpointerPort, LanguagePort, Pool, PoolOptions, RecognizerPort, RetrieverPort, SynthesizerPort,
};
use models_knowledge::Knowledge;
use scripted::Script;
use server_session::Engines;
use std::path::PathBuf;
use std::sync::Arc;

/// Jobs that may wait for an engine before callers are told that the server is too busy.
const WAITING: usize = 256;

/// The engines, and what the people should know about them.
pub(crate) struct Assembled {
    pub(crate) engines: Engines,
    /// Sentences for the log: what is missing, what stands in for it.
    pub(crate) remarks: Vec<String>,
    /// Where native engines run in a process of their own.
    pub(crate) apart: Option<Apart>,
    /// What engines in this process count.
    pub(crate) gauges: Option<Gauges>,
}

/// Loads every engine: seconds, on a thread of its own. An error is a sentence that says what to do.
pub(crate) fn assemble(config: &Config) -> Result<Assembled, String> {
    let mut remarks = Vec::new();
    let config = &models::chosen(config)?;
    let knowledge = Arc::new(knowledge(config, &mut remarks)?);
    let searched = config.language_model != Language::Scripted;
    let quoter = Quoter::new();
    let learning = searched.then(|| {
        let quotes = config.language_model.has(Language::Quote);
        let quoter = quotes.then(|| quoter.clone());
        Learning::begin(&knowledge, config.knowledge.as_deref(), quoter)
    });
    let apart = apart::begin(config, &mut remarks)?;
    let (language_model, gauges) = lines::language_models(config, &quoter, apart.as_ref())?;
    let recognizer = lines::recognizers(config, &knowledge, apart.as_ref(), &mut remarks)?;
    let endpointer = endpointer(config, &mut remarks)?;
    let engines = Engines {
        voice_detectors: voice_detectors(config, &mut remarks),
        sound_endpointer: sound_endpointer(&endpointer),
        endpointer,
        recognizer: recognizer.map(RecognizerPort),
        retriever: Some(RetrieverPort(retrieval(config, knowledge)?)),
        language_model: LanguagePort(language_model),
        synthesizer: lines::synthesizers(config, apart.as_ref(), &mut remarks)?
            .map(SynthesizerPort),
    };
    remarks.extend(learning.and_then(Learning::finish));
    Ok(Assembled {
        engines,
        remarks,
        apart,
        gauges,
    })
}

/// Where the weights lie that set-up fetched: the caller's cache folder, shared by all servers.
pub(crate) fn weights() -> Option<PathBuf> {
    std::env::var_os("REPARTEE_WEIGHTS")
        .map(PathBuf::from)
        .or_else(|| dirs::cache_dir().map(|cache| cache.join("repartee/weights")))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn knowledge(config: &Config, remarks: &mut Vec<String>) -> Result<Knowledge, String> {
    let Some(folder) = &config.knowledge else {
        return Ok(Knowledge::embedded());
    };
    let (knowledge, warnings) = Knowledge::open(folder).map_err(|error| error.to_string())?;
    remarks.extend(warnings.iter().map(ToString::to_string));
    Ok(knowledge)
}

fn voice_detectors(config: &Config, remarks: &mut Vec<String>) -> server_session::VoiceDetectors {
    match config.voice_detector {
        VoiceDetection::Scripted => Arc::new(|| Box::new(ScriptedVoice::new())),
        VoiceDetection::Earshot => models_builtin::voice_detectors(None).make,
        VoiceDetection::Silero => {
            let found = models_builtin::voice_detectors(weights().as_deref());
            remarks.extend(found.fallback);
            found.make
        }
    }
}

fn endpointer(config: &Config, remarks: &mut Vec<String>) -> Result<Arc<dyn Endpointer>, String> {
    let rules = || Arc::new(RuleEndpointer::new());
    let smart = || {
        let folder = weights().unwrap_or_default();
        SmartTurn::load(&folder.join(SMART_TURN_FILE))
    };
    Ok(match (config.recognizer.first, config.endpointer) {
        (Recognition::Scripted, _) => Arc::new(ScriptedEndpointer::always(1.0)),
        (Recognition::None, _) | (_, Ending::Rules) => rules(),
        (_, Ending::SmartTurn) => match smart() {
            Ok(smart) => Arc::new(smart),
            Err(failure) => {
                remarks.push(format!(
                    "The end of an utterance is judged by its words alone: {failure}. \
                     models/setup.sh fetches Smart Turn's weights."
                ));
                rules()
            }
        },
    })
}

/// Threads for one that listens. Who would have to wait long is judged by words alone, so few may wait.
fn sound_endpointer(endpointer: &Arc<dyn Endpointer>) -> Option<EndpointerPort> {
    let options = PoolOptions {
        name: "endpointer",
        threads: (cores() / 2).max(1),
        waiting: 4,
    };
    let listens = endpointer.listens();
    listens.then(|| EndpointerPort(Pool::new(Arc::clone(endpointer), options)))
}

/// The server's recognizer, loaded with the words of its knowledge.
pub(crate) fn sphinx(knowledge: &Knowledge, decoders: usize) -> Result<Sphinx, String> {
    let knowledge = knowledge
        .sentences()
        .into_iter()
        .chain(knowledge.headings())
        .collect();
    Sphinx::load(&SphinxOptions {
        knowledge,
        decoders,
    })
    .map_err(|failure| failure.message)
}

/// The recognizer, and how many utterances it takes at once; none where conversations are typed.
type Ears = Option<(Arc<dyn Recognizer>, usize)>;

fn recognizer_here(
    kind: Recognition,
    config: &Config,
    knowledge: &Knowledge,
    warm: bool,
    remarks: &mut Vec<String>,
) -> Result<Ears, String> {
    let asked = config.recognizer_threads;
    let mut threads = if asked == 0 { cores().max(2) } else { asked };
    let engine: Arc<dyn Recognizer> = match kind {
        Recognition::None => return Ok(None),
        Recognition::Whisper => {
            let (whisper, slots) = native::whisper(config, knowledge.headings(), cores())?;
            threads = slots;
            whisper
        }
        Recognition::Remote => {
            threads = remote::threads(config);
            remote::recognizer(config, knowledge.headings())?
        }
        Recognition::Scripted => Arc::new(Script::read()?.recognizer()),
        Recognition::PocketSphinx => match sphinx(knowledge, threads) {
            Ok(sphinx) => Arc::new(sphinx),
            Err(message) => {
                remarks.push(match config.recognizer.first {
                    Recognition::PocketSphinx => {
                        format!("Conversations are typed, not spoken: {message}")
                    }
                    _ => format!("Nobody takes over when the recognizer fails: {message}"),
                });
                return Ok(None);
            }
        },
    };
    if warm {
        warm::recognizer(&*engine)?;
    }
    Ok(Some((engine, threads)))
}

fn retrieval(config: &Config, knowledge: Arc<Knowledge>) -> Result<Pool<dyn Retriever>, String> {
    let engine: Arc<dyn Retriever> = match config.language_model.first {
        Language::Scripted => Arc::new(Script::read()?.retriever()),
        _ => knowledge,
    };
    let options = PoolOptions {
        name: "retriever",
        threads: 2,
        waiting: WAITING,
    };
    Ok(Pool::new(engine, options))
}

/// The language model, how many replies it composes at once, and what it counts.
type Words = (Arc<dyn LanguageModel>, usize, Option<Gauges>);

fn language_model_here(
    kind: Language,
    config: &Config,
    quoter: &Quoter,
    warm: bool,
) -> Result<Words, String> {
    let (engine, threads, gauges): Words = match kind {
        Language::Quote => (Arc::new(quoter.clone()), 2, None),
        Language::Llama => native::llama(config, cores())?,
        Language::Scripted => (Arc::new(Script::read()?.language_model()), 2, None),
        Language::Remote => {
            let threads = remote::threads(config);
            (remote::language_model(config)?, threads, None)
        }
    };
    if warm {
        warm::language_model(&*engine)?;
    }
    Ok((engine, threads, gauges))
}

/// The synthesizer, and how many phrases it speaks at once; none where replies are read.
type Voice = Option<(Arc<dyn Synthesizer>, usize)>;

fn synthesizer_here(
    kind: Synthesis,
    config: &Config,
    warm: bool,
    remarks: &mut Vec<String>,
) -> Result<Voice, String> {
    Ok(match kind {
        Synthesis::None => None,
        Synthesis::Scripted => {
            let engine = Script::read()?.synthesizer();
            Some((Arc::new(engine), cores().max(2)))
        }
        Synthesis::Flite => flite(config, remarks),
        Synthesis::Remote => Some((remote::synthesizer(config)?, remote::threads(config))),
        Synthesis::Kokoro => match native::kokoro(config, cores(), warm, remarks) {
            Ok(kokoro) => Some(kokoro),
            // Not every export runs on every runtime: a set that was pulled whole speaks all the same.
            Err(message) if config.models_set.is_some() => {
                remarks.push(format!(
                    "The built-in voice speaks, for Kokoro cannot: {message}"
                ));
                flite(config, remarks)
            }
            Err(message) => return Err(message),
        },
    })
}

fn flite(config: &Config, remarks: &mut Vec<String>) -> Voice {
    match models_builtin::synthesizer() {
        Ok(engine) => Some((engine, cores().max(2))),
        Err(failure) => {
            remarks.push(match config.synthesizer.first {
                Synthesis::Remote => format!("Nobody takes over when the voice fails: {failure}"),
                _ => format!("Replies are read, not spoken: {failure}"),
            });
            None
        }
    }
}
