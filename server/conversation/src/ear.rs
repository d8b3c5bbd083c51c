//! The last windows of the caller's sound: where a voice begins, and how far has been listened.

use crate::patience::{GAP, ONSET_VOICED, ONSET_WINDOWS, WINDOW};
use crate::{Ears, Millis};

/// One judged window of sound. `start` and `end` in media time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    pub(crate) probability: f32,
    pub(crate) voiced: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ear {
    recent: [Window; ONSET_WINDOWS],
    /// When the last window came, by the clock.
    pub(crate) at: Millis,
    /// Sound before this belongs to an utterance already, or was thrown away.
    claimed: Millis,
}

impl Ear {
    /// Takes the next window; none when it is not news.
    pub(crate) fn hear(
        &mut self,
        now: Millis,
        probability: f32,
        end: Millis,
        ears: &Ears,
    ) -> Option<Window> {
        let before = self.end();
        if end <= before {
            return None;
        }
        let start = if end - before > GAP {
            end - WINDOW
        } else {
            before
        };
        let voiced = probability >= ears.threshold;
        let probability = if probability.is_finite() {
            probability.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let window = Window {
            start,
            end,
            probability,
            voiced,
        };
        self.recent.rotate_left(1);
        self.recent[ONSET_WINDOWS - 1] = window;
        self.at = now;
        Some(window)
    }

    /// How far the sound has come, in media time.
    pub(crate) fn end(&self) -> Millis {
        self.recent[ONSET_WINDOWS - 1].end
    }

    /// Where a voice began, if enough of the last windows held one.
    pub(crate) fn onset(&self) -> Option<Millis> {
        let voiced = || self.recent.iter().filter(|window| window.voiced);
        if voiced().count() < ONSET_VOICED {
            return None;
        }
        voiced().map(|window| window.start).next()
    }

    /// From where to listen for a voice that began at `began`.
    pub(crate) fn from(&self, began: Millis, preroll: Millis) -> Millis {
        (began - preroll).max(self.claimed.min(began))
    }

    /// The sound up to here is done with.
    pub(crate) fn claim(&mut self) {
        self.claimed = self.end();
        for window in &mut self.recent {
            window.voiced = false;
        }
    }
}
