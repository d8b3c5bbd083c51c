//! Addresses of the web, of mail, of machines; @names and #tags: said shortly, with their dots.

use super::word;
use crate::numbers::{is_digits, label, small};
use crate::token::{Manner, Place, Said};

const SCHEMES: [&str; 9] = [
    "https://", "http://", "wss://", "ws://", "ftp://", "mailto:", "rtsp://", "ssh://", "tel:",
];
/// Endings of names that need no scheme.
const ENDINGS: &str = " com org net edu gov io ai dev app co uk de fr eu us ca au jp me tv info biz ch at nl se no es it \
                       cn in br mil ly gg xyz local internal shop blog cloud ";
/// So many parts of a path are said; the rest leads nobody anywhere.
const MOST_PARTS: usize = 3;

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if !core.contains(['.', '@', '#', ':']) {
        return None;
    }
    let manner = place.phrase.manner;
    let said = tag(core, manner)
        .or_else(|| mail(core, manner))
        .or_else(|| machine(core))
        .or_else(|| address(core, manner))?;
    Some(Said::one(said))
}

/// "#OpenSource", "@jane_doe".
fn tag(core: &str, manner: Manner) -> Option<String> {
    let (name, word) = match (core.strip_prefix('#'), core.strip_prefix('@')) {
        (Some(tag), _) => (tag, "hashtag"),
        (_, Some(name)) => (name, "at"),
        _ => return None,
    };
    let letters = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || "_.-/".contains(c));
    (letters && plain).then(|| format!("{word} {}", parts(name, manner, true)))
}

fn mail(core: &str, manner: Manner) -> Option<String> {
    let bare = core.strip_prefix("mailto:").unwrap_or(core);
    let (name, host) = bare.split_once('@')?;
    let sane = !name.is_empty() && host.contains('.') && !host.contains(['@', '/', ':']);
    let name = name.to_owned();
    (sane && !name.contains(['/', ':'])).then(|| {
        format!(
            "{} at {}",
            parts(&name, manner, false),
            domain(host, manner)
        )
    })
}

/// "192.168.1.1:8080", "10.0.0.0/8", "localhost:3000".
fn machine(core: &str) -> Option<String> {
    let bare = SCHEMES.iter().find_map(|scheme| core.strip_prefix(scheme));
    let bare = bare.unwrap_or(core).trim_end_matches('/');
    let end = bare.find([':', '/']).unwrap_or(bare.len());
    let (host, rest) = bare.split_at(end);
    let numbers: Vec<&str> = host.split('.').collect();
    let is_byte = |part: &&str| small(part).is_some_and(|n| n < 256) && part.len() <= 3;
    let said = if numbers.len() == 4 && numbers.iter().all(is_byte) {
        numbers
            .iter()
            .map(|n| label(n))
            .collect::<Vec<_>>()
            .join(" dot ")
    } else if host == "localhost" && rest.starts_with(':') {
        "local host".to_owned()
    } else {
        return None;
    };
    Some(said + &behind(rest, Manner::Aloud))
}

/// "https://example.com/path?x=1", "www.example.com", "example.com:8080".
fn address(core: &str, manner: Manner) -> Option<String> {
    let lower = core.get(..8).unwrap_or(core).to_ascii_lowercase();
    let scheme = SCHEMES.iter().find(|scheme| lower.starts_with(**scheme));
    let bare = scheme
        .and_then(|scheme| core.get(scheme.len()..))
        .unwrap_or(core);
    let end = bare.find(['/', ':', '?', '#']).unwrap_or(bare.len());
    let (host, rest) = bare.split_at(end);
    let known = host.rsplit_once('.').is_some_and(|(name, ending)| {
        let ending = ending.to_ascii_lowercase();
        is_host(name) && ENDINGS.contains(&format!(" {ending} "))
    });
    if host.is_empty() || !(scheme.is_some() || known) {
        return None;
    }
    let host = match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") => &host[4..],
        _ => host,
    };
    Some(domain(host, manner) + &behind(rest, manner))
}

fn is_host(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let letters = name.bytes().any(|b| b.is_ascii_alphabetic());
    plain && letters && name.len() > 1 && !name.contains("..") && !name.starts_with('.')
}

fn domain(host: &str, manner: Manner) -> String {
    let mut said = String::new();
    for part in host.split('.') {
        if !said.is_empty() {
            said.push_str(" dot ");
        }
        let spelled = part.len() == 2 && !matches!(part, "co" | "me" | "ly" | "my");
        let last = host.ends_with(part) && host.len() > part.len();
        if spelled && last {
            said.push_str(&word::spell(&part.to_ascii_uppercase()));
        } else {
            said.push_str(&parts(part, manner, false));
        }
    }
    said
}

/// A port and a short path; what is asked behind it nobody wants to hear.
fn behind(rest: &str, manner: Manner) -> String {
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    let mut said = String::new();
    for (n, part) in rest.split('/').enumerate() {
        match part.strip_prefix(':') {
            Some(port) if n == 0 && is_digits(port) => {
                said.push_str(&format!(" port {}", label(port)));
            }
            _ if part.is_empty() => {}
            _ if n > MOST_PARTS || part.len() > 40 => break,
            _ => said.push_str(&format!(" slash {}", parts(part, manner, false))),
        }
    }
    said
}

/// One letter, or a few without a vowel: "bbc".
fn is_unsayable(part: &str) -> bool {
    let vowel = part.contains(|c: char| "aeiouyAEIOUY".contains(c)) && part.len() > 1;
    part.len() <= 4 && !vowel && part.bytes().all(|b| b.is_ascii_alphabetic())
}

/// What stands between the signs, and the signs by their names; only spaces where they part words.
pub(super) fn parts(text: &str, manner: Manner, only_words: bool) -> String {
    let mut said = String::new();
    let mut part = String::new();
    let push = |said: &mut String, part: &mut String| {
        if !part.is_empty() {
            match is_digits(part) {
                true => said.push_str(&label(part)),
                false if manner == Manner::Aloud && is_unsayable(part) => {
                    said.push_str(&word::spell(&part.to_ascii_uppercase()));
                }
                false => said.push_str(&word::say(part, manner, false)),
            }
            said.push(' ');
            part.clear();
        }
    };
    for sign in text.chars() {
        let name = match sign {
            '.' => "dot",
            '/' => "slash",
            '-' if only_words => "",
            '-' => "dash",
            '_' if only_words => "",
            '_' => "underscore",
            '+' => "plus",
            '=' => "equals",
            ':' => "colon",
            '~' => "tilde",
            '\\' => "backslash",
            '@' => "at",
            '%' | '&' | '?' | '#' | '*' | '$' | '!' | ',' | ';' | '(' | ')' | '<' | '>' | '['
            | ']' | '{' | '}' | '"' | '\'' | '|' | '^' | '`' => "",
            _ => {
                part.push(sign);
                continue;
            }
        };
        push(&mut said, &mut part);
        if !name.is_empty() {
            said.push_str(name);
            said.push(' ');
        }
    }
    push(&mut said, &mut part);
    said.trim_end().to_owned()
}
