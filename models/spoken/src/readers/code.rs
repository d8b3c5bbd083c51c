//! Numbers that only tell things apart: "Room 204", "Route 66", "RTX 4090", "port 8080", "#5", "PIN 1234".

use crate::numbers::{cardinal, digits, is_digits, label, small};
use crate::token::{Place, Said, is_name};

/// Things whose number is said by pairs.
const PLACES: [&str; 51] = [
    "xbox",
    "room",
    "route",
    "highway",
    "interstate",
    "flight",
    "suite",
    "apartment",
    "apt",
    "gate",
    "unit",
    "bus",
    "channel",
    "boeing",
    "airbus",
    "rtx",
    "gtx",
    "rx",
    "radeon",
    "geforce",
    "ryzen",
    "port",
    "ports",
    "error",
    "status",
    "http",
    "form",
    "model",
    "locker",
    "seat",
    "train",
    "platform",
    "exit",
    "hotline",
    "extension",
    "studio",
    "building",
    "porsche",
    "peugeot",
    "bmw",
    "line",
    "box",
    "psalm",
    "mazda",
    "flat",
    "office",
    "ward",
    "cabin",
    "hwy",
    "rte",
    "rooms",
];
/// Things whose number is said digit by digit.
const CODES: [&str; 26] = [
    "pin",
    "code",
    "zip",
    "passcode",
    "password",
    "id",
    "account",
    "order",
    "ticket",
    "case",
    "reference",
    "ref",
    "confirmation",
    "invoice",
    "serial",
    "badge",
    "tracking",
    "postcode",
    "booking",
    "card",
    "ending",
    "passport",
    "otp",
    "policy",
    "otp",
    "member",
];
const STREETS: [&str; 24] = [
    "Street",
    "St",
    "Avenue",
    "Ave",
    "Road",
    "Rd",
    "Boulevard",
    "Blvd",
    "Drive",
    "Dr",
    "Lane",
    "Ln",
    "Way",
    "Court",
    "Ct",
    "Place",
    "Pl",
    "Square",
    "Sq",
    "Highway",
    "Hwy",
    "Parkway",
    "Pkwy",
    "Terrace",
];

pub(super) fn is_street(word: &str) -> bool {
    STREETS.contains(&word)
}

pub(super) fn is_place(word: &str) -> bool {
    PLACES.iter().any(|name| name.eq_ignore_ascii_case(word))
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() > 24 {
        return None;
    }
    if let Some(number) = core.strip_prefix('#') {
        return hash(number);
    }
    if let Some(plane) = plane(place) {
        return Some(Said::one(plane));
    }
    if core == "#" {
        return count_of(place);
    }
    let bare = core.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let letter = &core[bare.len()..];
    if !is_digits(bare) || letter.len() > 1 {
        return None;
    }
    let before = place.core(-1);
    let placed = is_place(before) && place.trail(-1).is_empty() && !before.ends_with("rooms");
    let told = || is_designation(place, bare) || is_argument(place) || is_named(place, bare);
    let plain = letter.is_empty();
    let said = match coded(place, bare).filter(|_| plain) {
        Some(said) => said,
        None if placed || is_house(place) || (plain && told()) => label(bare),
        None => return None,
    };
    Some(Said::one(format!("{said} {letter}").trim_end()))
}

/// "Math 101", "the Peugeot 208": three digits behind a name within a sentence.
fn is_named(place: Place<'_>, number: &str) -> bool {
    let before = place.core(-1);
    let within = place.at >= 2
        && place.token(-1).lead.is_empty()
        && !place.trail(-2).contains(['.', '!', '?', ':']);
    let counted = crate::lexicon::is_plural(place.follows(1).unwrap_or(""))
        || super::unit::behind(place).is_some();
    let named = is_name(before)
        && before.len() > 1
        && place.follows(0).is_some()
        && super::date::month(before).is_none();
    within && named && number.len() == 3 && !number.starts_with('0') && !counted
}

/// "Boeing 787-9", "737-800".
fn plane(place: Place<'_>) -> Option<String> {
    let (kind, row) = place.core(0).split_once('-')?;
    let boeing = kind.len() == 3 && kind.starts_with('7') && kind.ends_with('7');
    let named =
        place.is(-1, &["Boeing", "Airbus"]) || (boeing && row.len() == 3 && row.ends_with("00"));
    (named && is_digits(kind) && is_digits(row)).then(|| format!("{} {}", label(kind), label(row)))
}

/// "-p 2222".
fn is_argument(place: Place<'_>) -> bool {
    let option = place.core(-1).strip_prefix('-').unwrap_or("");
    option.starts_with(|c: char| c == '-' || c.is_ascii_alphabetic())
}

/// "#1", "#48213".
fn hash(number: &str) -> Option<Said> {
    let said = match small(number) {
        Some(small) if small < 10_000 && !number.starts_with('0') => cardinal(small),
        _ if is_digits(number) => digits(number),
        _ => return None,
    };
    Some(Said::one(format!("number {said}")))
}

/// "# of seats".
fn count_of(place: Place<'_>) -> Option<Said> {
    let number = place.core(1).starts_with(|c: char| c.is_ascii_digit());
    (place.is(1, &["of"]) || number).then(|| Said::one("number"))
}

/// "PIN 1234", "your code is 482 913", "CA 90210".
fn coded(place: Place<'_>, number: &str) -> Option<String> {
    let state = place.core(-1).len() == 2 && place.core(-1).bytes().all(|b| b.is_ascii_uppercase());
    let is_code = |word: &str| CODES.iter().any(|code| code.eq_ignore_ascii_case(word));
    let linked = place.is(-1, &["is", "number", "code", "in", "no", "was"])
        && (is_code(place.core(-2)) || is_code(place.core(-3)));
    let shown = (is_code(place.core(-1)) || linked) && number.len() >= 3;
    let zip = state && number.len() == 5 && !place.is(-1, &["US"]);
    let again = place.follows(0).is_some()
        && number.len() == 3
        && is_digits(place.core(-1))
        && is_code(place.core(-3));
    (shown || zip || again).then(|| digits(number))
}

/// "1600 Pennsylvania Avenue", "221B Baker Street".
fn is_house(place: Place<'_>) -> bool {
    let street = (2..=4).find(|away| STREETS.contains(&place.core(*away)));
    let named = |away| {
        is_name(place.core(away)) || place.core(away).starts_with(|c: char| c.is_ascii_digit())
    };
    street.is_some_and(|street| (1..street).all(named))
}

/// "Windows 95" is a number like any other, but "iPhone 3000" goes by pairs where a name in mixed letters stands before.
fn is_designation(place: Place<'_>, number: &str) -> bool {
    let before = place.core(-1);
    let touches = place.trail(-1).is_empty() && place.token(0).lead.is_empty();
    let capitals = before.len() >= 2
        && before
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && before.bytes().any(|b| b.is_ascii_uppercase());
    let counted = crate::lexicon::is_plural(place.follows(1).unwrap_or(""));
    let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let airline = [
        "AA", "UA", "DL", "BA", "LH", "AF", "KL", "WN", "AC", "QF", "EK", "SQ", "JL", "NH", "AS",
    ];
    let counted = counted && !airline.contains(&before);
    touches
        && capitals
        && (3..=4).contains(&number.len())
        && !number.starts_with('0')
        && !counted
        && !year
        && !crate::lexicon::is_common(before)
}
