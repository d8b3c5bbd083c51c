//! Sections cut into passages: a few sentences each, never across a heading.

use crate::sections::Section;
use models_engine::wording::sentences;

/// A passage grows until it has this many words.
const ENOUGH_WORDS: usize = 90;
/// No passage is longer, but for one overlong sentence.
const MOST_WORDS: usize = 130;

/// A few sentences that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) source: String,
    pub(crate) path: Vec<String>,
    /// One line for each paragraph, list item or table row.
    pub(crate) text: String,
}

pub(crate) fn cut(section: &Section) -> Vec<Cut> {
    let mut cutter = Cutter::default();
    for line in &section.lines {
        cutter.line(line);
    }
    cutter
        .finish()
        .into_iter()
        .map(|text| Cut {
            source: section.source.clone(),
            path: section.path.clone(),
            text,
        })
        .collect()
}

#[derive(Default)]
struct Cutter {
    text: String,
    words: usize,
    done: Vec<String>,
}

impl Cutter {
    fn line(&mut self, line: &str) {
        let long = word_count(line);
        if self.words > 0 && self.words + long > MOST_WORDS {
            self.close();
        }
        if long <= MOST_WORDS {
            self.add(line, "\n");
        } else {
            for sentence in sentences(line) {
                self.add(sentence, " ");
            }
        }
    }

    fn add(&mut self, text: &str, joint: &str) {
        let long = word_count(text);
        if self.words > 0 && self.words + long > MOST_WORDS {
            self.close();
        }
        if !self.text.is_empty() {
            self.text.push_str(joint);
        }
        self.text.push_str(text);
        self.words += long;
        if self.words >= ENOUGH_WORDS {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.words > 0 {
            self.done.push(std::mem::take(&mut self.text));
            self.words = 0;
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.close();
        self.done
    }
}

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}
