//! ONNX Runtime's library: where it is looked for, and the one environment that a process may make of it.

use ort::environment::Environment;
use ort::logging::LogLevel;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The environment, and where its library came from.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) environment: Environment,
    pub(super) place: String,
}

static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

#[cfg(target_os = "windows")]
const NAME: (&str, &str) = ("onnxruntime", ".dll");
#[cfg(target_os = "macos")]
const NAME: (&str, &str) = ("libonnxruntime", ".dylib");
#[cfg(not(any(target_os = "windows", target_os = "macos")))]
const NAME: (&str, &str) = ("libonnxruntime", ".so");

/// Opens the library: the one that is named; else that of `ORT_DYLIB_PATH`, one in `folders`, the system's own. Left to
/// itself, `ort` panics where there is none.
pub(super) fn load(named: Option<&Path>, folders: &[PathBuf]) -> Result<Loaded, String> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = &*loaded {
        let same = named.is_none_or(|named| named == Path::new(&loaded.place));
        let other = || format!("ONNX Runtime is loaded from {} already", loaded.place);
        return same.then(|| loaded.clone()).ok_or_else(other);
    }
    let mut refusals = Vec::new();
    for place in places(named, folders) {
        match open(&place) {
            Ok(environment) => {
                let place = place.display().to_string();
                let found = Loaded { environment, place };
                *loaded = Some(found.clone());
                return Ok(found);
            }
            Err(Refusal::Useless(why)) => refusals.push(why),
            Err(Refusal::Missing(why)) if place.is_file() || named.is_some() => refusals.push(why),
            Err(Refusal::Missing(_)) => {}
        }
    }
    let reason = match refusals.as_slice() {
        [] => "ONNX Runtime is not installed".to_owned(),
        some => format!("ONNX Runtime cannot be used: {}", some.join("; ")),
    };
    Err(format!(
        "{reason} (name its library with kokoro.library, or fetch it: sh models/setup.sh onnxruntime)"
    ))
}

fn places(named: Option<&Path>, folders: &[PathBuf]) -> Vec<PathBuf> {
    if let Some(named) = named {
        return vec![named.to_path_buf()];
    }
    let told = std::env::var_os("ORT_DYLIB_PATH").filter(|told| !told.is_empty());
    let mut places: Vec<PathBuf> = told.map(PathBuf::from).into_iter().collect();
    let program = std::env::current_exe().ok();
    if let Some(beside) = program.as_deref().and_then(Path::parent) {
        places.extend(within(&beside.join("lib")));
        places.extend(within(beside));
    }
    places.extend(folders.iter().filter_map(|folder| within(folder)));
    places.push(PathBuf::from(format!("{}{}", NAME.0, NAME.1)));
    places.push(PathBuf::from(format!("{}{}.1", NAME.0, NAME.1)));
    places
}

/// The newest library in a folder, by its name.
fn within(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let is_it = |path: &PathBuf| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("");
        let rest = name.strip_prefix(NAME.0);
        rest.is_some_and(|rest| rest.starts_with(['.', '-']) && rest.contains(NAME.1))
    };
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_it)
        .max()
}

enum Refusal {
    /// The system's loader has not found it, or something that it needs.
    Missing(String),
    /// Another library, or one that is too old.
    Useless(String),
}

fn open(place: &Path) -> Result<Environment, Refusal> {
    let builder = ort::init_from(place).map_err(|error| match error {
        ort::LoadDynamicError::Dlopen { .. } => Refusal::Missing(error.to_string()),
        _ => Refusal::Useless(error.to_string()),
    })?;
    let built = builder
        .with_name("repartee")
        // It would go to the library's maker.
        .with_telemetry(false)
        .with_logger(Arc::new(|level, _, _, _, message| match level {
            LogLevel::Error | LogLevel::Fatal => tracing::warn!("ONNX Runtime: {message}"),
            _ => tracing::debug!("ONNX Runtime: {message}"),
        }))
        .build();
    built.map_err(|error| Refusal::Useless(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_library_is_the_only_one_looked_for() {
        let missing = Path::new("/no/such/libonnxruntime.so");
        assert_eq!(places(Some(missing), &[]), [missing]);
        let places = places(None, &[]);
        assert!(
            places
                .iter()
                .any(|place| place.ends_with(format!("{}{}", NAME.0, NAME.1)))
        );
    }
}
