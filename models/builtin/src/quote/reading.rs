//! Passages and questions word by word: what stands where, and how surely.

use models_engine::Passage;
use models_engine::wording::{Asked, Weight, Word, likeness, misspelt, sentences, words};

/// A passage, cut into words.
pub(super) struct Texts<'a> {
    /// Each with the line that it stands in.
    pub(super) sentences: Vec<(usize, &'a str, Vec<Word>)>,
    pub(super) likeness: &'a [f32],
    pub(super) heading: Vec<Word>,
    pub(super) title: Vec<Word>,
    pub(super) question: bool,
}

impl<'a> Texts<'a> {
    pub(super) fn new(passage: &'a Passage) -> Self {
        let (above, heading) = passage
            .heading
            .rsplit_once(" › ")
            .unwrap_or(("", &passage.heading));
        let name = passage
            .source
            .rsplit_once('.')
            .map_or(passage.source.as_str(), |(name, _)| name);
        let mut title = words(above);
        title.extend(words(name));
        Self {
            sentences: passage
                .text
                .lines()
                .enumerate()
                .flat_map(|(line, text)| sentences(text).into_iter().map(move |text| (line, text)))
                .map(|(line, text)| (line, text, words(text)))
                .collect(),
            likeness: &passage.likeness,
            heading: words(heading),
            title,
            question: heading.ends_with('?'),
        }
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.sentences
            .iter()
            .flat_map(|(_, _, words)| words)
            .chain(&self.heading)
            .chain(&self.title)
    }

    pub(super) fn knows(&self, asked: &Asked) -> bool {
        self.words().any(|word| likeness(&asked.word, word) > 0.0)
    }

    pub(super) fn spells(&self, asked: &Asked) -> bool {
        self.words().any(|word| misspelt(&asked.word, word))
    }
}

/// The question, to be found in words.
pub(super) struct Matcher<'q> {
    pub(super) said: &'q [Word],
    pub(super) asked: &'q [Asked],
    /// Words that are written nowhere: looked for by ear.
    pub(super) ears: &'q [bool],
}

impl Matcher<'_> {
    pub(super) fn found(&self, words: &[Word]) -> Vec<f32> {
        self.asked
            .iter()
            .zip(self.ears)
            .map(|(asked, by_ear)| {
                words
                    .iter()
                    .map(|word| {
                        if *by_ear {
                            asked.misheard(word)
                        } else {
                            likeness(&asked.word, word)
                        }
                    })
                    .fold(0.0, f32::max)
            })
            .collect()
    }

    /// The words that the question and a heading share, of all that either has.
    pub(super) fn twin(&self, heading: &[Word]) -> f32 {
        let shared = heading
            .iter()
            .filter(|word| self.said.iter().any(|said| said.stem == word.stem))
            .count() as f32;
        let all = (heading.len() + self.said.len()) as f32 - shared;
        if all > 0.0 { shared / all } else { 0.0 }
    }

    /// Whether the sentence begins with what was asked about, rather than with when or where.
    pub(super) fn opens(&self, words: &[Word]) -> bool {
        const ASIDES: &[&str] = &[
            "after", "before", "during", "in", "on", "at", "with", "without", "if", "when", "for",
            "from", "to", "under", "above", "until", "by", "as", "since", "outside", "because",
            "while", "between", "beyond",
        ];
        let aside = words
            .first()
            .is_some_and(|word| ASIDES.contains(&word.text.as_str()));
        let first = words.iter().find(|word| word.weight() != Weight::Stop);
        !aside
            && first.is_some_and(|word| {
                self.asked
                    .iter()
                    .any(|asked| likeness(&asked.word, word) > 0.8)
            })
    }

    /// The share of these words' weight that the question names.
    pub(super) fn named(&self, words: &[Word]) -> f32 {
        let mut all = 0.0;
        let mut named = 0.0;
        for word in words {
            let weight = word.weight().share();
            let best = self
                .asked
                .iter()
                .map(|asked| likeness(&asked.word, word))
                .fold(0.0, f32::max);
            all += weight;
            named += weight * best;
        }
        if all > 0.0 { named / all } else { 0.0 }
    }
}
