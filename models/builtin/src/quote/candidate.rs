//! The sentences of the passages, and how much of the question each one holds.

use models_engine::Passage;
use models_engine::wording::{Asked, Question, Weight, Word, likeness};

use super::evidence::implied;
use super::reading::{Matcher, Texts};
use crate::minilm::Claim;

/// A sentence that may be the answer.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) passage: usize,
    /// Its place among the sentences of the passage.
    pub(super) at: usize,
    /// The paragraph, list item or row that it stands in.
    line: usize,
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    /// How surely each word of the question stands in it, from 0 to 1.
    pub(super) own: Vec<f32>,
    /// How much of it is made of words of the question.
    pub(super) named: f32,
    /// It begins with what was asked about.
    pub(super) opens: bool,
    /// How near it lies to the question in meaning, 0 where nobody judged.
    pub(super) likeness: f32,
    /// How likely it answers, read together with the question; as a logarithm.
    pub(super) verdict: f32,
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
    pub(super) heading_words: Vec<Word>,
    pub(super) heading_is_question: bool,
    /// How alike the heading and the question are, word for word, when both are questions.
    pub(super) twin: f32,
}

/// Passages beyond these are not looked at.
pub(super) const MOST_PASSAGES: usize = 12;
/// Surely no answer, or not worth reading.
const UNLIKELY: f32 = -8.0;
/// How much more a rare word counts than one that stands everywhere.
const SPREAD: f32 = 0.5;

