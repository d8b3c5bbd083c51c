//! Words joined by hyphens, slashes and other signs: "voice-to-voice", "and/or", "COVID-19", "a+b=c", "AT&T".

use super::{unit, word};
use crate::numbers::{is_digits, label};
use crate::token::{Manner, Place, Said};

/// Said as they stand.
const SAYINGS: [(&str, &str); 21] = [
    ("and/or", "and or"),
    ("he/she", "he or she"),
    ("she/he", "she or he"),
    ("his/her", "his or her"),
    ("him/her", "him or her"),
    ("s/he", "he or she"),
    ("yes/no", "yes or no"),
    ("true/false", "true or false"),
    ("either/or", "either or"),
    ("y/o", "years old"),
    ("y/y", "year over year"),
    ("Ctrl+Alt+Del", "Control Alt Delete"),
    ("w/e", "weekend"),
    ("C++", "C plus plus"),
    ("C#", "C sharp"),
    ("F#", "F sharp"),
    ("9-to-5", "nine to five"),
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
    if core.chars().all(is_letter) {
        return None;
    }
    if let Some(rate) = rate(place) {
        return Some(Said::one(rate));
    }
    if let Some(said) = in_pairs(core) {
        return Some(Said::one(said));
    }
    Some(Said::one(split(
        core,
        place.phrase.manner,
        place.phrase.shouted,
    )))
}

/// "3 euros/kg", "20 requests/second": behind a number a slash is "per".
fn rate(place: Place<'_>) -> Option<String> {
    let (top, bottom) = place.core(0).split_once('/')?;
    let counted = place.core(-1).ends_with(|c: char| c.is_ascii_digit());
    let letters = |text: &str| text.len() > 1 && text.chars().all(char::is_alphabetic);
    let fits = counted
        && letters(top)
        && crate::lexicon::is_plural(top)
        && bottom.chars().all(char::is_alphabetic);
    fits.then(|| format!("{} per {}", words(top), unit::one_of(bottom)))
}

/// "AT&T", "R&D": letters, whatever word they could be.
fn in_pairs(core: &str) -> Option<String> {
    let (core, ending) = match core.strip_suffix("'s") {
        Some(bare) => (bare, "'s"),
        None => (core, ""),
    };
    let short = |part: &str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_uppercase());
    let fits = core.contains('&') && core.split('&').all(|part| !part.is_empty() && short(part));
    let said = || {
        core.split('&')
            .map(word::spell)
            .collect::<Vec<_>>()
            .join(" and ")
            + ending
    };
    fits.then(said)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || c == '\''
}

/// The parts of something that stands behind a rate, a hyphen or a name.
pub(super) fn words(text: &str) -> String {
    split(text, Manner::Aloud, false)
}

fn split(text: &str, manner: Manner, shouted: bool) -> String {
    let mut said = String::new();
    let mut part = String::new();
    let mut before = ' ';
    let sign = |bare: &str, sign: char| split(&format!("{bare}{sign}"), manner, shouted);
    if let Some(bare) = text.strip_suffix("^2") {
        return sign(bare, '²');
    }
    if let Some(bare) = text.strip_suffix("^3") {
        return sign(bare, '³');
    }
    let power = text.contains(['²', '³', '^']);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let digits = before.is_ascii_digit() && next.is_ascii_digit();
        let inner = letter == '.' || letter == ',';
        if is_letter(letter) || !is_sign(letter) || (inner && digits) {
            part.push(letter);
        } else {
            push(&mut said, &mut part, manner, shouted, power);
            said.push_str(between(letter, before, next));
            said.push(' ');
        }
        before = letter;
    }
    push(&mut said, &mut part, manner, shouted, power);
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

fn push(said: &mut String, part: &mut String, manner: Manner, shouted: bool, power: bool) {
    let first = said.is_empty();
    if part.is_empty() {
        return;
    }
    if let Some(words) = super::version::version(part).filter(|_| part.matches('.').count() >= 2) {
        said.push_str(&words);
        said.push(' ');
        part.clear();
        return;
    }
    if part.contains(',') && crate::numbers::quantity(part).is_none() {
        *part = part.replace(',', " ");
    }
    // "B-52s"
    if let Some(bare) = part
        .strip_suffix('s')
        .filter(|bare| is_digits(bare) && !first)
    {
        said.push_str(&crate::numbers::many(&label(bare)));
        said.push(' ');
        part.clear();
        return;
    }
    // "COVID-19", "F-16", "737-800": behind a dash a number is a name.
    if is_digits(part) && !first {
        said.push_str(&label(part));
    } else if power && part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase()) {
        said.push_str(&word::spell(&part.to_ascii_uppercase()));
    } else if let Some(words) = unit::words(part).filter(|_| manner == Manner::Aloud) {
        said.push_str(&words);
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
