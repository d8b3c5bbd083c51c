//! Carnegie Mellon's dictionary, where PocketSphinx's package is installed: names and rare words.

use std::path::Path;

/// The published one has 3 MB.
const MOST_BYTES: u64 = 32 << 20;

/// Its phones and ours; vowels that carry no accent and ones that do.
#[rustfmt::skip]
const PHONES: [(&str, &str, &str); 39] = [
    ("AA", "ɑ", "ɑ"), ("AE", "æ", "æ"), ("AH", "ə", "ʌ"), ("AO", "ɔ", "ɔ"), ("AW", "W", "W"),
    ("AY", "I", "I"), ("B", "b", ""), ("CH", "ʧ", ""), ("D", "d", ""), ("DH", "ð", ""),
    ("EH", "ɛ", "ɛ"), ("ER", "əɹ", "ɜɹ"), ("EY", "A", "A"), ("F", "f", ""), ("G", "ɡ", ""),
    ("HH", "h", ""), ("IH", "ɪ", "ɪ"), ("IY", "i", "i"), ("JH", "ʤ", ""), ("K", "k", ""),
    ("L", "l", ""), ("M", "m", ""), ("N", "n", ""), ("NG", "ŋ", ""), ("OW", "O", "O"),
    ("OY", "Y", "Y"), ("P", "p", ""), ("R", "ɹ", ""), ("S", "s", ""), ("SH", "ʃ", ""),
    ("T", "t", ""), ("TH", "θ", ""), ("UH", "ʊ", "ʊ"), ("UW", "u", "u"), ("V", "v", ""),
    ("W", "w", ""), ("Y", "j", ""), ("Z", "z", ""), ("ZH", "ʒ", ""),
];

/// The file's text and where its lines begin, in the order of their words: a map of them would be five times as large.
#[derive(Debug)]
pub(crate) struct Dictionary {
    text: String,
    lines: Vec<u32>,
}

impl Dictionary {
    /// `None` where there is no such file, or it is another.
    pub(crate) fn read(file: &Path) -> Option<Self> {
        let size = std::fs::metadata(file).ok()?.len();
        let text = (size <= MOST_BYTES).then(|| std::fs::read_to_string(file));
        Some(Self::of(text?.ok()?))
    }

    fn of(text: String) -> Self {
        let (mut lines, mut at) = (Vec::new(), 0);
        for line in text.split_inclusive('\n') {
            lines.push(at);
            at += line.len() as u32;
        }
        lines.sort_by_key(|at| entry(&text, *at).0);
        Self { text, lines }
    }

    /// The first pronunciation of a word in small letters.
    pub(crate) fn find(&self, word: &str) -> Option<String> {
        let place = self
            .lines
            .binary_search_by_key(&word, |at| entry(&self.text, *at).0);
        phonemes(entry(&self.text, self.lines[place.ok()?]).1)
    }
}

/// A line's word and its phones.
fn entry(text: &str, at: u32) -> (&str, &str) {
    let line = text[at as usize..].lines().next().unwrap_or("");
    line.split_once(char::is_whitespace).unwrap_or((line, ""))
}

/// The file does not say where the accent is: on the first full vowel.
fn phonemes(phones: &str) -> Option<String> {
    let bare = |phone: &str| {
        phone
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .to_owned()
    };
    let phones: Vec<String> = phones.split_whitespace().map(bare).collect();
    let vowel = |phone: &String| {
        PHONES
            .iter()
            .any(|(name, _, full)| name == phone && !full.is_empty())
    };
    let full = |phone: &String| vowel(phone) && !["AH", "IH", "ER"].contains(&phone.as_str());
    let accent = phones
        .iter()
        .position(full)
        .or_else(|| phones.iter().position(vowel))?;
    let mut said = String::new();
    for (n, phone) in phones.iter().enumerate() {
        let (_, plain, accented) = PHONES.iter().find(|(name, ..)| name == phone)?;
        if n == accent {
            said.push('ˈ');
            said.push_str(accented);
        } else {
            said.push_str(plain);
        }
    }
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_said_in_our_phonemes() {
        let text = "zebra Z IY B R AH\n'bout B AW T\nrepartee R EH P ER T IY\nread R EH D\nread(2) R IY D\nodd\n";
        let dictionary = Dictionary::of(text.to_owned());
        let find = |word| dictionary.find(word);
        assert_eq!(find("repartee").as_deref(), Some("ɹˈɛpəɹti"));
        assert_eq!(find("zebra").as_deref(), Some("zˈibɹə"));
        assert_eq!(find("read").as_deref(), Some("ɹˈɛd"));
        assert_eq!(find("odd"), None);
        assert_eq!(find("missing"), None);
        assert!(Dictionary::read(Path::new("/no/such/file")).is_none());
    }
}
