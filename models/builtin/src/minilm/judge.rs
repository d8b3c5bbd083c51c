//! Whether a sentence answers a question, read together: MiniLM with a change of its weights that we taught it
//! (`models/builtin/judge`).

use super::WIDTH;
use super::transformer::{Text, Transformer, middle};
use super::weights::Weights;

static CHANGE: &[u8] = include_bytes!("../../judge/judge.safetensors");

pub(super) struct Judge {
    transformer: Transformer,
    verdict: Vec<f32>,
    bias: f32,
}

impl Judge {
    /// From the bytes of MiniLM's own weights.
    pub(super) fn read(base: &[u8]) -> Result<Self, String> {
        let weights = Weights::changed(base, CHANGE)?;
        Ok(Self {
            transformer: Transformer::read(&weights)?,
            verdict: weights.row("verdict.weight", Some(WIDTH))?,
            bias: weights.row("verdict.bias", Some(1))?[0],
        })
    }

    /// Of each pair, how likely the second answers the first, beside its not being answered at all: as a logarithm.
    pub(super) fn run(&self, words: &[f32], pairs: &[Text]) -> Vec<f32> {
        let state = self.transformer.run(words, pairs);
        let mut rest = state.as_slice();
        let mut verdict = |pair: &Text| {
            let (rows, behind) = rest.split_at(pair.tokens.len() * WIDTH);
            rest = behind;
            let sum = middle(rows)
                .iter()
                .zip(&self.verdict)
                .map(|(x, weight)| x * weight)
                .sum::<f32>();
            sum + self.bias
        };
        pairs.iter().map(&mut verdict).collect()
    }
}
