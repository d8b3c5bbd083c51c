//! The `earshot` crate as a voice detector: its weights are compiled in.

use super::gate::Gate;
use super::windows::Windows;
use models_engine::{Card, Grade, Probability, VoiceDetector};

const WINDOW: usize = 256;

/// One session's detector, 16 ms a window.
pub struct Earshot {
    detector: Box<::earshot::Detector>,
    windows: Windows<WINDOW>,
    gate: Gate,
}

impl Earshot {
    pub fn new() -> Self {
        Self {
            detector: Box::default(),
            windows: Windows::new(),
            gate: Gate::shut(),
        }
    }
}

impl Default for Earshot {
    fn default() -> Self {
        Self::new()
    }
}

impl VoiceDetector for Earshot {
    fn card(&self) -> Card {
        Card::new("earshot", Grade::Builtin)
    }

    fn push(&mut self, speech: &[f32], observe: &mut dyn FnMut(Probability)) {
        let Self {
            detector,
            windows,
            gate,
        } = self;
        windows.push(speech, |window| {
            let probability = if gate.passes(window) {
                detector.predict_f32(window).clamp(0.0, 1.0)
            } else {
                0.0
            };
            observe(probability);
        });
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.windows.clear();
        self.gate = Gate::shut();
    }
}
