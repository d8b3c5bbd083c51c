//! Addresses, names of files and options, abbreviations and compounds.

use super::super::numbers::quantity;
use super::{Neighbours, Reading};

/// All capitals and yet said as a word; the second is how.
const SAID_AS_WORD: [(&str, &str); 20] = [
    ("JSON", "jason"),
    ("TOML", "tommle"),
    ("YAML", "yammle"),
    ("GUI", "gooey"),
    ("LAN", "lan"),
    ("WAN", "wan"),
    ("RAM", "ram"),
    ("ROM", "rom"),
    ("STUN", "stun"),
    ("TURN", "turn"),
    ("ICE", "ice"),
    ("NAT", "nat"),
    ("SIP", "sip"),
    ("NASA", "nassa"),
    ("PIN", "pin"),
    ("SIM", "sim"),
    ("OK", "okay"),
    ("ASCII", "askey"),
    ("WHIP", "whip"),
    ("WHEP", "whep"),
];

pub(super) fn read(core: &str, near: Neighbours<'_>, reading: Reading) -> Option<String> {
    address(core, reading)
        .or_else(|| option(core, reading))
        .or_else(|| file(core, reading))
        .or_else(|| sign(core, near))
        .or_else(|| compound(core, reading))
        .or_else(|| (reading == Reading::Aloud).then(|| name(core, near))?)
}

/// "https://example.com/a", "someone@example.com", "www.example.com".
fn address(core: &str, reading: Reading) -> Option<String> {
    let bare = ["https://", "http://", "wss://", "ws://", "mailto:"]
        .into_iter()
        .find_map(|scheme| core.strip_prefix(scheme));
    let mail = core
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let web = core.starts_with("www.");
    if bare.is_none() && !mail && !web {
        return None;
    }
    let bare = bare.unwrap_or(core).trim_end_matches('/');
    let bare = bare.split(['?', '#']).next().unwrap_or(bare);
    Some(by_signs(bare, reading))
}

/// With the signs between its parts named.
fn by_signs(text: &str, reading: Reading) -> String {
    let mut said = String::new();
    let mut part = String::new();
    for sign in text.chars() {
        let word = match sign {
            '.' => "dot",
            '/' => "slash",
            '@' => "at",
            ':' => "port",
            '-' => "dash",
            '_' => "underscore",
            _ => {
                part.push(sign);
                continue;
            }
        };
        push(&mut said, &std::mem::take(&mut part), reading);
        said.push_str(word);
        said.push(' ');
    }
    push(&mut said, &part, reading);
    said.trim_end().to_owned()
}

fn push(said: &mut String, part: &str, reading: Reading) {
    if part.is_empty() {
        return;
    }
    let none = Neighbours {
        before: "",
        after: "",
    };
    let read = quantity(part).or_else(|| (reading == Reading::Aloud).then(|| name(part, none))?);
    said.push_str(read.as_deref().unwrap_or(part));
    said.push(' ');
}

/// "--lan", "-v".
fn option(core: &str, reading: Reading) -> Option<String> {
    let bare = core.trim_start_matches('-');
    let dashes = core.len() - bare.len();
    let letter = bare.starts_with(|c: char| c.is_ascii_alphabetic());
    let said = ["", "dash ", "dash dash "].get(dashes)?;
    (dashes > 0 && letter).then(|| {
        format!(
            "{said}{}",
            by_signs(&bare.replace('=', " equals "), reading)
        )
    })
}

/// "repartee.toml", "/etc/hosts", "a_b".
fn file(core: &str, reading: Reading) -> Option<String> {
    let alphanumeric = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let inner_dot = core.match_indices('.').any(|(at, _)| {
        alphanumeric(core[..at].chars().next_back()) && alphanumeric(core[at + 1..].chars().next())
    });
    let letters = core.chars().filter(|c| c.is_alphabetic()).count();
    let path = core.starts_with(['/', '.', '~']) && letters > 0 && core.len() > 1;
    if path || (inner_dot && letters > 1) {
        return Some(by_signs(core.trim_start_matches('~'), reading));
    }
    (core.contains('_') && letters > 0).then(|| core.replace('_', " ").trim().to_owned())
}

fn sign(core: &str, near: Neighbours<'_>) -> Option<String> {
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let between = number(near.before) && number(near.after);
    let said = match core {
        "+" => "plus",
        "=" => "equals",
        "@" => "at",
        "%" => "percent",
        "*" if between => "times",
        "-" if between => "minus",
        "/" if between => "divided by",
        "-" | "--" => ",",
        "/" => "or",
        "<" if between => "is less than",
        ">" if between => "is more than",
        "No" if number(near.after) => "number",
        _ => return None,
    };
    Some(said.to_owned())
}

/// "and/or", "voice-to-voice", "WebRTC-based": its parts.
fn compound(core: &str, reading: Reading) -> Option<String> {
    let parts: Vec<&str> = core
        .split(['/', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() < 2 {
        return None;
    }
    let mut said = String::new();
    for part in parts {
        push(&mut said, part, reading);
    }
    Some(said.trim_end().to_owned())
}

/// "WebRTC" as "Web R T C", "APIs" as "A P Is", "MP3" as "M P three".
fn name(core: &str, near: Neighbours<'_>) -> Option<String> {
    if !core.chars().all(|c| c.is_ascii_alphanumeric() || c == '\'') {
        return None;
    }
    let shouted = |word: &str| word.len() > 3 && is_capitals(word);
    if shouted(core) && (shouted(near.before) || shouted(near.after)) {
        return Some(core.to_lowercase());
    }
    let parts = parts(core);
    let said: Vec<String> = parts.iter().map(|part| said_part(part)).collect();
    let said = said.join(" ");
    (said != core).then_some(said)
}

fn is_capitals(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase())
}

fn said_part(part: &str) -> String {
    if let Some((_, said)) = SAID_AS_WORD.iter().find(|(word, _)| *word == part) {
        return (*said).to_owned();
    }
    if let Some(number) = quantity(part) {
        return number;
    }
    match part.strip_suffix("'s").or(part.strip_suffix('s')) {
        Some(stem) if is_capitals(stem) && stem.len() <= 5 => spelled(stem) + "'s",
        _ if is_capitals(part) && part.len() <= 5 => spelled(part),
        _ if is_capitals(part) => part.to_lowercase(),
        _ => part.to_owned(),
    }
}

fn spelled(capitals: &str) -> String {
    let letters: Vec<String> = capitals.chars().map(String::from).collect();
    letters.join(" ")
}

/// At a change from small to capital, and between letters and digits.
fn parts(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for n in 1..bytes.len() {
        let (a, b) = (bytes[n - 1], bytes[n]);
        let rises = a.is_ascii_lowercase() && b.is_ascii_uppercase();
        let counts = a.is_ascii_digit() != b.is_ascii_digit() && a != b'\'' && b != b'\'';
        let next = bytes
            .get(n + 1)
            .is_some_and(|c| c.is_ascii_lowercase() && *c != b's');
        let falls = a.is_ascii_uppercase() && b.is_ascii_uppercase() && next;
        if rises || counts || falls {
            parts.push(&word[start..n]);
            start = n;
        }
    }
    parts.push(&word[start..]);
    parts
}
