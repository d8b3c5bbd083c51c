//! Deterministic engines for each seam, for tests.

mod language;
mod listening;
mod voice;

pub use language::{ScriptedLanguage, ScriptedRetriever};
pub use listening::{Heard, ScriptedEndpointer, ScriptedRecognizer};
pub use voice::{ScriptedSynthesizer, ScriptedVoice};

use crate::{Cancel, Card, Grade, Stopped};
use std::sync::Arc;

/// How a scripted engine behaves beyond its answer: how many steps each piece of it needs, where
/// it fails, and who watches. Nothing here waits by itself; a test that wants an engine to hang at
/// a step blocks in its own `watched` hook.
#[derive(Clone, Default)]
pub struct Conduct {
    steps: usize,
    failure: Option<(usize, String)>,
    hook: Option<Arc<dyn Fn(usize) + Send + Sync>>,
}

impl Conduct {
    /// Answers at once and never fails.
    pub fn plain() -> Self {
        Self::default()
    }

    /// Looks at `cancel` this many times more before each piece.
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }

    /// Fails before anything came out.
    pub fn failing(self, message: impl Into<String>) -> Self {
        self.failing_after(0, message)
    }

    /// Fails once this many pieces are out. An answer of fewer pieces does not fail.
    pub fn failing_after(mut self, pieces: usize, message: impl Into<String>) -> Self {
        self.failure = Some((pieces, message.into()));
        self
    }

    /// Calls `hook` with the number of pieces already out, before each further piece.
    pub fn watched(mut self, hook: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }

    /// To be called before piece number `out` (from 0).
    fn pass(&self, out: usize, cancel: &Cancel) -> Result<(), Stopped> {
        for _ in 0..=self.steps {
            cancel.check()?;
        }
        if let Some(hook) = &self.hook {
            hook(out);
            cancel.check()?;
        }
        match &self.failure {
            Some((after, message)) if *after <= out => Err(Stopped::failed(message.clone())),
            _ => Ok(()),
        }
    }
}

fn card(name: &str) -> Card {
    Card::new(name, Grade::Scripted)
}

/// The root mean square of `speech`; 0 for none.
pub fn loudness(speech: &[f32]) -> f32 {
    if speech.is_empty() {
        return 0.0;
    }
    let energy: f32 = speech.iter().map(|s| s * s).sum();
    (energy / speech.len() as f32).sqrt()
}

/// What counts as voice here: −45 dBFS.
pub const VOICED: f32 = 0.005_6;
