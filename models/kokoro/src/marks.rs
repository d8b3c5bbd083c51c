//! Which words of the written text a voice has said, by the spoken words that stand for them.

use models_engine::Mark;

/// More pairs of words than this are not compared: no phrase is so long.
const MOST_PAIRS: usize = 250_000;

/// Marks of the words of `text`, which was read aloud as the words of `said`, whose ends are known. A number or a sign that
/// becomes other words is marked where the last of them ends.
pub(crate) fn marks(text: &str, said: &str, ends: &[usize]) -> Vec<Mark> {
    let (written, spoken) = (words(text), words(said));
    if spoken.len() != ends.len() || written.len() * spoken.len() > MOST_PAIRS {
        return Vec::new();
    }
    let mut marks: Vec<Mark> = Vec::new();
    for (of_written, of_spoken) in paired(&written, &spoken) {
        let mark = Mark {
            bytes: written[of_written].end,
            samples: ends[of_spoken],
        };
        if marks.last().is_none_or(|last| last.bytes < mark.bytes) {
            marks.push(mark);
        }
    }
    marks
}

/// A word by its letters and digits alone, and where it ends.
struct Word {
    bare: String,
    end: usize,
}

fn words(text: &str) -> Vec<Word> {
    let word = |word: &str| Word {
        bare: word
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect(),
        end: word.as_ptr() as usize - text.as_ptr() as usize + word.len(),
    };
    text.split_whitespace().map(word).collect()
}

/// The last written and the last spoken word of each piece that the two have in common: equal words alone, and what
/// stands between them together.
fn paired(written: &[Word], spoken: &[Word]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut from_written, mut from_spoken) = (0, 0);
    let ends = (written.len(), spoken.len());
    for (at, to) in equal(written, spoken).into_iter().chain([ends]) {
        if at > from_written && to > from_spoken {
            pairs.push((at - 1, to - 1));
        }
        if (at, to) != ends {
            pairs.push((at, to));
        }
        (from_written, from_spoken) = (at + 1, to + 1);
    }
    pairs
}

/// The longest row of equal words in both.
fn equal(written: &[Word], spoken: &[Word]) -> Vec<(usize, usize)> {
    let alike =
        |at: usize, to: usize| !written[at].bare.is_empty() && written[at].bare == spoken[to].bare;
    let width = spoken.len() + 1;
    // How many are equal from here to the end.
    let mut most = vec![0_u32; (written.len() + 1) * width];
    for at in (0..written.len()).rev() {
        for to in (0..spoken.len()).rev() {
            let skipped = most[(at + 1) * width + to].max(most[at * width + to + 1]);
            let taken = most[(at + 1) * width + to + 1] + 1;
            most[at * width + to] = if alike(at, to) {
                skipped.max(taken)
            } else {
                skipped
            };
        }
    }
    let (mut row, mut at, mut to) = (Vec::new(), 0, 0);
    while at < written.len() && to < spoken.len() {
        let here = most[at * width + to];
        if alike(at, to) && here == most[(at + 1) * width + to + 1] + 1 {
            row.push((at, to));
            (at, to) = (at + 1, to + 1);
        } else if here == most[(at + 1) * width + to] {
            at += 1;
        } else {
            to += 1;
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::marks;

    /// The text up to each mark, and which spoken word ends there.
    fn marked<'a>(text: &'a str, said: &str) -> Vec<(&'a str, usize)> {
        let ends: Vec<usize> = (1..=said.split_whitespace().count()).collect();
        let marks = marks(text, said, &ends);
        marks
            .iter()
            .map(|mark| (&text[..mark.bytes], mark.samples))
            .collect()
    }

    #[test]
    fn equal_words_are_marked_one_by_one() {
        assert_eq!(
            marked("Hello, it's **me**.", "Hello, it's me."),
            [
                ("Hello,", 1),
                ("Hello, it's", 2),
                ("Hello, it's **me**.", 3)
            ]
        );
    }

    #[test]
    fn what_is_read_as_other_words_is_marked_where_these_end() {
        assert_eq!(
            marked(
                "It costs $12.50 — at 5 p.m. today",
                "It costs twelve dollars and fifty cents — at five P M today"
            ),
            [
                ("It", 1),
                ("It costs", 2),
                ("It costs $12.50 —", 8),
                ("It costs $12.50 — at", 9),
                ("It costs $12.50 — at 5 p.m.", 12),
                ("It costs $12.50 — at 5 p.m. today", 13),
            ]
        );
    }

    #[test]
    fn what_is_not_said_belongs_to_the_word_that_follows() {
        assert_eq!(
            marked("yes 🎉 no", "yes no"),
            [("yes", 1), ("yes 🎉 no", 2)]
        );
        assert_eq!(marked("🎉", ""), []);
        assert_eq!(marked("", "what"), []);
    }

    #[test]
    fn ends_that_do_not_fit_the_words_mark_nothing() {
        assert!(marks("one two", "one two", &[1]).is_empty());
        let long = "word ".repeat(600);
        assert!(marks(&long, &long, &vec![1; 600]).is_empty());
    }
}
