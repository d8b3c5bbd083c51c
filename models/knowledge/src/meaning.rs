//! Where each sentence lies in a space of meaning, so that what is asked in other words is found, too.

use crate::places::{Places, key};
use models_engine::Embedder;
use models_engine::wording::sentences;
use std::path::Path;
use std::sync::Arc;

/// Sentences beyond these are found by their words alone: this many take about 30 MB, and minutes.
const MOST_SENTENCES: usize = 20_000;

/// The sentences of every passage, placed.
pub(crate) struct Meaning {
    embedder: Arc<dyn Embedder>,
    /// By passage, by sentence.
    places: Vec<Vec<Arc<[f32]>>>,
}

impl Meaning {
    /// `passages` are headings and texts. What `file` remembers is not computed again, and what is new is
    /// added to it.
    pub(crate) fn of<'a>(
        passages: impl Iterator<Item = (Option<&'a str>, &'a str)>,
        embedder: Arc<dyn Embedder>,
        file: Option<&Path>,
    ) -> Self {
        let name = embedder.card().name;
        let known = file.map_or_else(Places::default, |file| Places::read(file, &name));
        let (mut kept, mut fresh, mut count) = (Places::default(), 0, 0);
        let mut places = Vec::new();
        for (heading, text) in passages {
            let mut row = Vec::new();
            for sentence in sentences(text) {
                count += 1;
                if count > MOST_SENTENCES {
                    break;
                }
                let key = key(heading, sentence);
                let place = known.get(&key).unwrap_or_else(|| {
                    fresh += 1;
                    placed(&*embedder, heading, sentence)
                });
                kept.insert(key, Arc::clone(&place));
                row.push(place);
            }
            places.push(row);
        }
        if let Some(file) = file.filter(|_| fresh > 0 || kept.len() != known.len()) {
            kept.write(file, &name);
        }
        Self { embedder, places }
    }

    pub(crate) fn name(&self) -> String {
        self.embedder.card().name
    }

    pub(crate) fn place(&self, question: &str) -> Vec<f32> {
        self.embedder.embed(question)
    }

    /// How near each sentence of a passage lies to the question.
    pub(crate) fn likeness(&self, passage: usize, question: &[f32]) -> Vec<f32> {
        let places = self.places.get(passage).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| dot(place, question)).collect()
    }

    /// The passages that hold the nearest sentences, nearest first.
    pub(crate) fn nearest(&self, question: &[f32], limit: usize) -> Vec<(usize, f32)> {
        let best = |places: &Vec<Arc<[f32]>>| {
            let near = places.iter().map(|place| dot(place, question));
            near.fold(-1.0, f32::max)
        };
        let mut all: Vec<(usize, f32)> = self.places.iter().map(best).enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.truncate(limit);
        all
    }
}

/// A sentence often means what it does only under its heading, and sometimes in spite of it: the middle
/// of both.
fn placed(embedder: &dyn Embedder, heading: Option<&str>, sentence: &str) -> Arc<[f32]> {
    let mut place = embedder.embed(sentence);
    if let Some(heading) = heading {
        let headed = embedder.embed(&format!("{heading}: {sentence}"));
        place
            .iter_mut()
            .zip(headed)
            .for_each(|(x, y)| *x = (*x + y) / 2.0);
    }
    place.into()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
