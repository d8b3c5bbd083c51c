//! How the next token is chosen: a grammar's rules first, then what the options say.

use crate::calls::Grammar;
use crate::options::Sampling;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use models_engine::Failure;

pub(super) fn rules(
    model: &LlamaModel,
    grammar: &Grammar,
    root: &str,
) -> Result<LlamaSampler, Failure> {
    LlamaSampler::grammar(model, &grammar.text, root).map_err(|_| {
        Failure::new("the schema of a tool's parameters refers to itself, and holds nothing else")
    })
}

pub(super) fn sampler(
    sampling: &Sampling,
    model: &LlamaModel,
    seed: u32,
    rules: Option<LlamaSampler>,
) -> LlamaSampler {
    let mut chain: Vec<_> = rules.into_iter().collect();
    if sampling.temperature <= 0.0 {
        chain.push(LlamaSampler::greedy());
        return LlamaSampler::chain_simple(chain);
    }
    if sampling.repeat_penalty > 1.0 {
        chain.push(LlamaSampler::penalties(
            model.n_vocab(),
            64,
            sampling.repeat_penalty,
            0.0,
            0.0,
        ));
    }
    chain.extend([
        LlamaSampler::top_k(sampling.top_k),
        LlamaSampler::top_p(sampling.top_p, 1),
        LlamaSampler::min_p(sampling.min_p, 1),
        LlamaSampler::temp(sampling.temperature),
        LlamaSampler::dist(seed),
    ]);
    LlamaSampler::chain_simple(chain)
}
