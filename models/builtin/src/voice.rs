//! Voice detection: Silero behind an energy gate, or earshot where its weights are missing.

mod earshot;
mod gate;
mod silero;
mod windows;

pub use self::earshot::Earshot;
pub use self::silero::{SILERO_FILE, Silero, SileroWeights};

use models_engine::{Card, VoiceDetector};
use std::path::Path;
use std::sync::Arc;

/// Makes one voice detector a session.
pub type MakeVoiceDetector = Arc<dyn Fn() -> Box<dyn VoiceDetector> + Send + Sync>;

/// The best voice detectors that this machine has.
pub struct VoiceDetectors {
    pub make: MakeVoiceDetector,
    pub card: Card,
    /// Why it is not the usual one, in a sentence for a person.
    pub fallback: Option<String>,
}

/// Silero from the folder `weights`; earshot, compiled in, where it is not there or not whole.
pub fn voice_detectors(weights: Option<&Path>) -> VoiceDetectors {
    let loaded = match weights {
        Some(folder) => SileroWeights::load(&folder.join(SILERO_FILE)),
        None => Err(models_engine::Failure::new(
            "no folder for weights was given",
        )),
    };
    match loaded {
        Ok(weights) => detectors(move || Silero::new(&weights), None),
        Err(failure) => {
            let why = format!(
                "Voice detection falls back to earshot, which mistakes music for voice more often: \
                 {failure}. models/setup.sh fetches Silero's weights."
            );
            detectors(Earshot::new, Some(why))
        }
    }
}

fn detectors<D: VoiceDetector + 'static>(
    make: impl Fn() -> D + Send + Sync + 'static,
    fallback: Option<String>,
) -> VoiceDetectors {
    VoiceDetectors {
        card: make().card(),
        make: Arc::new(move || Box::new(make())),
        fallback,
    }
}
