//! What a question asks for: its words, what they are worth, and what an answer must hold.

use super::weight::Weight;
use super::word::{Word, words};

/// What the answer should contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Price,
    Count,
    Duration,
    Moment,
    Person,
    Place,
    Reason,
    Steps,
    /// A telephone number, an address or a link.
    Contact,
    Anything,
}

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
    pub fn forms(&self) -> impl Iterator<Item = &Word> {
        std::iter::once(&self.word).chain(&self.joined)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub asked: Vec<Asked>,
    pub expected: Expected,
    /// It asks whether, not what.
    pub yes_or_no: bool,
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
        let said = words(last);
        let mut asked = carrying(&said, 1.0);
        let follow_up = leans(&said, &asked);
        let mut expected = expected(&said);
        if follow_up && let Some(before) = earlier.last() {
            let before = words(before);
            if expected == Expected::Anything {
                expected = self::expected(&before);
            }
            for word in carrying(&before, EARLIER_SHARE) {
                if !asked.iter().any(|known| known.word.stem == word.word.stem) {
                    asked.push(word);
                }
            }
        }
        Self {
            asked,
            expected,
            yes_or_no: yes_or_no(&said),
            follow_up,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

fn carrying(said: &[Word], share: f32) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for (at, word) in said.iter().enumerate() {
        let weight = word.weight().share() * share;
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

fn joined(said: &[Word], at: usize) -> Vec<Word> {
    let pair = |from: usize| {
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

fn yes_or_no(said: &[Word]) -> bool {
    const OPENERS: &[&str] = &[
        "is", "are", "am", "was", "were", "do", "does", "did", "can", "could", "may", "will",
        "would", "should", "must", "has", "have", "shall", "may",
    ];
    said.first()
        .is_some_and(|word| OPENERS.contains(&word.text.as_str()))
}

fn expected(said: &[Word]) -> Expected {
    let text: Vec<&str> = said.iter().map(|word| word.text.as_str()).collect();
    let has = |word: &str| text.contains(&word);
    let any = |list: &[&str]| list.iter().any(|word| text.contains(word));
    let pair = |one: &str, other: &[&str]| {
        text.windows(2)
            .any(|two| two[0] == one && other.contains(&two[1]))
    };
    if pair("how", &["long"]) || pair("how", &["soon", "quickly", "fast"]) {
        Expected::Duration
    } else if (pair("how", &["much"])
        && !any(&[
            "weight", "weigh", "water", "memory", "space", "notice", "time",
        ]))
        || any(&[
            "cost", "costs", "price", "prices", "fee", "fees", "charge", "rate",
        ]) && !yes_or_no(said)
    {
        Expected::Price
    } else if pair(
        "how",
        &[
            "many", "often", "far", "big", "large", "tall", "heavy", "old", "high", "wide", "deep",
            "hot", "loud", "much",
        ],
    ) {
        Expected::Count
    } else if has("when")
        || pair("what", &["time", "date", "day", "days", "hours", "year"])
        || pair("which", &["day", "days", "year"])
    {
        Expected::Moment
    } else if any(&["who", "whose", "whom"]) {
        Expected::Person
    } else if any(&["phone", "telephone", "email", "url", "website"])
        && any(&["what", "number", "address"])
    {
        Expected::Contact
    } else if has("where") {
        Expected::Place
    } else if has("why") || pair("how", &["come"]) {
        Expected::Reason
    } else if has("how") {
        Expected::Steps
    } else {
        Expected::Anything
    }
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
        let fresh = Question::new(&["When is breakfast served?", "Where is the sauna?"]);
        assert_eq!(fresh.asked.len(), 1);
        assert!(Question::new(&[]).is_empty());
    }
}
