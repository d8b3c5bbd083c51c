//! A conversation in, the next reply out, piece by piece.

use crate::{Cancel, Card, Passage, Stopped};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Author {
    System,
    Caller,
    Agent,
    /// What a tool gave back.
    Tool,
}

/// One thing that was said, as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Line {
    pub author: Author,
    pub text: String,
    /// The agent's line was cut here by the caller.
    pub cut: bool,
    /// The agent's line is this call, and its text the arguments; a tool's line is what came of it, and
    /// follows its call with nothing but calls and results between.
    pub call: Option<Call>,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Call {
    pub id: String,
    pub tool: String,
}

/// Something that the client can do for the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Tool {
    pub name: String,
    pub description: String,
    /// What it takes: a JSON schema.
    pub parameters: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum ToolChoice {
    #[default]
    Auto,
    /// The reply calls a tool before anything else.
    Always,
    /// ... and this one.
    This(String),
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
    /// What the reply may call. A model that cannot call answers in words.
    pub tools: Vec<Tool>,
    pub tool_choice: ToolChoice,
}

impl Prompt {
    /// The caller has said this, and nothing came before.
    pub fn asking(text: impl Into<String>) -> Self {
        let line = Line {
            author: Author::Caller,
            text: text.into(),
            cut: false,
            call: None,
        };
        Self {
            lines: vec![line],
            ..Self::default()
        }
    }
}

/// A part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Piece {
    /// The next words, spaces included.
    Text(String),
    /// The reply rests on this passage of the prompt (its index).
    Cite(usize),
    /// A call of this tool begins; it ends with the next one, with words, or with the reply.
    Call(String),
    /// More of the call's arguments, a JSON object in the end.
    Arguments(String),
}

pub trait LanguageModel: Send + Sync {
    fn card(&self) -> Card;

    /// So many passages are worth giving it: whoever reads every word of them answers later for each.
    fn passages(&self) -> usize {
        5
    }

    /// Composes one reply; `emit` is called for each piece as it is known.
    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped>;
}
