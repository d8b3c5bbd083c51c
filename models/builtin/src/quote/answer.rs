//! Which sentences answer the question, if any do.

use models_engine::Passage;
use models_engine::wording::{Question, Weight};

use super::candidate::{Candidate, Field, View};
use super::contrast::contrast;
use super::features::{ENOUGH_WORDS, Features, features};
use super::weights::Weights;
use super::{Asked, Considered};
use crate::minilm::Claim;

/// So many of the likeliest sentences are read together with the question: the answer is among these in 97 of 100 cases,
/// and each takes a core some fifteen milliseconds.
const MOST_READ: usize = 12;
/// One whose score stays so far behind the best is not worth it: that spares a third of them, and of 1,675 questions no more or
/// fewer were answered rightly, or refused.
const HOPELESS: f32 = 5.0;

/// Whole sentences of one passage, in the order to be said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer<'a> {
    pub(super) passage: usize,
    pub(super) sentences: Vec<&'a str>,
}

/// So short an answer has room for the sentence beside it.
const BRIEF_WORDS: usize = 32;
/// A sentence from elsewhere is said too when its score comes this close.
const RIVAL: f32 = 3.0;
/// Two answers have no more words than this.
const MOST_WORDS: usize = 70;
/// A second sentence of the same passage is said too when its score comes this close.
const RUNNER_UP: f32 = 1.2;

impl Answer<'_> {
    fn word_count(&self) -> usize {
        self.sentences.iter().map(|text| word_count(text)).sum()
    }
}

/// All that the passages hold, the likeliest of it read together with the question by whoever can, and as much again when
/// that holds no answer; but not before the knowledge is placed by its meaning, too: the weights for what was read were
/// fitted to both.
fn field<'a>(asked: &Asked<'_>, passages: &'a [Passage]) -> Field<'a> {
    let mut field = Field::new(&asked.question, passages);
    let (Some(reader), Some(_)) = (asked.reader, field.nearest) else {
        return field;
    };
    for places in likeliest(&asked.question, &field) {
        let claim = |(passage, at): &(usize, usize)| {
            field.claim(*passage, *at, &passages[*passage].heading)
        };
        let claims: Vec<Claim<'_>> = places.iter().map(claim).collect();
        if let Some(verdicts) = reader.judge(&asked.text, &claims) {
            field.learn(places.into_iter().zip(verdicts));
        }
        if field.answered.is_some_and(|answered| answered > 0.0) {
            break;
        }
    }
    field
}

/// Passages, and the sentences' places in them.
type Places = Vec<(usize, usize)>;

/// Where the sentences stand that are worth reading, and those that come after them.
fn likeliest(question: &Question, field: &Field<'_>) -> [Places; 2] {
    let mut judged = judged(question, field);
    judged.retain(Judged::says_something);
    let best = judged.first().map_or(0.0, |best| best.score);
    let hopeful = |judged: &&Judged<'_, '_>| judged.score >= best - HOPELESS;
    let hopeful = judged.iter().take(MOST_READ).take_while(hopeful).count();
    let mut places = judged.iter().map(Judged::order);
    let likeliest = places.by_ref().take(hopeful).collect();
    [likeliest, places.take(MOST_READ).collect()]
}

/// Every sentence of the passages, the likeliest answer first.
fn judged<'f, 'a>(question: &Question, field: &'f Field<'a>) -> Vec<Judged<'f, 'a>> {
    let mut judged: Vec<Judged<'f, 'a>> = field
        .views
        .iter()
        .flat_map(|view| {
            view.candidates
                .iter()
                .map(move |candidate| (view, candidate))
        })
        .map(|(view, candidate)| Judged::new(question, field, view, candidate))
        .collect();
    judged.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.order().cmp(&b.order())));
    judged
}

pub(super) fn find<'a>(
    asked: &Asked<'_>,
    passages: &'a [Passage],
    spoken: Option<&str>,
) -> Vec<Answer<'a>> {
    let field = field(asked, passages);
    let mut judged = judged(&asked.question, &field);
    judged.retain(|judged| spoken.is_none_or(|spoken| !spoken.contains(judged.candidate.text)));
    judged.retain(Judged::says_something);
    let scored: Vec<(usize, f32)> = judged.iter().map(Judged::scored).collect();
    let weights = Weights::of(&field);
    let trusted = |best: &&Judged<'_, '_>| weights.trust(&best.features, &contrast(&scored)) >= 0.0;
    let Some(best) = judged.first().filter(trusted) else {
        return Vec::new();
    };
    let rival = judged[1..]
        .iter()
        .take_while(|other| other.score >= best.score - RIVAL)
        .find(|other| other.candidate.passage != best.candidate.passage);
    let second = judged.iter().find(|other| {
        other.candidate.passage == best.candidate.passage
            && other.candidate.at != best.candidate.at
            && other.score >= best.score - RUNNER_UP
    });
    let first = best.answer(second.map(|second| second.candidate.at), spoken);
    let rival = rival.map(|rival| rival.answer(None, spoken));
    let room = |rival: &Answer<'_>| first.word_count() + rival.word_count() <= MOST_WORDS;
    let rival = rival.filter(room);
    std::iter::once(first).chain(rival).collect()
}

/// Every sentence of the passages, the likeliest first, for fitting and teaching.
pub(super) fn considered<'a>(asked: &Asked<'_>, passages: &'a [Passage]) -> Vec<Considered<'a>> {
    let field = field(asked, passages);
    let judged = judged(&asked.question, &field);
    let saying = judged.iter().filter(|judged| judged.says_something());
    saying
        .map(|judged| {
            let passage = judged.candidate.passage;
            let at = judged.candidate.at;
            Considered {
                passage,
                claim: field.claim(passage, at, &passages[passage].heading),
                features: judged.features.to_vec(),
            }
        })
        .collect()
}

/// A sentence with its score.
struct Judged<'f, 'a> {
    view: &'f View<'a>,
    candidate: &'f Candidate<'a>,
    features: Features,
    score: f32,
}

impl<'f, 'a> Judged<'f, 'a> {
    fn new(
        question: &Question,
        field: &Field<'_>,
        view: &'f View<'a>,
        candidate: &'f Candidate<'a>,
    ) -> Self {
        let features = features(question, field, view, candidate);
        let weights = Weights::of(field);
        Self {
            view,
            candidate,
            features,
            score: weights.score(&features),
        }
    }

    fn scored(&self) -> (usize, f32) {
        (self.candidate.passage, self.score)
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
    fn answer(&self, second: Option<usize>, spoken: Option<&str>) -> Answer<'a> {
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
        // A short answer is said with what stands beside it: often that completes it.
        let brief = |from: usize, to: usize| {
            let long: usize = all[from..=to].iter().map(|one| word_count(one.text)).sum();
            long <= BRIEF_WORDS && all[from].is_beside(&all[to])
        };
        let fresh = |at: usize| spoken.is_none_or(|spoken| !spoken.contains(all[at].text));
        if last + 1 < all.len() && fresh(last + 1) && brief(first, last + 1) {
            last += 1;
        } else if first > 0 && fresh(first - 1) && brief(first - 1, last) {
            first -= 1;
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
