//! Which sentences answer the question, if any do.

use models_engine::Passage;
use models_engine::wording::{Expected, Question};

use super::candidate::{Candidate, Field, View};
use super::evidence::fit;

/// Whole sentences of one passage, in the order to be said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer<'a> {
    pub(super) passage: usize,
    pub(super) sentences: Vec<&'a str>,
}

/// An answer grows while it has no more words than this.
const ENOUGH_WORDS: usize = 40;

// How surely a word counts that stands not in the sentence itself.
const IN_HEADING: f32 = 0.95;
const IN_TITLE: f32 = 0.8;
const NEXT_DOOR: f32 = 0.5;

// What a sentence earns beyond the share of the question that it covers.
const OWN_WORDS: f32 = 0.45;
const EXPECTED: f32 = 0.3;
const RANK: f32 = 0.12;
const SAME_HEADING: f32 = 0.3;
const OPENING: f32 = 0.06;
const OVERLONG: f32 = 0.1;
const ASKS: f32 = 0.25;

/// Less of the question than this in one place is no answer.
const LEAST_SHARE: f32 = 0.56;
/// The same when the sentence does not hold the kind of thing that was asked for.
const LEAST_SHARE_UNFIT: f32 = 0.72;

pub(super) fn find<'a>(
    question: &Question,
    passages: &'a [Passage],
    spoken: Option<&str>,
) -> Option<Answer<'a>> {
    let field = Field::new(question, passages);
    let best = field
        .views
        .iter()
        .flat_map(|view| {
            view.candidates
                .iter()
                .map(move |candidate| (view, candidate))
        })
        .filter(|(_, candidate)| spoken.is_none_or(|spoken| !spoken.contains(candidate.text)))
        .map(|(view, candidate)| Judged::new(question, &field, view, candidate))
        .filter(|judged| judged.answers())
        .max_by(|a, b| a.score.total_cmp(&b.score).then(b.order().cmp(&a.order())))?;
    Some(best.answer())
}

/// A sentence with its score.
struct Judged<'f, 'a> {
    view: &'f View<'a>,
    candidate: &'f Candidate<'a>,
    share: f32,
    fit: Option<f32>,
    score: f32,
}

impl<'f, 'a> Judged<'f, 'a> {
    fn new(
        question: &Question,
        field: &Field<'_>,
        view: &'f View<'a>,
        candidate: &'f Candidate<'a>,
    ) -> Self {
        let near = |at: usize| {
            let next = |to: Option<usize>| {
                to.and_then(|to| view.candidates.get(to))
                    .map_or(0.0, |other| other.own[at])
            };
            let around = next(candidate.at.checked_sub(1)).max(next(Some(candidate.at + 1)));
            candidate.own[at]
                .max(IN_HEADING * view.heading[at])
                .max(IN_TITLE * view.title[at])
                .max(NEXT_DOOR * around)
        };
        let share = field.share(near);
        let own = field.share(|at| candidate.own[at]);
        let heading = field.share(|at| view.heading[at]) * view.heading_asked;
        let fit = fit(question.expected, candidate.text, &candidate.words);
        let long = candidate.words.len() > ENOUGH_WORDS;
        let score = share
            + OWN_WORDS * own
            + EXPECTED * fit.unwrap_or(0.0)
            + RANK / (1.0 + candidate.passage as f32)
            + SAME_HEADING * heading * if candidate.at == 0 { 1.0 } else { 0.8 }
            + if candidate.at == 0 { OPENING } else { 0.0 }
            - if long { OVERLONG } else { 0.0 }
            - if candidate.text.ends_with('?') {
                ASKS
            } else {
                0.0
            };
        Self {
            view,
            candidate,
            share,
            fit,
            score,
        }
    }

    fn answers(&self) -> bool {
        let least = if self.fit.is_some_and(|fit| fit < 0.3) {
            LEAST_SHARE_UNFIT
        } else {
            LEAST_SHARE
        };
        self.share >= least
            && self
                .candidate
                .words
                .iter()
                .any(|word| word.weight().share() > 0.0)
    }

    fn order(&self) -> (usize, usize) {
        (self.candidate.passage, self.candidate.at)
    }

    /// The sentence, with what it leans on before it and what completes it after.
    fn answer(&self) -> Answer<'a> {
        let all = &self.view.candidates;
        let mut first = self.candidate.at;
        let mut last = first;
        let long = |from: usize, to: usize| {
            all[from..=to]
                .iter()
                .map(|one| one.text.split_whitespace().count())
                .sum::<usize>()
        };
        while first > 0
            && (leans(all[first].text) || is_verdict(all[first - 1].text))
            && long(first - 1, last) <= ENOUGH_WORDS
        {
            first -= 1;
        }
        while last + 1 < all.len()
            && long(first, last + 1) <= ENOUGH_WORDS
            && self.goes_on(&all[last], &all[last + 1], last)
        {
            last += 1;
        }
        Answer {
            passage: self.candidate.passage,
            sentences: all[first..=last].iter().map(|one| one.text).collect(),
        }
    }

    fn goes_on(&self, this: &Candidate<'a>, next: &Candidate<'a>, _at: usize) -> bool {
        is_verdict(this.text) || leans(next.text) || self.view.heading_is_question
    }
}

/// "It", "they", "this": the sentence before it says what.
fn leans(text: &str) -> bool {
    const LEANING: &[&str] = &[
        "it",
        "they",
        "this",
        "these",
        "that",
        "those",
        "he",
        "she",
        "its",
        "their",
        "then",
        "otherwise",
        "however",
        "instead",
        "but",
        "also",
        "after",
        "if",
    ];
    let first = text
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
        .to_lowercase();
    LEANING.contains(&first.as_str())
}

/// "Yes." and "No, sorry." are said with what follows.
fn is_verdict(text: &str) -> bool {
    text.split_whitespace().count() <= 3
}

#[allow(unused)]
fn expects_steps(expected: Expected) -> bool {
    expected == Expected::Steps
}
