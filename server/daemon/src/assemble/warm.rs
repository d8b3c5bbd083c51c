//! The first run of a model in this process, before anyone calls: memory is touched, kernels are chosen, and a file that
//! loads but does not work is found out. (Kokoro does this when it is loaded, where it is asked to.)

use models_engine::{
    Cancel, Grade, Hint, LISTENING_RATE, LanguageModel, Prompt, Recognizer, Script, Stopped,
    Synthesizer,
};
use std::time::Instant;

/// Half a second of a hum: no word, but nothing that is passed over as silence either.
pub(super) fn recognizer(engine: &dyn Recognizer) -> Result<(), String> {
    if engine.card().grade != Grade::Local {
        return Ok(());
    }
    let hum: Vec<f32> = (0..LISTENING_RATE / 2)
        .map(|n| 0.1 * (n as f32 * 0.06).sin())
        .collect();
    ran(&engine.card().name, || {
        let cancel = Cancel::new();
        let mut listening = engine.listen(&Hint::default())?;
        listening.push(&hum, &cancel)?;
        listening.finish(&cancel).map(drop)
    })
}

/// Its first word is enough.
pub(super) fn language_model(engine: &dyn LanguageModel) -> Result<(), String> {
    if engine.card().grade != Grade::Local {
        return Ok(());
    }
    let prompt = Prompt::asking("Hello.");
    let cancel = Cancel::new();
    ran(&engine.card().name, || {
        engine.compose(&prompt, &mut |_| cancel.cancel(), &cancel)
    })
}

/// A word, unheard.
pub(super) fn synthesizer(engine: &dyn Synthesizer) -> Result<(), String> {
    if engine.card().grade != Grade::Local {
        return Ok(());
    }
    let word = Script {
        text: "Hello.".to_owned(),
        voice: None,
        speed: 1.0,
    };
    ran(&engine.card().name, || {
        engine.speak(&word, &mut |_| {}, &Cancel::new()).map(drop)
    })
}

fn ran(name: &str, run: impl FnOnce() -> Result<(), Stopped>) -> Result<(), String> {
    let begun = Instant::now();
    match run() {
        Ok(()) | Err(Stopped::Cancelled) => {
            tracing::info!(ms = begun.elapsed().as_millis() as u64, "{name} is warm");
            Ok(())
        }
        Err(Stopped::Failed(failure)) => {
            Err(format!("{name} was loaded and does not work: {failure}"))
        }
    }
}
