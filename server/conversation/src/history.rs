//! What was said: the lines in their order, and of the agent's only what was heard.

use crate::output::{Author, Call, PromptLine};
use crate::pacing::Pacing;
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
    /// The caller's words are not those: no model is told of them.
    pub(crate) misheard: bool,
    /// One thought with the caller's line before.
    pub(crate) goes_on: bool,
    /// It is a call of a tool, or what came of one.
    pub(crate) call: Option<Call>,
    /// How the agent's line was spoken; empty for all others.
    pub(crate) spans: Vec<Span>,
}

/// One phrase in a spoken line: where it begins and ends, how long all of it lasted, and at what pace.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    /// All of them: the line may have been cut within.
    pub(crate) words: String,
    pub(crate) end: usize,
    pub(crate) speech: Millis,
    pub(crate) pacing: Pacing,
}

impl Line {
    pub(crate) fn new(id: LineId, author: Author, text: String) -> Self {
        Self {
            id,
            author,
            text,
            cut: false,
            misheard: false,
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
                let part = span.pacing.words_within(&span.words, left, span.speech);
                return if part > 0 { span.start + part } else { bytes };
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

    /// The last that the agent was heard to say.
    pub(crate) fn last_heard(&self) -> Option<&str> {
        let mut lines = self.lines.iter().rev();
        let heard = |line: &&Line| line.call.is_none() && !line.text.is_empty();
        let last = lines.find(|line| line.author == Author::Agent && heard(line));
        last.map(|line| line.text.as_str())
    }

    /// Whether a call of this id stands here.
    pub(crate) fn has_call(&self, id: &str) -> bool {
        let is = |line: &Line| line.call.as_ref().is_some_and(|call| call.id == id);
        self.lines.iter().any(is)
    }
}

#[cfg(test)]
mod tests {
    use super::{History, Line};
    use crate::Place;
    use crate::output::Author;

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
