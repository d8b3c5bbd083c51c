//! What of a decoder's output are words of a caller.

/// The words of a hypothesis in one line: no fillers, no marks of alternative pronunciations.
pub(super) fn tidy(hypothesis: &str) -> String {
    let words: Vec<&str> = hypothesis.split_whitespace().filter_map(word).collect();
    words.join(" ")
}

/// "read(2)" is "read"; "<sil>" and "[NOISE]" are none.
pub(super) fn word(text: &str) -> Option<&str> {
    if text.starts_with(['<', '[', '+']) {
        return None;
    }
    let base = text.split('(').next().unwrap_or(text);
    (!base.is_empty()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_and_alternatives_go() {
        assert_eq!(
            tidy("<s> read(2) <sil> the [NOISE] page </s>"),
            "read the page"
        );
        assert_eq!(tidy("++um++ <sil>"), "");
    }
}
