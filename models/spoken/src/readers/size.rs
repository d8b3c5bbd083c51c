//! Sizes and heights: "1920x1080", "2x4", "8.5 x 11", "5'10\"", "1080p", "4K".

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
    height(place).or_else(|| by(core)).or_else(|| spaced(place))
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
    let quoted = place.token(0).lead.contains(['"', '\'']) || is_open(place, trail);
    match trail.chars().next() {
        Some('\'') if !quoted && !trail.starts_with("''") => marks(feet_of(number)),
        Some('"') if !quoted => marks(format!(
            "{} {}",
            cardinal(number),
            if number == 1 { "inch" } else { "inches" }
        )),
        _ => None,
    }
}

/// A quotation is open here, so that the mark closes it.
fn is_open(place: Place<'_>, trail: &str) -> bool {
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
fn by(core: &str) -> Option<Said> {
    let parts: Vec<&str> = core.split(['x', '×', 'X']).collect();
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
    Some(Said::one(said?.join(" by ")))
}

/// "8.5 x 11".
fn spaced(place: Place<'_>) -> Option<Said> {
    let by = place.follows(1).filter(|sign| matches!(*sign, "x" | "X"))?;
    let (first, second) = (quantity(place.core(0))?, quantity(place.follows(2)?)?);
    (!by.is_empty()).then(|| Said::many(format!("{first} by {second}"), 3))
}
