//! Where ggml's back ends are found: in a folder beside the program, and nowhere else.

use crate::version::FOLDER;
use llama_cpp_2::{LlamaBackendDeviceType, list_llama_ggml_backend_devices};
use models_engine::Failure;
use std::ffi::CString;
use std::path::{Path, PathBuf};

/// Left to itself ggml would also search the current directory, which is a way to be handed code.
pub(crate) fn load() -> Result<(), Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("where the program lies is not known: {error}")))?;
    let folder = folder(&program);
    load_all(&folder)?;
    passed_over(&folder);
    if computes() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "no ggml back end for this processor lies in {}: the program was moved without that folder, or was \
             built in the development profile on a better processor (then: cargo clean -p llama-cpp-sys-2)",
            folder.display()
        )))
    }
}

/// Cargo puts tests and examples one level below the program.
fn folder(program: &Path) -> PathBuf {
    let home = program.parent().unwrap_or(Path::new("/"));
    let below = home.ends_with("deps") || home.ends_with("examples");
    let home = if below {
        home.parent().unwrap_or(home)
    } else {
        home
    };
    home.join(FOLDER)
}

fn load_all(folder: &Path) -> Result<(), Failure> {
    let path = folder.to_str().and_then(|path| CString::new(path).ok());
    let path =
        path.ok_or_else(|| Failure::new("the program lies in a folder that ggml cannot name"))?;
    // SAFETY: the string ends in zero and outlives the call.
    #[allow(unsafe_code)]
    unsafe {
        llama_cpp_sys_2::ggml_backend_load_all_from_path(path.as_ptr());
    }
    Ok(())
}

/// ggml says nothing of a plugin that does not load, or finds nothing to compute on: we do, and go on without it.
fn passed_over(folder: &Path) {
    let loaded = loaded();
    for (name, path) in accelerators(folder) {
        if loaded.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            continue;
        }
        let reason = why_not(&path).unwrap_or_else(|| "it finds no device here".to_owned());
        tracing::warn!(
            "{} is passed over: {reason}. Is its driver installed? The other back ends compute meanwhile",
            path.display()
        );
    }
}

/// The plugins that are there, other than those for processors.
fn accelerators(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let name = name.strip_prefix("libggml-")?.strip_suffix(".so")?;
        (!name.starts_with("cpu")).then(|| (name.to_owned(), entry.path()))
    });
    named.collect()
}

/// What ggml calls the back ends that have a device.
fn loaded() -> Vec<String> {
    let devices = list_llama_ggml_backend_devices();
    devices.into_iter().map(|device| device.backend).collect()
}

/// Tried once more, and aloud this time.
fn why_not(path: &Path) -> Option<String> {
    let named = format!("{}: ", path.display());
    let path = CString::new(path.to_str()?).ok()?;
    crate::log::reason();
    // SAFETY: the string ends in zero and outlives the call.
    #[allow(unsafe_code)]
    let loaded = unsafe { llama_cpp_sys_2::ggml_backend_load(path.as_ptr()) };
    let reason = crate::log::reason().filter(|_| loaded.is_null())?;
    let why = reason.rsplit_once(&named).map(|(_, why)| why.to_owned());
    Some(why.unwrap_or(reason))
}

fn computes() -> bool {
    let devices = list_llama_ggml_backend_devices();
    devices
        .iter()
        .any(|device| device.device_type == LlamaBackendDeviceType::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_lie_beside_the_program() {
        let at = |program: &str| folder(Path::new(program));
        assert_eq!(
            at("/opt/repartee/repartee"),
            Path::new("/opt/repartee/ggml-0.1.161")
        );
        assert_eq!(
            at("/src/target/debug/deps/ggml-1"),
            Path::new("/src/target/debug/ggml-0.1.161")
        );
        assert_eq!(
            at("/src/target/debug/examples/x"),
            Path::new("/src/target/debug/ggml-0.1.161")
        );
    }
}
