//! A conversation in, the next reply out, piece by piece.

use crate::{Cancel, Card, Passage, Stopped};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Author {
    System,
    Caller,
    Agent,
}

/// One thing that was said, as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Line {
    pub author: Author,
    pub text: String,
    /// The agent's line was cut here by the caller.
    pub cut: bool,
}

/// Everything a language model is told. The last caller's line is what it answers.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Prompt {
    pub instructions: String,
    pub lines: Vec<Line>,
    pub passages: Vec<Passage>,
    /// At most this many tokens, where the model counts them.
    pub max_tokens: Option<u32>,
}

/// A part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Piece {
    /// The next words, spaces included.
    Text(String),
    /// The reply rests on this passage of the prompt (its index).
    Cite(usize),
}

pub trait LanguageModel: Send + Sync {
    fn card(&self) -> Card;

    /// Composes one reply; `emit` is called for each piece as it is known.
    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped>;
}
