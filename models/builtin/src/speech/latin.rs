//! What is said, in the plain letters that the speaking programs know.

use unicode_normalization::UnicodeNormalization;

/// `text` as a person reads it, in ASCII; empty when nothing is left that these programs can say.
pub(super) fn spoken(text: &str) -> String {
    let said = models_spoken::spoken(text);
    let mut plain = String::with_capacity(said.len());
    for letter in said.nfd() {
        match letter {
            letter if letter.is_ascii() => plain.push(letter),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' | 'Ł' => plain.push('l'),
            'ß' => plain.push_str("ss"),
            'æ' | 'Æ' => plain.push_str("ae"),
            'œ' | 'Œ' => plain.push_str("oe"),
            'đ' | 'ð' => plain.push('d'),
            'þ' => plain.push_str("th"),
            _ => {}
        }
    }
    match plain.contains(|c: char| c.is_ascii_alphanumeric()) {
        true => plain,
        false => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn letters_lose_their_marks() {
        assert_eq!(
            spoken("café Zürich, Łódź, Straße 5"),
            "cafe Zurich, lodz, Strasse five"
        );
    }

    #[test]
    fn what_these_programs_cannot_say_is_nothing() {
        for nothing in ["你好", "Привет!", "\u{1F389}", "..."] {
            assert_eq!(spoken(nothing), "", "{nothing}");
        }
    }
}
