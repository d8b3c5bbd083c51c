//! all-MiniLM-L6-v2: a small sentence transformer, run on one thread.
//!
//! Its weights (Apache-2.0) are fetched at set-up and checked; without them the knowledge is searched by
//! words alone.

mod layer;
mod tokens;
mod weights;

use crate::minilm::layer::{Layer, Norm};
use crate::minilm::tokens::Vocabulary;
use crate::minilm::weights::Weights;
use models_engine::{Card, Embedder, Grade};
use rten::ThreadPool;
use rten_gemm::GemmExecutor;
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
const LAYERS: usize = 6;
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

/// The transformer: words to places, six layers, and the mean of what comes out.
pub struct Minilm {
    vocabulary: Vocabulary,
    words: Vec<f32>,
    /// What is added at each place of a text, the type of the one segment included.
    places: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    /// Calls come first on this machine: meaning gets one core and no more.
    pool: ThreadPool,
}

impl Minilm {
    /// Reads both files from the folder of weights.
    pub fn load(folder: &Path) -> Result<Self, MinilmError> {
        let (weights, words) = (WEIGHTS.read(folder)?, WORDS.read(folder)?);
        Self::new(&weights, &words).map_err(|reason| MinilmError::Wrong { reason })
    }

    fn new(weights: &[u8], words: &[u8]) -> Result<Self, String> {
        let vocabulary = Vocabulary::parse(words)?;
        let weights = Weights::parse(weights)?;
        let gemm = GemmExecutor::new();
        let layers = (0..LAYERS)
            .map(|at| Layer::read(&weights, &gemm, at))
            .collect::<Result<_, _>>()?;
        let mut places =
            weights.table("embeddings.position_embeddings.weight", MOST_TOKENS, WIDTH)?;
        let kind = weights.table("embeddings.token_type_embeddings.weight", 1, WIDTH)?;
        for place in places.chunks_exact_mut(WIDTH) {
            place.iter_mut().zip(&kind).for_each(|(a, b)| *a += b);
        }
        Ok(Self {
            words: weights.table("embeddings.word_embeddings.weight", vocabulary.len(), WIDTH)?,
            norm: Norm::read(&weights, "embeddings.LayerNorm")?,
            vocabulary,
            places,
            layers,
            pool: ThreadPool::with_num_threads(1),
        })
    }

    fn run(&self, tokens: &[usize]) -> Vec<f32> {
        let mut state = Vec::with_capacity(tokens.len() * WIDTH);
        for (token, place) in tokens.iter().zip(self.places.chunks_exact(WIDTH)) {
            let word = &self.words[token * WIDTH..(token + 1) * WIDTH];
            state.extend(word.iter().zip(place).map(|(word, place)| word + place));
        }
        self.norm.apply(&mut state);
        let gemm = GemmExecutor::new();
        for layer in &self.layers {
            layer.apply(&gemm, &mut state);
        }
        mean(&state)
    }
}

impl Embedder for Minilm {
    fn card(&self) -> Card {
        Card::new("all-MiniLM-L6-v2", Grade::Builtin)
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let tokens = self.vocabulary.tokens(text, MOST_TOKENS);
        self.pool.run(|| self.run(&tokens))
    }
}

/// The middle of all places, at length 1.
fn mean(state: &[f32]) -> Vec<f32> {
    let mut mean = vec![0.0_f32; WIDTH];
    for row in state.chunks_exact(WIDTH) {
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    let length = mean.iter().map(|x| x * x).sum::<f32>().sqrt();
    let scale = 1.0 / length.max(f32::MIN_POSITIVE);
    mean.iter_mut().for_each(|x| *x *= scale);
    mean
}
