//! Lets windows through while there is any sound, so that silence costs nothing.

/// −56 dBFS as a mean square: below a whisper into a far microphone, above a browser's silence.
const SOUND: f32 = 2.5e-6;

/// How many quiet windows pass before the gate shuts: about a third of a second of 32 ms windows.
const HOLD: u32 = 10;

/// Open from the first window with sound until [`HOLD`] windows without.
pub(super) struct Gate {
    quiet: u32,
}

impl Gate {
    pub(super) fn shut() -> Self {
        Self { quiet: HOLD }
    }

    pub(super) fn passes(&mut self, window: &[f32]) -> bool {
        let energy: f32 = window.iter().map(|s| s * s).sum();
        if energy > SOUND * window.len() as f32 {
            self.quiet = 0;
        } else {
            self.quiet = (self.quiet + 1).min(HOLD);
        }
        self.quiet < HOLD
    }
}
