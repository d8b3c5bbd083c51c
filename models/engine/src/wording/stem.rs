//! The stem of an English word, by Porter's second algorithm, with the irregular forms put first.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Irregular forms, and words that the rules would ruin.
fn irregular(word: &str) -> Option<&'static str> {
    static FORMS: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    FORMS
        .get_or_init(|| {
            include_str!("irregular.txt")
                .lines()
                .filter_map(|line| line.split_once(' '))
                .collect()
        })
        .get(word)
        .copied()
}

/// The stem of a lower-case ASCII word; anything else comes back as it is.
pub(super) fn stem(word: &str) -> String {
    match irregular(word) {
        Some(kept) if irregular(kept) == Some(kept) => kept.to_owned(),
        Some(regular) => porter(regular),
        None => porter(word),
    }
}

fn porter(word: &str) -> String {
    if word.len() <= 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = Stem::new(word);
    stem.plural();
    stem.past_and_progressive();
    stem.final_y();
    stem.replace_first(DOUBLE_SUFFIXES, Region::R1);
    stem.li();
    stem.replace_first(LATE_SUFFIXES, Region::R1);
    stem.replace_first(&[("ative", "")], Region::R2);
    stem.drop_suffix();
    stem.tidy();
    stem.text().to_lowercase()
}

#[derive(Clone, Copy)]
enum Region {
    R1,
    R2,
}

