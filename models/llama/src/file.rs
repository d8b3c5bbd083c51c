//! What a model file must look like before it is given to C++ code.

use models_engine::Failure;
use std::fs::File;
use std::io::Read;
use std::path::Path;

pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let told = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let mut file = File::open(path).map_err(|error| told(error.to_string()))?;
    let mut head = [0; 24];
    file.read_exact(&mut head)
        .map_err(|_| told("is too short for a GGUF model".to_owned()))?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    match (&head[..4], word(4)) {
        (b"GGUF", 2..=3) => {}
        (b"GGUF", version) => {
            return Err(told(format!(
                "is GGUF of version {version}, which is not known"
            )));
        }
        (b"lmgg", _) => {
            return Err(told(
                "is a Whisper model; a GGUF model is wanted".to_owned(),
            ));
        }
        _ => return Err(told("is not a GGUF model".to_owned())),
    }
    // Counts of tensors and of values: more than these, and the file is damaged.
    let (tensors, values) = (word(8), word(16));
    if word(12) != 0 || word(20) != 0 || tensors > 100_000 || values > 100_000 {
        return Err(told("is damaged: its head names too many parts".to_owned()));
    }
    Ok(())
}

pub(crate) fn unusable(path: &Path) -> Failure {
    let reason = models_ggml::reason().unwrap_or_else(|| "no reason is given".to_owned());
    Failure::new(format!(
        "{} cannot be loaded; is it whole? llama.cpp says: {reason}",
        path.display()
    ))
}
