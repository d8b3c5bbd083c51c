//! The symbols that Kokoro was trained on, and their numbers.

/// Stands before and after all others.
pub(crate) const END: i64 = 0;
pub(crate) const SPACE: i64 = 16;

/// Runs of neighbouring numbers, each from the number named.
const RUNS: [(i64, &str); 30] = [
    (1, ";:,.!?"),
    (9, "—…\"()“” \u{303}ʣʥʦʨᵝ\u{ab67}AI"),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
];

/// The number of a symbol; `None` for one that Kokoro does not know.
pub(crate) fn number(symbol: char) -> Option<i64> {
    RUNS.iter().find_map(|(first, symbols)| {
        let place = symbols.chars().position(|known| known == symbol)?;
        Some(first + place as i64)
    })
}

/// Whether it sounds: not a mark, a space or an accent.
pub(crate) fn is_sound(number: i64) -> bool {
    number > SPACE && !(156..=158).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_vocabulary() {
        for (symbol, published) in [
            (';', 1),
            ('?', 6),
            ('—', 9),
            ('”', 15),
            (' ', 16),
            ('\u{ab67}', 23),
            ('I', 25),
            ('T', 36),
            ('Y', 41),
            ('f', 48),
            ('h', 50),
            ('z', 68),
            ('æ', 72),
            ('ç', 78),
            ('ə', 83),
            ('ɜ', 87),
            ('ʝ', 103),
            ('ø', 116),
            ('œ', 120),
            ('ɻ', 126),
            ('ʧ', 133),
            ('ɤ', 140),
            ('ʎ', 143),
            ('ʔ', 148),
            ('ː', 158),
            ('↘', 173),
            ('ᵻ', 177),
        ] {
            assert_eq!(number(symbol), Some(published), "{symbol}");
        }
        let all: usize = RUNS
            .iter()
            .map(|(_, symbols)| symbols.chars().count())
            .sum();
        assert_eq!(all, 114, "besides the end, which has no symbol");
        assert_eq!(number('ü'), None);
        assert_eq!(number('❓'), None);
    }
}
