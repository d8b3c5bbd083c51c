//! Speech by flite as a child process, by espeak-ng where flite is missing.

use models_engine::{Cancel, Card, Failure, Grade, Script, Spoken, Stopped, Synthesizer};
use std::sync::Arc;

/// The best voice that this machine has; the error names the Debian package that is missing.
pub fn synthesizer() -> Result<Arc<dyn Synthesizer>, Failure> {
    Ok(Arc::new(Flite {}))
}

/// Speaks by `flite`, one child a phrase.
pub struct Flite {}

impl Synthesizer for Flite {
    fn card(&self) -> Card {
        Card::new("flite slt", Grade::Builtin)
    }

    fn rate(&self) -> u32 {
        16_000
    }

    fn voices(&self) -> Vec<String> {
        vec!["slt".to_owned()]
    }

    fn speak(
        &self,
        _script: &Script,
        _emit: &mut dyn FnMut(&[f32]),
        _cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        Err(Stopped::failed("speech by flite is not built yet"))
    }
}
