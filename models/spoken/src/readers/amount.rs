//! Plain numbers and ranges of them; and how a number with its signs is taken apart, for money and units.

use crate::lexicon;
use crate::numbers::{is_digits, label, quantity, small};
use crate::token::{Place, Said, is_capitals, is_name};
use std::borrow::Cow;

/// "-$3.50/month" taken apart.
#[derive(Clone, Debug)]
pub(super) struct Amount<'a> {
    /// "minus", "about", or nothing.
    pub(super) sign: &'static str,
    /// "$", "US$", or nothing.
    pub(super) mark: &'a str,
    pub(super) number: Cow<'a, str>,
    /// What stands behind the number.
    pub(super) suffix: &'a str,
}

const SIGNS: [(&str, &str); 13] = [
    ("<=", "less than or equal to"),
    (">=", "greater than or equal to"),
    ("<", "less than"),
    (">", "more than"),
    ("≤", "at most"),
    ("≥", "at least"),
    ("+/-", "plus or minus"),
    ("±", "plus or minus"),
    ("~", "about"),
    ("≈", "about"),
    ("-", "minus"),
    ("–", "minus"),
    ("+", "plus"),
];
const MARKS: [&str; 24] = [
    "US$", "CA$", "AU$", "NZ$", "HK$", "A$", "C$", "S$", "R$", "$", "€", "£", "¥", "₹", "₩", "₽",
    "₺", "₿", "₪", "₴", "₫", "฿", "₱", "₦",
];

impl<'a> Amount<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (mut sign, mut rest) = ("", text);
        if let Some((mark, words)) = SIGNS.iter().find(|(mark, _)| text.starts_with(mark)) {
            (sign, rest) = (words, &text[mark.len()..]);
        }
        let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
        let mark = &rest[..mark.map_or(0, |mark| mark.len())];
        rest = &rest[mark.len()..];
        if let (true, "", Some(minus)) = (!mark.is_empty(), sign, rest.strip_prefix('-')) {
            (sign, rest) = ("minus", minus);
        }
        let (number, suffix) = rest.split_at(number_length(rest));
        let number = match quantity(number) {
            Some(_) => Cow::Borrowed(number),
            None => Cow::Owned(european(number, suffix)?),
        };
        Some(Self {
            sign,
            mark,
            number,
            suffix,
        })
    }

    pub(super) fn words(&self) -> String {
        with_sign(self.sign, &quantity(&self.number).unwrap_or_default())
    }

    pub(super) fn is_one(&self) -> bool {
        self.number == "1"
    }
}

pub(super) fn with_sign(sign: &str, words: &str) -> String {
    match sign {
        "" => words.to_owned(),
        sign => format!("{sign} {words}"),
    }
}

/// "1.200,50" and "3,50" as they are written in America; only where it can be nothing else.
fn european(number: &str, suffix: &str) -> Option<String> {
    let (whole, part) = number.rsplit_once(',')?;
    let fits = (1..=2).contains(&part.len()) && !whole.contains(',') && !suffix.starts_with(',');
    let plain: String = whole.chars().filter(|c| *c != '.').collect();
    let grouped = whole.split('.').skip(1).all(|group| group.len() == 3);
    (fits && grouped && is_digits(&plain) && plain.len() <= 9).then(|| format!("{plain}.{part}"))
}

/// How much of the beginning is digits, with commas and points inside.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |n: usize| bytes.get(n).is_some_and(u8::is_ascii_digit);
    let mut length = 0;
    while digit(length) || (matches!(bytes.get(length), Some(b'.' | b',')) && digit(length + 1)) {
        length += 1;
    }
    length
}

/// One amount, or from one to another: "5", "$5–10", "20-25°C".
pub(super) struct Span<'a> {
    pub(super) from: Amount<'a>,
    pub(super) to: Option<Amount<'a>>,
}

impl<'a> Span<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut from = Amount::parse(text)?;
        let dash = from.suffix.find(['–', '-']);
        let to = dash.and_then(|dash| {
            let (suffix, rest) = from.suffix.split_at(dash);
            let rest = rest.strip_prefix(['–', '-'])?;
            let to = Amount::parse(rest).filter(|to| to.sign.is_empty() || to.sign == "minus")?;
            from.suffix = suffix;
            Some(to)
        });
        Some(Self { from, to })
    }

    /// The mark of money, wherever it stands.
    pub(super) fn mark(&self) -> &'a str {
        match (&self.to, self.from.mark) {
            (Some(to), "") => to.mark,
            (_, mark) => mark,
        }
    }

    /// What stands behind the last number.
    pub(super) fn suffix(&self) -> &'a str {
        self.to.as_ref().map_or(self.from.suffix, |to| to.suffix)
    }

    pub(super) fn words(&self) -> String {
        match &self.to {
            Some(to) => format!("{} to {}", self.from.words(), to.words()),
            None => self.from.words(),
        }
    }

    pub(super) fn is_one(&self) -> bool {
        self.to.is_none() && self.from.is_one()
    }

    /// Both ends may have the same thing behind them, or only the last.
    pub(super) fn agrees(&self) -> bool {
        match &self.to {
            Some(to) => self.from.suffix.is_empty() || self.from.suffix == to.suffix,
            None => true,
        }
    }
}

