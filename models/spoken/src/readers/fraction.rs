//! Fractions and what looks like them: "1/2", "3 1/4", "24/7", "9/10", "16:9".

use super::amount::is_adjective;
use super::{compound, size, unit};
use crate::numbers::{cardinal, many, ordinal, quantity, small};
use crate::token::{Place, Said};

/// Said as they stand.
const SAYINGS: [(&str, &str); 9] = [
    ("24/7", "twenty four seven"),
    ("24/7/365", "twenty four seven three sixty five"),
    ("9/11", "nine eleven"),
    ("50/50", "fifty fifty"),
    ("50-50", "fifty fifty"),
    ("20/20", "twenty twenty"),
    ("7/11", "seven eleven"),
    ("7-Eleven", "seven eleven"),
    ("4/20", "four twenty"),
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let said = plain(place)?;
    let trail = place.on(said.taken - 1).trail(0);
    if !trail.starts_with('"') || size::is_open(place, trail) || place.token(0).lead.contains('"') {
        return Some(said);
    }
    let inches = if said.taken > 1 { "inches" } else { "inch" };
    Some(Said {
        words: format!("{} {inches}", said.words),
        owns_marks: true,
        ..said
    })
}

fn plain(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() > 24 || !core.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    if let Some((_, words)) = SAYINGS.iter().find(|(written, _)| *written == core) {
        return Some(Said::one(*words));
    }
    if let Some(ratio) = ratio(core, false) {
        return Some(Said::one(ratio));
    }
    if let Some(whole) = small(core) {
        return mixed(place, whole);
    }
    if let Some((whole, fraction)) = core.split_once('-').filter(|(whole, _)| !whole.is_empty()) {
        if let Some((top, bottom)) = whole.split_once('/') {
            let part = part(small(top)?, small(bottom)?)?;
            return Some(Said::one(format!("{part} {}", compound::words(fraction))));
        }
        let words = with_whole(small(whole)?, fraction)?;
        return Some(Said::one(words));
    }
    let (core, sign) = match core.strip_prefix('-') {
        Some(bare) => (bare, "minus "),
        None => (core, ""),
    };
    let (top, bottom) = core.split_once('/')?;
    if let (true, Some(top), Some(bottom)) = (core.contains('.'), quantity(top), quantity(bottom)) {
        return Some(Said::one(format!("{sign}{top} out of {bottom}")));
    }
    let (top, bottom) = (small(top)?, small(bottom)?);
    if (top, bottom) == (1, 2) && place.is(-1, &["every", "a", "another", "each"]) {
        return Some(Said::one("half"));
    }
    let said = out_of(place, top, bottom).or_else(|| part(top, bottom));
    let said = said.unwrap_or_else(|| format!("{} over {}", cardinal(top), cardinal(bottom)));
    let (of, taken) = match unit::behind(place) {
        Some((unit, more)) if is_adjective(place, 1 + more) || top < bottom => {
            (of_unit(&unit, place, 1 + more), 1 + more)
        }
        _ => (String::new(), 1),
    };
    let said = Said::many(format!("{sign}{said}{of}"), taken);
    Some(if taken > 1 { said.with_dot() } else { said })
}

fn of_unit(unit: &unit::Unit, place: Place<'_>, taken: usize) -> String {
    match is_adjective(place, taken) {
        true => format!(" {}", unit.one()),
        false => format!(" of {} {}", unit.article(), unit.one()),
    }
}

/// "a ratio of 16:10": no time of the day, where the words before say so.
pub(super) fn told_ratio(place: Place<'_>) -> Option<Said> {
    let told = (-6..0).any(|away| place.is(away, &["ratio", "ratios", "odds", "aspect", "scale"]));
    ratio(place.core(0), told).filter(|_| told).map(Said::one)
}

/// "16:9", "3:1".
fn ratio(core: &str, told: bool) -> Option<String> {
    let (first, second) = core.split_once(':')?;
    let shape = told || second.len() != 2 || first.len() > 2;
    let (first, second) = (small(first)?, small(second)?);
    shape.then(|| format!("{} to {}", cardinal(first), cardinal(second)))
}

/// "3 1/4 cups", "2 1/2 km".
fn mixed(place: Place<'_>, whole: u64) -> Option<Said> {
    let words = with_whole(whole, place.follows(1)?)?;
    let next = place.on(1);
    match unit::behind(next) {
        Some((unit, more)) => {
            let name = match is_adjective(place, 2 + more) {
                true => unit.one(),
                false => unit.many(),
            };
            Some(Said::many(format!("{words} {name}"), 2 + more).with_dot())
        }
        None => Some(Said::many(words, 2)),
    }
}

fn with_whole(whole: u64, fraction: &str) -> Option<String> {
    let (top, bottom) = fraction.split_once('/')?;
    let (top, bottom) = (small(top)?, small(bottom)?);
    let part = match (top, bottom) {
        (1, 2) => "a half".to_owned(),
        (1, 4) => "a quarter".to_owned(),
        _ if top < bottom => part(top, bottom)?,
        _ => return None,
    };
    Some(format!("{} and {part}", cardinal(whole)))
}

/// "three quarters".
fn part(top: u64, bottom: u64) -> Option<String> {
    let name = match bottom {
        2 => "half".to_owned(),
        4 => "quarter".to_owned(),
        3 | 5..=20 | 32 | 64 | 100 | 1000 => ordinal(bottom),
        _ => return None,
    };
    let name = match (top, name.as_str()) {
        (1, _) => name,
        (_, "half") => "halves".to_owned(),
        _ => many(&name),
    };
    (top < bottom || bottom <= 4).then(|| format!("{} {name}", cardinal(top)))
}

/// "9/10" as a mark, "step 2/5" as a place.
fn out_of(place: Place<'_>, top: u64, bottom: u64) -> Option<String> {
    let marked = [
        "rated", "rating", "score", "scored", "scores", "got", "gave", "rate", "it", "is", "a",
        "of", "on",
    ];
    let marked = matches!(bottom, 5 | 10 | 20 | 100)
        && (place.is(-1, &marked[..9]) || place.is(1, &["stars", "rating", "score"]));
    let placed = place.is(
        -1,
        &[
            "step", "page", "part", "slide", "chapter", "level", "day", "round", "question",
            "episode", "lap",
        ],
    );
    match (marked || top == bottom, placed) {
        (_, true) => Some(format!("{} of {}", cardinal(top), cardinal(bottom))),
        (true, _) => Some(format!("{} out of {}", cardinal(top), cardinal(bottom))),
        _ => None,
    }
}
