//! Sizes and heights: "1920x1080", "2x4", "8.5 x 11", "5'10\"", "1080p", "4K".

use super::unit;
use crate::numbers::{cardinal, is_digits, label, quantity, small};
use crate::token::{Place, Said};

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() > 32 || !core.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(lines) = core
        .strip_suffix(['p', 'i'])
        .filter(|n| is_digits(n) && n.len() >= 3)
    {
        let letter = core[lines.len()..].to_ascii_uppercase();
        return Some(Said::one(format!("{} {letter}", label(lines))));
    }
    height(place)
        .or_else(|| by(place))
        .or_else(|| spaced(place))
}

/// "5'10\"", "6'", "12\"".
fn height(place: Place<'_>) -> Option<Said> {
    let (core, trail) = (place.core(0), place.trail(0));
    let marks = |words: String| {
        let said = Said::one(words);
        Some(Said {
            owns_marks: true,
            ..said
        })
    };
    let feet_of = |feet: u64| {
        format!(
            "{} {}",
            cardinal(feet),
            if feet == 1 { "foot" } else { "feet" }
        )
    };
    if let Some((feet, inches)) = core.split_once('\'') {
        let (feet, inches) = (small(feet)?, quantity(inches)?);
        return marks(format!("{} foot {inches}", cardinal(feet)));
    }
    let number = small(core)?;
    if let (Some(inches), "'") = (quantity(place.core(1)), trail)
        && place.trail(1).starts_with('"')
    {
        let said = Said::many(format!("{} foot {inches}", cardinal(number)), 2);
        return Some(Said {
            owns_marks: true,
            ..said
        });
    }
    let quoted = place.token(0).lead.contains(['"', '\'']) || is_open(place, trail);
    let of_thing =
        place.is(-1, &["a", "an", "the", "this"]) && crate::lexicon::is_noun(place.core(1));
    match trail.chars().next() {
        Some('\'') if !quoted && !trail.starts_with("''") => marks(feet_of(number)),
        Some('"') if !quoted => marks(format!(
            "{} {}",
            cardinal(number),
            if number == 1 || of_thing {
                "inch"
            } else {
                "inches"
            }
        )),
        _ => None,
    }
}

/// A quotation is open here, so that the mark closes it.
pub(super) fn is_open(place: Place<'_>, trail: &str) -> bool {
    let mark = if trail.starts_with('"') { '"' } else { '\'' };
    // As far back as one looks for the beginning of a quotation.
    let before = place.at.saturating_sub(24)..place.at;
    let opened = before
        .clone()
        .filter(|n| place.phrase.tokens[*n].lead.contains(mark))
        .count();
    let closed = before
        .filter(|n| place.phrase.tokens[*n].trail.contains(mark))
        .count();
    opened > closed
}

/// "1920x1080", "2×4", "4x4x2".
fn by(place: Place<'_>) -> Option<Said> {
    let parts: Vec<&str> = place.core(0).split(['x', '×', 'X']).collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let large = parts.iter().all(|part| is_digits(part) && part.len() >= 3);
    let said: Option<Vec<String>> = parts
        .iter()
        .map(|part| {
            if large {
                Some(label(part))
            } else {
                quantity(part)
            }
        })
        .collect();
    let said = said?.join(" by ");
    match unit::behind(place) {
        Some((unit, more)) => Some(Said::many(format!("{said} {}", unit.many()), 1 + more)),
        None => Some(Said::one(said)),
    }
}

/// "8.5 x 11", "10 x 20 x 30 cm".
fn spaced(place: Place<'_>) -> Option<Said> {
    let mut said = quantity(place.core(0))?;
    let mut taken = 1;
    while taken < 5 {
        let by = place
            .follows(taken)
            .filter(|sign| matches!(*sign, "x" | "X"));
        let next = by.and_then(|_| quantity(place.follows(taken + 1)?));
        let Some(next) = next else { break };
        said = format!("{said} by {next}");
        taken += 2;
    }
    if taken == 1 {
        return None;
    }
    let taken = taken as usize;
    Some(match unit::behind(place.on(taken - 1)) {
        Some((unit, more)) => Said::many(format!("{said} {}", unit.many()), taken + more),
        None => Said::many(said, taken),
    })
}
