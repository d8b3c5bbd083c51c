//! Which words of a phrase have been heard, by the time that was played of it.

use crate::Millis;

/// So many bytes of a phrase's text have been said after so much of its speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Mark {
    pub bytes: usize,
    pub at: Millis,
}

/// What the voice said of its own pace; in between, and where it said nothing, letters take equal times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pacing(Vec<Mark>);

impl Pacing {
    /// Takes the marks that go on from those there are, and lie within the words; others are no use.
    pub(crate) fn add(&mut self, marks: &[Mark], words: &str) {
        for mark in marks {
            let last = self.0.last().copied().unwrap_or(START);
            // Nothing is heard in no time.
            let goes_on = mark.bytes > last.bytes && mark.at >= last.at && mark.at > START.at;
            if goes_on && mark.bytes < words.len() && words.is_char_boundary(mark.bytes) {
                self.0.push(*mark);
            }
        }
    }

    /// The bytes of `words` that are heard after `heard` of `whole`: whole words only, and the last one
    /// only with the whole.
    pub(crate) fn words_within(&self, words: &str, heard: Millis, whole: Millis) -> usize {
        if heard >= whole {
            return words.len();
        }
        let passed = self.0.partition_point(|mark| mark.at <= heard);
        let from = passed.checked_sub(1).map_or(START, |last| self.0[last]);
        let to = match self.0.get(passed) {
            Some(mark) => *mark,
            None => Mark {
                bytes: words.len(),
                at: whole,
            },
        };
        let between = words.get(from.bytes..to.bytes).unwrap_or_default();
        from.bytes + evenly(between, heard - from.at, to.at - from.at)
    }
}

const START: Mark = Mark {
    bytes: 0,
    at: Millis(0),
};

/// As if every letter took as long as any other.
fn evenly(words: &str, heard: Millis, whole: Millis) -> usize {
    let count = words.chars().count() as u64;
    let within = (count * heard.0 / whole.0.max(1)) as usize;
    let mut end = 0;
    for (reached, (at, c)) in words.char_indices().enumerate() {
        if reached > within {
            break;
        }
        if c.is_whitespace() {
            end = at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{Mark, Pacing};
    use crate::Millis;

    fn heard<'a>(pacing: &Pacing, words: &'a str, ms: u64) -> &'a str {
        &words[..pacing.words_within(words, Millis(ms), Millis(1300))]
    }

    fn mark(bytes: usize, ms: u64) -> Mark {
        Mark {
            bytes,
            at: Millis(ms),
        }
    }

    #[test]
    fn only_whole_words_are_heard() {
        let (even, words) = (Pacing::default(), "one two three");
        for (ms, said) in [
            (0, ""),
            (290, ""),
            (300, "one"),
            (699, "one"),
            (700, "one two"),
            (1299, "one two"),
            (1300, "one two three"),
        ] {
            assert_eq!(heard(&even, words, ms), said, "{ms} ms");
        }
        let chinese = "你好";
        assert_eq!(
            even.words_within(chinese, Millis(1), Millis(0)),
            chinese.len()
        );
    }

    #[test]
    fn a_voice_that_told_its_pace_is_believed() {
        let (mut told, words) = (Pacing::default(), "$12,500 is due now");
        told.add(&[mark(7, 1_000), mark(10, 1_100)], words);
        for (ms, said) in [
            (900, ""),
            (999, ""),
            (1_000, "$12,500"),
            (1_100, "$12,500 is"),
            (1_199, "$12,500 is"),
            (1_200, "$12,500 is due"),
            (1_299, "$12,500 is due"),
            (1_300, words),
        ] {
            assert_eq!(heard(&told, words, ms).trim_end(), said, "{ms} ms");
        }
    }

    #[test]
    fn marks_that_make_no_sense_are_passed_over() {
        let words = "né one two";
        let mut told = Pacing::default();
        let senseless = [
            mark(4, 0),
            mark(2, 10),
            mark(0, 20),
            mark(99, 30),
            mark(11, 40),
        ];
        told.add(&senseless, words);
        assert!(told.0.is_empty(), "{told:?}");
        told.add(&[mark(7, 500), mark(3, 600), mark(8, 400)], words);
        assert_eq!(told.0, [mark(7, 500)]);
        // One that lies beyond the end of the speech is never reached.
        told.add(&[mark(8, 5_000)], words);
        assert_eq!(heard(&told, words, 1_299), "né one");
        assert_eq!(heard(&told, words, 1_300), words);
    }
}
