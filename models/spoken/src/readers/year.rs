//! Years by pairs: "in 2010", "2019–2021", "the 1990s", "'90s", "44 BC"; but "2010 users" are counted.

use super::unit;
use crate::lexicon;
use crate::numbers::{cardinal, is_digits, many, small, year};
use crate::token::{Place, Said, is_name};

/// Words before a year.
const BEFORE: [&str; 34] = [
    "in",
    "since",
    "until",
    "till",
    "by",
    "during",
    "year",
    "early",
    "late",
    "mid",
    "spring",
    "summer",
    "fall",
    "autumn",
    "winter",
    "Christmas",
    "©",
    "copyright",
    "circa",
    "around",
    "season",
    "before",
    "after",
    "from",
    "of",
    "between",
    "through",
    "fiscal",
    "FY",
    "calendar",
    "census",
    "Olympics",
    "election",
    "born",
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() > 16 {
        return None;
    }
    if let Some(said) = decade(place).or_else(|| of_an_age(place)) {
        return Some(said);
    }
    if let Some(said) = decades(core) {
        return Some(said);
    }
    if let Some((from, to)) = core.split_once(['–', '-', '/']) {
        return span(core, from, to);
    }
    let said = short(place).or_else(|| plain(place))?;
    Some(Said::one(said))
}

/// "1990s", "'90s", "90s", "1900s".
fn decade(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    let (head, core) = match core.split_once('-') {
        Some((head @ ("mid" | "early" | "late" | "pre" | "post"), rest)) => {
            (format!("{head} "), rest)
        }
        _ => (String::new(), core),
    };
    let bare = core.strip_suffix("'s").or(core.strip_suffix('s'))?;
    let bare = bare.strip_prefix('\'').unwrap_or(bare);
    let number = small(bare)?;
    let words = match bare.len() {
        4 if (1000..2200).contains(&number) && number.is_multiple_of(10) => many(&year(number)),
        2 if number.is_multiple_of(10) && number >= 10 && is_told(place) => many(&cardinal(number)),
        _ => return None,
    };
    Some(Said::one(head + &words))
}

/// "1980s–1990s".
fn decades(core: &str) -> Option<Said> {
    let (from, to) = core.split_once(['–', '-'])?;
    let one = |text: &str| {
        let number = is_year(text.strip_suffix('s').unwrap_or(text))?;
        number.is_multiple_of(10).then(|| many(&year(number)))
    };
    let fits = to.ends_with('s');
    fits.then(|| Some(Said::one(format!("{} to {}", one(from)?, one(to)?))))?
}

/// "the 80s", "'90s", "her 30s"; but "a timeout of 30s".
fn is_told(place: Place<'_>) -> bool {
    let owners = [
        "the", "early", "late", "mid", "his", "her", "their", "my", "your", "our",
    ];
    let of_then = [
        "music", "style", "fashion", "hits", "band", "pop", "rock", "movies", "song", "songs",
    ];
    let dashed = place.core(0).contains('-');
    place.token(0).lead.ends_with('\'') || dashed || place.is(-1, &owners) || place.is(1, &of_then)
}

/// "44 BC", "AD 79", "500 CE".
fn of_an_age(place: Place<'_>) -> Option<Said> {
    const AGES: [&str; 4] = ["BC", "AD", "BCE", "CE"];
    let said = |number: u64| match number {
        1000.. => year(number),
        _ => cardinal(number),
    };
    let core = place.core(0);
    if core == "AD" {
        let number = small(place.follows(1)?)?;
        return Some(Said::many(format!("A D {}", said(number)), 2));
    }
    let number = small(core).filter(|number| *number < 10_000)?;
    let age = AGES.iter().find(|age| place.follows(1) == Some(**age))?;
    let letters: Vec<String> = age.chars().map(String::from).collect();
    Some(Said::many(
        format!("{} {}", said(number), letters.join(" ")),
        2,
    ))
}

fn is_year(text: &str) -> Option<u64> {
    small(text).filter(|n| text.len() == 4 && (1000..2200).contains(n))
}

/// "2019–2021", "1914-18", "mid-2024", "2023/24".
fn span(core: &str, from: &str, to: &str) -> Option<Said> {
    if let (Some(number), "mid" | "pre" | "post" | "early" | "late" | "non") = (is_year(to), from) {
        return Some(Said::one(format!("{from} {}", year(number))));
    }
    let first = is_year(from)?;
    let second = match (is_year(to), small(to)) {
        (Some(second), _) if second >= first && !core.contains('/') => year(second),
        (None, Some(short)) if to.len() == 2 && first % 100 < short => cardinal(short),
        _ => return None,
    };
    Some(Said::one(format!("{} to {second}", year(first))))
}

/// "Class of '99".
fn short(place: Place<'_>) -> Option<String> {
    let core = place.core(0);
    let marked = place.token(0).lead == "'"
        && is_digits(core)
        && core.len() == 2
        && !place.trail(0).starts_with('\'');
    let number = small(core).filter(|_| marked)?;
    Some(match number {
        ..10 => format!("oh {}", cardinal(number)),
        _ => cardinal(number),
    })
}

fn plain(place: Place<'_>) -> Option<String> {
    let core = place.core(0);
    let (core, ending) = match core.strip_suffix("'s") {
        Some(bare) => (bare, "'s"),
        None => (core, ""),
    };
    let number = match place.is(-1, &["year"])
        || (place.is(-2, &["year"]) && place.is(-1, &["was", "is", "of"]))
    {
        true => small(core).filter(|n| (1000..10_000).contains(n))?,
        false => is_year(core)?,
    };
    let next = place.follows(1).unwrap_or("");
    let counted = lexicon::is_plural(next)
        || unit::behind(place).is_some()
        || matches!(next, "+" | "=" | "*" | "x" | "×" | "/" | "of" | "more");
    let sums = place.is(
        -1,
        &[
            "+", "=", "-", "*", "×", "/", "equals", "plus", "minus", "times", "over", "than",
            "about", "exactly",
        ],
    );
    if counted || sums {
        return None;
    }
    let about = place.trail(-1) == "." && place.is(-1, &["c", "ca", "b", "d", "est", "cir"]);
    let paired =
        place.is(-1, &["to", "and", "or", "through", "until"]) && is_year(place.core(-2)).is_some();
    let about = about || paired || place.is(-2, &["year"]);
    let told = about
        || BEFORE
            .iter()
            .any(|word| word.eq_ignore_ascii_case(place.core(-1)));
    let likely = (1900..2100).contains(&number);
    let dated = place.trail(-1).starts_with(',') && is_name(place.core(-1));
    let bracketed = place.token(0).lead.starts_with('(') && place.trail(0).starts_with(')');
    let weak = number < 1100 && !matches!(place.core(-1), "in" | "In" | "since" | "year");
    let fits = likely || ((told || dated || bracketed) && !weak) || (dated && number >= 1000);
    fits.then(|| year(number) + ending)
}
