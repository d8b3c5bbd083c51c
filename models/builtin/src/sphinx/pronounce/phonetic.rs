//! Pronunciations from espeak-ng: its IPA in the model's phones.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Longest first where one begins with another.
#[rustfmt::skip]
const TABLE: [(&str, &str); 70] = [
    ("aɪə", "AY AH"), ("aɪɚ", "AY ER"), ("aʊɚ", "AW ER"), ("tʃ", "CH"), ("dʒ", "JH"),
    ("aɪ", "AY"), ("aʊ", "AW"), ("eɪ", "EY"), ("oʊ", "OW"), ("əʊ", "OW"), ("ɔɪ", "OY"),
    ("iə", "IY AH"), ("ɪɹ", "IH R"), ("ɛɹ", "EH R"), ("ʊɹ", "UH R"), ("ɑːɹ", "AA R"),
    ("oːɹ", "AO R"), ("ɔːɹ", "AO R"), ("ɔ̃", "AO N"), ("ɑ̃", "AA N"), ("n̩", "AH N"),
    ("l̩", "AH L"), ("iː", "IY"), ("uː", "UW"), ("ɑː", "AA"), ("ɔː", "AO"), ("ɜː", "ER"),
    ("oː", "AO"), ("eː", "EH"), ("ɚ", "ER"), ("ɝ", "ER"), ("ɜ", "ER"), ("i", "IY"), ("u", "UW"),
    ("ɑ", "AA"), ("ɔ", "AO"), ("æ", "AE"), ("ɛ", "EH"), ("e", "EH"), ("ɪ", "IH"), ("ᵻ", "IH"),
    ("ʊ", "UH"), ("ʌ", "AH"), ("ə", "AH"), ("ɐ", "AH"), ("o", "OW"), ("a", "AA"), ("θ", "TH"),
    ("ð", "DH"), ("ʃ", "SH"), ("ʒ", "ZH"), ("ŋ", "NG"), ("ɹ", "R"), ("r", "R"), ("ɾ", "T"),
    ("ʔ", "T"), ("j", "Y"), ("w", "W"), ("h", "HH"), ("p", "P"), ("b", "B"), ("t", "T"),
    ("d", "D"), ("k", "K"), ("x", "K"), ("ɡ", "G"), ("g", "G"), ("f", "F"), ("v", "V"),
    ("s", "S"),
];
const REST: [(&str, &str); 4] = [("z", "Z"), ("m", "M"), ("n", "N"), ("l", "L")];

/// How many words are asked of espeak-ng: its start is cheap, a word about half a millisecond.
const MAX_WORDS: usize = 1_000;

/// What espeak-ng makes of each word; nothing where it is not installed.
pub(super) fn by_espeak(words: &[&str]) -> HashMap<String, String> {
    let words = &words[..words.len().min(MAX_WORDS)];
    if words.is_empty() {
        return HashMap::new();
    }
    let Some(ipa) = ask(words) else {
        return HashMap::new();
    };
    let lines: Vec<&str> = ipa
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    if lines.len() != words.len() {
        // An answer that does not match its questions is worth nothing.
        return HashMap::new();
    }
    let pairs = words.iter().zip(lines);
    pairs
        .map(|(word, ipa)| ((*word).to_owned(), phones(ipa)))
        .filter(|(_, phones)| !phones.is_empty())
        .collect()
}

/// One word a line, in and out.
fn ask(words: &[&str]) -> Option<String> {
    let mut child = Command::new("espeak-ng")
        .args(["-q", "--ipa", "-v", "en-us", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let question = words.join(".\n") + ".\n";
    // It reads all of its input before it answers, so neither pipe can fill while the other waits.
    let asked = stdin.write_all(question.as_bytes());
    drop(stdin);
    let answer = child.wait_with_output().ok()?;
    asked.ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn phones(ipa: &str) -> String {
    let mut phones: Vec<&str> = Vec::new();
    let mut rest = ipa;
    while let Some(first) = rest.chars().next() {
        let mut table = TABLE.iter().chain(&REST);
        match table.find(|(sound, _)| rest.starts_with(sound)) {
            Some((sound, phone)) => {
                phones.push(phone);
                rest = &rest[sound.len()..];
            }
            // Stress, length, and signs that the model has no phone for.
            None => rest = &rest[first.len_utf8()..],
        }
    }
    phones.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipa_becomes_phones() {
        assert_eq!(phones("wˈɛbhʊk"), "W EH B HH UH K");
        assert_eq!(phones("kjˈuːbɚnˌiːts"), "K Y UW B ER N IY T S");
        assert_eq!(phones("ˈaɪən"), "AY AH N");
        assert_eq!(phones("(en)tʃˈiːz"), "EH N CH IY Z");
    }

    #[test]
    fn no_word_asks_nobody() {
        assert!(by_espeak(&[]).is_empty());
    }
}
