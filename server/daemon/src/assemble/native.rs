//! The engines on whisper.cpp and llama.cpp, and Kokoro, where this build has them.
//!
//! ggml's threads spin while they wait for one another: recognizer and language model get half of the cores each.

use crate::config::Config;
use models_engine::{Recognizer, Synthesizer};
use std::sync::Arc;

/// The recognizer, and how many threads of the host it serves.
#[cfg(feature = "native")]
pub(super) fn whisper(
    config: &Config,
    terms: Vec<String>,
    cores: usize,
) -> Result<(Arc<dyn Recognizer>, usize), String> {
    let half = (cores / 2).max(1);
    let asked = config.recognizer_threads;
    let slots = if asked == 0 { half.clamp(2, 8) } else { asked };
    let model = config.whisper_model.clone().unwrap_or_default();
    let options = models_whisper::WhisperOptions {
        slots,
        threads: (half / slots).max(1),
        language: config.whisper_language.clone(),
        terms: terms.join(", "),
        ..models_whisper::WhisperOptions::new(model)
    };
    let whisper = models_whisper::Whisper::load(options).map_err(|failure| failure.message)?;
    let slots = whisper.slots();
    Ok((Arc::new(whisper), slots))
}

/// The language model, and how many threads of the host it serves: each waits for its reply's words.
#[cfg(feature = "native")]
pub(super) fn llama(config: &Config, cores: usize) -> Result<super::Words, String> {
    let model = config.llama_model.clone().unwrap_or_default();
    let options = models_llama::LlamaOptions {
        calls: config.llama_replies,
        context_tokens: config.llama_context_tokens,
        threads: (cores / 2).max(1),
        ..models_llama::LlamaOptions::new(model)
    };
    let llama = models_llama::Llama::load(options).map_err(|failure| failure.message)?;
    let (calls, llama) = (llama.calls(), Arc::new(llama));
    let counting = Arc::clone(&llama);
    Ok((
        llama,
        calls,
        Some(Arc::new(move || gauges(counting.counts()))),
    ))
}

/// Whether these engines hold memory of a GPU.
#[cfg(feature = "native")]
pub(super) fn has_gpu(config: &Config) -> bool {
    use crate::config::{Language, Recognition};
    let ours = config.recognizers().contains(&Recognition::Whisper)
        || config.language_models().contains(&Language::Llama);
    ours && models_ggml::Ggml::ready().is_ok_and(models_ggml::Ggml::has_gpu)
}

#[cfg(feature = "native")]
fn gauges(counts: models_llama::Counts) -> Vec<models_apart::Gauge> {
    let numbers = [
        ("llama_tokens_read_total", counts.read),
        ("llama_tokens_reused_total", counts.reused),
        ("llama_tokens_composed_total", counts.composed),
        ("llama_steps_total", counts.steps),
        ("llama_step_sequences_total", counts.sequences),
        ("llama_steps_of_four_total", counts.fours),
    ];
    let gauge = |(name, value): (&str, u64)| models_apart::Gauge {
        name: name.to_owned(),
        value,
    };
    numbers.into_iter().map(gauge).collect()
}

/// Of Debian's package pocketsphinx-en-us: names and rare words.
#[cfg(feature = "native")]
const DICTIONARY: &str = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";

/// Phrases that wait inside the voice: they give way to one another after each clause, which the host's queue does not.
#[cfg(feature = "native")]
const PHRASES_AT_ONCE: usize = 8;

/// The voice, and how many threads of the host it serves.
#[cfg(feature = "native")]
pub(super) fn kokoro(
    config: &Config,
    cores: usize,
    warm: bool,
    remarks: &mut Vec<String>,
) -> Result<(Arc<dyn Synthesizer>, usize), String> {
    use crate::config::KokoroRuntime;
    let model = config.kokoro_model.clone().unwrap_or_default();
    let beside = |levels: usize| Some(model.ancestors().nth(levels)?.join("voices"));
    let found = [beside(1), beside(2)]
        .into_iter()
        .flatten()
        .find(|folder| folder.is_dir());
    let voices = config.kokoro_voices.clone().or(found);
    let voices = voices.ok_or_else(|| {
        format!(
            "kokoro.voices is needed: there is no folder \"voices\" beside {}",
            model.display()
        )
    })?;
    let options = models_kokoro::KokoroOptions {
        voice: config.kokoro_voice.clone(),
        runtime: match config.kokoro_runtime {
            KokoroRuntime::Auto => models_kokoro::Runtime::Auto,
            KokoroRuntime::Rten => models_kokoro::Runtime::Rten,
            KokoroRuntime::Ort => models_kokoro::Runtime::Ort,
        },
        library: config.kokoro_library.clone(),
        library_folders: super::weights().into_iter().collect(),
        dictionary: Some(DICTIONARY.into()),
        runs: (cores / 4).clamp(1, 4),
        threads: cores,
        warm,
        ..models_kokoro::KokoroOptions::new(model, voices)
    };
    let kokoro = models_kokoro::Kokoro::load(&options).map_err(|failure| failure.message)?;
    tracing::info!("the voice runs on {}", kokoro.runtime());
    remarks.extend(kokoro.remark().map(str::to_owned));
    Ok((Arc::new(kokoro), PHRASES_AT_ONCE))
}

#[cfg(not(feature = "native"))]
const ABSENT: &str = "this build has no native engines: build without --no-default-features";

#[cfg(not(feature = "native"))]
pub(super) fn has_gpu(_: &Config) -> bool {
    false
}

#[cfg(not(feature = "native"))]
pub(super) fn whisper(
    _: &Config,
    _: Vec<String>,
    _: usize,
) -> Result<(Arc<dyn Recognizer>, usize), String> {
    Err(ABSENT.to_owned())
}

#[cfg(not(feature = "native"))]
pub(super) fn llama(_: &Config, _: usize) -> Result<super::Words, String> {
    Err(ABSENT.to_owned())
}

#[cfg(not(feature = "native"))]
pub(super) fn kokoro(
    _: &Config,
    _: usize,
    _: bool,
    _: &mut Vec<String>,
) -> Result<(Arc<dyn Synthesizer>, usize), String> {
    Err(ABSENT.to_owned())
}
