//! English words made comparable, for engines that look words up instead of thinking.
//!
//! The retriever and the quoting language model must agree on what counts as the same word, so the
//! rules stand here, beside the seam between them: stems, synonyms, spelling, sound, and which words
//! of a question carry it.

mod clause;
mod compare;
mod expected;
mod kin;
mod numbers;
mod question;
mod sentence;
mod sound;
mod stem;
mod weight;
mod word;

pub use compare::{likeness, misspelt, nearness};
pub use expected::Expected;
pub use kin::{Kinship, kin_of};
pub use question::{Asked, Question};
pub use sentence::sentences;
pub use weight::Weight;
pub use word::{Word, words};
