//! Text as it is written, to text as a person reads it aloud: English words and pauses, nothing else.
//!
//! Markup goes, signs of all the world become a few plain ones, and the rest is cut at its spaces into
//! tokens. At each token the first of an ordered list of readers that knows what stands there says it,
//! and how many tokens it took; what none knows stays as it is.

mod emit;
mod fold;
mod html;
mod lexicon;
mod markdown;
mod numbers;
mod readers;
mod token;

use token::{Manner, Phrase};

/// `text` as it is said, for a step that knows only words and pauses; empty when there is nothing to say.
///
/// Names that are spelled come letter by letter ("A P I"), and a number never comes as digits.
pub fn spoken(text: &str) -> String {
    read(text, Manner::Aloud)
}

/// `text` with its numbers and signs as words, but its names as they are written ("WebRTC"): what a
/// recognizer's language model is made of.
pub fn worded(text: &str) -> String {
    read(text, Manner::Worded)
}

fn read(text: &str, manner: Manner) -> String {
    let plain = fold::fold(&markdown::flatten(text));
    let phrase = Phrase::new(&plain, manner);
    emit::emit(&phrase)
}
