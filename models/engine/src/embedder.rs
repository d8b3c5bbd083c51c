//! Texts in, places in a space of meaning out.

use crate::Card;

/// Knows which texts mean alike. No seam of its own: it helps a retriever find what was asked in
/// other words than it is written in.
pub trait Embedder: Send + Sync {
    fn card(&self) -> Card;

    /// A vector of length 1: the product of two is the cosine of what lies between them. Texts without
    /// a word have a place, too. A long text counts by its beginning.
    fn embed(&self, text: &str) -> Vec<f32>;

    /// How likely each claim answers the question, beside the question's not being answered at all: the logarithm of the
    /// one to the other. None from those who cannot judge.
    fn judge(&self, _question: &str, _claims: &[Claim<'_>]) -> Option<Vec<f32>> {
        None
    }
}

/// A sentence that may answer, under its heading.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The innermost; empty where there is none.
    pub heading: &'a str,
    pub text: &'a str,
}
