//! Six layers over the tokens of some texts at once.

use super::layer::{Layer, Norm};
use super::tokens::MOST_PAIR;
use super::weights::Weights;
use super::{MOST_TOKENS, WIDTH};
use rten_gemm::GemmExecutor;

const LAYERS: usize = 6;
const _: () = assert!(MOST_PAIR <= MOST_TOKENS, "every token has a place");

/// Tokens, of which those from `second` on are of another kind.
pub(super) struct Text {
    pub(super) tokens: Vec<usize>,
    pub(super) second: usize,
}

pub(super) struct Transformer {
    /// What is added at each place of a text, and to each kind of token.
    places: Vec<f32>,
    kinds: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

impl Transformer {
    pub(super) fn read(weights: &Weights<'_>) -> Result<Self, String> {
        let gemm = GemmExecutor::new();
        let layers = (0..LAYERS).map(|at| Layer::read(weights, &gemm, at));
        let table = |name: &str, rows| weights.table(name, rows, WIDTH);
        Ok(Self {
            places: table("embeddings.position_embeddings.weight", MOST_TOKENS)?,
            kinds: table("embeddings.token_type_embeddings.weight", 2)?,
            norm: Norm::read(weights, "embeddings.LayerNorm")?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// One row a token, text after text.
    pub(super) fn run(&self, words: &[f32], texts: &[Text]) -> Vec<f32> {
        let mut state = Vec::new();
        for Text { tokens, second } in texts {
            for (at, (token, place)) in tokens
                .iter()
                .zip(self.places.chunks_exact(WIDTH))
                .enumerate()
            {
                let kind = usize::from(at >= *second) * WIDTH;
                let word = &words[token * WIDTH..(token + 1) * WIDTH];
                let sum = word.iter().zip(place).zip(&self.kinds[kind..]);
                state.extend(sum.map(|((word, place), kind)| word + place + kind));
            }
        }
        self.norm.apply(&mut state);
        let gemm = GemmExecutor::new();
        let lengths: Vec<usize> = texts.iter().map(|text| text.tokens.len()).collect();
        for layer in &self.layers {
            layer.apply(&gemm, &mut state, &lengths);
        }
        state
    }
}

/// The middle of all rows.
pub(super) fn middle(state: &[f32]) -> Vec<f32> {
    let mut mean = vec![0.0_f32; WIDTH];
    for row in state.chunks_exact(WIDTH) {
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    let scale = 1.0 / (state.len() / WIDTH).max(1) as f32;
    mean.iter_mut().for_each(|x| *x *= scale);
    mean
}
