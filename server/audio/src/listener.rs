//! What each window of the caller's sound is: voice by the detector's word, and how periodic.

use crate::periodicity::Periodicity;
use crate::softened::{Softener, power};
use models_engine::{LISTENING_RATE, Probability, VoiceDetector};

const SAMPLES_PER_MS: u64 = LISTENING_RATE as u64 / 1_000;
/// A mean square that counts as silence: −120 dBFS.
const SILENT: f32 = 1e-12;
/// One window of the caller's sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// That it holds speech, by the voice detector.
    pub probability: Probability,
    /// How strongly it repeats itself at the pitch of a voice, 0 to 1.
    pub voicing: f32,
    /// How loud it is; silence is −120.
    pub level_dbfs: f32,
    /// Where it ends, in media time.
    pub end_ms: u64,
}

/// Looks at the sound in the detector's windows.
pub struct Listener {
    softener: Softener,
    periodicity: Periodicity,
    /// Samples of the window that are filled already.
    filled: usize,
    /// Reused for each call.
    windows: Vec<Probability>,
    /// Of the samples of the present window.
    energy: f32,
}

impl Default for Listener {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    #[must_use]
    pub fn new() -> Self {
        Self {
            softener: Softener::default(),
            periodicity: Periodicity::new(),
            filled: 0,
            windows: Vec::with_capacity(16),
            energy: 0.0,
        }
    }

    /// Takes more of the sound, which ends at `end_ms` of media time, and observes each window that is full.
    pub fn listen(
        &mut self,
        speech: &[f32],
        end_ms: u64,
        detector: &mut dyn VoiceDetector,
        observe: &mut dyn FnMut(Observation),
    ) {
        let window = detector.window().max(1);
        let mut windows = std::mem::take(&mut self.windows);
        windows.clear();
        detector.push(speech, &mut |probability| windows.push(probability));
        let mut rest = speech;
        for &probability in &windows {
            let (head, tail) = rest.split_at(rest.len().min(window.saturating_sub(self.filled)));
            self.take(head);
            rest = tail;
            self.filled = 0;
            let after_ms = rest.len() as u64 / SAMPLES_PER_MS;
            let mean = std::mem::take(&mut self.energy) / window as f32;
            observe(Observation {
                probability,
                voicing: self.periodicity.take(),
                level_dbfs: 10.0 * mean.max(SILENT).log10(),
                end_ms: end_ms.saturating_sub(after_ms),
            });
        }
        self.take(rest);
        self.filled += rest.len();
        self.windows = windows;
    }

    fn take(&mut self, speech: &[f32]) {
        self.energy += power(speech);
        let periodicity = &mut self.periodicity;
        self.softener
            .soften(speech, |sample| periodicity.keep(sample));
    }
}
