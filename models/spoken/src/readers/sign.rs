//! Signs that stand alone, and letters of Greek: "+", "=", "&", "→", "π", and a dash between two things.

use super::date;
use crate::token::{Place, Said, is_name};

const SIGNS: [(&str, &str); 42] = [
    ("&", "and"),
    ("+", "plus"),
    ("=", "equals"),
    ("==", "equals"),
    ("!=", "is not equal to"),
    ("≠", "is not equal to"),
    ("<=", "is less than or equal to"),
    (">=", "is greater than or equal to"),
    ("≤", "is less than or equal to"),
    ("≥", "is greater than or equal to"),
    ("<", "is less than"),
    ("×", "times"),
    ("÷", "divided by"),
    ("±", "plus or minus"),
    ("+/-", "plus or minus"),
    ("≈", "is about"),
    ("~", "about"),
    ("→", "to"),
    ("->", "to"),
    ("=>", "to"),
    ("⇒", "to"),
    ("←", "from"),
    ("↔", "to"),
    ("§", "section"),
    ("§§", "sections"),
    ("©", "copyright"),
    ("@", "at"),
    ("%", "percent"),
    ("‰", "per mille"),
    ("°", "degrees"),
    ("√", "the square root of"),
    ("∞", "infinity"),
    ("$", "dollars"),
    ("€", "euros"),
    ("£", "pounds"),
    ("^", "to the power of"),
    ("#", "number"),
    ("x", "X"),
    ("∑", "the sum of"),
    ("∆", "delta"),
    ("&&", "and"),
    ("||", "or"),
];
const GREEK: [(char, &str); 24] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('θ', "theta"),
    ('λ', "lambda"),
    ('µ', "mu"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Δ', "delta"),
    ('Σ', "sigma"),
    ('Ω', "omega"),
    ('Φ', "phi"),
    ('Θ', "theta"),
    ('Λ', "lambda"),
    ('Π', "pi"),
    ('Ψ', "psi"),
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    let mut letters = core.chars();
    if let (Some(letter), None) = (letters.next(), letters.clone().next())
        && let Some((_, name)) = GREEK.iter().find(|(sign, _)| *sign == letter)
    {
        return Some(Said::one(*name));
    }
    match core {
        "-" | "–" | "—" | "--" => return Some(Said::one(dash(place))),
        ">" => return Some(Said::one(greater(place))),
        "/" if place.is(-1, &["and"]) => return Some(Said::one("")),
        "/" => {
            return Some(Said::one(if between_numbers(place) {
                "divided by"
            } else {
                "or"
            }));
        }
        "*" | "#"
            if place.is(1, &["key", "button", "sign"])
                || place.is(-1, &["press", "hit", "dial"]) =>
        {
            return Some(Said::one(if core == "*" { "star" } else { "pound" }));
        }
        "*" => return Some(Said::one(if between_numbers(place) { "times" } else { "" })),
        "|" => return Some(Said::one(",")),
        "x" | "X" | "×" if is_measured(place) => return Some(Said::one("by")),
        "x" | "X" if between_numbers(place) => return Some(Said::one("times")),
        "x" | "X" | "\\" => return None,
        _ => {}
    }
    if (place.core(-1).len() > 1 || place.at == 0)
        && matches!(core, "≥" | ">=" | "≤" | "<=")
        && !is_number(place.core(-1))
    {
        let least = matches!(core, "≥" | ">=");
        return Some(Said::one(if least { "at least" } else { "at most" }));
    }
    if let Some(words) = direction(place) {
        return Some(Said::one(words).with_dot());
    }
    if core == "≈" && (place.at == 0 || place.follows(0).is_none()) {
        return Some(Said::one("about"));
    }
    let known = SIGNS.iter().find(|(sign, _)| *sign == core);
    if let Some((_, words)) = known {
        let told = (-2..0).any(|away| place.is(away, &["is", "are", "be", "was", "were"]));
        let words = if told {
            words.strip_prefix("is ").unwrap_or(words)
        } else {
            words
        };
        return Some(Said::one(words));
    }
    stuck(core)
}

fn is_number(core: &str) -> bool {
    core.starts_with(|c: char| c.is_ascii_digit() || "$€£".contains(c))
}

fn ends_in_number(place: Place<'_>) -> bool {
    let before = place.core(-1);
    before.ends_with(|c: char| c.is_ascii_digit() || "%°CF".contains(c) && before.len() > 1)
        || place.is(-1, &["am", "pm", "a.m", "p.m"])
        || (before.ends_with('m') && before.starts_with(|c: char| c.is_ascii_digit()))
}

