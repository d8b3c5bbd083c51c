//! A simulated playout: phrases that wait to be heard, and what of them was.

use server_conversation::{Input, Millis, PhraseEvent, PhraseId, ReplyId};
use std::collections::VecDeque;

#[derive(Default)]
pub(crate) struct Playout {
    /// Each phrase, how much of it is made, whether that is all, and how much was played.
    pub(crate) queue: VecDeque<(PhraseId, u64, bool, u64)>,
    pub(crate) held: bool,
    /// Nothing of this reply is to be played.
    pub(crate) kept: Option<ReplyId>,
}

impl Playout {
    pub(crate) fn spoken(&mut self, phrase: PhraseId, total: Millis, all: bool) {
        let queued = self.queue.iter_mut().find(|(queued, ..)| *queued == phrase);
        if let Some((_, made, spoken, _)) = queued {
            *made = total.0;
            *spoken |= all;
        }
    }

    pub(crate) fn play(&mut self, for_ms: u64) -> Option<Input> {
        if self.held {
            return None;
        }
        let kept = self.kept;
        let (phrase, made, spoken, played) = self.queue.front_mut()?;
        if kept == Some(phrase.reply) {
            return None;
        }
        let before = *played;
        *played = (*played + for_ms).min(*made);
        let done = *spoken && *played == *made;
        if *played == before && !done {
            return None;
        }
        let (phrase, total) = (*phrase, Millis(*played));
        if done {
            self.queue.pop_front();
        }
        Some(Input::Phrase(phrase, PhraseEvent::Played { total, done }))
    }
}
