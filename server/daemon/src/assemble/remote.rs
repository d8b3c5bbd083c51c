//! The engines behind HTTP addresses.

use crate::config::Config;
use models_engine::{Failure, LanguageModel, Recognizer, Synthesizer};
use models_remote::{
    HearingOptions, Patience, RemoteLanguage, RemoteOptions, RemoteRecognizer, RemoteSynthesizer,
    SpeechFormat, VoiceOptions,
};
use std::sync::Arc;
use std::time::Duration;

/// They wait for the network, one a job.
pub(super) fn threads(config: &Config) -> usize {
    config.most_calls.clamp(4, 64)
}

pub(super) fn language_model(config: &Config) -> Result<Arc<dyn LanguageModel>, String> {
    let server = server(&config.llm_url, &config.llm_model, &config.llm_key);
    let patience = Patience {
        first: Duration::from_secs(config.llm_first_word_seconds),
        ..Patience::for_chat()
    };
    let engine = RemoteLanguage::with_patience(server, patience);
    warmed(engine, RemoteLanguage::warm).map(|engine| engine as _)
}

/// `terms`: words that are likely.
pub(super) fn recognizer(
    config: &Config,
    terms: Vec<String>,
) -> Result<Arc<dyn Recognizer>, String> {
    let server = server(&config.stt_url, &config.stt_model, &config.stt_key);
    let options = HearingOptions {
        language: config.stt_language.clone(),
        terms: terms.join(", "),
    };
    let engine = RemoteRecognizer::new(server, options);
    warmed(engine, RemoteRecognizer::warm).map(|engine| engine as _)
}

pub(super) fn synthesizer(config: &Config) -> Result<Arc<dyn Synthesizer>, String> {
    let server = server(&config.tts_url, &config.tts_model, &config.tts_key);
    let options = VoiceOptions {
        voice: config.tts_voice.clone(),
        format: match config.tts_wav {
            true => SpeechFormat::Wav,
            false => SpeechFormat::Pcm,
        },
    };
    let engine = RemoteSynthesizer::new(server, options);
    warmed(engine, RemoteSynthesizer::warm).map(|engine| engine as _)
}

fn server(url: &Option<String>, model: &Option<String>, key: &Option<String>) -> RemoteOptions {
    RemoteOptions {
        base_url: url.clone().unwrap_or_default(),
        key: key.clone(),
        model: model.clone(),
    }
}

/// Reached for in the background: a server that is away now may be there when somebody calls.
fn warmed<E: Send + Sync + 'static>(
    engine: Result<E, Failure>,
    warm: fn(&E) -> Result<String, Failure>,
) -> Result<Arc<E>, String> {
    let engine = Arc::new(engine.map_err(|failure| failure.to_string())?);
    let warming = Arc::clone(&engine);
    std::thread::spawn(move || {
        if let Err(failure) = warm(&warming) {
            tracing::warn!("{failure}");
        }
    });
    Ok(engine)
}
