//! Versions: "v2.1.0", "Python 3.11", "1.2.3-beta.4", "HTTP/2".

use super::compound;
use crate::numbers::{cardinal, digits, is_digits, small};
use crate::token::{Place, Said};

/// Behind these names a point parts two numbers.
const VERSIONED: [&str; 52] = [
    "version",
    "Python",
    "Node",
    "Node.js",
    "Ubuntu",
    "iOS",
    "iPadOS",
    "Android",
    "Java",
    "Rust",
    "PHP",
    "Ruby",
    "Go",
    "Swift",
    "macOS",
    "Windows",
    "Django",
    "Rails",
    "Kubernetes",
    "release",
    "CUDA",
    "Debian",
    "Chrome",
    "Firefox",
    "Linux",
    "kernel",
    "Postgres",
    "PostgreSQL",
    "MySQL",
    "TLS",
    "SSL",
    "USB",
    "HDMI",
    "Bluetooth",
    "OpenSSL",
    "React",
    "Angular",
    "Vue",
    "TypeScript",
    "npm",
    "Docker",
    "Llama",
    "Gemini",
    "Claude",
    "GPT",
    "Fedora",
    "Redis",
    "Perl",
    "Lua",
    "WebRTC",
    "build",
    "DisplayPort",
];

pub(super) fn read(place: Place<'_>) -> Option<Said> {
    let core = place.core(0);
    if core.len() > 48 {
        return None;
    }
    if let Some((name, number)) = core.split_once('/') {
        let known = matches!(name, "HTTP" | "SIP" | "TLS" | "RTSP" | "IPv");
        return known.then(|| {
            version(number).map(|said| Said::one(format!("{} {said}", compound::words(name))))
        })?;
    }
    if let Some(bare) = core.strip_prefix(['v', 'V']) {
        let said = version(bare)?;
        let doubled = place.is(-1, &["version", "versions"]);
        return Some(Said::one(if doubled {
            said
        } else {
            format!("version {said}")
        }));
    }
    let points = core.matches('.').count();
    // "Python >= 3.10"
    let compared = place.is(-1, &[">", ">=", "≥", "<", "<=", "≤", "=", "=="]);
    let name = place.core(if compared { -2 } else { -1 });
    let named = VERSIONED.contains(&name) || place.is(-1, &["version"]);
    if points >= 2 || (points == 1 && named && place.trail(-1).is_empty()) {
        return version(core).map(Said::one);
    }
    None
}

/// "2.1.0", "1.0-rc1", "2.x".
pub(super) fn version(text: &str) -> Option<String> {
    let (numbers, rest) = match text.find(['-', '+']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut said = String::new();
    for part in numbers.split('.') {
        if !said.is_empty() {
            said.push_str(" point ");
        }
        match small(part) {
            Some(number) if part == "0" || !part.starts_with('0') => {
                said.push_str(&cardinal(number))
            }
            Some(number) if part.len() == 2 => said.push_str(&format!("oh {}", cardinal(number))),
            Some(_) => said.push_str(&digits(part)),
            None if part == "x" && !said.is_empty() => said.push('X'),
            None => return None,
        }
    }
    if let Some(rest) = rest {
        let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
            && (!is_digits(rest) || numbers.matches('.').count() >= 2);
        let words: Vec<String> = rest.split('.').map(compound::words).collect();
        said = plain.then(|| format!("{said} {}", words.join(" ")))?;
    }
    Some(said)
}
