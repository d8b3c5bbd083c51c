//! Which engine fills which seam, and the pools they run in.

mod apart;
mod native;
mod warm;

pub(crate) use apart::load as load_apart;

use crate::config::{Config, Language, Recognition, Synthesis, VoiceDetection};
use crate::meaning::Learning;
use crate::models;
use models_apart::{Apart, Gauges};
use models_builtin::{RuleEndpointer, Sphinx, SphinxOptions};
use models_engine::scripted::{
    ScriptedEndpointer, ScriptedLanguage, ScriptedRecognizer, ScriptedRetriever,
    ScriptedSynthesizer, ScriptedVoice,
};
use models_engine::{LanguageModel, Recognizer, Retriever, Synthesizer};
use models_host::{
    LanguagePort, Pool, PoolOptions, RecognizerPort, RetrieverPort, SynthesizerPort,
};
use models_knowledge::Knowledge;
use models_remote::{Remote, RemoteOptions};
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
    let learning = searched.then(|| Learning::begin(&knowledge, config.knowledge.as_deref()));
    let apart = apart::begin(config, &mut remarks)?;
    let (language_model, gauges) = language_model(config, apart.as_ref())?;
    let engines = Engines {
        voice_detectors: voice_detectors(config, &mut remarks),
        endpointer: match config.recognizer {
            Recognition::Scripted => Arc::new(ScriptedEndpointer::always(1.0)),
            _ => Arc::new(RuleEndpointer::new()),
        },
        recognizer: recognizer(config, &knowledge, apart.as_ref(), &mut remarks)?,
        retriever: Some(RetrieverPort(retrieval(config, knowledge))),
        language_model: LanguagePort(language_model),
        synthesizer: synthesizer(config, apart.as_ref(), &mut remarks)?,
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

fn recognizer(
    config: &Config,
    knowledge: &Knowledge,
    apart: Option<&Apart>,
    remarks: &mut Vec<String>,
) -> Result<Option<RecognizerPort>, String> {
    let found = match apart {
        Some(apart) => apart.recognizer(),
        None => recognizer_here(config, knowledge, remarks)?,
    };
    let Some((engine, threads)) = found else {
        return Ok(None);
    };
    let options = PoolOptions {
        name: "recognizer",
        threads,
        waiting: WAITING,
    };
    Ok(Some(RecognizerPort(Pool::new(engine, options))))
}

/// The recognizer, and how many utterances it takes at once; none where conversations are typed.
fn recognizer_here(
    config: &Config,
    knowledge: &Knowledge,
    remarks: &mut Vec<String>,
) -> Result<Ears, String> {
    let asked = config.recognizer_threads;
    let mut threads = if asked == 0 { cores().max(2) } else { asked };
    let engine: Arc<dyn Recognizer> = match config.recognizer {
        Recognition::None => return Ok(None),
        Recognition::Whisper => {
            let (whisper, slots) = native::whisper(config, knowledge.headings(), cores())?;
            threads = slots;
            whisper
        }
        Recognition::Scripted => Arc::new(ScriptedRecognizer::hearing("what is repartee")),
        Recognition::PocketSphinx => match sphinx(knowledge, threads) {
            Ok(sphinx) => Arc::new(sphinx),
            Err(message) => {
                remarks.push(format!("Conversations are typed, not spoken: {message}"));
                return Ok(None);
            }
        },
    };
    warm::recognizer(&*engine)?;
    Ok(Some((engine, threads)))
}

fn retrieval(config: &Config, knowledge: Arc<Knowledge>) -> Pool<dyn Retriever> {
    let engine: Arc<dyn Retriever> = match config.language_model {
        Language::Scripted => Arc::new(ScriptedRetriever::of(Vec::new())),
        _ => knowledge,
    };
    Pool::new(
        engine,
        PoolOptions {
            name: "retriever",
            threads: 2,
            waiting: WAITING,
        },
    )
}

fn language_model(
    config: &Config,
    apart: Option<&Apart>,
) -> Result<(Pool<dyn LanguageModel>, Option<Gauges>), String> {
    let (engine, threads, gauges) = match apart.and_then(Apart::language_model) {
        Some((engine, threads)) => (engine, threads, None),
        None => language_model_here(config)?,
    };
    let options = PoolOptions {
        name: "language",
        threads,
        waiting: WAITING,
    };
    Ok((Pool::new(engine, options), gauges))
}

/// The language model, how many replies it composes at once, and what it counts.
type Words = (Arc<dyn LanguageModel>, usize, Option<Gauges>);

fn language_model_here(config: &Config) -> Result<Words, String> {
    let (engine, threads, gauges): Words = match config.language_model {
        Language::Quote => (Arc::new(models_builtin::quote::Quoter::new()), 2, None),
        Language::Llama => native::llama(config, cores())?,
        Language::Scripted => (Arc::new(ScriptedLanguage::echo()), 2, None),
        Language::Remote => {
            let options = RemoteOptions {
                base_url: config.llm_url.clone().unwrap_or_default(),
                key: config.llm_key.clone(),
                model: config.llm_model.clone(),
            };
            let remote = Arc::new(Remote::new(options).map_err(|failure| failure.to_string())?);
            let warming = Arc::clone(&remote);
            // A chat server that is away now may be there when somebody calls.
            std::thread::spawn(move || {
                if let Err(failure) = warming.warm() {
                    tracing::warn!("{failure}");
                }
            });
            // Its threads wait for the network, one a reply.
            (remote, config.most_calls.clamp(4, 64), None)
        }
    };
    warm::language_model(&*engine)?;
    Ok((engine, threads, gauges))
}

fn synthesizer(
    config: &Config,
    apart: Option<&Apart>,
    remarks: &mut Vec<String>,
) -> Result<Option<SynthesizerPort>, String> {
    let found = match apart {
        Some(apart) if apart::holds_synthesizer(config) => {
            apart.synthesizer().or_else(|| flite(remarks))
        }
        _ => synthesizer_here(config, remarks)?,
    };
    let Some((engine, threads)) = found else {
        return Ok(None);
    };
    let options = PoolOptions {
        name: "voice",
        threads,
        waiting: WAITING,
    };
    Ok(Some(SynthesizerPort(Pool::new(engine, options))))
}

type Ears = Option<(Arc<dyn Recognizer>, usize)>;
type Voice = Option<(Arc<dyn Synthesizer>, usize)>;

/// The synthesizer, and how many phrases it speaks at once; none where replies are read.
fn synthesizer_here(config: &Config, remarks: &mut Vec<String>) -> Result<Voice, String> {
    Ok(match config.synthesizer {
        Synthesis::None => None,
        Synthesis::Scripted => Some((Arc::new(ScriptedSynthesizer::new()), cores().max(2))),
        Synthesis::Flite => flite(remarks),
        Synthesis::Kokoro => match native::kokoro(config, cores(), remarks) {
            Ok(kokoro) => Some(kokoro),
            // Not every export runs on every runtime: a set that was pulled whole speaks all the same.
            Err(message) if config.models_set.is_some() => {
                remarks.push(format!(
                    "The built-in voice speaks, for Kokoro cannot: {message}"
                ));
                flite(remarks)
            }
            Err(message) => return Err(message),
        },
    })
}

fn flite(remarks: &mut Vec<String>) -> Voice {
    match models_builtin::synthesizer() {
        Ok(engine) => Some((engine, cores().max(2))),
        Err(failure) => {
            remarks.push(format!("Replies are read, not spoken: {failure}"));
            None
        }
    }
}
