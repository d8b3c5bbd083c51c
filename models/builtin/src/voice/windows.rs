//! Cuts samples that come in any number into windows of one size.

/// A window that fills up.
pub(super) struct Windows<const N: usize> {
    window: [f32; N],
    filled: usize,
}

impl<const N: usize> Windows<N> {
    pub(super) fn new() -> Self {
        Self {
            window: [0.0; N],
            filled: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Calls `complete` with each window that `speech` completes. Samples outside −1..1, or that are
    /// no number, are brought into it: an engine may refuse them.
    pub(super) fn push(&mut self, mut speech: &[f32], mut complete: impl FnMut(&[f32; N])) {
        while !speech.is_empty() {
            let (head, rest) = speech.split_at(speech.len().min(N - self.filled));
            let free = &mut self.window[self.filled..self.filled + head.len()];
            for (slot, sample) in free.iter_mut().zip(head) {
                *slot = if sample.is_nan() {
                    0.0
                } else {
                    sample.clamp(-1.0, 1.0)
                };
            }
            self.filled += head.len();
            speech = rest;
            if self.filled == N {
                self.filled = 0;
                complete(&self.window);
            }
        }
    }
}
