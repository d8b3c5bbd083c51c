//! What a question asks for: its words, what they are worth, and what an answer must hold.

use super::clause::clauses;
use super::compare::{likeness, nearness};
use super::expected::{Expected, expected, yes_or_no};
use super::weight::Weight;
use super::word::{Word, words};

/// A word of the question that carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub word: Word,
    pub weight: f32,
    /// The word run together with its neighbours: one word may be heard as two.
    pub joined: Vec<Word>,
}

impl Asked {
    /// Everything that the caller may have meant to say here.
    fn forms(&self) -> impl Iterator<Item = &Word> {
        std::iter::once(&self.word).chain(&self.joined)
    }

    /// From 0 to 1: how surely this other word was meant, by spelling and sound. Less sure than any
    /// synonym, and so only for a word that is written nowhere.
    pub fn misheard(&self, other: &Word) -> f32 {
        if other.weight() == Weight::Stop {
            return 0.0;
        }
        let near = self
            .forms()
            .map(|form| nearness(form, other))
            .fold(0.0, f32::max);
        0.85 * near * near
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub asked: Vec<Asked>,
    pub expected: Expected,
    /// Every word of it, in order.
    pub said: Vec<Word>,
    /// It asks whether, not what.
    pub yes_or_no: bool,
    /// What it asks the number of.
    pub counted: Vec<Word>,
    /// It leans on what was asked before.
    pub follow_up: bool,
}

/// What was asked before counts this much in a follow-up.
const EARLIER_SHARE: f32 = 0.5;

impl Question {
    /// `lines` are what the caller said, oldest first; the last one is the question.
    pub fn new(lines: &[&str]) -> Self {
        let (last, earlier) = lines
            .split_last()
            .map_or(("", lines), |(last, rest)| (*last, rest));
        let (said, shares): (Vec<Word>, Vec<f32>) = clauses(last).into_iter().unzip();
        let mut asked = carrying(&said, &shares);
        let follow_up = leans(&said, &asked);
        let mut expected = expected(&said);
        if follow_up && let Some(before) = subject_of(earlier) {
            if expected == Expected::Anything {
                expected = super::expected::expected(&before);
            }
            for word in carrying(&before, &vec![EARLIER_SHARE; before.len()]) {
                if !asked.iter().any(|known| known.word.stem == word.word.stem) {
                    asked.push(word);
                }
            }
        }
        Self {
            asked,
            expected,
            yes_or_no: yes_or_no(&said),
            counted: counted(&said),
            follow_up,
            said,
        }
    }

    /// Whether the sentence says what or where that is which was asked for: "Repartee is a server",
    /// "the old mill stands behind the church".
    pub fn is_defined_by(&self, sentence: &[Word]) -> bool {
        const VERBS: &[&str] = &[
            "is", "are", "was", "were", "means", "mean", "stands", "stand", "refers", "lies",
            "hangs", "hang", "sits", "located",
        ];
        let verb = sentence
            .iter()
            .take(8)
            .position(|word| VERBS.contains(&word.text.as_str()));
        let opening = &sentence[..verb.unwrap_or(0)];
        let mut subjects = opening
            .iter()
            .filter(|word| word.weight() != Weight::Stop)
            .peekable();
        let asked = |word: &Word| {
            self.asked
                .iter()
                .any(|asked| likeness(&asked.word, word) > 0.8)
        };
        match self.expected {
            Expected::Meaning => {
                // "Repartee is a server" says what it is; "Repartee is free" does not.
                let after = verb
                    .and_then(|at| sentence.get(at + 1))
                    .map_or("", |word| &word.text);
                let is = verb.is_some_and(|at| matches!(sentence[at].text.as_str(), "is" | "was"));
                let names = !is || matches!(after, "a" | "an" | "the" | "our" | "your" | "1");
                names && subjects.peek().is_some() && subjects.all(asked)
            }
            Expected::Place => opening.last().is_some_and(asked),
            _ => false,
        }
    }

