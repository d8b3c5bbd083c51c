//! Times of the day: "14:30", "2:05 pm", "9am–5pm", "7:30:15", "09:00 UTC".

use super::fraction;
use crate::numbers::{cardinal, small};
use crate::token::{Place, Said};

#[derive(Clone, Copy)]
struct Clock {
    hour: u64,
    minute: Option<u64>,
    second: Option<u64>,
    half: &'static str,
}

fn half(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "am" | "a.m" | "a.m." => Some("A M"),
        "pm" | "p.m" | "p.m." => Some("P M"),
        _ => None,
    }
}

impl Clock {
    fn parse(text: &str) -> Option<Self> {
        let length = text
            .find(|c: char| !(c.is_ascii_digit() || c == ':'))
            .unwrap_or(text.len());
        let (digits, rest) = text.split_at(length);
        let half = match rest {
            "" => "",
            rest if rest.len() <= 4 => half(rest)?,
            _ => return None,
        };
        let parts: Vec<&str> = digits.splitn(4, ':').collect();
        let two = |n: usize| parts.get(n).is_none_or(|part| part.len() == 2);
        let number = |n: usize, below: u64| match parts.get(n) {
            Some(part) => small(part).filter(|value| *value < below).map(Some),
            None => Some(None),
        };
        let fits = parts.len() <= 3 && parts[0].len() <= 2 && two(1) && two(2);
        let hour = small(parts[0]).filter(|hour| fits && *hour <= 24)?;
        Some(Self {
            hour,
            minute: number(1, 60)?,
            second: number(2, 60)?,
            half,
        })
    }

    fn is_sure(self) -> bool {
        self.minute.is_some() || !self.half.is_empty()
    }

    fn words(self) -> String {
        let mut words = match (self.hour, self.minute, self.half) {
            (_, None, _) => cardinal(self.hour),
            (0 | 24, Some(0), "") if self.second.unwrap_or(0) == 0 => return "midnight".to_owned(),
            (13.., Some(0), "") => format!("{} hundred", cardinal(self.hour)),
            (_, Some(0), "") => format!("{} o'clock", cardinal(self.hour)),
            (_, Some(0), _) => cardinal(self.hour),
            (hour, Some(minute @ 1..10), _) => {
                format!("{} oh {}", cardinal(hour), cardinal(minute))
            }
            (hour, Some(minute), _) => format!("{} {}", cardinal(hour), cardinal(minute)),
        };
        if let Some(second) = self.second.filter(|second| *second > 0) {
            let name = if second == 1 { "second" } else { "seconds" };
            words = format!("{words} and {} {name}", cardinal(second));
        }
        match self.half {
            "" => words,
            half => format!("{words} {half}"),
        }
    }
}

/// The time of a stamp: "14:30:00.123Z", "14:30+01:00".
pub(super) fn stamp(text: &str) -> Option<String> {
    let (time, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, " U T C"),
        None => (text.get(..text.find(['+', '-']).unwrap_or(text.len()))?, ""),
    };
    let time = time.split('.').next().unwrap_or(time);
    Some(Clock::parse(time)?.words() + zone)
}

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if !core.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(ratio) = fraction::told_ratio(place) {
        return Some(ratio);
    }
    if let Some((from, to)) = core.split_once(['–', '-']) {
        return span(place, from, to);
    }
    let (clock, taken) = with_half(place, Clock::parse(core)?);
    let said = Said::many(clock.words(), taken);
    let dotted = place.core(taken as isize - 1).contains('.');
    clock
        .is_sure()
        .then(|| if dotted { said.with_dot() } else { said })
}

/// "a.m." behind a space.
fn with_half(place: Place<'_>, clock: Clock) -> (Clock, usize) {
    let behind = place.follows(1).and_then(half);
    match behind.filter(|_| clock.half.is_empty() && clock.hour <= 12) {
        Some(half) if place.core(1) != "am" || clock.minute.is_some() || !is_verb(place) => {
            (Clock { half, ..clock }, 2)
        }
        _ => (clock, 1),
    }
}

/// "I am": no half of a day.
fn is_verb(place: Place<'_>) -> bool {
    place.is(-1, &["I"])
}

/// "9am–5pm", "9:00-17:00", "9-5 pm".
fn span(place: Place<'_>, from: &str, to: &str) -> Option<Said> {
    let (from, to) = (Clock::parse(from)?, Clock::parse(to)?);
    let (to, taken) = with_half(place, to);
    let said = Said::many(format!("{} to {}", from.words(), to.words()), taken);
    let dotted = place.core(taken as isize - 1).contains('.');
    (from.is_sure() || to.is_sure()).then(|| if dotted { said.with_dot() } else { said })
}