fn between_numbers(place: Place<'_>) -> bool {
    ends_in_number(place) && is_number(place.core(1).trim_start_matches('-'))
}

/// "I-95 N", "120 N Main St": a direction.
fn direction(place: Place<'_>) -> Option<&'static str> {
    const SIDES: [(&str, &str); 8] = [
        ("N", "north"),
        ("S", "south"),
        ("E", "east"),
        ("W", "west"),
        ("NE", "northeast"),
        ("NW", "northwest"),
        ("SE", "southeast"),
        ("SW", "southwest"),
    ];
    let (_, side) = SIDES.iter().find(|(letter, _)| *letter == place.core(0))?;
    let before = place.core(-1);
    let digits = before.ends_with(|c: char| c.is_ascii_digit());
    let road = digits && before.contains('-') && is_name(before);
    let road = road || (digits && place.is(-2, &["route", "highway", "interstate", "US", "hwy"]));
    let street = digits && (2..=4).any(|away| super::code::is_street(place.core(away)));
    let dotted = place.trail(0) == "." && place.core(1).starts_with(|c: char| c.is_ascii_digit());
    (road || street || (dotted && (2..=3).any(|away| super::code::is_street(place.core(away)))))
        .then_some(side)
}

/// "3 mm x 4 mm".
fn is_measured(place: Place<'_>) -> bool {
    let unit =
        |core: &str| core.len() > 1 && is_number(core) && core.ends_with(char::is_alphabetic);
    let apart = is_number(place.core(-2)) && !is_number(place.core(-1));
    let apart = apart || place.trail(-1).starts_with(['"', '\'']);
    is_number(place.core(1)) && (unit(place.core(-1)) || apart)
}

/// From one to another, minus, or a pause.
fn dash(place: Place<'_>) -> &'static str {
    let (before, sign, after) = (place.core(-1), place.core(0), place.core(1));
    if between_numbers(place) && place.trail(-1).trim_end_matches('.').is_empty() {
        let years = before.len() == 4 && after.len() == 4;
        let clocks = before.contains(':') || before.ends_with('m');
        return match sign {
            "–" => "to",
            "-" if years || clocks || is_spanned(place) => "to",
            "-" => "minus",
            _ => ",",
        };
    }
    if sign == "–" && place.is(-1, &["am", "pm", "a.m", "p.m"]) {
        return "to";
    }
    let dated = date::month(after).is_some() || after.ends_with("day");
    let from = date::month(before).is_some() || before.ends_with("day") || is_number(before);
    match sign {
        "–" | "-" if dated && from && !before.is_empty() => "to",
        _ => ",",
    }
}

/// "10 - 15 minutes": what follows the second number is counted.
fn is_spanned(place: Place<'_>) -> bool {
    let sums = (2..5).any(|away| place.core(away) == "=") || place.core(-2) == "=";
    let next = place.on(1).follows(1).unwrap_or("");
    !sums && (crate::lexicon::is_plural(next) || super::unit::behind(place.on(1)).is_some())
}

/// "Settings > Privacy" is a way through menus.
fn greater(place: Place<'_>) -> &'static str {
    let noun = place.core(-1).len() > 1 && place.core(-1).chars().all(char::is_lowercase);
    if noun && is_number(place.core(1)) {
        return "more than";
    }
    let named = is_name(place.core(-1)) && is_name(place.core(1));
    match named && place.core(1).len() > 1 {
        true => ",",
        false if place.is(-2, &["is", "are", "was"]) || place.is(-1, &["is", "are", "was"]) => {
            "greater than"
        }
        false => "is greater than",
    }
}

/// A sign that sticks to a word: "§5", "©2024", "→home", "~half".
fn stuck(core: &str) -> Option<Said> {
    if let Some(number) = core
        .strip_prefix('*')
        .filter(|number| crate::numbers::is_digits(number))
    {
        return Some(Said::one(format!(
            "star {}",
            crate::numbers::digits(number)
        )));
    }
    let first = core.chars().next()?;
    let rest = &core[first.len_utf8()..];
    if rest.is_empty() || !"§©→←≈~=+√∞Δ".contains(first) {
        return None;
    }
    let (_, words) = SIGNS
        .iter()
        .chain(&[("Δ", "delta")])
        .find(|(sign, _)| sign.chars().eq([first]))?;
    let words = if first == '≈' { "about" } else { words };
    let rest = match (first, crate::numbers::small(rest)) {
        ('©', Some(number)) if rest.len() == 4 => crate::numbers::year(number),
        _ => crate::numbers::quantity(rest).unwrap_or_else(|| super::compound::words(rest)),
    };
    Some(Said::one(format!("{words} {rest}")))
}
