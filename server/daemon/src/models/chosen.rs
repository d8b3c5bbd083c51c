//! From names in the configuration to files: none is loaded that is missing, or whose hash is wrong.

use super::{InTheLog, said, shelf};
use crate::config::{Config, Language, Recognition, Synthesis};
use models_weights::{Kind, Manifest, Shelf, WeightFile};
use std::path::{Path, PathBuf};

/// The configuration with paths in place of names and sets, each looked at.
pub(crate) fn chosen(config: &Config) -> Result<Config, String> {
    let mut config = config.clone();
    let whisper = config.recognizer.has(Recognition::Whisper);
    let llama = config.language_model.has(Language::Llama);
    let kokoro = config.synthesizer.has(Synthesis::Kokoro);
    if !whisper && !llama && !kokoro {
        return Ok(config);
    }
    let mut shelf = shelf(config.models_manifest.as_deref())?;
    let set = config.models_set.clone();
    let mut find = |wanted, named: Option<PathBuf>, kind| match wanted {
        true => found(&mut shelf, named, set.as_deref(), kind),
        false => Ok(named),
    };
    config.whisper_model = find(whisper, config.whisper_model, Kind::Whisper)?;
    config.llama_model = find(llama, config.llama_model, Kind::Llama)?;
    config.kokoro_model = find(kokoro, config.kokoro_model, Kind::Kokoro)?;
    if kokoro && config.kokoro_voices.is_none() {
        check_voices(&mut shelf, set.as_deref())?;
    }
    Ok(config)
}

/// The voices of a set lie beside its model, where the voice looks for them.
fn check_voices(shelf: &mut Shelf, set: Option<&str>) -> Result<(), String> {
    let manifest = shelf.manifest();
    let files = set.and_then(|set| manifest.set(set));
    let files = files.map_or_else(Vec::new, |set| manifest.files_of(set));
    let voices = files
        .into_iter()
        .filter(|file| file.kind == Kind::KokoroVoice);
    for voice in voices.cloned().collect::<Vec<_>>() {
        shelf.check(&voice, &InTheLog).map_err(said)?;
    }
    Ok(())
}

/// A model that is named wins over the set's.
fn found(
    shelf: &mut Shelf,
    named: Option<PathBuf>,
    set: Option<&str>,
    kind: Kind,
) -> Result<Option<PathBuf>, String> {
    let manifest = shelf.manifest();
    let file = match (&named, set) {
        (Some(path), _) => by_name(manifest, path, kind),
        (None, Some(set)) => of_set(manifest, set, kind),
        (None, None) => None,
    };
    if let Some(file) = file.cloned() {
        shelf.check(&file, &InTheLog).map_err(said)?;
        return Ok(Some(shelf.path(&file)));
    }
    if let Some(path) = &named {
        shelf.vouch(path, &InTheLog).map_err(said)?;
    }
    Ok(named)
}

/// A file that stands there is meant, even if it is called as one of the manifest is.
fn by_name<'a>(manifest: &'a Manifest, path: &Path, kind: Kind) -> Option<&'a WeightFile> {
    let file = manifest.file(path.to_str()?)?;
    (file.kind == kind && !path.exists()).then_some(file)
}

fn of_set<'a>(manifest: &'a Manifest, set: &str, kind: Kind) -> Option<&'a WeightFile> {
    let files = manifest.files_of(manifest.set(set)?);
    files.into_iter().find(|file| file.kind == kind)
}
