//! Recognition by PocketSphinx, opened at run time from Debian's packages.
//!
//! A decoder takes 100 MB and hears one utterance at a time, so there is a bounded pool of them.
//! **Who waits:** nobody in here. The host runs exactly as many recogniser threads as there are
//! decoders ([`Sphinx::decoders`]), each with at most one listening, and its queue is first come,
//! first served; so a thread that listens always finds a decoder. Whoever asks for more fails at once.

mod callers;
mod corpus;
mod decoder;
mod level;
mod library;
mod listening;
mod lm;
mod noise;
mod pronounce;
mod words;

use crate::scratch::Scratch;
use callers::Callers;
use corpus::Corpus;
use decoder::{Decoder, Recipe};
use models_engine::{Ability, Card, Failure, Grade, Hint, Listening, Recognizer, Stopped};
use pronounce::Dictionary;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MODEL: &str = "/usr/share/pocketsphinx/model/en-us";

/// What the recognizer is to know before the first call.
#[derive(Clone, Debug)]
pub struct SphinxOptions {
    /// The knowledge base's sentences and headings: its words become likely.
    pub knowledge: Vec<String>,
    /// How many utterances can be heard at once; each decoder takes 100 MB.
    pub decoders: usize,
}

/// A bounded pool of decoders.
pub struct Sphinx {
    idle: Mutex<Vec<Decoder>>,
    callers: Mutex<Callers>,
    decoders: usize,
}

/// The knowledge base's own model gets this share of the probability.
const OWN_SHARE: f32 = 0.5;

impl Sphinx {
    /// Loads every decoder now, as many at a time as there are cores. The error names the Debian packages that are missing.
    pub fn load(options: &SphinxOptions) -> Result<Self, Failure> {
        library::functions()?;
        let model = Path::new(MODEL);
        if !model.join("en-us/mdef").is_file() {
            return Err(Failure::new(format!(
                "speech cannot be recognised: there is no model in {MODEL}; install Debian's \
                 package pocketsphinx-en-us"
            )));
        }
        let dictionary = Dictionary::read(&model.join("cmudict-en-us.dict"))?;
        let corpus = Corpus::of(&options.knowledge);
        let words = dictionary.complete(&corpus.vocabulary(), &corpus.spelling);
        let named: HashSet<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        let known = |word: &str| dictionary.knows(word) || named.contains(word);
        let scratch = Scratch::new()?;
        let own = scratch.write("own.lm", corpus.counts(known).arpa().as_bytes())?;
        let settings = settings(model);
        let recipe = Recipe {
            options: &settings,
            general_model: &model.join("en-us.lm.bin"),
            own_model: Some((&own, OWN_SHARE)),
            words: &words,
        };
        let decoders = options.decoders.max(1);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            idle: Mutex::new(load_side_by_side(&recipe, decoders, cores)?),
            callers: Mutex::default(),
            decoders,
        })
    }

    /// How many utterances can be heard at once, and so how many threads the host gives us.
    pub fn decoders(&self) -> usize {
        self.decoders
    }

    fn callers(&self) -> MutexGuard<'_, Callers> {
        // What is known of callers is whole between any two statements.
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Decoder>> {
        // A list of decoders is whole between any two statements.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each takes a third of a second of one core.
fn load_side_by_side(
    recipe: &Recipe<'_>,
    decoders: usize,
    cores: usize,
) -> Result<Vec<Decoder>, Failure> {
    let mut loaded = Vec::with_capacity(decoders);
    while loaded.len() < decoders {
        let more = (decoders - loaded.len()).min(cores);
        let batch: Result<Vec<Decoder>, Failure> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..more)
                .map(|_| scope.spawn(|| Decoder::new(recipe)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined
                .map(|decoder| {
                    decoder.unwrap_or_else(|_| {
                        Err(Failure::new("a decoder broke down while it was loaded"))
                    })
                })
                .collect()
        });
        loaded.extend(batch?);
    }
    Ok(loaded)
}

fn settings(model: &Path) -> Vec<(String, String)> {
    let path = |name: &str| model.join(name).display().to_string();
    [
        ("-hmm", path("en-us")),
        ("-dict", path("cmudict-en-us.dict")),
        // The second pass costs 150 ms at the end of each utterance and gains nothing.
        ("-fwdflat", "no".to_owned()),
        // Bounds the work where noise makes everything likely; on clear speech it changes nothing.
        ("-maxhmmpf", "8000".to_owned()),
        ("-maxwpf", "20".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

impl Recognizer for Sphinx {
    fn card(&self) -> Card {
        Card::new("PocketSphinx en-us", Grade::Builtin).with(Ability::Partials)
    }

    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        let Some(decoder) = self.idle().pop() else {
            return Err(Stopped::failed(format!(
                "all {} decoders of PocketSphinx are listening",
                self.decoders
            )));
        };
        let listening = listening::Utterance::begin(self, decoder, hint.caller);
        Ok(Box::new(listening.map_err(Stopped::Failed)?))
    }
}
