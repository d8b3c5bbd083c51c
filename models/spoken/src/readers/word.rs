//! One word without signs: spelled where it is an abbreviation, parted where it is made of several.

use crate::lexicon;
use crate::numbers::{is_digits, label, quantity};
use crate::token::{Manner, Place, Said, is_capitals};

/// Abbreviations longer than this are words.
const LONGEST_SPELLED: usize = 6;

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core == "a" || place.phrase.manner == Manner::Worded {
        return Some(Said::one(say(core, place.phrase.manner, false)));
    }
    let loud = place.phrase.shouted || is_loud_beside(place);
    Some(Said::one(say(core, Manner::Aloud, loud)))
}

/// A common word in capitals stands beside it: "DO NOT ENTER".
fn is_loud_beside(place: Place<'_>) -> bool {
    let common =
        |word: &str| is_capitals(word) && lexicon::is_common(word) && !lexicon::is_doubtful(word);
    is_capitals(place.core(0)) && (common(place.core(-1)) && common(place.core(1)))
}

/// One word, as it is said.
pub(super) fn say(word: &str, manner: Manner, shouted: bool) -> String {
    if let Some(number) = quantity(word) {
        return number;
    }
    if let (Manner::Aloud, Some(said)) = (manner, lexicon::said_in_small(word)) {
        return said;
    }
    if manner == Manner::Worded
        || !word
            .bytes()
            .any(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        return word.trim_matches('_').to_owned();
    }
    if let Some(said) = lexicon::said_as_word(word) {
        return said.to_owned();
    }
    if let [a @ b'A'..=b'Z', b'a'..=b'z', c @ b'A'..=b'Z'] = word.as_bytes() {
        // "IoT", "YoY".
        let middle = word[1..2].to_ascii_uppercase();
        return format!("{} {middle} {}", char::from(*a), char::from(*c));
    }
    let parts = parts(word);
    let counted = word.bytes().any(|b| b.is_ascii_digit());
    let mut said = String::with_capacity(word.len() * 2);
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            said.push(' ');
        }
        let digits = is_digits(part);
        match digits {
            true if parts.len() > 1 => said.push_str(&label(part)),
            _ => said.push_str(&one(part, shouted, parts.len() > 1, counted)),
        }
    }
    said
}

/// A part without a change of case, or a number.
fn one(part: &str, shouted: bool, mixed: bool, counted: bool) -> String {
    if let Some(said) = lexicon::said_as_word(part) {
        return said.to_owned();
    }
    if part.len() == 1 && mixed {
        return part.to_ascii_uppercase();
    }
    let (stem, ending) = match part.strip_suffix("'s").or(part.strip_suffix('s')) {
        Some(stem) if stem.len() > 1 && is_capitals(stem) => (stem, "'s"),
        _ => (part, ""),
    };
    if !is_capitals(stem) {
        return part.to_owned();
    }
    if let Some(said) = lexicon::said_as_word(stem) {
        return said.to_owned() + &part[stem.len()..];
    }
    if mixed && counted && stem.len() <= 3 {
        return spell(stem) + ending;
    }
    if stem.contains('\'') || is_word(stem, shouted) {
        return part.to_ascii_lowercase();
    }
    spell(stem) + ending
}

/// Letters in capitals that are a word all the same.
fn is_word(letters: &str, shouted: bool) -> bool {
    if lexicon::is_spelled(letters) {
        return false;
    }
    if lexicon::is_common(letters) && (shouted || !lexicon::is_doubtful(letters)) {
        return true;
    }
    let long = if is_alternating(letters) || shouted {
        4
    } else {
        5
    };
    letters.len() > LONGEST_SPELLED || (letters.len() >= long && is_pronounceable(letters))
}

/// "AMEX", "NATO": a vowel between any two consonants.
fn is_alternating(letters: &str) -> bool {
    let vowel = |b: &u8| b"AEIOU".contains(b);
    let mut pairs = letters.as_bytes().windows(2);
    letters.len() == 4
        && !letters.contains('Y')
        && pairs.all(|pair| vowel(&pair[0]) != vowel(&pair[1]))
}

/// It has vowels among its consonants, and never too many of either.
fn is_pronounceable(letters: &str) -> bool {
    let (mut vowels, mut run, mut last) = (0, 0, None);
    for letter in letters.bytes() {
        let vowel = b"AEIOUY".contains(&letter);
        vowels += usize::from(vowel);
        run = if last == Some(vowel) { run + 1 } else { 1 };
        last = Some(vowel);
        if run > if vowel { 2 } else { 3 } {
            return false;
        }
    }
    vowels * 4 >= letters.len()
}

/// "A P I".
pub(super) fn spell(letters: &str) -> String {
    let letters: Vec<String> = letters.chars().map(String::from).collect();
    letters.join(" ")
}

/// Cut at a change from small to capital, and between letters and digits.
fn parts(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    let kept = is_family(word);
    for n in 1..bytes.len() {
        let (a, b) = (bytes[n - 1], bytes[n]);
        let rises = a.is_ascii_lowercase() && b.is_ascii_uppercase() && !kept;
        let counts = a.is_ascii_digit() != b.is_ascii_digit() && a != b'\'' && b != b'\'';
        let next = bytes.get(n + 1).is_some_and(u8::is_ascii_lowercase);
        let plural = bytes.get(n + 1) == Some(&b's') && n + 2 == bytes.len();
        let falls = a.is_ascii_uppercase() && b.is_ascii_uppercase() && next && !plural;
        if rises || counts || falls {
            parts.push(&word[start..n]);
            start = n;
        }
    }
    parts.push(&word[start..]);
    parts
}

/// "McDonald", "MacArthur", "DeVito": one name.
fn is_family(word: &str) -> bool {
    let heads = ["Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz", "O'"];
    heads.iter().any(|head| {
        word.strip_prefix(head).is_some_and(|rest| {
            rest.len() > 2
                && rest.starts_with(|c: char| c.is_ascii_uppercase())
                && !rest.starts_with("Book")
                && rest[1..].bytes().all(|b| b.is_ascii_lowercase())
        })
    })
}
