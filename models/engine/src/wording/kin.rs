//! Which words stand for one another, from a list of ours.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::word::words;

/// How near two words are in meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kinship {
    /// A question may mean it.
    Near,
    /// What is said of it holds for the kind that was asked about.
    General,
    /// The same thing said otherwise.
    Same,
}

impl Kinship {
    pub fn strength(self) -> f32 {
        match self {
            Self::Near => 0.5,
            Self::General => 0.7,
            Self::Same => 0.82,
        }
    }
}

const LISTS: &[&str] = &[
    include_str!("kin/everyday.txt"),
    include_str!("kin/kinds.txt"),
];

type Families = HashMap<String, Vec<(String, Kinship)>>;

/// The words that may stand for the word of this stem, as stems.
pub fn kin_of(stem: &str) -> &'static [(String, Kinship)] {
    static FAMILIES: OnceLock<Families> = OnceLock::new();
    FAMILIES
        .get_or_init(|| families(LISTS))
        .get(stem)
        .map_or(&[], Vec::as_slice)
}

/// Each line is `same same | near near` or `kind kind > general`. Two on the right are no kin of
/// each other.
fn families(lists: &[&str]) -> Families {
    let mut families = Families::new();
    let lines = lists.iter().flat_map(|list| list.lines());
    for line in lines.filter(|line| !line.starts_with('#')) {
        if let Some((kinds, general)) = line.split_once('>') {
            relate_kinds(&mut families, &stems(kinds), &stems(general));
            continue;
        }
        let (same, near) = line.split_once('|').unwrap_or((line, ""));
        let (same, near) = (stems(same), stems(near));
        for one in &same {
            for other in &same {
                relate(&mut families, one, other, Kinship::Same);
            }
            for other in &near {
                relate(&mut families, one, other, Kinship::Near);
                relate(&mut families, other, one, Kinship::Near);
            }
        }
    }
    families
}

fn relate_kinds(families: &mut Families, kinds: &[String], general: &[String]) {
    for kind in kinds {
        for one in general {
            relate(families, kind, one, Kinship::General);
            relate(families, one, kind, Kinship::Near);
        }
    }
}

fn stems(words_of_list: &str) -> Vec<String> {
    words_of_list
        .split_whitespace()
        .flat_map(words)
        .map(|word| word.stem)
        .collect()
}

fn relate(families: &mut Families, one: &str, other: &str, kinship: Kinship) {
    if one == other {
        return;
    }
    let kin = families.entry(one.to_owned()).or_default();
    match kin.iter_mut().find(|(stem, _)| stem == other) {
        Some((_, known)) => *known = kinship.max(*known),
        None => kin.push((other.to_owned(), kinship)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kinship, kin_of};

    #[test]
    fn kin_are_mutual() {
        let price = kin_of("price");
        assert!(price.contains(&("cost".to_owned(), Kinship::Same)));
        assert!(kin_of("cost").contains(&("price".to_owned(), Kinship::Same)));
        assert!(kin_of("xylophon").is_empty());
    }
}
