//! What each window of the caller's sound is: voice by the detector's word, how periodic, whose, and to what end.

use crate::bands::Bands;
use crate::echo::Echo;
use crate::gist::Gist;
use crate::intent::intent;
use crate::level_dbfs;
use crate::periodicity::Periodicity;
use crate::softened::{Softener, power};
use models_engine::{LISTENING_RATE, Probability, VoiceDetector};

const SAMPLES_PER_MS: u64 = LISTENING_RATE as u64 / 1_000;
/// A first look is at so much.
const SLICE: usize = LISTENING_RATE as usize * 10 / 1_000;
/// Softer, nothing begins; and what falls so much within a slice was a click.
const SOFT_DBFS: f32 = -66.0;
const FALLS_DB: f32 = 4.0;
/// A mean square that counts as silence: −120 dBFS.
const SILENT: f32 = 1e-12;

/// One window of the caller's sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// That it holds speech, by the voice detector.
    pub probability: Probability,
    /// How strongly it repeats itself at the pitch of a voice, 0 to 1.
    pub voicing: f32,
    /// That the sound so far is the beginning of something said, and neither a listener's "mm-hm" nor a noise.
    pub intent: f32,
    /// How loud it is; silence is −120.
    pub level_dbfs: f32,
    /// How loud our own voice comes back about now, as far as is known; else −120.
    pub echo_dbfs: f32,
    /// Where it ends, in media time.
    pub end_ms: u64,
}

/// What is known before a window is full: how loud the last few milliseconds were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glimpse {
    pub level_dbfs: f32,
    pub echo_dbfs: f32,
    pub end_ms: u64,
}

/// Looks at the sound in the detector's windows.
pub struct Listener {
    softener: Softener,
    periodicity: Periodicity,
    bands: Bands,
    gist: Gist,
    echo: Echo,
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
            bands: Bands::new(),
            gist: Gist::new(),
            echo: Echo::new(),
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
                intent: intent(&self.gist),
                level_dbfs: 10.0 * mean.max(SILENT).log10(),
                echo_dbfs: self.echo.expected_dbfs(),
                end_ms: end_ms.saturating_sub(after_ms),
            });
        }
        self.take(rest);
        self.filled += rest.len();
        self.windows = windows;
    }

    /// A first look at the end of what was just listened to; none where the sound is soft, or dies away already.
    pub fn glimpse(&self, speech: &[f32], end_ms: u64) -> Option<Glimpse> {
        let (rest, last) = speech.split_at(speech.len().saturating_sub(SLICE));
        let before = &rest[rest.len().saturating_sub(SLICE)..];
        let (before_dbfs, level_dbfs) = (level_dbfs(before), level_dbfs(last));
        let begins = level_dbfs >= SOFT_DBFS && level_dbfs >= before_dbfs - FALLS_DB;
        begins.then(|| Glimpse {
            level_dbfs,
            echo_dbfs: self.echo.expected_dbfs(),
            end_ms,
        })
    }

    /// How loud each few milliseconds are of what comes next.
    pub fn instants<'a>(
        &'a self,
        speech: &'a [f32],
        end_ms: u64,
    ) -> impl Iterator<Item = Glimpse> + 'a {
        let echo_dbfs = self.echo.expected_dbfs();
        let slices = speech.rchunks_exact(SLICE);
        slices.rev().enumerate().map(move |(n, slice)| {
            let after = (speech.len() / SLICE - 1 - n) * SLICE;
            Glimpse {
                level_dbfs: level_dbfs(slice),
                echo_dbfs,
                end_ms: end_ms.saturating_sub(after as u64 / SAMPLES_PER_MS),
            }
        })
    }

    /// One frame of our own voice has left: it may come back.
    pub fn said(&mut self, frame: &[f32]) {
        self.echo.said(frame);
    }

    /// The present sound as numbers between 0 and 1, and how many steps of 32 ms it has so far: what the
    /// weights of `intent` are fitted to.
    #[must_use]
    pub fn drawn(&self) -> Option<(usize, Vec<f32>)> {
        let steps = self.gist.steps();
        (steps > 0).then(|| (steps, self.gist.draw().as_flattened().to_vec()))
    }

    fn take(&mut self, speech: &[f32]) {
        self.energy += power(speech);
        let periodicity = &mut self.periodicity;
        self.softener
            .soften(speech, |sample| periodicity.keep(sample));
        for &sample in speech {
            if let Some(picture) = self.bands.push(sample) {
                self.gist.hear(&picture, self.periodicity.latest());
                self.echo.heard(&picture);
            }
        }
    }
}
