//! What is written, and how it is said.

use super::{spoken, worded};

const SAID: &[(&str, &str)] = &[
    ("Hello there.", "Hello there."),
    ("It costs $3.50.", "It costs three dollars and fifty cents."),
    (
        "€1 a day, £2.01 at night",
        "one euro a day, two pounds and one penny at night",
    ),
    ("about 15 EUR, then", "about fifteen euros, then"),
    ("worth $5 million today", "worth five million dollars today"),
    ("a fee of $0.05", "a fee of five cents"),
    (
        "25 of 1,250 calls",
        "twenty five of one thousand two hundred fifty calls",
    ),
    ("pi is 3.14", "pi is three point one four"),
    ("-5 degrees", "minus five degrees"),
    ("50% of 16kHz", "fifty percent of sixteen kilohertz"),
    (
        "every 20 ms, or 1 s",
        "every twenty milliseconds, or one second",
    ),
    ("21 °C outside", "twenty one degrees Celsius outside"),
    ("from 5-10 people", "from five to ten people"),
    ("open at 7:30am", "open at seven thirty A M"),
    ("it closes at 19:00.", "it closes at nineteen o'clock."),
    ("at 9:05 sharp", "at nine oh five sharp"),
    (
        "on 2026-11-21",
        "on November twenty first, twenty twenty six",
    ),
    ("21 Nov 2026", "twenty first November twenty twenty six"),
    ("since 1999", "since nineteen ninety nine"),
    ("May 3, 2024", "May third, twenty twenty four"),
    ("the 2nd and the 21st", "the second and the twenty first"),
    (
        "version 1.2.3 or v2",
        "version one point two point three or version two",
    ),
    (
        "at 127.0.0.1",
        "at one hundred twenty seven dot zero dot zero dot one",
    ),
    ("call 555-1234", "call five five five, one two three four"),
    (
        "see https://example.com/docs/",
        "see example dot com slash docs",
    ),
    ("mail me@example.com!", "mail me at example dot com!"),
    ("edit repartee.toml", "edit repartee dot toml"),
    ("run with --lan", "run with dash dash lan"),
    ("set max_calls", "set max calls"),
    ("e.g. a phone, etc.", "for example a phone, and so on"),
    (
        "Dr. Smith vs. Mr. Jones",
        "Doctor Smith versus Mister Jones",
    ),
    ("It speaks WebRTC.", "It speaks Web R T C."),
    ("an API, two APIs", "an A P I, two A P I's"),
    ("a JSON file", "a jason file"),
    ("an MP3", "an M P three"),
    ("STOP RIGHT HERE", "stop right here"),
    ("**bold** and `code` and _this_", "bold and code and this"),
    ("[the guide](https://x.y/z) helps", "the guide helps"),
    ("# Heading\n- one\n- two", "Heading. one. two."),
    ("```\nlet x = 1;\n```\nDone.", "Done."),
    ("a | b", "a, b"),
    ("line<br>break", "line break"),
    ("voice-to-voice and/or text", "voice to voice and or text"),
    ("fish & chips → good", "fish and chips to good"),
    ("“quoted” don’t…", "quoted don't."),
    ("café Zürich", "cafe Zurich"),
    ("great \u{1F600}!", "great!"),
    ("2 + 2 = 4", "two plus two equals four"),
    ("24/7 support", "twenty four seven support"),
    ("(see below)", "see below"),
    ("agent 007", "agent zero zero seven"),
    ("number #5", "number number five"),
    ("a 3x gain", "a three times gain"),
];

#[test]
fn what_is_written_is_said() {
    for (written, said) in SAID {
        assert_eq!(spoken(written), *said, "{written}");
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
        "```",
        "你好",
        "\u{0}",
    ] {
        assert_eq!(spoken(nothing), "", "{nothing:?}");
    }
}

#[test]
fn names_stay_whole_for_a_language_model() {
    assert_eq!(worded("WebRTC on port 25"), "WebRTC on port twenty five");
    assert_eq!(worded("an API"), "an API");
}

#[test]
fn any_text_is_stood() {
    let odd = "$ € 1.2.3.4.5 :: a/b/ -- -1- 1,2,3 @ a@b . .a a. _ __x__ [a](b [c] <d <e> 99:99 \
               2026-13-45 v v1. 1e5 ½½ 12:3 1-2-3 '' 's S's 00 9999999999999999999999 +1 #";
    let mut text = odd.to_owned();
    while !text.is_empty() {
        let _ = (spoken(&text), worded(&text));
        text.remove(0);
    }
    let reversed: String = odd.chars().rev().collect();
    assert!(spoken(&reversed).is_ascii());
}
