//! What was said: the lines in their order, and of the agent's only what was heard.

use crate::output::{Author, Call, PromptLine};
use crate::patience::{LINES, PROMPT};
use crate::recounting::recount;
use crate::{LineId, Millis, Place};

#[derive(Debug, Default)]
pub(crate) struct History {
    lines: Vec<Line>,
    reserved: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: LineId,
    pub(crate) author: Author,
    pub(crate) text: String,
    pub(crate) cut: bool,
    /// One thought with the caller's line before.
    pub(crate) goes_on: bool,
    /// It is a call of a tool, or what came of one.
    pub(crate) call: Option<Call>,
    /// How the agent's line was spoken; empty for all others.
    pub(crate) spans: Vec<Span>,
}

/// One phrase in a spoken line: where its words end, and how long it lasted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) words: (usize, usize),
    pub(crate) end: usize,
    pub(crate) speech: Millis,
}

impl Line {
    pub(crate) fn new(id: LineId, author: Author, text: String) -> Self {
        Self {
            id,
            author,
            text,
            cut: false,
            goes_on: false,
            call: None,
            spans: Vec::new(),
        }
    }

    /// A line of the client's own, of no number.
    pub(crate) fn written(line: PromptLine) -> Self {
        Self {
            call: line.call,
            ..Self::new(LineId(0), line.author, line.text)
        }
    }

    /// How long all of it was spoken.
    pub(crate) fn spoken(&self) -> Millis {
        self.spans
            .iter()
            .fold(Millis(0), |sum, span| sum + span.speech)
    }

    /// How many bytes of the line are heard after this much speech.
    pub(crate) fn heard_after(&self, heard: Millis) -> usize {
        let mut left = heard;
        let mut bytes = 0;
        for span in &self.spans {
            if left < span.speech {
                let (start, end) = span.words;
                let words = self
                    .text
                    .get(start..end.min(self.text.len()))
                    .unwrap_or_default();
                let part = words_within(words, left, span.speech);
                return if part > 0 { start + part } else { bytes };
            }
            left = left - span.speech;
            bytes = span.end;
        }
        bytes
    }
}

impl History {
    /// A number for a line that will stand here.
    pub(crate) fn reserve(&mut self) -> LineId {
        self.reserved += 1;
        LineId(self.reserved)
    }

    /// Puts a line in its place: answers where that is, or none when there is no such place.
    pub(crate) fn insert(&mut self, line: Line, place: Place) -> Option<Place> {
        let at = match place {
            Place::First => 0,
            Place::Last => self.lines.len(),
            Place::After(id) => self.position(id)? + 1,
        };
        self.lines.insert(at, line);
        Some(match at.checked_sub(1) {
            None => Place::First,
            Some(before) => Place::After(self.lines[before].id),
        })
    }

    /// The line that must go when there are too many: the oldest.
    pub(crate) fn overflow(&mut self) -> Option<LineId> {
        (self.lines.len() > LINES).then(|| self.lines.remove(0).id)
    }

    fn position(&self, id: LineId) -> Option<usize> {
        self.lines.iter().rposition(|line| line.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: LineId) -> Option<&mut Line> {
        self.position(id).map(|at| &mut self.lines[at])
    }

    pub(crate) fn remove(&mut self, id: LineId) -> bool {
        let position = self.position(id);
        if let Some(at) = position {
            self.lines.remove(at);
        }
        position.is_some()
    }

    /// What a model is told: the newest lines that fit.
    pub(crate) fn prompt(&self) -> Vec<PromptLine> {
        recount(self.newest(PROMPT))
    }

    /// What a model would be told if the caller said this now.
    pub(crate) fn prompt_with(&self, said: Line) -> Vec<PromptLine> {
        let room = PROMPT.saturating_sub(said.text.len() + 1);
        let mut lines = self.newest(room).to_vec();
        lines.push(said);
        recount(&lines)
    }

    fn newest(&self, mut room: usize) -> &[Line] {
        let fits = |line: &&Line| {
            room = room.saturating_sub(line.text.len() + 1);
            room > 0
        };
        let newest = self.lines.iter().rev().take_while(fits).count();
        &self.lines[self.lines.len() - newest..]
    }

    /// Whether a call of this id stands here.
    pub(crate) fn has_call(&self, id: &str) -> bool {
        let is = |line: &Line| line.call.as_ref().is_some_and(|call| call.id == id);
        self.lines.iter().any(is)
    }
}

/// The bytes of `words` that are heard after `heard` of `whole`: whole words only, and the last one
/// only with the whole.
pub(crate) fn words_within(words: &str, heard: Millis, whole: Millis) -> usize {
    if heard >= whole {
        return words.len();
    }
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
    use super::{History, Line, words_within};
    use crate::output::Author;
    use crate::{Millis, Place};

    #[test]
    fn only_whole_words_are_heard() {
        let words = "one two three";
        let heard = |ms| &words[..words_within(words, Millis(ms), Millis(1300))];
        assert_eq!(heard(0), "");
        assert_eq!(heard(290), "");
        assert_eq!(heard(300), "one");
        assert_eq!(heard(699), "one");
        assert_eq!(heard(700), "one two");
        assert_eq!(heard(1299), "one two");
        assert_eq!(heard(1300), "one two three");
        assert_eq!(words_within("你好", Millis(1), Millis(0)), "你好".len());
    }

    #[test]
    fn a_thought_taken_up_again_is_one_line_of_the_prompt() {
        let mut history = History::default();
        for (author, text, goes_on) in [
            (Author::Caller, "how do I", false),
            (Author::Agent, "", false),
            (Author::Caller, "change the voice", true),
            (Author::Caller, "typed", false),
        ] {
            let mut line = Line::new(history.reserve(), author, text.to_owned());
            line.goes_on = goes_on;
            history
                .insert(line, Place::Last)
                .expect("the end is a place");
        }
        let texts: Vec<String> = history.prompt().into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["how do I change the voice", "typed"]);
    }

    #[test]
    fn the_prompt_holds_the_newest_lines_that_fit() {
        let mut history = History::default();
        for letter in ["a", "b", "c"] {
            let line = Line::new(history.reserve(), Author::Caller, letter.repeat(20_000));
            history
                .insert(line, Place::Last)
                .expect("the end is a place");
        }
        let prompt = history.prompt();
        assert_eq!(prompt.len(), 2);
        assert!(prompt[0].text.starts_with('b'));
    }
}
