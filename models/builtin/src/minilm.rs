//! all-MiniLM-L6-v2: a small sentence transformer, run on one thread.
//!
//! Its weights (Apache-2.0) are fetched at set-up and checked; without them the knowledge is searched by
//! words alone.

mod judge;
mod layer;
mod tokens;
mod transformer;
mod weights;

use crate::minilm::judge::Judge;
use crate::minilm::tokens::Vocabulary;
use crate::minilm::transformer::{Text, Transformer, middle};
use crate::minilm::weights::Weights;
use models_engine::{Card, Embedder, Grade};
use rten::ThreadPool;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

/// A file as it is found in the folder of weights, with its SHA-256.
struct Pinned(&'static str, &'static str);

const WEIGHTS: Pinned = Pinned(
    "all-MiniLM-L6-v2.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
);
const WORDS: Pinned = Pinned(
    "all-MiniLM-L6-v2.vocab.txt",
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
);

const WIDTH: usize = 384;
/// A sentence is seldom longer; the cost grows with it.
const MOST_TOKENS: usize = 96;

/// Why the weights are of no use.
#[derive(Debug)]
pub enum MinilmError {
    Unreadable { file: PathBuf, reason: String },
    Wrong { reason: String },
}

impl fmt::Display for MinilmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, reason } => {
                write!(f, "{} cannot be read: {reason}", file.display())
            }
            Self::Wrong { reason } => write!(f, "these are no weights of MiniLM-L6: {reason}"),
        }
    }
}

impl std::error::Error for MinilmError {}

/// Both files are smaller.
const LARGEST_BYTES: u64 = 128 << 20;

impl Pinned {
    fn read(&self, folder: &Path) -> Result<Vec<u8>, MinilmError> {
        let Self(name, pinned) = self;
        let file = folder.join(name);
        let read = std::fs::metadata(&file).and_then(|data| match data.len() {
            0..=LARGEST_BYTES => std::fs::read(&file),
            _ => Err(std::io::ErrorKind::FileTooLarge.into()),
        });
        let bytes = read.map_err(|error| MinilmError::Unreadable {
            file,
            reason: error.to_string(),
        })?;
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if digest != *pinned {
            let reason = format!("the SHA-256 of {name} is {digest}, not {pinned}");
            return Err(MinilmError::Wrong { reason });
        }
        Ok(bytes)
    }
}

/// A sentence that may answer, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The innermost above it; empty where there is none.
    pub heading: &'a str,
    /// The sentence before it, on which it may lean; empty at the start of a paragraph.
    pub before: &'a str,
    pub text: &'a str,
}

/// Words to places, and whether a sentence answers a question.
pub struct Minilm {
    vocabulary: Vocabulary,
    words: Vec<f32>,
    places: Transformer,
    judge: Option<Judge>,
    /// Calls come first on this machine: meaning gets one core and no more.
    pool: ThreadPool,
}

impl Minilm {
    /// Reads both files from the folder of weights.
    pub fn load(folder: &Path) -> Result<Self, MinilmError> {
        Self::read(folder, false)
    }

    /// The same, and what it takes to judge answers: half as much memory again.
    pub fn load_to_judge(folder: &Path) -> Result<Self, MinilmError> {
        Self::read(folder, true)
    }

    fn read(folder: &Path, judging: bool) -> Result<Self, MinilmError> {
        let (weights, words) = (WEIGHTS.read(folder)?, WORDS.read(folder)?);
        Self::new(&weights, &words, judging).map_err(|reason| MinilmError::Wrong { reason })
    }

    fn new(bytes: &[u8], words: &[u8], judging: bool) -> Result<Self, String> {
        let vocabulary = Vocabulary::parse(words)?;
        let weights = Weights::parse(bytes)?;
        Ok(Self {
            words: weights.table("embeddings.word_embeddings.weight", vocabulary.len(), WIDTH)?,
            vocabulary,
            places: Transformer::read(&weights)?,
            judge: judging.then(|| Judge::read(bytes)).transpose()?,
            pool: ThreadPool::with_num_threads(1),
        })
    }
}

impl Minilm {
    /// How likely each claim answers the question, beside the question's not being answered at all: the logarithm of the
    /// one to the other. None from one that was not loaded to judge.
    pub fn judge(&self, question: &str, claims: &[Claim<'_>]) -> Option<Vec<f32>> {
        let judge = self.judge.as_ref()?;
        let pair = |claim| {
            let (tokens, second) = self.vocabulary.pair(question, claim);
            Text { tokens, second }
        };
        let texts: Vec<Text> = claims.iter().map(pair).collect();
        Some(self.pool.run(|| judge.run(&self.words, &texts)))
    }
}

impl Embedder for Minilm {
    fn card(&self) -> Card {
        Card::new("all-MiniLM-L6-v2", Grade::Builtin)
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let tokens = self.vocabulary.tokens(text, MOST_TOKENS);
        let text = [Text {
            second: tokens.len(),
            tokens,
        }];
        mean(&self.pool.run(|| self.places.run(&self.words, &text)))
    }
}

/// The middle of all places, at length 1.
fn mean(state: &[f32]) -> Vec<f32> {
    let mut mean = middle(state);
    let length = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    let scale = 1.0 / length.max(f32::MIN_POSITIVE);
    mean.iter_mut().for_each(|x| *x *= scale);
    mean
}
