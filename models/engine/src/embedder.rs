//! Texts in, places in a space of meaning out.

use crate::Card;

/// Knows which texts mean alike. No seam of its own: it helps a retriever find what was asked in
/// other words than it is written in.
pub trait Embedder: Send + Sync {
    fn card(&self) -> Card;

    /// A vector of length 1: the product of two is the cosine of what lies between them. Texts without
    /// a word have a place, too. A long text counts by its beginning.
    fn embed(&self, text: &str) -> Vec<f32>;
}