    /// Whether a number stands right before what is counted: "310 members".
    pub fn is_counted_in(&self, words: &[Word]) -> bool {
        let subject = |word: &Word| self.counted.iter().any(|one| likeness(one, word) >= 0.7);
        !self.counted.is_empty()
            && words
                .windows(3)
                .any(|three| three[0].is_number() && (subject(&three[1]) || subject(&three[2])))
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

/// The words that name the subject after "how many", or the one that follows it.
fn counted(said: &[Word]) -> Vec<Word> {
    let many = said.iter().position(|word| word.text == "many");
    let after = &said[many.map_or(said.len(), |at| at + 1)..];
    let naming = after
        .iter()
        .take_while(|word| word.weight() == Weight::Content)
        .count();
    after[..naming.max(1).min(after.len())].to_vec()
}

/// The latest line that stands by itself; a follow-up may follow a follow-up.
fn subject_of(earlier: &[&str]) -> Option<Vec<Word>> {
    let stands = |said: &Vec<Word>| !leans(said, &carrying(said, &vec![1.0; said.len()]));
    earlier.iter().rev().map(|line| words(line)).find(stands)
}

fn carrying(said: &[Word], shares: &[f32]) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for (at, word) in said.iter().enumerate() {
        let weight =
            word.weight().share() * shares[at] * if is_verb(said, at) { VERB_SHARE } else { 1.0 };
        if weight > 0.0 && !asked.iter().any(|known| known.word.stem == word.stem) {
            asked.push(Asked {
                word: word.clone(),
                weight,
                joined: joined(said, at),
            });
        }
    }
    asked
}

/// What is done says less than to what: "can I bring", "how to fix".
const VERB_SHARE: f32 = 0.6;

fn is_verb(said: &[Word], at: usize) -> bool {
    const DOERS: &[&str] = &["i", "you", "we", "they"];
    const WISHES: &[&str] = &[
        "how", "want", "need", "have", "like", "allowed", "possible", "able", "wish", "do",
    ];
    let before = |back: usize| at.checked_sub(back).map_or("", |at| said[at].text.as_str());
    DOERS.contains(&before(1)) || before(1) == "to" && WISHES.contains(&before(2))
}

/// Only short words are halves of a longer one.
const LONGEST_HALF: usize = 5;

fn joined(said: &[Word], at: usize) -> Vec<Word> {
    let pair = |from: usize| {
        if said[from..=from + 1]
            .iter()
            .any(|word| word.text.len() > LONGEST_HALF)
        {
            return None;
        }
        let text: String = said[from..=from + 1]
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        words(&text).into_iter().next()
    };
    let before = at.checked_sub(1).and_then(pair);
    let after = (at + 1 < said.len()).then(|| pair(at)).flatten();
    before.into_iter().chain(after).collect()
}

/// "and on Sunday?", "what about children", "how much is it".
fn leans(said: &[Word], asked: &[Asked]) -> bool {
    let text = |at: usize| said.get(at).map_or("", |word| word.text.as_str());
    let content = asked
        .iter()
        .filter(|word| word.word.weight() == Weight::Content)
        .count();
    let opens = matches!(text(0), "and" | "or" | "but" | "then")
        || matches!(
            (text(0), text(1)),
            ("what" | "how", "about") | ("what", "if")
        );
    let points = said.iter().any(|word| {
        matches!(
            word.text.as_str(),
            "it" | "they" | "them" | "that" | "there" | "those"
        )
    });
    (opens && content <= 3) || content == 0 || (points && content <= 1)
}

#[cfg(test)]
mod tests {
    use super::{Expected, Question};

    #[test]
    fn kinds_of_question_are_told_apart() {
        for (text, kind) in [
            ("How much is parking?", Expected::Price),
            ("what does a single room cost", Expected::Price),
            ("How many seats are there", Expected::Count),
            ("how long does delivery take", Expected::Duration),
            ("When do you open?", Expected::Moment),
            ("Who founded it", Expected::Person),
            ("where can I park", Expected::Place),
            ("Why is it red", Expected::Reason),
            ("How do I reset it", Expected::Steps),
            ("Can I smoke", Expected::Anything),
        ] {
            assert_eq!(Question::new(&[text]).expected, kind, "{text}");
        }
    }

    #[test]
    fn a_follow_up_takes_up_what_was_asked() {
        let question = Question::new(&["When is breakfast served?", "and on Sunday?"]);
        let stems: Vec<&str> = question
            .asked
            .iter()
            .map(|a| a.word.text.as_str())
            .collect();
        assert_eq!(stems, ["sunday", "breakfast", "served"]);
        assert_eq!(question.expected, Expected::Moment);
        let third = Question::new(&[
            "When is breakfast served?",
            "and on Sunday?",
            "and on Monday?",
        ]);
        assert_eq!(third.asked[1].word.text, "breakfast");
        let fresh = Question::new(&["When is breakfast served?", "Where is the sauna?"]);
        assert_eq!(fresh.asked.len(), 1);
        assert!(Question::new(&[]).is_empty());
    }
}
