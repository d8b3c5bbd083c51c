//! Numbers with a unit: "5 km", "20°C", "2.5GB", "20 Mbit/s", "3 m²", "5%", "1h30", "10-year-old".

mod table;

use super::amount::{Span, is_adjective};
use super::{code, compound};
use crate::numbers::{quantity, small};
use crate::token::{Place, Said};
use table::{PER_SECOND, UNITS};

/// A unit only where it touches its number.
const TOUCHING: [&str; 3] = ["A", "N", "t"];

/// The names of one and of many.
#[derive(Clone)]
pub(super) struct Unit {
    one: String,
    many: String,
}

impl Unit {
    fn find(sign: &str) -> Option<Self> {
        if let Some((top, bottom)) = sign.split_once('/') {
            let top = Self::find(top)?;
            let bottom = one_of(bottom);
            return Some(Self {
                one: format!("{} per {bottom}", top.one),
                many: format!("{} per {bottom}", top.many),
            });
        }
        let known = UNITS.iter().chain(&PER_SECOND);
        let mut known = known.filter(|(known, ..)| *known == sign);
        if let Some((_, one, many)) = known.next() {
            return Some(Self {
                one: (*one).to_owned(),
                many: (*many).to_owned(),
            });
        }
        let (base, power) = powered(sign)?;
        let base = Self::find(base)?;
        Some(Self {
            one: format!("{power} {}", base.one),
            many: format!("{power} {}", base.many),
        })
    }
}

/// "m²", "km2", "cm^3".
fn powered(sign: &str) -> Option<(&str, &'static str)> {
    const LENGTHS: [&str; 8] = ["mm", "cm", "dm", "m", "km", "ft", "mi", "in"];
    let base = sign
        .trim_end_matches(['²', '³', '2', '3'])
        .trim_end_matches('^');
    let power = match &sign[base.len()..] {
        "²" | "2" | "^2" => "square",
        "³" | "3" | "^3" => "cubic",
        _ => return None,
    };
    LENGTHS.contains(&base).then_some((base, power))
}

/// What stands behind "per": "h" as "hour".
pub(super) fn one_of(sign: &str) -> String {
    const MORE: [(&str, &str); 5] = [
        ("s²", "second squared"),
        ("s^2", "second squared"),
        ("d", "day"),
        ("w", "week"),
        ("y", "year"),
    ];
    if let Some((_, name)) = MORE.iter().find(|(known, _)| *known == sign) {
        return (*name).to_owned();
    }
    match sign.contains('/') {
        false => Unit::find(sign).map_or_else(|| compound::words(sign), |unit| unit.one),
        true => compound::words(sign),
    }
}

/// The unit in the tokens from here on, and how many they are.
pub(super) fn behind(place: Place<'_>) -> Option<(Unit, usize)> {
    let next = place.follows(1)?;
    let after = place.follows(2).unwrap_or("");
    if matches!(next, "sq" | "cu") {
        let power = if next == "sq" { "square" } else { "cubic" };
        let base = Unit::find(after)?;
        let unit = Unit {
            one: format!("{power} {}", base.one),
            many: format!("{power} {}", base.many),
        };
        return Some((unit, 2));
    }
    if (next, after) == ("fl", "oz") {
        let unit = Unit {
            one: "fluid ounce".to_owned(),
            many: "fluid ounces".to_owned(),
        };
        return Some((unit, 2));
    }
    let degrees = |name: &str| Unit {
        one: format!("degree {name}"),
        many: format!("degrees {name}"),
    };
    match (next, after) {
        ("°", "C") => return Some((degrees("Celsius"), 2)),
        ("°", "F") => return Some((degrees("Fahrenheit"), 2)),
        _ => {}
    }
    if TOUCHING.contains(&next) || (next == "us" && !after.is_empty()) {
        return None;
    }
    let unit = Unit::find(next)?;
    Some((unit, 1))
}

/// "60Hz", without anything beside it.
pub(super) fn words(text: &str) -> Option<String> {
    let span = Span::parse(text).filter(|span| span.to.is_none() && span.mark().is_empty())?;
    let unit = Unit::find(span.suffix())?;
    let name = if span.is_one() { unit.one } else { unit.many };
    Some(format!("{} {name}", span.words()))
}

