//! Which part of what was said asks, and which only tells the story around it.

use super::weight::Weight;
use super::word::{Word, words};

/// What was said before or beside the question itself counts this much.
const STORY_SHARE: f32 = 0.35;
/// Shorter than this, all of it asks.
const LEAST_LONG: usize = 10;

/// The words of a line in order, each with its share in the question.
pub(super) fn clauses(line: &str) -> Vec<(Word, f32)> {
    let clauses: Vec<Vec<Word>> = cut(line)
        .into_iter()
        .map(words)
        .flat_map(cut_before_question)
        .filter(|clause| !clause.is_empty())
        .collect();
    let long: usize = clauses.iter().map(Vec::len).sum();
    let asking = asking(&clauses).filter(|_| long >= LEAST_LONG);
    clauses
        .into_iter()
        .enumerate()
        .flat_map(|(at, clause)| {
            let share = if asking.is_none_or(|asking| asking == at) {
                1.0
            } else {
                STORY_SHARE
            };
            clause.into_iter().map(move |word| (word, share))
        })
        .collect()
}

/// The last clause that asks and says about what.
fn asking(clauses: &[Vec<Word>]) -> Option<usize> {
    clauses
        .iter()
        .rposition(|clause| opens_question(clause).is_some() && names_enough(clause))
}

fn names_enough(clause: &[Word]) -> bool {
    let naming = |word: &&Word| word.weight() == Weight::Content;
    clause.iter().filter(naming).count() >= 2
}

fn cut(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, mark) in line.char_indices() {
        let after = &line[at + mark.len_utf8()..];
        let ends = matches!(mark, ',' | ';' | '.' | '!' | '?' | ':' | '\n')
            && after.starts_with(char::is_whitespace);
        if ends {
            out.push(&line[start..at]);
            start = at + mark.len_utf8();
        }
    }
    out.push(&line[start..]);
    out
}

/// Speech has no marks: a question that follows a story is told by how it opens.
fn cut_before_question(clause: Vec<Word>) -> Vec<Vec<Word>> {
    const LEAST_STORY: usize = 5;
    let opening = (LEAST_STORY..clause.len()).find(|at| opens_surely(&clause[*at..]));
    match opening {
        Some(at) => {
            let mut story = clause;
            let question = story.split_off(at);
            vec![story, question]
        }
        None => vec![clause],
    }
}

const ASKING: &[&str] = &[
    "how", "what", "which", "when", "where", "who", "whose", "why", "whether",
];
const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "am", "do", "does", "did", "can", "could", "may", "might", "must",
    "shall", "should", "will", "would", "have", "has",
];
const SUBJECTS: &[&str] = &[
    "i", "we", "you", "it", "they", "he", "she", "there", "that", "this", "the", "my", "our", "a",
    "an", "somebody", "someone", "anyone", "anybody", "those", "these", "your",
];

fn opens_question(clause: &[Word]) -> Option<usize> {
    (0..clause.len()).find(|at| {
        let word = clause[*at].text.as_str();
        let led = [
            "so", "and", "but", "then", "or", "please", "know", "me", "wonder",
        ]
        .contains(
            &at.checked_sub(1)
                .map_or("so", |before| &clause[before].text),
        );
        (ASKING.contains(&word) && led) || opens_surely(&clause[*at..])
    })
}

/// "how long", "what is", "is there": nothing but a question goes on so.
fn opens_surely(words: &[Word]) -> bool {
    let text = |at: usize| words.get(at).map_or("", |word: &Word| word.text.as_str());
    let inverted = AUXILIARIES.contains(&text(0)) && SUBJECTS.contains(&text(1));
    let measured = text(0) == "how"
        && [
            "long", "much", "many", "often", "far", "big", "old", "do", "can", "soon", "fast",
        ]
        .contains(&text(1));
    let named = text(0) == "what" && AUXILIARIES.contains(&text(1));
    inverted && text(0) != "have" && text(0) != "has" || measured || named
}

#[cfg(test)]
mod tests {
    use super::clauses;

    fn asking(line: &str) -> String {
        let kept = clauses(line).into_iter().filter(|(_, share)| *share == 1.0);
        let kept: Vec<String> = kept.map(|(word, _)| word.text).collect();
        kept.join(" ")
    }

    #[test]
    fn a_story_counts_less_than_its_question() {
        for (line, asked) in [
            (
                "I've got a tiny boat, so how much paint should I plan for the hull?",
                "so how much paint should i plan for the hull",
            ),
            (
                "my sister came over last weekend can i park a second car in the yard",
                "can i park a second car in the yard",
            ),
            (
                "If nobody waters the garden, how long will tomatoes survive, do you know?",
                "how long will tomatoes survive",
            ),
        ] {
            assert_eq!(asking(line), asked);
        }
    }

    #[test]
    fn a_short_or_vague_question_counts_whole() {
        assert_eq!(asking("Hi, when do you open?"), "hi when do you open");
        let story = "the pump has been leaking since the frost last night what can i do about it";
        assert_eq!(asking(story), story);
    }
}