/// "million", in words or by its letter: "5 million", "2M", "3bn"; and whether a token was taken for it.
pub(super) fn magnitude(
    suffix: &str,
    place: Place<'_>,
    is_money: bool,
) -> Option<(&'static str, bool)> {
    const WORDS: [&str; 5] = ["hundred", "thousand", "million", "billion", "trillion"];
    if suffix.is_empty() {
        let next = place.follows(1)?;
        let word = WORDS
            .iter()
            .find(|word| **word == next.trim_end_matches("-dollar"));
        return word.filter(|word| **word == next).map(|word| (*word, true));
    }
    let counted = is_money || lexicon::is_plural(place.follows(1).unwrap_or(""));
    // "a 5K race", "4K videos"
    let lettered = !is_money && suffix == "K" && place.core(0).len() <= 3;
    let word = match suffix {
        "k" | "K" if counted && !lettered => "thousand",
        "M" | "mn" | "MM" | "mln" => "million",
        "m" if is_money => "million",
        "B" if counted => "billion",
        "bn" | "b" if is_money || suffix == "bn" => "billion",
        "T" | "tn" if is_money => "trillion",
        _ => return None,
    };
    Some((word, false))
}

/// It stands before a thing that it tells of: "a 5 km run".
pub(super) fn is_adjective(place: Place<'_>, taken: usize) -> bool {
    const ARTICLES: [&str; 16] = [
        "a", "an", "the", "another", "every", "each", "your", "my", "our", "his", "her", "their",
        "this", "that", "one", "its",
    ];
    let by = |word: &str| matches!(word, "x" | "×" | "by");
    let mut next = place.follows(taken as isize).unwrap_or("");
    // "a 3 mm x 4 mm hole"
    if by(next) {
        let away = (1..=4).find(|away| lexicon::is_noun(place.core(taken as isize + away)));
        next = away.map_or("", |away| place.core(taken as isize + away));
    }
    let noun = lexicon::is_noun(next) || is_capitals(next);
    let before = if by(place.core(-1)) {
        (-5..-1).any(|away| place.is(away, &["a", "an", "the"]))
    } else {
        place.is(-1, &ARTICLES) && place.trail(-1).is_empty()
    };
    let sorts = place.is(-1, &["of", "with"]) && lexicon::is_plural(next) && lexicon::is_noun(next);
    let notes = [
        "bill",
        "bills",
        "note",
        "notes",
        "coin",
        "coins",
        "stamps",
        "banknotes",
        "apartment",
        "house",
        "plot",
        "angle",
        "angles",
        "turn",
        "turns",
        "run",
        "race",
        "walk",
        "ride",
        "drive",
        "hike",
        "radius",
        "sprint",
        "swim",
        "dash",
        "limit",
    ];
    (before && noun) || sorts || notes.contains(&next)
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if let Some(times) = sum(core) {
        return Some(match super::unit::behind(place) {
            Some((unit, more)) => Said::many(format!("{times} {}", unit.many()), 1 + more),
            None => Said::one(times),
        });
    }
    let span = Span::parse(core)?;
    if let Some(said) = is_dialed(place, core) {
        return Some(said);
    }
    if let Some((word, taken)) = magnitude(span.suffix(), place, false) {
        let words = format!("{} {word}", span.words());
        return Some(Said::many(words, 1 + usize::from(taken)));
    }
    let words = match span.suffix() {
        "" => span.words(),
        "+" => span.words() + " plus",
        "x" | "X" | "×" => span.words() + " times",
        suffix if suffix.contains('/') => {
            let (times, unit) = suffix.split_once('/')?;
            let times = match times {
                "" => "",
                "x" | "X" | "×" => " times",
                _ => return None,
            };
            let letters = unit.starts_with(char::is_alphabetic);
            let unit = letters.then(|| super::unit::one_of(unit))?;
            format!("{}{times} per {unit}", span.words())
        }
        "K" | "k" => span.words() + " K",
        _ => return None,
    };
    span.agrees().then(|| Said::one(words))
}

/// "6.02e23", "2^10", "10^6".
fn sum(core: &str) -> Option<String> {
    let (base, power) = core.split_once(['e', 'E', '^'])?;
    let (factor, base) = match base.split_once('×') {
        Some((factor, base)) => (quantity(factor)? + " times ", base),
        None => (String::new(), base),
    };
    let base = Amount::parse(base).filter(|base| base.suffix.is_empty())?;
    let power = Amount::parse(power).filter(|power| power.suffix.is_empty())?;
    let times = match core.contains('^') {
        true => "",
        false => " times ten",
    };
    let ending = match (core.contains('^'), power.number.as_ref(), power.sign) {
        (true, "2", "") => " squared".to_owned(),
        (true, "3", "") => " cubed".to_owned(),
        _ => format!(" to the power of {}", power.words()),
    };
    Some(factor + &base.words() + times + &ending)
}

/// "911" after "call", a page of more than four digits after "code": digit by digit.
fn is_dialed(place: Place<'_>, core: &str) -> Option<Said> {
    let called = place.is(-1, &["call", "dial", "called", "dialed", "text"]);
    let called = called
        || (place.is(-1, &["to"])
            && (-5..-1).any(|away| place.is(away, &["text", "sms", "reply"])));
    if called
        && is_digits(core)
        && (4..=8).contains(&core.len())
        && !lexicon::is_plural(place.core(1))
    {
        return Some(Said::one(crate::numbers::digits(core)));
    }
    let short = core.len() == 3
        && small(core).is_some_and(|n| n % 100 == 11 || n == 999 || n == 112 || n == 988);
    if called && short {
        return Some(Said::one(crate::numbers::digits(core)));
    }
    // "the 737", "a 747"
    let plane = is_digits(core) && core.len() == 3 && core.starts_with('7') && core.ends_with('7');
    (plane && place.is(-1, &["a", "the", "Boeing"]) && !is_name(place.core(1)))
        .then(|| Said::one(label(core)))
}