/// "20m" behind "1h".
fn minutes(place: Place<'_>, sign: &str) -> Option<Unit> {
    let hours =
        place.core(-1).starts_with(|c: char| c.is_ascii_digit()) && place.core(-1).ends_with('h');
    let hours = hours || place.is(-1, &["h", "hr", "hrs", "hour", "hours"]);
    (sign == "m" && hours).then(|| Unit::find("min"))?
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if let Some(said) = hours(core)
        .or_else(|| hyphened(place))
        .or_else(|| bearing(place))
    {
        return Some(said);
    }
    let span = Span::parse(core).filter(Span::agrees)?;
    let suffix = span.suffix();
    if !span.mark().is_empty() {
        return None;
    }
    let (plus, sign) = match suffix.strip_prefix('+') {
        Some(rest) => (" plus", rest),
        None => ("", suffix),
    };
    let (unit, more) = if sign.is_empty() {
        if let Some((scale, true)) = super::amount::magnitude("", place, false) {
            let (unit, more) = behind(place.on(1))?;
            return Some(Said::many(
                format!("{} {scale} {}", span.words(), unit.many),
                2 + more,
            ));
        }
        behind(place).or_else(|| feet_and_inches(place))?
    } else if sign == "A" && code::is_place(place.core(-1)) {
        return None;
    } else {
        (minutes(place, sign).or_else(|| Unit::find(sign))?, 0)
    };
    let taken = 1 + more;
    let one = span.is_one() || is_adjective(place, taken);
    let name = if one { &unit.one } else { &unit.many };
    let said = Said::many(format!("{}{plus} {name}", span.words()), taken);
    let dotted = more > 0 && place.trail(more as isize).starts_with('.');
    Some(if dotted { said.with_dot() } else { said })
}

/// "10 in" behind feet.
fn feet_and_inches(place: Place<'_>) -> Option<(Unit, usize)> {
    let inches = matches!(place.follows(1), Some("in" | "in."));
    let dotted = place.trail(1).starts_with('.') && !place.core(2).is_empty();
    let feet = place.is(-1, &["ft"]);
    (inches && (feet || dotted)).then(|| {
        let unit = Unit {
            one: "inch".to_owned(),
            many: "inches".to_owned(),
        };
        (unit, 1)
    })
}

/// "1h30", "2h15m", "1m30s".
fn hours(core: &str) -> Option<Said> {
    let mut words = String::new();
    let (mut rest, mut last, mut parts) = (core, "", 0);
    while !rest.is_empty() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = small(&rest[..length])?;
        rest = &rest[length..];
        let letters = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let unit = match (&rest[..letters], last) {
            ("h" | "hr", "") => "hour",
            ("m" | "min", "hour" | "") => "minute",
            ("", "hour") => "minute",
            ("s" | "sec", "hour" | "minute") => "second",
            ("", "minute") => "second",
            _ => return None,
        };
        rest = &rest[letters..];
        last = unit;
        parts += 1;
        let many = if number == 1 { "" } else { "s" };
        words.push_str(&format!("{} {unit}{many} ", quantity(&number.to_string())?));
    }
    (parts > 1).then(|| Said::one(words.trim_end()))
}

/// "5-km", "10-year-old", "16-bit", "12V-powered": of one thing, whatever the number.
fn hyphened(place: Place<'_>) -> Option<Said> {
    let (number, rest) = place.core(0).split_once('-')?;
    let span = Span::parse(number)?;
    let letters = rest.starts_with(|c: char| c.is_ascii_lowercase())
        || rest.starts_with('%')
        || Unit::find(rest).is_some();
    let bare = span.suffix().is_empty() && span.mark().is_empty();
    if !letters || !bare {
        return None;
    }
    let (sign, more) = rest.split_once('-').unwrap_or((rest, ""));
    let name = Unit::find(sign).map_or_else(|| compound::words(sign), |unit| unit.one);
    let words = format!("{} {name} {}", span.words(), compound::words(more));
    Some(Said::one(words.trim_end()))
}

/// "40.7128° N", "74°W", "40°42'46"N".
fn bearing(place: Place<'_>) -> Option<Said> {
    let side = |text: &str| match text {
        "N" => Some("north"),
        "S" => Some("south"),
        "E" => Some("east"),
        "W" => Some("west"),
        _ => None,
    };
    let core = place.core(0);
    let (degrees, rest) = core.split_once('°')?;
    let degrees = Span::parse(degrees).filter(|span| span.suffix().is_empty())?;
    let mut words = format!(
        "{} degree{}",
        degrees.words(),
        if degrees.is_one() { "" } else { "s" }
    );
    if rest.is_empty() {
        let side = side(place.follows(1)?)?;
        return Some(Said::many(format!("{words} {side}"), 2));
    }
    let mut rest = rest;
    for (mark, name) in [('\'', "minutes"), ('"', "seconds")] {
        if let Some((number, behind)) = rest.split_once(mark) {
            words.push_str(&format!(" {} {name}", quantity(number)?));
            rest = behind;
        }
    }
    if rest.is_empty() {
        let side = place.follows(1).and_then(side).unwrap_or("");
        return Some(Said::many(
            format!("{words} {side}"),
            1 + usize::from(!side.is_empty()),
        ));
    }
    side(rest).map(|side| Said::one(format!("{words} {side}")))
}

impl Unit {
    pub(super) fn one(&self) -> &str {
        &self.one
    }

    pub(super) fn many(&self) -> &str {
        &self.many
    }

    pub(super) fn article(&self) -> &'static str {
        match self.one.starts_with(['a', 'e', 'i', 'o']) || self.one.starts_with("hour") {
            true => "an",
            false => "a",
        }
    }
}
