//! Words joined by hyphens, slashes and other signs: "voice-to-voice", "and/or", "COVID-19", "a+b=c", "AT&T".

use super::word;
use crate::numbers::{is_digits, label};
use crate::token::{Manner, Place, Said};

/// Said as they stand.
const SAYINGS: [(&str, &str); 18] = [
    ("and/or", "and or"),
    ("he/she", "he or she"),
    ("she/he", "she or he"),
    ("his/her", "his or her"),
    ("him/her", "him or her"),
    ("s/he", "he or she"),
    ("yes/no", "yes or no"),
    ("true/false", "true or false"),
    ("either/or", "either or"),
    ("C++", "C plus plus"),
    ("C#", "C sharp"),
    ("F#", "F sharp"),
    ("9-to-5", "nine to five"),
    ("e-mail", "e mail"),
    ("A+", "A plus"),
    ("B+", "B plus"),
    ("A-", "A minus"),
    ("B-", "B minus"),
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() <= 12 {
        let known = SAYINGS
            .iter()
            .find(|(written, _)| written.eq_ignore_ascii_case(core));
        if let Some((_, words)) = known {
            return Some(Said::one(*words));
        }
    }
    let plain = core.chars().all(|c| c.is_alphanumeric() || c == '\'');
    if plain {
        return None;
    }
    Some(Said::one(split(
        core,
        place.phrase.manner,
        place.phrase.shouted,
    )))
}

/// The parts of something that stands behind a rate, a hyphen or a name.
pub(super) fn words(text: &str) -> String {
    split(text, Manner::Aloud, false)
}

fn split(text: &str, manner: Manner, shouted: bool) -> String {
    let mut said = String::new();
    let mut part = String::new();
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let digits = before.is_ascii_digit() && next.is_ascii_digit();
        let inner = letter == '.' || letter == ',';
        if letter.is_alphanumeric() || letter == '\'' || !is_sign(letter) || (inner && digits) {
            part.push(letter);
        } else {
            let first = said.is_empty();
            push(&mut said, &mut part, manner, shouted, first);
            said.push_str(between(letter, before, next));
            said.push(' ');
        }
        before = letter;
    }
    let first = said.is_empty();
    push(&mut said, &mut part, manner, shouted, first);
    tidy(&said)
}

/// Parts words, whether or not it has a name.
fn is_sign(letter: char) -> bool {
    letter.is_ascii_punctuation() || "–—→←×÷±≈≤≥≠§©°²³µ√∞€£¥¢".contains(letter)
}

fn between(sign: char, before: char, next: char) -> &'static str {
    let digits = before.is_ascii_digit() && next.is_ascii_digit();
    match sign {
        '&' => "and",
        '+' => "plus",
        '=' => "equals",
        '@' => "at",
        '%' => "percent",
        '°' => "degrees",
        '²' => "squared",
        '³' => "cubed",
        '×' => "times",
        '÷' => "divided by",
        '±' => "plus or minus",
        '≈' => "is about",
        '≤' => "is at most",
        '≥' => "is at least",
        '≠' => "is not equal to",
        '→' => "to",
        '§' => "section",
        '<' if before.is_alphanumeric() && next.is_alphanumeric() => "is less than",
        '>' if before.is_alphanumeric() && next.is_alphanumeric() => "is greater than",
        '*' if before.is_alphanumeric() && next.is_alphanumeric() => "times",
        '^' if next.is_alphanumeric() => "to the power of",
        '–' if digits => "to",
        '.' if next.is_alphanumeric() && before.is_alphanumeric() => "dot",
        '\\' => "backslash",
        '€' => "euros",
        '$' if next.is_ascii_digit() || next == ' ' => "dollars",
        '£' => "pounds",
        _ => "",
    }
}

fn push(said: &mut String, part: &mut String, manner: Manner, shouted: bool, first: bool) {
    if part.is_empty() {
        return;
    }
    // "COVID-19", "F-16", "737-800": behind a dash a number is a name.
    if is_digits(part) && !first {
        said.push_str(&label(part));
    } else {
        said.push_str(&word::say(part, manner, shouted));
    }
    said.push(' ');
    part.clear();
}

fn tidy(said: &str) -> String {
    let words: Vec<&str> = said.split_whitespace().collect();
    words.join(" ")
}
