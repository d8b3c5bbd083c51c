//! Which sentences answer the question, if any do.

use models_engine::Passage;
use models_engine::wording::{Expected, Question, Weight, Word, likeness, words};

use super::candidate::{Candidate, Field, View};
use super::evidence::{demanded, fit};

/// Whole sentences of one passage, in the order to be said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer<'a> {
    pub(super) passage: usize,
    pub(super) sentences: Vec<&'a str>,
}

/// An answer grows while it has no more words than this.
const ENOUGH_WORDS: usize = 40;

// How surely a word counts that stands not in the sentence itself.
const IN_HEADING: f32 = 0.97;
const IN_TITLE: f32 = 0.93;
const NEXT_DOOR: f32 = 0.5;

// What a sentence earns beyond the share of the question that it covers.
const OWN_WORDS: f32 = 0.42;
const EXPECTED: f32 = 0.35;
const COUNTED: f32 = 0.25;
const UNFIT: f32 = 0.1;
const RANK: f32 = 0.12;
const SAME_HEADING: f32 = 0.48;
const QUESTION_HEADING: f32 = 0.1;
const REPEATED: f32 = 0.6;
const UNDERSTOOD: f32 = 0.6;
const OPENING: f32 = 0.06;
const OPENS: f32 = 0.1;
const TWIN: f32 = 0.8;
const DEFINES: f32 = 0.4;
const DENSITY: f32 = 0.2;
/// A second sentence is said too when its score comes this close.
const RUNNER_UP: f32 = 0.6;
const OVERLONG: f32 = 0.1;
const ASKS: f32 = 0.25;

/// Less of the question than this in one place is no answer.
const LEAST_SHARE: f32 = 0.56;
/// At least so much must be written as it was asked: one misheard word alone proves nothing.
const LEAST_SURE: f32 = 0.22;
/// The same when the sentence holds just the kind of thing that was asked for.
const LEAST_SHARE_FIT: f32 = 0.46;
/// The same when the sentence does not hold the kind of thing that was asked for.
const LEAST_SHARE_UNFIT: f32 = 0.78;

pub(super) fn find<'a>(
    question: &Question,
    passages: &'a [Passage],
    spoken: Option<&str>,
) -> Option<Answer<'a>> {
    let field = Field::new(question, passages);
    let mut judged: Vec<Judged<'_, 'a>> = field
        .views
        .iter()
        .flat_map(|view| {
            view.candidates
                .iter()
                .map(move |candidate| (view, candidate))
        })
        .filter(|(_, candidate)| spoken.is_none_or(|spoken| !spoken.contains(candidate.text)))
        .map(|(view, candidate)| Judged::new(question, &field, view, candidate))
        .collect();
    judged.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.order().cmp(&b.order())));
    let best = judged.iter().position(|judged| judged.answers(question))?;
    let best = &judged[best];
    let second = judged.iter().find(|other| {
        other.candidate.passage == best.candidate.passage
            && other.candidate.at != best.candidate.at
            && other.score >= RUNNER_UP * best.score
    });
    Some(best.answer(second.map(|second| second.candidate.at)))
}

