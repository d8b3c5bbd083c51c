//! The sentences of the passages, and how much of the question each one holds.

use models_engine::Passage;
use models_engine::wording::{Asked, Question, Word, likeness, nearness, sentences, words};

/// A sentence that may be the answer.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) passage: usize,
    /// Its place among the sentences of the passage.
    pub(super) at: usize,
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    /// How surely each word of the question stands in it, from 0 to 1.
    pub(super) own: Vec<f32>,
}

/// A passage, looked at from the question.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) candidates: Vec<Candidate<'a>>,
    /// How surely each word of the question stands in the heading right above it.
    pub(super) heading: Vec<f32>,
    /// The same for the headings further up, and the name of the document.
    pub(super) title: Vec<f32>,
    /// How much of the heading is made of words of the question.
    pub(super) heading_asked: f32,
    pub(super) heading_is_question: bool,
}

/// Passages beyond these are not looked at.
const MOST_PASSAGES: usize = 12;
/// A word that only sounds right is less sure than any synonym.
const BY_EAR: f32 = 0.7;

/// All passages, and the weight of each word of the question.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    pub(super) views: Vec<View<'a>>,
    pub(super) weights: Vec<f32>,
    /// How surely each word of the question stands anywhere.
    pub(super) known: Vec<f32>,
}

impl<'a> Field<'a> {
    pub(super) fn new(question: &Question, passages: &'a [Passage]) -> Self {
        let texts: Vec<Texts<'a>> = passages
            .iter()
            .take(MOST_PASSAGES)
            .map(Texts::new)
            .collect();
        let ears: Vec<bool> = question
            .asked
            .iter()
            .map(|asked| !texts.iter().any(|text| text.knows(asked)))
            .collect();
        let matcher = Matcher {
            asked: &question.asked,
            ears: &ears,
        };
        let views: Vec<View<'a>> = texts
            .into_iter()
            .enumerate()
            .map(|(at, texts)| View::new(at, texts, &matcher))
            .collect();
        let known = (0..question.asked.len())
            .map(|at| views.iter().map(|view| view.best(at)).fold(0.0, f32::max))
            .collect();
        let weights = weights(question, &views);
        Self {
            views,
            weights,
            known,
        }
    }

    /// The weighted share of the question, given how surely each of its words was found.
    pub(super) fn share(&self, found: impl Fn(usize) -> f32) -> f32 {
        let all: f32 = self.weights.iter().sum();
        let held: f32 = self
            .weights
            .iter()
            .enumerate()
            .map(|(at, weight)| weight * found(at))
            .sum();
        if all > 0.0 { held / all } else { 0.0 }
    }
}

/// A word that stands in every passage tells little; one that stands nowhere tells most.
fn weights(question: &Question, views: &[View<'_>]) -> Vec<f32> {
    let all = views.len() as f32;
    question
        .asked
        .iter()
        .enumerate()
        .map(|(at, asked)| {
            let holding = views.iter().filter(|view| view.best(at) >= 0.5).count() as f32;
            asked.weight * (1.0 + ((all + 1.0) / (holding + 1.0)).ln())
        })
        .collect()
}

struct Texts<'a> {
    sentences: Vec<(&'a str, Vec<Word>)>,
    heading: Vec<Word>,
    title: Vec<Word>,
    question: bool,
}

impl<'a> Texts<'a> {
    fn new(passage: &'a Passage) -> Self {
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
            sentences: sentences(&passage.text)
                .into_iter()
                .map(|text| (text, words(text)))
                .collect(),
            heading: words(heading),
            title,
            question: heading.ends_with('?'),
        }
    }

    fn knows(&self, asked: &Asked) -> bool {
        self.sentences
            .iter()
            .flat_map(|(_, words)| words)
            .chain(&self.heading)
            .chain(&self.title)
            .any(|word| likeness(&asked.word, word) > 0.0)
    }
}

struct Matcher<'q> {
    asked: &'q [Asked],
    /// Words that are written nowhere: looked for by ear.
    ears: &'q [bool],
}

impl Matcher<'_> {
    fn found(&self, words: &[Word]) -> Vec<f32> {
        self.asked
            .iter()
            .zip(self.ears)
            .map(|(asked, by_ear)| {
                words
                    .iter()
                    .map(|word| {
                        if *by_ear {
                            heard(asked, word)
                        } else {
                            likeness(&asked.word, word)
                        }
                    })
                    .fold(0.0, f32::max)
            })
            .collect()
    }

    /// The share of these words' weight that the question names.
    fn named(&self, words: &[Word]) -> f32 {
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

fn heard(asked: &Asked, word: &Word) -> f32 {
    BY_EAR
        * asked
            .forms()
            .map(|form| nearness(form, word))
            .fold(0.0, f32::max)
}

impl<'a> View<'a> {
    fn new(passage: usize, texts: Texts<'a>, matcher: &Matcher<'_>) -> Self {
        let candidates = texts
            .sentences
            .into_iter()
            .enumerate()
            .map(|(at, (text, words))| {
                let own = matcher.found(&words);
                Candidate {
                    passage,
                    at,
                    text,
                    words,
                    own,
                }
            })
            .collect();
        Self {
            candidates,
            heading: matcher.found(&texts.heading),
            title: matcher.found(&texts.title),
            heading_asked: matcher.named(&texts.heading),
            heading_is_question: texts.question,
        }
    }

    fn best(&self, at: usize) -> f32 {
        self.candidates
            .iter()
            .map(|candidate| candidate.own[at])
            .chain([self.heading[at], self.title[at]])
            .fold(0.0, f32::max)
    }
}
