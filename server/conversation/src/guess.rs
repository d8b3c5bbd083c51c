//! A reply that is kept back: what it was begun on, and what of it is to be told once it is confirmed.

use crate::output::{Prompt, PromptLine, Stage};
use crate::patience as p;
use crate::reply::Reply;
use crate::words::same_words;
use crate::{Millis, ReplyEvent, UtteranceId};

/// Nothing of it is heard, told or written before it is known that the caller has finished, with these words.
#[derive(Debug)]
pub(crate) struct Guess {
    pub(crate) utterance: UtteranceId,
    pub(crate) reply: Reply,
    /// What the model is told, the likely words last.
    pub(crate) prompt: Prompt,
    pub(crate) began: Millis,
    /// When its first speech was there.
    pub(crate) ready: Option<Millis>,
    pub(crate) reached: Vec<(Stage, Millis)>,
    pub(crate) cited: Vec<usize>,
    /// From the first call of a tool on, all waits.
    pub(crate) later: Vec<ReplyEvent>,
}

impl Guess {
    pub(crate) fn new(
        utterance: UtteranceId,
        reply: Reply,
        prompt: Prompt,
        began: Millis,
    ) -> Box<Self> {
        Box::new(Self {
            utterance,
            reply,
            prompt,
            began,
            ready: None,
            reached: Vec::new(),
            cited: Vec::new(),
            later: Vec::new(),
        })
    }

    /// The history is still what the reply was begun on, and the last words are the likely ones.
    pub(crate) fn holds(&self, lines: &[PromptLine]) -> bool {
        match (self.prompt.lines.split_last(), lines.split_last()) {
            (Some((guessed, before)), Some((said, history))) => {
                before == history
                    && guessed.author == said.author
                    && same_words(&guessed.text, &said.text)
            }
            _ => false,
        }
    }

    /// True for what belongs to a call, or comes after one.
    pub(crate) fn is_put_off(&self, event: &ReplyEvent) -> bool {
        !self.later.is_empty() || matches!(event, ReplyEvent::Call { .. })
    }

    /// Keeps what is put off; false where it is too much.
    pub(crate) fn put_off(&mut self, event: ReplyEvent) -> bool {
        match (self.later.last_mut(), event) {
            (Some(ReplyEvent::Text { text: last }), ReplyEvent::Text { text })
            | (Some(ReplyEvent::Arguments { text: last }), ReplyEvent::Arguments { text }) => {
                last.push_str(&text);
                return last.len() <= p::ARGUMENTS;
            }
            (_, event) => self.later.push(event),
        }
        self.later.len() <= p::PUT_OFF
    }

    pub(crate) fn cite(&mut self, passage: usize) {
        if self.cited.len() < p::PUT_OFF && !self.cited.contains(&passage) {
            self.cited.push(passage);
        }
    }

    /// How much sooner its first speech comes than if it were begun now.
    pub(crate) fn gained(&self, now: Millis) -> Millis {
        self.ready.unwrap_or(now) - self.began
    }
}
