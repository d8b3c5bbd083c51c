//! A word that no dictionary has, put together from parts that one has; failing that, as it is spelled.

use super::cmudict::Dictionary;
use super::letters::spelled;
use super::spelling;
use misaki_rs::Lexicon;

/// Shorter parts are found in any word.
const LEAST_PART: usize = 3;

const PREFIXES: [(&str, &str); 12] = [
    ("un", "ˌʌn"),
    ("re", "ɹˌi"),
    ("non", "nˌɑn"),
    ("pre", "pɹˌi"),
    ("anti", "ˌæntI"),
    ("multi", "mˌʌlti"),
    ("micro", "mˌIkɹO"),
    ("super", "sˌupəɹ"),
    ("sub", "sˌʌb"),
    ("over", "ˌOvəɹ"),
    ("mis", "mˌɪs"),
    ("dis", "dˌɪs"),
];

const SUFFIXES: [(&str, &str); 14] = [
    ("ers", "əɹz"),
    ("er", "əɹ"),
    ("able", "əbᵊl"),
    ("less", "ləs"),
    ("ness", "nəs"),
    ("ly", "li"),
    ("ish", "ɪʃ"),
    ("ize", "Iz"),
    ("ized", "Izd"),
    ("ful", "fᵊl"),
    ("ment", "mᵊnt"),
    ("like", "lˌIk"),
    ("s", "z"),
    ("y", "i"),
];

/// The dictionaries that there are.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) more: Option<&'a Dictionary>,
}

/// The phonemes of a word, a name or a string of signs; empty where it holds neither letter nor digit.
pub(super) fn pronounce(known: Known<'_>, word: &str) -> String {
    let parts = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'');
    let said: Vec<String> = parts
        .flat_map(camel_parts)
        .map(|part| one(known, part))
        .filter(|said| !said.is_empty())
        .collect();
    said.join(" ")
}

fn one(known: Known<'_>, part: &str) -> String {
    let lower = part.to_ascii_lowercase();
    let capitals = part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase());
    let found = if capitals && part.len() <= 4 {
        None
    } else {
        whole(known, &lower)
    };
    found
        .or_else(|| known.more?.find(&lower))
        .or_else(|| possessive(known, &lower))
        .or_else(|| compound(known, &lower))
        .or_else(|| {
            if capitals {
                None
            } else {
                spelling::read(&lower)
            }
        })
        .unwrap_or_else(|| spelled(&lower))
}

/// As the dictionary has it, with its own endings for plural and past.
fn whole(known: Known<'_>, word: &str) -> Option<String> {
    let letters = word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let found = letters.then(|| known.lexicon.get_word(word, "NN", None, None));
    found.flatten().map(|(phonemes, _)| phonemes)
}

fn possessive(known: Known<'_>, word: &str) -> Option<String> {
    let owner = word.strip_suffix("'s")?;
    let said = whole(known, owner)
        .or_else(|| compound(known, owner))
        .unwrap_or_else(|| spelled(owner));
    (!said.is_empty()).then(|| known.lexicon.append_s(&said))
}

/// Two known words, or one with a known beginning or ending.
fn compound(known: Known<'_>, word: &str) -> Option<String> {
    if !word.is_ascii() {
        return None;
    }
    affixed(known, word).or_else(|| {
        let cuts = LEAST_PART..word.len().saturating_sub(LEAST_PART - 1);
        // The evenest cut: "note|book", not "not|ebook".
        let mut cuts: Vec<usize> = cuts.collect();
        cuts.sort_by_key(|cut| cut.abs_diff(word.len() / 2));
        cuts.into_iter().find_map(|cut| {
            let (left, right) = word.split_at(cut);
            let (left, right) = (whole(known, left)?, whole(known, right)?);
            Some(left + &right.replace('ˈ', "ˌ"))
        })
    })
}

fn affixed(known: Known<'_>, word: &str) -> Option<String> {
    let prefixed = PREFIXES.iter().find_map(|(prefix, said)| {
        let rest = word
            .strip_prefix(prefix)
            .filter(|rest| rest.len() > LEAST_PART)?;
        Some(format!("{said}{}", whole(known, rest)?))
    });
    prefixed.or_else(|| {
        SUFFIXES.iter().find_map(|(suffix, said)| {
            let stem = word
                .strip_suffix(suffix)
                .filter(|stem| stem.len() > LEAST_PART)?;
            let stem = whole(known, stem).or_else(|| whole(known, &format!("{stem}e")));
            Some(format!("{}{said}", stem?))
        })
    })
}

/// "PocketSphinx" is "Pocket", "Sphinx"; "HTTPServer" is "HTTP", "Server"; "iPhone5" is "i", "Phone", "5".
fn camel_parts(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let (mut parts, mut start) = (Vec::new(), 0);
    for n in 1..bytes.len() {
        let upper = bytes[n].is_ascii_uppercase();
        let after_lower = bytes[n - 1].is_ascii_lowercase();
        let before_lower = bytes.get(n + 1).is_some_and(u8::is_ascii_lowercase);
        let after_upper = bytes[n - 1].is_ascii_uppercase();
        let digit = bytes[n].is_ascii_digit() != bytes[n - 1].is_ascii_digit();
        if digit || (upper && (after_lower || (after_upper && before_lower))) {
            parts.push(&word[start..n]);
            start = n;
        }
    }
    parts.push(&word[start..]);
    parts
}
