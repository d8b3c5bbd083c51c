//! Ordinals: "1st", "22nd", "the 20th-century".

use super::compound;
use crate::numbers::{cardinal, ordinal, whole};
use crate::token::{Place, Said};

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if let Some(number) = core.strip_suffix("ers").and_then(whole) {
        // "the 49ers"
        let words = cardinal(number);
        let ending = if words.ends_with('e') { "rs" } else { "ers" };
        return Some(Said::one(words + ending));
    }
    let (first, rest) = match core.split_once(['-', '–']) {
        Some((first, rest)) => (first, rest),
        None => (core, ""),
    };
    let lower = first
        .get(first.len().checked_sub(2)?..)?
        .to_ascii_lowercase();
    let digits = first.get(..first.len() - 2)?;
    let ending = matches!(lower.as_str(), "st" | "nd" | "rd" | "th");
    let number = whole(digits).filter(|_| ending)?;
    let said = ordinal(number);
    if rest.is_empty() {
        return Some(Said::one(said));
    }
    let to = rest.get(..rest.len().saturating_sub(2)).and_then(whole);
    Some(Said::one(match to {
        Some(to) => format!("{said} to {}", ordinal(to)),
        None => format!("{said} {}", compound::words(rest)),
    }))
}
