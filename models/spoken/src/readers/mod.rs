//! The readers, in the order in which they are asked: what is told apart by its shape comes first.

mod abbreviation;
mod amount;
mod clock;
mod code;
mod compound;
mod date;
mod fraction;
mod money;
mod ordinal;
mod path;
mod phone;
mod roman;
mod sign;
mod size;
mod unit;
mod version;
mod web;
mod word;
mod year;

use crate::numbers;
use crate::token::{Manner, Place, Said};

type Reader = fn(Place<'_>) -> Option<Said>;

const ORDER: [Reader; 19] = [
    web::read,
    phone::read,
    date::read,
    clock::read,
    path::read,
    abbreviation::read,
    roman::read,
    fraction::read,
    code::read,
    version::read,
    year::read,
    size::read,
    money::read,
    unit::read,
    amount::read,
    ordinal::read,
    sign::read,
    compound::read,
    word::read,
];

/// How what stands here is said.
pub(crate) fn read(place: Place<'_>) -> Said {
    let said = ORDER.iter().find_map(|reader| reader(place));
    let said = said.unwrap_or_else(|| Said::one(place.core(0)));
    match place.phrase.manner == Manner::Worded || said.words.chars().all(is_sayable) {
        true => said,
        false => Said {
            words: only_words(&said.words),
            ..said
        },
    }
}

fn is_sayable(c: char) -> bool {
    match c {
        '²' | '³' => false,
        _ if c.is_ascii() => c.is_ascii_alphabetic() || " ,.'!?;:".contains(c),
        _ => c.is_alphabetic() || is_mark(c),
    }
}

/// Sits on the letter before it, in one script or another.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{6ff}' | '\u{900}'..='\u{1cff}' | '\u{3099}'..='\u{309c}')
}

/// The net below all readers: what digits and signs have come so far are read one by one, or go.
fn only_words(words: &str) -> String {
    let mut plain = String::with_capacity(words.len() * 2);
    for c in words.chars() {
        match c {
            '0'..='9' => {
                plain.push(' ');
                plain.push_str(&numbers::digits(c.encode_utf8(&mut [0; 4])));
                plain.push(' ');
            }
            c if is_sayable(c) => plain.push(c),
            _ => plain.push(' '),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").replace(" ,", ",")
}
