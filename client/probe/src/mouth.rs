//! What a scripted caller is saying, frame by frame, and what comes after it.

use std::collections::VecDeque;

use crate::level::FRAME;
use crate::pressing::{Pressed, Pressing};
use crate::speech::Speech;

/// What is being said, and what comes after it.
#[derive(Default)]
pub(crate) struct Mouth {
    queue: VecDeque<(usize, Speech)>,
    position: usize,
    count: usize,
    /// What is said for ever, in place of anything else, and how far it is.
    repeated: Option<(Pressing, usize)>,
}

impl Mouth {
    pub(crate) fn push(&mut self, speech: Speech) {
        self.queue.push_back((self.count, speech));
        self.count += 1;
    }

    /// Says this from now on, beginning at one of its frames.
    pub(crate) fn repeat(&mut self, pressing: Pressing, from: usize) {
        self.repeated = Some((pressing, from));
    }

    /// The next frame of what is repeated, if anything is.
    pub(crate) fn repeated(&mut self) -> Option<&Pressed> {
        let (pressing, position) = self.repeated.as_mut()?;
        *position += 1;
        Some(pressing.frame(*position - 1))
    }

    /// The next frame, silence where nothing is to be said, with the utterance that it belongs to;
    /// and the utterances that have ended before it.
    pub(crate) fn frame(&mut self, ended: &mut dyn FnMut(usize)) -> ([f32; FRAME], Option<usize>) {
        while let Some((index, speech)) = self.queue.front() {
            if let Some(frame) = speech.frame(self.position) {
                self.position += 1;
                return (frame, Some(*index));
            }
            ended(*index);
            self.queue.pop_front();
            self.position = 0;
        }
        ([0.0; FRAME], None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_one_after_the_other_and_then_nothing() {
        let mut mouth = Mouth::default();
        mouth.push(Speech::tone(440.0, 40));
        mouth.push(Speech::tone(440.0, 20));
        let mut ended = Vec::new();
        let said: Vec<_> = (0..5)
            .map(|_| mouth.frame(&mut |index| ended.push(index)).1)
            .collect();
        assert_eq!(said, [Some(0), Some(0), Some(1), None, None]);
        assert_eq!(ended, [0, 1]);
    }
}
