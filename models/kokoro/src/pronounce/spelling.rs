//! A word read off its letters, as one reads a name never seen: often wrong, and better than ten letter names.

/// Shorter words are more often initials.
const LEAST_LETTERS: usize = 5;
/// More consonants in a row than this, and nobody can say it.
const MOST_CONSONANTS: usize = 4;

/// Longest first where one begins with another.
#[rustfmt::skip]
const SPELLINGS: [(&str, &str); 77] = [
    ("tion", "ʃən"), ("sion", "ʒən"), ("ough", "O"), ("eigh", "A"), ("augh", "ɔ"), ("tch", "ʧ"),
    ("dge", "ʤ"), ("igh", "I"), ("sch", "sk"), ("ch", "ʧ"), ("sh", "ʃ"), ("th", "θ"), ("ph", "f"),
    ("ck", "k"), ("ng", "ŋ"), ("qu", "kw"), ("wh", "w"), ("kn", "n"), ("wr", "ɹ"), ("gh", "ɡ"),
    ("ee", "i"), ("ea", "i"), ("oo", "u"), ("ai", "A"), ("ay", "A"), ("ei", "I"), ("ey", "i"),
    ("oa", "O"), ("ou", "W"), ("ow", "O"), ("oi", "Y"), ("oy", "Y"), ("au", "ɔ"), ("aw", "ɔ"),
    ("ew", "u"), ("ie", "i"), ("ar", "ɑɹ"), ("er", "əɹ"), ("ir", "ɜɹ"), ("or", "ɔɹ"), ("ur", "ɜɹ"),
    ("bb", "b"), ("cc", "k"), ("dd", "d"), ("ff", "f"), ("gg", "ɡ"), ("ll", "l"), ("mm", "m"),
    ("nn", "n"), ("pp", "p"), ("rr", "ɹ"), ("ss", "s"), ("tt", "t"), ("zz", "z"), ("ce", "sɛ"),
    ("ci", "sɪ"), ("cy", "si"), ("b", "b"), ("c", "k"), ("d", "d"), ("f", "f"), ("g", "ɡ"),
    ("h", "h"), ("j", "ʤ"), ("k", "k"), ("l", "l"), ("m", "m"), ("n", "n"), ("p", "p"), ("q", "k"),
    ("r", "ɹ"), ("s", "s"), ("t", "t"), ("v", "v"), ("w", "w"), ("x", "ks"), ("z", "z"),
];

const VOWELS: &str = "aeiouy";
const VOWEL_SOUNDS: &str = "AIOWYaiuæɑɔəɛɜɪʊʌ";

/// The phonemes of a word in small letters; `None` for what is to be spelled out.
pub(super) fn read(word: &str) -> Option<String> {
    if !can_be_read(word) {
        return None;
    }
    let (mut said, mut rest) = (String::new(), word);
    while let Some(letter) = rest.chars().next() {
        let known = SPELLINGS
            .iter()
            .find(|(spelling, _)| rest.starts_with(spelling));
        // An ending that is not heard: "kubernet(e)s".
        let silent = matches!(rest, "e" | "es") && said.len() > 2;
        let (taken, sound) = match known {
            Some((spelling, sound)) => (spelling.len(), *sound),
            None if silent => (1, ""),
            None => (1, vowel(letter, &rest[1..], said.is_empty())),
        };
        said.push_str(sound);
        rest = &rest[taken..];
    }
    Some(accented(&said))
}

fn can_be_read(word: &str) -> bool {
    let is_vowel = |letter: char| VOWELS.contains(letter);
    word.len() >= LEAST_LETTERS
        && word.chars().all(|letter| letter.is_ascii_lowercase())
        && word.contains(is_vowel)
        && word.split(is_vowel).all(|run| run.len() <= MOST_CONSONANTS)
}

/// A vowel alone: long before one consonant and another vowel, and at the end.
fn vowel(letter: char, after: &str, first: bool) -> &'static str {
    let mut next = after.chars();
    let consonant = next.next().is_some_and(|letter| !VOWELS.contains(letter));
    let open = after.is_empty()
        || (consonant && next.next().is_some_and(|letter| VOWELS.contains(letter)));
    match (letter, open) {
        ('a', true) if after.is_empty() => "ə",
        ('a', true) => "A",
        ('a', false) => "æ",
        ('e', true) if first => "i",
        ('e', _) => "ɛ",
        ('i', _) => "ɪ",
        ('o', true) => "O",
        ('o', false) => "ɑ",
        ('u', true) => "u",
        ('u', false) => "ʌ",
        ('y', _) if first => "j",
        _ => "i",
    }
}

/// With the accent before its first vowel.
fn accented(said: &str) -> String {
    let at = said.find(|sound| VOWEL_SOUNDS.contains(sound));
    at.map_or(said.to_owned(), |at| {
        format!("{}ˈ{}", &said[..at], &said[at..])
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::vocabulary::number;

    #[test]
    fn a_name_is_read_off_its_letters() {
        assert_eq!(read("kubernetes").as_deref(), Some("kˈubəɹnɛts"));
        assert_eq!(read("grafana").as_deref(), Some("ɡɹˈAfAnə"));
        assert_eq!(read("phlox").as_deref(), Some("flˈɑks"));
        for spelled in ["api", "html5", "xzqtrp", "bcdfgha", ""] {
            assert_eq!(read(spelled), None, "{spelled}");
        }
    }

    #[test]
    fn all_that_is_read_is_known_to_kokoro() {
        for (spelling, sound) in super::SPELLINGS {
            assert!(
                sound.chars().all(|sound| number(sound).is_some()),
                "{spelling}"
            );
        }
    }
}
