//! What speaks for a sentence as the answer, as numbers that weights can be fitted to.

use models_engine::wording::{Expected, Question, Word, likeness, words};

use super::candidate::{Candidate, Field, View};
use super::evidence::{demanded, fit};

/// What speaks for a sentence by itself.
const OWN: usize = 47;
/// Each kind of question is trusted in its own measure.
const KINDS: [Expected; 18] = [
    Expected::Anything,
    Expected::Meaning,
    Expected::Price,
    Expected::Count,
    Expected::Frequency,
    Expected::Size,
    Expected::Speed,
    Expected::Age,
    Expected::Weight,
    Expected::Heat,
    Expected::Duration,
    Expected::Moment,
    Expected::Past,
    Expected::Person,
    Expected::Place,
    Expected::Reason,
    Expected::Steps,
    Expected::Contact,
];
pub(super) const COUNT: usize = OWN + KINDS.len();
pub(super) type Features = [f32; COUNT];

/// A verdict of this is as much as another number's 1.
const SURE: f32 = 4.0;

// How surely a word counts that stands not in the sentence itself.
const IN_HEADING: f32 = 0.97;
const IN_TITLE: f32 = 0.93;
const NEXT_DOOR: f32 = 0.5;
/// An answer is said with what completes it while it has no more words than this.
pub(super) const ENOUGH_WORDS: usize = 40;

/// How much of the question each place holds, word by word.
struct Shares<'f, 'a> {
    field: &'f Field<'a>,
    view: &'f View<'a>,
    candidate: &'f Candidate<'a>,
    fit: Option<f32>,
}

impl Shares<'_, '_> {
    fn own(&self, at: usize) -> f32 {
        let settled = if self.field.implied[at] {
            0.9 * self.fit.unwrap_or(0.0)
        } else {
            0.0
        };
        self.candidate.own[at].max(settled)
    }

    fn around(&self, at: usize) -> f32 {
        self.own(at)
            .max(IN_HEADING * self.view.heading[at])
            .max(IN_TITLE * self.view.title[at])
            .max(NEXT_DOOR * self.view.next_door(self.candidate.at, at))
    }

    fn sure(&self, at: usize) -> f32 {
        if self.field.doubtful[at] {
            0.0
        } else {
            self.around(at)
        }
    }

    /// The heaviest word of the question that stands nowhere near, as a share of all.
    fn heaviest_missing(&self) -> f32 {
        let all: f32 = self.field.weights.iter().sum();
        let missing = |(at, weight): (usize, &f32)| weight * (1.0 - self.around(at));
        let heaviest = self.field.weights.iter().enumerate().map(missing);
        heaviest.fold(0.0, f32::max) / all.max(0.01)
    }

    fn evidence(&self, found: impl Fn(usize) -> f32) -> f32 {
        let weights = self.field.weights.iter().enumerate();
        weights.map(|(at, weight)| weight * found(at)).sum()
    }
}

/// What [`super::weights`] has a weight for each, in this order. The kind of the question is the same for
/// all sentences: it says nothing about which of them answers, and much about how far to trust that one.
pub(super) fn features(
    question: &Question,
    field: &Field<'_>,
    view: &View<'_>,
    candidate: &Candidate<'_>,
) -> Features {
    let mut all = [0.0; COUNT];
    let (own, kinds) = all.split_at_mut(OWN);
    own.copy_from_slice(&own_features(question, field, view, candidate));
    for (feature, kind) in kinds.iter_mut().zip(KINDS) {
        *feature = f32::from(u8::from(question.expected == kind));
    }
    all
}

/// Each line one number, mostly from 0 to 1.
fn own_features(
    question: &Question,
    field: &Field<'_>,
    view: &View<'_>,
    candidate: &Candidate<'_>,
) -> [f32; OWN] {
    let counted = counted(question, view, candidate);
    let fit = match counted {
        Some(false) => Some(0.2),
        _ => fit(
            question.expected,
            candidate.text,
            &candidate.words,
            &view.heading_words,
        ),
    };
    let shares = Shares {
        field,
        view,
        candidate,
        fit,
    };
    let flag = |yes: bool| f32::from(u8::from(yes));
    let wanted = demanded(question.expected);
    let subject = field.subject_share(|at| shares.around(at));
    let headed = field.subject_share(|at| view.heading[at]);
    let exact = |at: usize| flag(candidate.own[at] >= 1.0);
    let near = |at: usize| flag(candidate.own[at] >= 0.8);
    let asked = question.asked.len() as f32;
    let long = candidate.words.len() as f32;
    let meaning = meant(field, view, candidate, subject);
    [
        field.share(|at| shares.around(at)),
        subject,
        field.share(|at| shares.own(at)),
        field.share(exact),
        field.share(near),
        field.subject_share(|at| candidate.own[at]),
        field.subject_share(|at| shares.sure(at)),
        headed,
        field.share(|at| view.title[at]),
        field.share(|at| view.best(at)),
        field.share(|at| view.next_door(candidate.at, at)),
        if wanted { fit.unwrap_or(0.0) } else { 0.0 },
        if wanted { 0.0 } else { fit.unwrap_or(0.0) },
        flag(wanted && fit.is_some_and(|fit| fit < 0.5)),
        flag(counted == Some(true)),
        flag(counted == Some(false)),
        1.0 / (1.0 + candidate.passage as f32),
        field.closeness(candidate.passage),
        headed * view.heading_asked,
        flag(candidate.at == 0) * headed,
        flag(view.heading_is_question) * headed,
        view.twin * view.twin,
        flag(question.is_defined_by(&candidate.words)),
        candidate.named,
        candidate.named * field.share(exact),
        flag(candidate.opens),
        flag(candidate.at == 0),
        flag(candidate.words.len() > ENOUGH_WORDS),
        (long + 1.0).ln() / 4.0,
        flag(candidate.text.ends_with('?')),
        field.pairs(candidate),
        (shares.evidence(|at| shares.own(at)) / 4.0).min(1.5),
        (shares.evidence(|at| shares.sure(at)) / 4.0).min(1.5),
        shares.heaviest_missing(),
        (asked / 8.0).min(1.5),
        flag(matches!(question.expected, Expected::Anything)) * (1.0 - subject),
        if wanted {
            fit.unwrap_or(0.0) * subject
        } else {
            0.0
        },
        if wanted {
            fit.unwrap_or(0.0) * field.share(near)
        } else {
            0.0
        },
        flag(question.yes_or_no) * (1.0 - subject),
        meaning[0],
        meaning[1],
        meaning[2],
        meaning[3],
        meaning[4],
        meaning[5],
        field.answered.map_or(0.0, |_| candidate.verdict / SURE),
        field.answered.unwrap_or(0.0) / SURE,
    ]
}

/// What the likeness in meaning speaks for; all 0 where nobody judged.
fn meant(field: &Field<'_>, view: &View<'_>, candidate: &Candidate<'_>, subject: f32) -> [f32; 6] {
    let Some(nearest) = field.nearest else {
        return [0.0; 6];
    };
    let likeness = candidate.likeness.max(0.0);
    [
        likeness,
        // How much the best of all lies nearer.
        nearest - candidate.likeness,
        view.nearest(),
        f32::from(u8::from(candidate.likeness >= nearest)),
        likeness * subject,
        // Clearly near, whatever the words.
        (likeness - 0.45).max(0.0),
    ]
}

/// A time of day counts nothing.
fn is_clock(token: &str) -> bool {
    token
        .as_bytes()
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit())
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
