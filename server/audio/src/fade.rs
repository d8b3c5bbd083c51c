//! Fades: short enough to be out of the way, long enough not to click.

/// How long a voice takes to fall silent when it is cut or held (2.5 ms). A whole frame that begins
/// with this fall carries 13 dB less than the voice did.
pub(crate) const FALL: usize = 120;
/// How long a held voice takes to come back (10 ms), and any other to begin (2.5 ms).
pub(crate) const RETURN: usize = 480;
pub(crate) const RISE: usize = 120;

/// Raised cosine: from 1 at 0 to 0 at `length`.
pub(crate) fn falling(at: usize, length: usize) -> f32 {
    let x = (at as f32 + 0.5) / length.max(1) as f32;
    0.5 + 0.5 * (std::f32::consts::PI * x.min(1.0)).cos()
}

/// The other way round: from 0 to 1.
pub(crate) fn rising(at: usize, length: usize) -> f32 {
    1.0 - falling(at, length)
}

/// The last of a voice that was cut or held, faded, waiting for the next frame.
pub(crate) struct Fall {
    speech: [f32; FALL],
    length: usize,
}

impl Fall {
    pub(crate) fn new() -> Self {
        Self {
            speech: [0.0; FALL],
            length: 0,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.length == 0
    }

    /// Keeps what would have come next, faded.
    pub(crate) fn begin(&mut self, next: &[f32]) {
        self.length = next.len().min(FALL);
        for (at, sample) in next.iter().take(FALL).enumerate() {
            self.speech[at] = sample * falling(at, self.length);
        }
    }

    /// Puts it at the start of `frame`; says how much it took.
    pub(crate) fn put(&mut self, frame: &mut [f32]) -> usize {
        let length = std::mem::take(&mut self.length).min(frame.len());
        frame[..length].copy_from_slice(&self.speech[..length]);
        length
    }
}
