//! What of a reply the caller can have heard, judged by what was played alone.

use server_conversation::{LineId, PhraseEvent, UtteranceId};

#[derive(Default)]
pub(crate) struct Reply {
    pub(crate) line: Option<LineId>,
    pub(crate) spoken: bool,
    pub(crate) composed: String,
    pub(crate) heard: usize,
    pub(crate) silenced: bool,
    pub(crate) phrases: Vec<Phrase>,
    pub(crate) covers: Vec<UtteranceId>,
    pub(crate) ended: bool,
}

/// Where its words end in the text, what the voice said of its pace, and how much of it was played.
pub(crate) struct Phrase {
    pub(crate) words: (usize, usize),
    /// Bytes of the words, and when they are said.
    pub(crate) marks: Vec<(usize, u64)>,
    pub(crate) made: u64,
    pub(crate) whole: bool,
    pub(crate) played: u64,
    pub(crate) done: bool,
}

impl Phrase {
    pub(crate) fn unspoken(words: (usize, usize)) -> Self {
        Self {
            words,
            marks: Vec::new(),
            made: 0,
            whole: false,
            played: 0,
            done: false,
        }
    }

    pub(crate) fn take(&mut self, event: &PhraseEvent) {
        match event {
            PhraseEvent::Speech { total } => self.made = self.made.max(total.0),
            PhraseEvent::Spoken { total } => {
                self.made = self.made.max(total.0);
                self.whole = true;
            }
            PhraseEvent::Played { total, done } => {
                self.played = self.played.max(total.0);
                self.done |= done;
            }
            PhraseEvent::Marks { marks } => {
                let marks = marks.iter().map(|mark| (mark.bytes, mark.at.0));
                self.marks.extend(marks);
            }
            PhraseEvent::Failed { .. } => {}
        }
    }
}

/// The bytes that the caller can have heard, judged by what was played alone.
pub(crate) fn audible_at_most(reply: &Reply) -> usize {
    let mut heard = 0;
    for phrase in &reply.phrases {
        let (start, end) = phrase.words;
        if !phrase.done {
            if phrase.played == 0 {
                return heard + unspeakable(&reply.composed[heard..start]);
            }
            let words = &reply.composed[start..end];
            let mut later = phrase.marks.iter().filter(|(_, at)| *at > phrase.played);
            if !phrase.marks.is_empty() && phrase.played < phrase.made {
                // The word that ends there is not over.
                let until = later.next().map_or(words.len(), |(bytes, _)| *bytes);
                return start + words[..until].rfind(char::is_whitespace).unwrap_or(0);
            }
            let all = words.chars().count() as u64;
            let chars = if phrase.whole {
                all * phrase.played / phrase.made.max(1)
            } else {
                all
            };
            let chars = usize::try_from(chars).expect("a phrase is short");
            return start
                + words
                    .char_indices()
                    .nth(chars)
                    .map_or(words.len(), |(at, _)| at);
        }
        heard = end;
    }
    heard + unspeakable(&reply.composed[heard..])
}

/// What cannot be spoken counts with what stands before it.
fn unspeakable(rest: &str) -> usize {
    rest.find(char::is_alphanumeric).unwrap_or(rest.len())
}
