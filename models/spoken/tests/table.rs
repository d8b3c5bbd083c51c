//! What is written, and what a person says: the tables beside this file, line by line.

use models_spoken::{spoken, worded};

const TABLE: &str = include_str!("cases.tsv");
const SENTENCES: &str = include_str!("sentences.tsv");

fn cases() -> impl Iterator<Item = (String, &'static str)> {
    let lines = TABLE.lines().chain(SENTENCES.lines());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("## "));
    lines.map(|line| {
        let (written, said) = line
            .split_once('\t')
            .expect("a tab parts what is written and said");
        (written.replace("\\n", "\n"), said)
    })
}

#[test]
fn the_table_is_said() {
    let wrong: Vec<String> = cases()
        .filter(|(written, said)| spoken(written) != *said)
        .map(|(written, said)| format!("{written}\n  want {said}\n  have {}", spoken(&written)))
        .collect();
    assert!(cases().count() >= 1200, "the table is long enough");
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_said_is_said_the_same_again() {
    for (written, said) in cases() {
        assert_eq!(spoken(said), said, "from {written}");
    }
}

#[test]
fn nothing_but_words_and_pauses_is_left() {
    for (written, _) in cases() {
        let said = spoken(&written);
        let plain = |c: char| c.is_alphabetic() || " ,.!?;:'".contains(c);
        assert!(said.chars().all(plain), "{written}: {said}");
    }
}

#[test]
fn what_holds_no_word_is_said_as_nothing() {
    for nothing in [
        "",
        " \n",
        "\u{1F389}",
        "...",
        "---",
        "**",
        "\u{0}",
        ":-)",
        "!",
        "\u{200b}",
    ] {
        assert_eq!(spoken(nothing), "", "{nothing:?}");
    }
}

#[test]
fn names_stay_whole_for_a_language_model() {
    assert_eq!(worded("WebRTC on port 25"), "WebRTC on port twenty five");
    assert_eq!(worded("an API"), "an API");
}
