//! Pronunciations by rule: letter names for abbreviations, rough letter-to-sound for the rest.

#[rustfmt::skip]
const NAMES: [&str; 26] = [
    "EY", "B IY", "S IY", "D IY", "IY", "EH F", "JH IY", "EY CH", "AY", "JH EY", "K EY", "EH L",
    "EH M", "EH N", "OW", "P IY", "K Y UW", "AA R", "EH S", "T IY", "Y UW", "V IY",
    "D AH B AH L Y UW", "EH K S", "W AY", "Z IY",
];

/// Longest first where one begins with another.
#[rustfmt::skip]
const SOUNDS: [(&str, &str); 66] = [
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("ough", "AO"), ("augh", "AO"), ("eigh", "EY"),
    ("igh", "AY"), ("tch", "CH"), ("dge", "JH"), ("sch", "SH"), ("ch", "CH"), ("sh", "SH"),
    ("th", "TH"), ("ph", "F"), ("wh", "W"), ("ck", "K"), ("ng", "NG"), ("qu", "K W"),
    ("kn", "N"), ("wr", "R"), ("ee", "IY"), ("ea", "IY"), ("oo", "UW"), ("ou", "AW"),
    ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("au", "AO"),
    ("aw", "AO"), ("ie", "IY"), ("ei", "EY"), ("ey", "IY"), ("eu", "Y UW"), ("ew", "Y UW"),
    ("oa", "OW"), ("ar", "AA R"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("or", "AO R"),
    ("ce", "S EH"), ("ci", "S IH"), ("cy", "S IY"), ("a", "AE"), ("b", "B"), ("c", "K"),
    ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"), ("h", "HH"), ("i", "IH"), ("j", "JH"),
    ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("o", "AA"), ("p", "P"), ("r", "R"),
    ("s", "S"), ("t", "T"), ("u", "AH"), ("v", "V"), ("w", "W"),
];
const REST: [(&str, &str); 3] = [("x", "K S"), ("y", "IY"), ("z", "Z")];

pub(super) fn has_vowel(word: &str) -> bool {
    word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// The names of the letters; nothing for a word that is too long to be spelled, or not of letters.
pub(super) fn spelled(word: &str) -> Option<String> {
    let letters = word.bytes().filter(|b| *b != b'\'');
    let names: Option<Vec<&str>> = letters
        .map(|letter| NAMES.get(usize::from(letter.wrapping_sub(b'a'))).copied())
        .collect();
    names
        .filter(|names| (1..=8).contains(&names.len()))
        .map(|names| names.join(" "))
}

/// What a word may sound like by its letters alone.
pub(super) fn by_rule(word: &str) -> Option<String> {
    let mut phones: Vec<&str> = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if rest == "e" && phones.len() > 1 {
            break; // silent at the end
        }
        let mut table = SOUNDS.iter().chain(&REST);
        match table.find(|(letters, _)| rest.starts_with(letters)) {
            Some((letters, sound)) => {
                if phones.last() != Some(sound) {
                    phones.push(sound);
                }
                rest = &rest[letters.len()..];
            }
            None => rest = &rest[first.len_utf8()..],
        }
    }
    (!phones.is_empty()).then(|| phones.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_names() {
        assert_eq!(spelled("rtp").as_deref(), Some("AA R T IY P IY"));
        assert_eq!(spelled("ümlaut"), None);
        assert_eq!(spelled("toolongtospell"), None);
        assert_eq!(spelled(""), None);
    }

    #[test]
    fn words_sound_like_their_letters() {
        assert_eq!(by_rule("webhook").as_deref(), Some("W EH B HH UW K"));
        assert_eq!(by_rule("kettle").as_deref(), Some("K EH T L"));
        assert_eq!(by_rule("☎"), None);
    }
}
