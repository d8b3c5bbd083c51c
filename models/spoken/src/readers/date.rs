//! Dates: "2024-03-05", "3/5/2024", "05.03.2024", "March 5, 2024", "Mon 5 Jan", "5 March".

use super::clock;
use crate::numbers::{is_digits, ordinal, small, year};
use crate::token::{Place, Said};

const MONTHS: [(&str, &[&str]); 12] = [
    ("January", &["January", "Jan"]),
    ("February", &["February", "Feb"]),
    ("March", &["March", "Mar"]),
    ("April", &["April", "Apr"]),
    ("May", &["May"]),
    ("June", &["June", "Jun"]),
    ("July", &["July", "Jul"]),
    ("August", &["August", "Aug"]),
    ("September", &["September", "Sept", "Sep"]),
    ("October", &["October", "Oct"]),
    ("November", &["November", "Nov"]),
    ("December", &["December", "Dec"]),
];
const DAYS: [(&str, &[&str]); 7] = [
    ("Monday", &["Monday", "Mon"]),
    ("Tuesday", &["Tuesday", "Tues", "Tue"]),
    ("Wednesday", &["Wednesday", "Wed"]),
    ("Thursday", &["Thursday", "Thurs", "Thur", "Thu"]),
    ("Friday", &["Friday", "Fri"]),
    ("Saturday", &["Saturday", "Sat"]),
    ("Sunday", &["Sunday", "Sun"]),
];
/// Short names that are words, or names of people, as well.
const DOUBTFUL: [&str; 7] = ["Mar", "Jan", "Dec", "Sun", "Sat", "Mon", "May"];

pub(super) fn month(text: &str) -> Option<&'static str> {
    named(&MONTHS, text)
}

fn weekday(text: &str) -> Option<&'static str> {
    named(&DAYS, text)
}