/// A sentence with its score.
struct Judged<'f, 'a> {
    view: &'f View<'a>,
    candidate: &'f Candidate<'a>,
    share: f32,
    /// The share without what was only understood by ear.
    sure: f32,
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
        let counted = counted(question, view, candidate);
        let fit = match counted {
            Some(false) => Some(0.2),
            _ => fit(question.expected, candidate.text, &candidate.words),
        };
        let settled = |at: usize| {
            if field.implied[at] {
                0.9 * fit.unwrap_or(0.0)
            } else {
                0.0
            }
        };
        let own = |at: usize| candidate.own[at].max(settled(at));
        // What the heading says already need not be said again.
        let said = |at: usize| {
            (REPEATED * own(at))
                .max(UNDERSTOOD * view.heading[at])
                .max(if view.heading[at] < 0.5 { own(at) } else { 0.0 })
        };
        let around = |at: usize| {
            own(at)
                .max(IN_HEADING * view.heading[at])
                .max(IN_TITLE * view.title[at])
                .max(NEXT_DOOR * view.next_door(candidate.at, at))
        };
        let share = field.share(around);
        let sure = field.subject_share(|at| if field.doubtful[at] { 0.0 } else { around(at) });
        let headed = field.subject_share(|at| view.heading[at]);
        let heading = headed * view.heading_asked;
        let long = candidate.words.len() > ENOUGH_WORDS;
        let score = share + OWN_WORDS * field.share(said) + EXPECTED * fit.unwrap_or(0.0)
            - if demanded(question.expected) && fit.is_some_and(|fit| fit < 0.5) {
                UNFIT
            } else {
                0.0
            }
            + if counted == Some(true) { COUNTED } else { 0.0 }
            + RANK / (1.0 + candidate.passage as f32)
            + SAME_HEADING * heading * if candidate.at == 0 { 1.0 } else { 0.8 }
            + if view.heading_is_question {
                QUESTION_HEADING * headed
            } else {
                0.0
            }
            + TWIN * view.twin * view.twin
            + if question.is_defined_by(&candidate.words) {
                DEFINES
            } else {
                0.0
            }
            + DENSITY * candidate.named
            + if candidate.opens { OPENS } else { 0.0 }
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
            share: share.min(field.subject_share(around)),
            sure,
            fit,
            score,
        }
    }

    fn answers(&self, question: &Question) -> bool {
        let unfit = self.fit.is_some_and(|fit| fit < 0.3) && demanded(question.expected);
        let headed = self.view.heading_asked > 0.8;
        let least = if unfit {
            LEAST_SHARE_UNFIT
        } else if self.fit.is_some_and(|fit| fit > 0.9) || headed {
            LEAST_SHARE_FIT
        } else {
            LEAST_SHARE
        };
        let useless = unfit && question.expected == Expected::Contact;
        !useless && self.share >= least && self.sure >= LEAST_SURE && self.says_something()
    }

    fn says_something(&self) -> bool {
        self.candidate
            .words
            .iter()
            .any(|word| word.weight() != Weight::Stop)
    }

    fn order(&self) -> (usize, usize) {
        (self.candidate.passage, self.candidate.at)
    }

    /// The sentence and the one that is nearly as good, with what they lean on before them and what
    /// completes them after.
    fn answer(&self, second: Option<usize>) -> Answer<'a> {
        let all = &self.view.candidates;
        let fits = |from: usize, to: usize| {
            let long: usize = all[from..=to].iter().map(|one| word_count(one.text)).sum();
            long <= ENOUGH_WORDS
        };
        let (mut first, mut last) = (self.candidate.at, self.candidate.at);
        while first > 0
            && (leans(all[first].text) || is_verdict(all[first - 1].text))
            && fits(first - 1, last)
        {
            first -= 1;
        }
        if let Some(second) = second
            && fits(first.min(second), last.max(second))
        {
            first = first.min(second);
            last = last.max(second);
        }
        while last + 1 < all.len()
            && fits(first, last + 1)
            && self.goes_on(&all[last], &all[last + 1])
        {
            last += 1;
        }
        Answer {
            passage: self.candidate.passage,
            sentences: all[first..=last].iter().map(|one| one.text).collect(),
        }
    }

    fn goes_on(&self, this: &Candidate<'a>, next: &Candidate<'a>) -> bool {
        is_verdict(this.text) || leans(next.text) || self.view.heading_is_question
    }
}

/// A time of day counts nothing.
fn is_clock(token: &str) -> bool {
    token
        .as_bytes()
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit())
}

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
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

/// "310 members" for "how many members": whether a number stands beside what is counted. `None`
/// where nothing is counted, or the heading names it and any number will do.
fn counted(question: &Question, view: &View<'_>, candidate: &Candidate<'_>) -> Option<bool> {
    if question.counted.is_empty() {
        return None;
    }
    let is_subject = |word: &Word| {
        question
            .counted
            .iter()
            .any(|one| likeness(one, word) >= 0.7)
    };
    // In the row of a table the number stands under a heading of its own.
    let row = candidate.text.contains("; ") && candidate.text.contains(": ");
    let mut since = [usize::MAX; 2];
    let mut named = false;
    for token in candidate.text.split_whitespace() {
        if is_clock(token) {
            continue;
        }
        for word in words(token) {
            let [since_number, since_subject] = since;
            let subject = is_subject(&word);
            let beside = subject && since_number <= 2
                || word.is_number() && since_subject <= if row { 8 } else { 0 };
            if beside {
                return Some(true);
            }
            named |= subject;
            since = [
                if word.is_number() {
                    0
                } else {
                    since_number.saturating_add(1)
                },
                if subject {
                    0
                } else {
                    since_subject.saturating_add(1)
                },
            ];
        }
        if !row && token.ends_with([',', ';', '.']) {
            since = [usize::MAX; 2];
        }
    }
    let headed = view.heading_words.iter().any(is_subject);
    if headed && !named { None } else { Some(false) }
}
