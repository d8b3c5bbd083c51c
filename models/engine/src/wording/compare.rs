//! How alike two words are.

use super::kin::kin_of;
use super::sound::alike;
use super::word::Word;

/// From 0 to 1 by form and meaning: the same stem, one of its family, or a synonym.
pub fn likeness(one: &Word, other: &Word) -> f32 {
    if one.stem == other.stem || one.text == other.text {
        return 1.0;
    }
    if one.is_number() || other.is_number() {
        return 0.0;
    }
    let kin = kin_of(&one.stem)
        .iter()
        .find(|(stem, _)| *stem == other.stem)
        .map_or(0.0, |(_, kinship)| kinship.strength());
    if kin == 0.0 && same_family(&one.stem, &other.stem) {
        return 0.85;
    }
    if kin == 0.0 && (shortens(&one.text, &other.text) || shortens(&other.text, &one.text)) {
        return 0.7;
    }
    kin
}

/// "admin" for "administrator".
fn shortens(short: &str, long: &str) -> bool {
    short.len() >= 4 && long.len() >= short.len() + 4 && long.starts_with(short)
}

/// Endings that a word may take on and stay in its family.
const ENDINGS: &[&str] = &[
    "", "e", "y", "i", "er", "or", "ment", "ation", "at", "ion", "al", "ly", "ful", "abl", "ibl",
    "iv", "anc", "enc", "ant", "ent", "ist", "ity", "iti", "ship", "ur", "age", "ag", "ing", "ed",
    "s", "es", "tion", "ness", "less", "ic", "eri", "ri", "er", "ers", "ers", "us", "ous", "r",
    "t",
];

/// "deliver" and "deliveri", "install" and "installer".
fn same_family(one: &str, other: &str) -> bool {
    let shared = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    if shared < 5 || !one.is_char_boundary(shared) || !other.is_char_boundary(shared) {
        return false;
    }
    ENDINGS.contains(&&one[shared..]) && ENDINGS.contains(&&other[shared..])
}

/// From 0 to 1 by spelling and sound, for a word that is known nowhere: a slip of the finger, or a
/// word misheard. Below 0.78 it is 0.
pub fn nearness(one: &Word, other: &Word) -> f32 {
    if one.is_number() || other.is_number() || one.text.len() < 3 || other.text.len() < 3 {
        return 0.0;
    }
    let by_sound = alike(&one.sound, &other.sound) * sound_trust(&one.sound, &other.sound);
    let near = by_sound.max(by_spelling(&one.text, &other.text));
    if near < 0.78 { 0.0 } else { near }
}

/// A long word with one letter wrong: hardly another word.
pub fn misspelt(one: &Word, other: &Word) -> bool {
    one.text.len() >= 7 && by_spelling(&one.text, &other.text) > 0.8
}

/// Short sounds meet by chance.
fn sound_trust(one: &str, other: &str) -> f32 {
    match one.len().min(other.len()) {
        0..=2 => 0.65,
        3 => 0.87,
        4 => 0.93,
        _ => 0.97,
    }
}

fn by_spelling(one: &str, other: &str) -> f32 {
    let long = one.len().max(other.len());
    let allowed = match long {
        0..=4 => return 0.0,
        5..=7 => 1,
        _ => 2,
    };
    if one.as_bytes().first() != other.as_bytes().first() {
        return 0.0;
    }
    let apart = edits(one.as_bytes(), other.as_bytes());
    if apart > allowed {
        0.0
    } else {
        0.95 - 0.1 * apart as f32
    }
}

/// Letters put in, left out, changed or swapped with their neighbour.
fn edits(one: &[u8], other: &[u8]) -> usize {
    let wide = other.len() + 1;
    let mut cells = vec![0_usize; (one.len() + 1) * wide];
    for at in 0..=one.len() {
        for to in 0..wide {
            let cell = at * wide + to;
            cells[cell] = if at == 0 || to == 0 {
                at.max(to)
            } else {
                let swap = usize::from(one[at - 1] != other[to - 1]);
                let mut best = (cells[cell - wide] + 1)
                    .min(cells[cell - 1] + 1)
                    .min(cells[cell - wide - 1] + swap);
                if at > 1 && to > 1 && one[at - 1] == other[to - 2] && one[at - 2] == other[to - 1]
                {
                    best = best.min(cells[cell - 2 * wide - 2] + 1);
                }
                best
            };
        }
    }
    cells.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{likeness, nearness};
    use crate::wording::{Word, words};

    fn word(text: &str) -> Word {
        words(text)
            .into_iter()
            .next()
            .expect("the test gives one word")
    }

    #[test]
    fn meaning_counts() {
        let like = |one, other| likeness(&word(one), &word(other));
        assert_eq!(like("Bookings", "booked"), 1.0);
        assert!(like("cost", "price") > 0.8);
        assert!(like("deliver", "delivery") > 0.8);
        assert_eq!(like("helicopter", "sauna"), 0.0);
        assert_eq!(like("12", "13"), 0.0);
    }

    #[test]
    fn slips_and_mishearings_count() {
        let near = |one, other| nearness(&word(one), &word(other));
        assert!(near("reservaton", "reservation") >= 0.8);
        assert!(near("sona", "sauna") >= 0.6);
        assert_eq!(near("helicopter", "breakfast"), 0.0);
        assert_eq!(near("cat", "dog"), 0.0);
    }
}
