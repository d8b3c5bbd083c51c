//! How the model is run, and how it chooses its words.

use models_engine::Prompt;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct LlamaOptions {
    /// A model in GGUF.
    pub model: PathBuf,
    /// How many replies are composed at once; each call that speaks keeps its history in a sequence of its own.
    pub calls: usize,
    /// How long one call's prompt and reply may be together.
    pub context_tokens: usize,
    /// A reply is cut here, whatever a session asks for.
    pub max_tokens: usize,
    /// Threads of the one loop. ggml's threads spin: no more than there are cores to spare.
    pub threads: usize,
    /// Uses a GPU where there is one.
    pub gpu: bool,
    /// Tokens of prompts that are read at most in one step while somebody's reply is being composed: so long may one
    /// call hold up another.
    pub portion: usize,
    pub sampling: Sampling,
    /// A reply ends before these.
    pub stop: Vec<String>,
    /// Who looks on while words are chosen.
    pub watch: Option<Watch>,
}

/// Told each choice on the loop's thread: the tokens that the sequence holds, and how likely each token is to be next,
/// as the model computed it.
#[derive(Clone)]
pub struct Watch(Arc<Look>);

type Look = dyn Fn(&[i32], &[f32]) + Send + Sync;

impl Watch {
    pub fn new(look: impl Fn(&[i32], &[f32]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }

    pub(crate) fn look(&self, held: &[i32], logits: &[f32]) {
        (self.0)(held, logits);
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// How the next word is chosen among the likely ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// 0: always the likeliest.
    pub temperature: f32,
    pub top_k: i32,
    pub top_p: f32,
    pub min_p: f32,
    /// Above 1 it avoids its last 64 tokens.
    pub repeat_penalty: f32,
    pub seed: u32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.7,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            repeat_penalty: 1.0,
            seed: 0,
        }
    }
}

impl Sampling {
    /// Of what was said alone: another for each reply, and the same in a process that begins it anew, whatever that one
    /// has answered before and whichever notes it remembers.
    pub(crate) fn seed_for(&self, prompt: &Prompt) -> u32 {
        let said = prompt
            .lines
            .iter()
            .flat_map(|line| line.text.bytes().chain([0]));
        // FNV-1a. llama.cpp takes u32::MAX for "any", which 31 bits never are.
        let bytes = self.seed.to_le_bytes().into_iter().chain(said);
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        (hash >> 33) as u32
    }
}

impl LlamaOptions {
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            calls: 4,
            context_tokens: 4096,
            max_tokens: 512,
            threads: 1,
            gpu: true,
            portion: 64,
            sampling: Sampling::default(),
            stop: Vec::new(),
            watch: None,
        }
    }
}