/// All passages, and the weight of each word of the question.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    pub(super) views: Vec<View<'a>>,
    pub(super) weights: Vec<f32>,
    /// Words that are written nowhere, and only sound like one that is.
    pub(super) doubtful: Vec<bool>,
    /// Words that the right kind of answer settles without repeating them.
    pub(super) implied: Vec<bool>,
    /// The likeness of the sentence that lies nearest in meaning; `None` where nobody judged.
    pub(super) nearest: Option<f32>,
    /// How likely anything here answers; `None` until some of it is read together with the question.
    pub(super) answered: Option<f32>,
    /// The retriever's score of each passage, as a share of the best.
    scores: Vec<f32>,
    /// Words of the question that follow one another, with the weight of the lighter.
    pairs: Vec<(Word, Word, f32)>,
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
        let doubtful: Vec<bool> = question
            .asked
            .iter()
            .zip(&ears)
            .map(|(asked, ear)| *ear && !texts.iter().any(|text| text.spells(asked)))
            .collect();
        let matcher = Matcher {
            said: &question.said,
            asked: &question.asked,
            ears: &ears,
        };
        let views: Vec<View<'a>> = texts
            .into_iter()
            .enumerate()
            .map(|(at, texts)| View::new(at, texts, &matcher))
            .collect();
        let implied = question
            .asked
            .iter()
            .map(|asked| implied(question.expected, &asked.word.text))
            .collect();
        let weights = weights(question, &views, &doubtful);
        let likeness = passages.iter().flat_map(|passage| passage.likeness.iter());
        let highest = passages.first().map_or(1.0, |passage| passage.score);
        let scores = passages.iter().map(|passage| passage.score);
        Self {
            nearest: likeness.copied().reduce(f32::max),
            answered: None,
            scores: scores.map(|score| score / highest.max(0.01)).collect(),
            pairs: pairs(question, &weights),
            views,
            weights,
            doubtful,
            implied,
        }
    }

    /// The sentence at this place of this passage, which stands below this path of headings.
    pub(super) fn claim(&self, passage: usize, at: usize, path: &'a str) -> Claim<'a> {
        let all = &self.views[passage].candidates;
        let before = at.checked_sub(1).map(|before| &all[before]);
        let before = before.filter(|before| before.is_beside(&all[at]));
        Claim {
            heading: path.rsplit(" › ").next().unwrap_or_default(),
            before: before.map_or("", |before| before.text),
            text: all[at].text,
        }
    }

    /// What came of reading those at these places; the others are unlikely.
    pub(super) fn learn(&mut self, verdicts: impl Iterator<Item = ((usize, usize), f32)>) {
        for ((passage, at), verdict) in verdicts {
            self.views[passage].candidates[at].verdict = verdict.clamp(UNLIKELY, -UNLIKELY);
        }
        let all = self.views.iter().flat_map(|view| &view.candidates);
        let all: f32 = all.map(|candidate| candidate.verdict.exp()).sum();
        self.answered = (all > 0.0).then(|| all.ln());
    }

    pub(super) fn closeness(&self, passage: usize) -> f32 {
        self.scores[passage]
    }

    /// How many of the question's pairs of words stand together in the sentence too, by weight.
    pub(super) fn pairs(&self, candidate: &Candidate<'_>) -> f32 {
        let all: f32 = self.pairs.iter().map(|(_, _, weight)| weight).sum();
        let together = |one: &Word, other: &Word| {
            candidate.words.iter().enumerate().any(|(at, word)| {
                let next = &candidate.words[at + 1..candidate.words.len().min(at + 3)];
                likeness(one, word) >= 0.8 && next.iter().any(|next| likeness(other, next) >= 0.8)
            })
        };
        let held = self.pairs.iter().map(|(one, other, weight)| {
            if together(one, other) || together(other, one) {
                *weight
            } else {
                0.0
            }
        });
        if all > 0.0 {
            held.sum::<f32>() / all
        } else {
            0.0
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

    /// The same, of the words that name the subject; of all when none does.
    pub(super) fn subject_share(&self, found: impl Fn(usize) -> f32) -> f32 {
        let mut all = 0.0;
        let mut held = 0.0;
        for (at, weight) in self.weights.iter().enumerate() {
            if !self.implied[at] {
                all += weight;
                held += weight * found(at);
            }
        }
        if all > 0.0 {
            held / all
        } else {
            self.share(found)
        }
    }
}

/// Words that carry the question with at most one word of grammar between them.
fn pairs(question: &Question, weights: &[f32]) -> Vec<(Word, Word, f32)> {
    let place = |asked: &Asked| {
        question
            .said
            .iter()
            .position(|said| said.text == asked.word.text)
    };
    let asked: Vec<(usize, &Asked, f32)> = question
        .asked
        .iter()
        .zip(weights)
        .filter_map(|(asked, weight)| Some((place(asked)?, asked, *weight)))
        .collect();
    asked
        .windows(2)
        .filter(|two| two[1].0 > two[0].0 && two[1].0 - two[0].0 <= 2)
        .map(|two| {
            let [(_, one, light), (_, other, heavy)] = [two[0], two[1]];
            (one.word.clone(), other.word.clone(), light.min(heavy))
        })
        .collect()
}

/// A word that stands in every passage tells little, one that stands in few tells most. Light words
/// stay light however rare they are here.
fn weights(question: &Question, views: &[View<'_>], doubtful: &[bool]) -> Vec<f32> {
    let all = views.len() as f32;
    question
        .asked
        .iter()
        .enumerate()
        .map(|(at, asked)| {
            let found = if doubtful[at] { f32::MAX } else { 0.5 };
            let holding = views.iter().filter(|view| view.best(at) >= found).count() as f32;
            let rarity = 1.0 + SPREAD * ((all + 1.0) / holding.max(1.0)).ln();
            let stray = asked.word.is_number() && holding == 0.0;
            let rarity = match asked.word.weight() {
                Weight::Content if stray => 0.4,
                Weight::Content => rarity,
                Weight::Light | Weight::Stop => 1.2,
            };
            asked.weight * rarity
        })
        .collect()
}

impl Candidate<'_> {
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl<'a> View<'a> {
    fn new(passage: usize, texts: Texts<'a>, matcher: &Matcher<'_>) -> Self {
        let candidates = texts
            .sentences
            .into_iter()
            .enumerate()
            .map(|(at, (line, text, words))| {
                let own = matcher.found(&words);
                Candidate {
                    passage,
                    at,
                    line,
                    text,
                    likeness: texts.likeness.get(at).copied().unwrap_or_default(),
                    verdict: UNLIKELY,
                    named: matcher.named(&words),
                    opens: matcher.opens(&words),
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
            twin: if texts.question {
                matcher.twin(&texts.heading)
            } else {
                0.0
            },
            heading_is_question: texts.question,
            heading_words: texts.heading,
        }
    }

    /// How surely the word stands in the sentence before or after this one.
    pub(super) fn next_door(&self, sentence: usize, at: usize) -> f32 {
        let own = |place: Option<usize>| {
            place
                .and_then(|place| self.candidates.get(place))
                .map_or(0.0, |other| other.own[at])
        };
        own(sentence.checked_sub(1)).max(own(sentence.checked_add(1)))
    }

    /// The likeness of the passage's nearest sentence.
    pub(super) fn nearest(&self) -> f32 {
        let likeness = self.candidates.iter().map(|candidate| candidate.likeness);
        likeness.fold(0.0, f32::max)
    }

    /// How surely the word stands anywhere in the passage or over it.
    pub(super) fn best(&self, at: usize) -> f32 {
        self.candidates
            .iter()
            .map(|candidate| candidate.own[at])
            .chain([self.heading[at], self.title[at]])
            .fold(0.0, f32::max)
    }
}