fn named(names: &[(&'static str, &[&str])], text: &str) -> Option<&'static str> {
    let capitals = text.len() >= 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    let known = names.iter().find(|(_, written)| {
        written.contains(&text)
            || (capitals && written.iter().any(|w| w.eq_ignore_ascii_case(text)))
    });
    known.map(|(name, _)| *name)
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.starts_with(|c: char| c.is_ascii_digit()) {
        return in_digits(place).or_else(|| day_first(place));
    }
    month_first(place)
        .or_else(|| days_name(place))
        .or_else(|| from_to(core))
}

/// "Mon–Fri", "Jan-Mar".
fn from_to(core: &str) -> Option<Said> {
    let (from, to) = core.split_once(['–', '-'])?;
    let both = |find: fn(&str) -> Option<&'static str>| Some((find(from)?, find(to)?));
    let (from, to) = both(weekday).or_else(|| both(month))?;
    Some(Said::one(format!("{from} to {to}")))
}

/// A short name of a day or a month, where it is one.
fn days_name(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    let name = weekday(core).or_else(|| month(core))?;
    let dotted = place.trail(0).starts_with('.');
    let next = place.core(1);
    let near = next.starts_with(|c: char| c.is_ascii_digit())
        || month(next).is_some()
        || place.core(-1).ends_with(|c: char| c.is_ascii_digit())
        || (weekday(core).is_some() && matches!(next, "–" | "-" | "to" | "at"))
        || (weekday(core).is_some() && place.is(-1, &["–", "-", "on", "next", "last", "every"]))
        || (weekday(core).is_some()
            && (weekday(next).is_some() || weekday(place.core(-1)).is_some()));
    let capitals = core.bytes().all(|b| b.is_ascii_uppercase()) && core.len() == 3;
    let sure = near || core == name || !(capitals || DOUBTFUL.contains(&core));
    if !sure || core == name && core != core.to_uppercase() {
        return None;
    }
    let said = Said::one(name);
    Some(if dotted { said.with_dot() } else { said })
}

/// A day of a month: "5", "5th", "5-7"; in words.
fn day(text: &str) -> Option<String> {
    if let Some((from, to)) = text.split_once(['-', '–']) {
        return Some(format!(
            "{} to {}",
            day(from).filter(|_| !to.contains(['-', '–']))?,
            day(to)?
        ));
    }
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text);
    let number = small(bare).filter(|n| (1..=31).contains(n) && bare.len() <= 2)?;
    Some(ordinal(number))
}

fn written_year(text: &str) -> Option<String> {
    let number = small(text).filter(|n| text.len() == 4 && (1000..=2199).contains(n))?;
    Some(year(number))
}

/// "March 5, 2024", "Mar. 5th", "March 2024".
fn month_first(place: Place<'_>) -> Option<Said> {
    let name = month(place.core(0))?;
    if !matches!(place.trail(0), "" | ".") || !place.token(1).lead.is_empty() {
        return None;
    }
    let next = place.core(1);
    if let Some(year) = written_year(next) {
        return Some(Said::many(format!("{name} {year}"), 2));
    }
    let day = day(next)?;
    if let (Some(year), "" | ",") = (written_year(place.core(2)), place.trail(1))
        && place.token(2).lead.is_empty()
    {
        return Some(Said::many(format!("{name} {day}, {year}"), 3));
    }
    Some(Said::many(format!("{name} {day}"), 2))
}

/// "5 March 2024", "5th of March 2024", "5-7 March".
fn day_first(place: Place<'_>) -> Option<Said> {
    let day = day(place.core(0))?;
    let of = usize::from(place.follows(1) == Some("of"));
    let name = month(place.on(of).follows(1)?)?;
    let article = if place.is(-1, &["the"]) { "" } else { "the " };
    let words = format!("{article}{day} of {name}");
    let last = place.on(of + 1);
    let dot = last.trail(0) == "." && last.core(0) != name;
    match written_year(last.core(1)) {
        Some(year) if matches!(last.trail(0), "" | ",") || dot => {
            Some(Said::many(format!("{words}, {year}"), of + 3))
        }
        _ => {
            let said = Said::many(words, of + 2);
            Some(if dot { said.with_dot() } else { said })
        }
    }
}

/// "2024-03-05T14:30Z", "2024/03/05", "3/5/2024", "05.03.2024", "2024-03".
fn in_digits(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    let (date, time) = match core.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (core, None),
    };
    let sign = ['-', '/', '.']
        .into_iter()
        .find(|sign| date.contains(*sign))?;
    let parts: Vec<&str> = date.splitn(4, sign).collect();
    if !parts.iter().all(|part| is_digits(part)) {
        return None;
    }
    let number = |n: usize| parts.get(n).and_then(|part| small(part)).unwrap_or(0);
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let short = |n: usize| lengths.get(n).is_some_and(|length| *length <= 2);
    let (y, m, d) = match (lengths.as_slice(), sign) {
        ([4, 2], '-') if number(0) >= 1900 => (number(0), number(1), None),
        ([4, ..], _) if parts.len() == 3 && short(1) && short(2) => {
            (number(0), number(1), Some(number(2)))
        }
        ([_, _, 4 | 2], '/') if short(0) && short(1) => {
            month_and_day(number(0), number(1), full(number(2), lengths[2]))
        }
        ([_, _, 4], '.' | '-') if short(0) && short(1) => match (number(0), number(1)) {
            (day, month) if sign == '.' || day > 12 => (number(2), month, Some(day)),
            (month, day) => (number(2), month, Some(day)),
        },
        _ => return slashed(place, &parts, sign),
    };
    let name = MONTHS.get((m as usize).checked_sub(1)?)?.0;
    let date = match d {
        Some(d) if (1..=31).contains(&d) => format!("{name} {}, {}", ordinal(d), year(y)),
        Some(_) => return None,
        None => format!("{name} {}", year(y)),
    };
    match time {
        Some(time) => Some(Said::one(format!("{date}, at {}", clock::stamp(time)?))),
        None => Some(Said::one(date)),
    }
}

fn full(year: u64, digits: usize) -> u64 {
    match (digits, year) {
        (2, ..50) => 2000 + year,
        (2, _) => 1900 + year,
        _ => year,
    }
}

/// The American order, unless there is no such month.
fn month_and_day(first: u64, second: u64, year: u64) -> (u64, u64, Option<u64>) {
    match first {
        13.. => (year, second, Some(first)),
        _ => (year, first, Some(second)),
    }
}

/// "on 3/5": a day, where the words around say so.
fn slashed(place: Place<'_>, parts: &[&str], sign: char) -> Option<Said> {
    let [month, day] = parts else { return None };
    let (month, day) = (small(month)?, small(day)?);
    let cue = place.is(
        -1,
        &[
            "on", "by", "since", "until", "due", "before", "after", "dated", "from",
        ],
    ) || weekday(place.core(-1)).is_some();
    let cue = cue
        || parts
            .iter()
            .all(|part| part.len() == 2 && part.starts_with('0'));
    let fits = sign == '/' && (1..=12).contains(&month) && (1..=31).contains(&day);
    (cue && fits && (month, day) != (9, 11))
        .then(|| Said::one(format!("{} {}", MONTHS[month as usize - 1].0, ordinal(day))))
}
