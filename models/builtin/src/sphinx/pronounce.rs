//! How words are pronounced: the dictionary, then espeak-ng, then rules, in the model's phones.

mod letters;
mod phonetic;

use models_engine::Failure;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// The words of the dictionary that matter here, with their first pronunciation.
pub(super) struct Dictionary(HashMap<String, String>);

impl Dictionary {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = std::fs::read(file).map_err(|error| {
            Failure::new(format!(
                "{} cannot be read ({error}); install Debian's package pocketsphinx-en-us",
                file.display()
            ))
        })?;
        Ok(Self::of(&String::from_utf8_lossy(&text)))
    }

    fn of(text: &str) -> Self {
        let entries = text.lines().filter_map(|line| {
            let (word, phones) = line.split_once(char::is_whitespace)?;
            (!word.ends_with(')')).then(|| (word.to_owned(), phones.trim().to_owned()))
        });
        Self(entries.collect())
    }

    pub(super) fn knows(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }

    /// Pronunciations for the words that the dictionary lacks; `spelling` as in the text.
    pub(super) fn complete(
        &self,
        words: &BTreeSet<&str>,
        spelling: &BTreeMap<String, String>,
    ) -> Vec<(String, String)> {
        let unknown: Vec<&str> = words.iter().copied().filter(|w| !self.knows(w)).collect();
        let spoken: HashMap<String, String> = phonetic::by_espeak(&unknown);
        let mut complete = Vec::new();
        for word in unknown {
            let written = spelling.get(word).map_or(word, String::as_str);
            let mut ways = self.ways(word, written, spoken.get(word));
            ways.dedup();
            for (n, phones) in ways.into_iter().enumerate() {
                let name = match n {
                    0 => word.to_owned(),
                    n => format!("{word}({})", n + 1),
                };
                complete.push((name, phones));
            }
        }
        complete
    }

    /// The likeliest pronunciation first; at most three.
    fn ways(&self, word: &str, written: &str, espeak: Option<&String>) -> Vec<String> {
        let mut ways = Vec::new();
        ways.extend(self.possessive(word));
        ways.extend(self.by_parts(written));
        let capitals = written.len() <= 6 && written.chars().all(|c| c.is_ascii_uppercase());
        if capitals || !letters::has_vowel(word) {
            ways.extend(letters::spelled(word));
        }
        match espeak {
            Some(phones) => ways.push(phones.clone()),
            None => ways.extend(letters::by_rule(word)),
        }
        ways.truncate(3);
        ways
    }

    /// "repartee's" from "repartee".
    fn possessive(&self, word: &str) -> Option<String> {
        let base = self.0.get(word.strip_suffix("'s")?)?;
        let last = base.rsplit(' ').next()?;
        let ending = match last {
            "S" | "Z" | "SH" | "ZH" | "CH" | "JH" => "IH Z",
            "P" | "T" | "K" | "F" | "TH" => "S",
            _ => "Z",
        };
        Some(format!("{base} {ending}"))
    }

    /// "WebRTC" from "web" and the letters R, T, C.
    fn by_parts(&self, written: &str) -> Option<String> {
        let parts = camel_parts(written);
        if parts.len() < 2 {
            return None;
        }
        let phones: Option<Vec<String>> = parts.iter().map(|part| self.part(part)).collect();
        phones.map(|phones| phones.join(" "))
    }

    fn part(&self, part: &str) -> Option<String> {
        let word = part.to_lowercase();
        let capitals = part.len() > 1 && part.chars().all(|c| c.is_ascii_uppercase());
        match self.0.get(&word) {
            Some(phones) if !capitals => Some(phones.clone()),
            _ if capitals || part.len() == 1 => letters::spelled(&word),
            _ => None,
        }
    }
}

/// "PocketSphinx" is "Pocket", "Sphinx"; "OpenAI" is "Open", "AI"; "HTTPServer" is "HTTP", "Server".
fn camel_parts(written: &str) -> Vec<&str> {
    let bytes = written.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for n in 1..bytes.len() {
        let upper = bytes[n].is_ascii_uppercase();
        let after_lower = bytes[n - 1].is_ascii_lowercase();
        let before_lower = bytes.get(n + 1).is_some_and(u8::is_ascii_lowercase);
        let after_upper = bytes[n - 1].is_ascii_uppercase();
        if upper && (after_lower || (after_upper && before_lower)) {
            parts.push(&written[start..n]);
            start = n;
        }
    }
    parts.push(&written[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary() -> Dictionary {
        Dictionary::of(
            "web W EH B\nweb(2) W AA B\nopen OW P AH N\nrepartee R EH P ER T IY\nsphinx S F IH NG K S\npocket P AA K AH T\n",
        )
    }

    #[test]
    fn camels_fall_into_parts() {
        assert_eq!(camel_parts("WebRTC"), ["Web", "RTC"]);
        assert_eq!(camel_parts("HTTPServer"), ["HTTP", "Server"]);
        assert_eq!(camel_parts("plain"), ["plain"]);
        assert_eq!(camel_parts("API"), ["API"]);
    }

    #[test]
    fn words_are_put_together_from_what_is_known() {
        let dictionary = dictionary();
        let ways = |word: &str, written: &str| dictionary.ways(word, written, None)[0].clone();
        assert_eq!(ways("webrtc", "WebRTC"), "W EH B AA R T IY S IY");
        assert_eq!(
            ways("pocketsphinx", "PocketSphinx"),
            "P AA K AH T S F IH NG K S"
        );
        assert_eq!(ways("repartee's", "Repartee's"), "R EH P ER T IY Z");
        assert_eq!(ways("sdp", "SDP"), "EH S D IY P IY");
    }

    #[test]
    fn only_missing_words_are_completed_and_alternatives_numbered() {
        let words = BTreeSet::from(["web", "stun"]);
        let spelling = BTreeMap::from([("stun".to_owned(), "STUN".to_owned())]);
        let complete = dictionary().complete(&words, &spelling);
        assert_eq!(
            complete[0],
            ("stun".to_owned(), "EH S T IY Y UW EH N".to_owned())
        );
        assert_eq!(complete[1].0, "stun(2)");
    }
}
