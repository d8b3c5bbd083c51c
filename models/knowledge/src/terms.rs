//! The words of the whole knowledge, and which of them a question may mean.

use std::collections::HashMap;

use models_engine::wording::{Asked, Word, kin_of, likeness};

/// One word of the knowledge: what a question word may find.
#[derive(Clone, Debug)]
struct Term {
    word: Word,
    /// In so many passages.
    passages: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    by_stem: HashMap<String, usize>,
    terms: Vec<Term>,
    passages: usize,
}

/// What a word of the question found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Meant {
    pub(crate) stem: String,
    pub(crate) strength: f32,
}

/// So many words may have been meant by one that was misheard.
const MOST_BY_EAR: usize = 4;

impl Terms {
    /// Counts the distinct words of one passage.
    pub(crate) fn add(&mut self, words: &[Word]) {
        self.passages += 1;
        let mut seen: Vec<usize> = Vec::with_capacity(words.len());
        for word in words {
            let next = self.terms.len();
            let at = *self.by_stem.entry(word.stem.clone()).or_insert(next);
            if at == next {
                self.terms.push(Term {
                    word: word.clone(),
                    passages: 0,
                });
            }
            if !seen.contains(&at) {
                seen.push(at);
                self.terms[at].passages += 1;
            }
        }
    }

    /// How telling a word is, at least 1; most for a word that is nowhere.
    pub(crate) fn rarity(&self, stem: &str) -> f32 {
        let found = self
            .by_stem
            .get(stem)
            .map_or(0, |at| self.terms[*at].passages);
        let share = (self.passages as f32 + 1.0) / (found as f32 + 0.5);
        (1.0 + share.ln()).max(1.0)
    }

    pub(crate) fn meant_by(&self, asked: &Asked) -> Vec<Meant> {
        let mut meant: Vec<Meant> = Vec::new();
        let mut found = |stem: &str, strength: f32| {
            if !meant.iter().any(|known| known.stem == stem) {
                meant.push(Meant {
                    stem: stem.to_owned(),
                    strength,
                });
            }
        };
        if self.by_stem.contains_key(&asked.word.stem) {
            found(&asked.word.stem, 1.0);
        }
        for (stem, kinship) in kin_of(&asked.word.stem) {
            if self.by_stem.contains_key(stem) {
                found(stem, kinship.strength());
            }
        }
        // Words of one family begin alike: the others need no closer look.
        let start = asked.word.text.get(..4);
        for term in self
            .terms
            .iter()
            .filter(|term| start.is_some() && term.word.text.get(..4) == start)
        {
            let alike = likeness(&asked.word, &term.word);
            if alike > 0.0 {
                found(&term.word.stem, alike);
            }
        }
        if meant.is_empty() {
            meant = self.by_ear(asked);
        }
        meant
    }

    fn by_ear(&self, asked: &Asked) -> Vec<Meant> {
        let mut meant: Vec<Meant> = self
            .terms
            .iter()
            .map(|term| Meant {
                stem: term.word.stem.clone(),
                strength: asked.misheard(&term.word),
            })
            .filter(|meant| meant.strength > 0.0)
            .collect();
        meant.sort_by(|a, b| {
            b.strength
                .total_cmp(&a.strength)
                .then_with(|| a.stem.cmp(&b.stem))
        });
        meant.truncate(MOST_BY_EAR);
        meant
    }
}
