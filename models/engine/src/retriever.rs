//! A question in, passages of the knowledge base out.

use crate::{Cancel, Card, Stopped};

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Query {
    pub text: String,
    /// At most this many passages.
    pub limit: usize,
}

/// A piece of a document, with where it stands.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Passage {
    /// The document, as a person would name it: a path inside the knowledge folder.
    pub source: String,
    /// The heading it stands under, outermost first, joined by " › ".
    pub heading: String,
    /// Plain text, Markdown taken off.
    pub text: String,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// How near each sentence of the text (`wording::sentences`) lies to the question in meaning, from
    /// -1 to 1; empty where nobody judged.
    pub likeness: Vec<f32>,
}

pub trait Retriever: Send + Sync {
    fn card(&self) -> Card;

    /// The best passages, best first; none when nothing fits. An empty query finds nothing.
    fn retrieve(&self, query: &Query, cancel: &Cancel) -> Result<Vec<Passage>, Stopped>;
}
