//! Whatever is written: it never panics, its length is bounded, and plain words stay as they are.

use models_spoken::{spoken, worded};
use proptest::prelude::*;

/// The most that one letter can become: "<" is "greater than or equal to" and the like.
const MOST_A_BYTE: usize = 26;

/// Pieces that the readers look for, so that what is put together of them meets every one.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "$",
        "€",
        "1",
        "25",
        "1,000",
        "3.5",
        "-",
        "–",
        "/",
        ":",
        ".",
        ",",
        "%",
        "°C",
        " ",
        " ",
        " ",
        "am",
        "p.m.",
        "Dr.",
        "St.",
        "IV",
        "VIII",
        "Henry",
        "March",
        "5",
        "2024",
        "@",
        "#",
        "http://",
        "a.com",
        "~",
        "<",
        ">",
        "=",
        "+",
        "**",
        "`",
        "[",
        "](",
        ")",
        "(",
        "|",
        "\n",
        "- ",
        "```",
        "&amp;",
        "&",
        "\\",
        "'",
        "\"",
        "’",
        "½",
        "²",
        "⁶",
        "x",
        "×",
        "e",
        "k",
        "M",
        "km",
        "h",
        "API",
        "APIs",
        "camelCase",
        "snake_case",
        "v2",
        "::",
        "!",
        "?",
        "…",
        "—",
        "\u{1F600}",
        "é",
        "你",
        "\u{200d}",
        "１",
        "</b>",
        "<br>",
        "555",
        "1234",
        "+1",
        "(212)",
        "No.",
        "GB",
        "million",
        "C:",
        "_",
        "*",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_stood(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        let said = spoken(&text);
        prop_assert!(said.len() <= MOST_A_BYTE * text.len(), "{} of {}", said.len(), text.len());
        prop_assert!(!said.contains("  ") && said.trim() == said);
        prop_assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
        worded(&text);
    }

    #[test]
    fn plain_words_stay(words in prop::collection::vec("[a-z]{7,10}", 1..12)) {
        let text = words.join(" ");
        prop_assert_eq!(spoken(&text), text);
    }
}

/// What is read again and again would show here: each length is twice the one before.
#[test]
fn long_texts_are_bounded_too() {
    for odd in [
        "9", "1.", "a-", "\"", "(", "*", "`", "[", "<", "&", "1/", "1:", "$1 ", "5'", "I ", "- ",
        "~~", "1e", "- a\n", "|a",
    ] {
        let text = odd.repeat(20_000);
        assert!(spoken(&text).len() <= MOST_A_BYTE * text.len(), "{odd}");
    }
}
