//! The engines of each seam in a line, each behind the one before; those that belong into the child are its own.

use super::{WAITING, apart, flite, language_model_here, recognizer_here, synthesizer_here};
use crate::config::{Config, Language, Recognition, Synthesis};
use models_apart::{Apart, Gauges};
use models_builtin::Quoter;
use models_engine::{LanguageModel, Recognizer, Synthesizer};
use models_host::{Pool, PoolOptions};
use models_knowledge::Knowledge;
use std::sync::Arc;

/// Those that hear.
pub(super) fn recognizers(
    config: &Config,
    knowledge: &Knowledge,
    child: Option<&Apart>,
    remarks: &mut Vec<String>,
) -> Result<Option<Pool<dyn Recognizer>>, String> {
    let mut line = Vec::new();
    for kind in config.recognizers() {
        let found = match child {
            Some(child) if apart::recognizer(config) == Some(kind) => child.recognizer(),
            _ => recognizer_here(kind, config, knowledge, true, remarks)?,
        };
        let remote = kind == Recognition::Remote;
        line.extend(found.map(|(engine, threads)| pool("recognizer", engine, threads, remote)));
    }
    Ok(line.into_iter().reduce(Pool::followed_by))
}

/// Those that find the words, and what they count.
pub(super) fn language_models(
    config: &Config,
    quoter: &Quoter,
    child: Option<&Apart>,
) -> Result<(Pool<dyn LanguageModel>, Option<Gauges>), String> {
    let (mut line, mut counted) = (Vec::new(), None);
    for kind in config.language_models() {
        let aboard = child.filter(|_| apart::language_model(config) == Some(kind));
        let (engine, threads) = match aboard.and_then(Apart::language_model) {
            Some(found) => found,
            None => {
                let (engine, threads, gauges) = language_model_here(kind, config, quoter, true)?;
                counted = counted.or(gauges);
                (engine, threads)
            }
        };
        let remote = kind == Language::Remote;
        line.push(pool("language", engine, threads, remote));
    }
    let line = line.into_iter().reduce(Pool::followed_by);
    Ok((line.expect("an order names at least one"), counted))
}

/// Those that speak.
pub(super) fn synthesizers(
    config: &Config,
    child: Option<&Apart>,
    remarks: &mut Vec<String>,
) -> Result<Option<Pool<dyn Synthesizer>>, String> {
    let mut line = Vec::new();
    for kind in config.synthesizers() {
        let found = match child {
            Some(child) if apart::synthesizer(config) == Some(kind) => {
                child.synthesizer().or_else(|| flite(config, remarks))
            }
            _ => synthesizer_here(kind, config, true, remarks)?,
        };
        let remote = kind == Synthesis::Remote;
        line.extend(found.map(|(engine, threads)| pool("voice", engine, threads, remote)));
    }
    Ok(line.into_iter().reduce(Pool::followed_by))
}

/// `remote`: its adapter has deadlines of its own, which may be set.
fn pool<E: ?Sized + Send + Sync + 'static>(
    name: &'static str,
    engine: Arc<E>,
    threads: usize,
    remote: bool,
) -> Pool<E> {
    let options = PoolOptions {
        name,
        threads,
        waiting: WAITING,
    };
    let pool = Pool::new(engine, options);
    match remote {
        true => pool.keeping_time(),
        false => pool,
    }
}
