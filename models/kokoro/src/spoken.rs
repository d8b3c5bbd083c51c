//! Text as it is said: numbers, dates and the like as words. The one place where that is done for this engine.

/// Passes the text on; what is known of numbers comes from the phonemes' own rules.
pub(crate) fn spoken(text: &str) -> String {
    text.to_owned()
}