const DOUBLE_SUFFIXES: &[(&str, &str)] = &[
    ("ization", "ize"),
    ("isation", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("entli", "ent"),
    ("ation", "ate"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
    ("bli", "ble"),
];

const LATE_SUFFIXES: &[(&str, &str)] = &[
    ("alize", "al"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ness", ""),
    ("ful", ""),
];

const DROPPED: &[&str] = &[
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous",
    "ive", "ize", "ise", "al", "er", "ic",
];

struct Stem {
    /// Lower case, but for a `Y` that stands for a consonant.
    letters: Vec<u8>,
    r1: usize,
    r2: usize,
}

impl Stem {
    fn new(word: &str) -> Self {
        let mut letters = word.as_bytes().to_vec();
        for at in 0..letters.len() {
            if letters[at] == b'y' && (at == 0 || is_vowel(letters[at - 1])) {
                letters[at] = b'Y';
            }
        }
        let r1 = ["gener", "commun", "arsen"]
            .iter()
            .find(|start| word.starts_with(**start))
            .map_or_else(|| after_consonant(&letters, 0), |start| start.len());
        let r2 = after_consonant(&letters, r1);
        Self { letters, r1, r2 }
    }

    fn text(&self) -> String {
        self.letters.iter().map(|b| char::from(*b)).collect()
    }

    fn ends(&self, suffix: &str) -> bool {
        self.letters.ends_with(suffix.as_bytes())
    }

    fn cut(&mut self, count: usize) {
        let keep = self.letters.len() - count;
        self.letters.truncate(keep);
    }

    fn put(&mut self, suffix: &str, with: &str) {
        self.cut(suffix.len());
        self.letters.extend_from_slice(with.as_bytes());
    }

    fn start_of(&self, region: Region) -> usize {
        match region {
            Region::R1 => self.r1,
            Region::R2 => self.r2,
        }
    }

    fn within(&self, suffix: &str, region: Region) -> bool {
        self.letters.len() >= self.start_of(region) + suffix.len()
    }

    fn has_vowel_before(&self, suffix: &str) -> bool {
        let end = self.letters.len() - suffix.len();
        self.letters[..end].iter().any(|b| is_vowel(*b))
    }

    fn plural(&mut self) {
        if self.ends("sses") {
            self.cut(2);
        } else if self.ends("ied") || self.ends("ies") {
            let keep = if self.letters.len() > 4 { 2 } else { 1 };
            self.cut(keep);
        } else if self.ends("us") || self.ends("ss") {
        } else if self.ends("s") && self.letters.len() > 2 {
            let before = &self.letters[..self.letters.len() - 2];
            // "PDFs" has no vowel, and is a plural all the same.
            let vowels = self.letters.iter().filter(|b| is_vowel(**b)).count();
            if before.iter().any(|b| is_vowel(*b)) || vowels == 0 {
                self.cut(1);
            }
        }
    }

    fn past_and_progressive(&mut self) {
        for suffix in ["eedly", "eed"] {
            if self.ends(suffix) {
                if self.within(suffix, Region::R1) {
                    self.put(suffix, "ee");
                }
                return;
            }
        }
        for suffix in ["ingly", "edly", "ing", "ed"] {
            if self.ends(suffix) {
                if self.has_vowel_before(suffix) {
                    self.cut(suffix.len());
                    self.mend();
                }
                return;
            }
        }
    }

    /// After "-ed" or "-ing" is gone: "hop" from "hopp", "hope" from "hop".
    fn mend(&mut self) {
        let doubled = ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"];
        if ["at", "bl", "iz"].iter().any(|end| self.ends(end)) {
            self.letters.push(b'e');
        } else if doubled.iter().any(|end| self.ends(end)) {
            self.cut(1);
        } else if self.r1 >= self.letters.len() && short_syllable(&self.letters) {
            self.letters.push(b'e');
        }
    }

    fn final_y(&mut self) {
        let long = self.letters.len();
        if long > 2
            && matches!(self.letters[long - 1], b'y' | b'Y')
            && !is_vowel(self.letters[long - 2])
        {
            self.letters[long - 1] = b'i';
        }
    }

    fn replace_first(&mut self, pairs: &[(&str, &str)], region: Region) {
        if let Some((suffix, with)) = pairs.iter().find(|(suffix, _)| self.ends(suffix))
            && self.within(suffix, region)
        {
            self.put(suffix, with);
        }
    }

    fn li(&mut self) {
        if self.ends("ogi") && self.within("ogi", Region::R1) && self.ends("logi") {
            self.cut(1);
        } else if self.ends("li") && self.within("li", Region::R1) && self.letters.len() > 2 {
            let before = self.letters[self.letters.len() - 3];
            if b"cdeghkmnrt".contains(&before) {
                self.cut(2);
            }
        }
    }

    fn drop_suffix(&mut self) {
        if let Some(suffix) = DROPPED.iter().find(|suffix| self.ends(suffix)) {
            if self.within(suffix, Region::R2) {
                self.cut(suffix.len());
            }
        } else if (self.ends("sion") || self.ends("tion")) && self.within("ion", Region::R2) {
            self.cut(3);
        }
    }

    fn tidy(&mut self) {
        if self.ends("e") {
            let before = &self.letters[..self.letters.len() - 1];
            let in_r1 = self.within("e", Region::R1) && !short_syllable(before);
            if self.within("e", Region::R2) || in_r1 {
                self.cut(1);
            }
        } else if self.ends("ll") && self.within("l", Region::R2) {
            self.cut(1);
        }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Where the first consonant after a vowel ends, counted from `from`.
fn after_consonant(letters: &[u8], from: usize) -> usize {
    (from + 1..letters.len())
        .find(|at| !is_vowel(letters[*at]) && is_vowel(letters[at - 1]))
        .map_or(letters.len(), |at| at + 1)
}

fn short_syllable(letters: &[u8]) -> bool {
    match letters {
        [first, second] => is_vowel(*first) && !is_vowel(*second),
        [.., before, vowel, last] => {
            !is_vowel(*before)
                && is_vowel(*vowel)
                && !is_vowel(*last)
                && !matches!(last, b'w' | b'x' | b'Y')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn families_share_a_stem() {
        for (one, other) in [
            ("cancel", "cancellation"),
            ("reserve", "reservations"),
            ("hopping", "hop"),
            ("hoping", "hope"),
            ("policies", "policy"),
            ("installed", "installation"),
            ("children", "child"),
            ("paid", "pay"),
            ("running", "run"),
            ("cities", "city"),
            ("dishwashers", "dishwasher"),
            ("dvds", "dvd"),
            ("opening", "opened"),
            ("bought", "buying"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} and {other}");
        }
    }

    #[test]
    fn strangers_do_not() {
        for (one, other) in [
            ("policy", "police"),
            ("organ", "organisation"),
            ("internal", "internet"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }

    #[test]
    fn nothing_breaks_it() {
        for word in [
            "", "a", "s", "ss", "yy", "eed", "ing", "ied", "ie", "zürich", "ies", "x9",
        ] {
            let _ = stem(word);
        }
    }
}
