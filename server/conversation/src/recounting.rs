//! What a model is told of the history: its lines, and each call of a tool with what came of it.

use crate::history::Line;
use crate::output::{Author, Call, PromptLine};
use crate::words::NO_RESULT;

/// The lines in order, a thought that was taken up again joined. A chat template takes a result right
/// after its call only, and a call only with its result. So a call without a result is told to have
/// none yet, and one whose result came after other lines is told once more, there.
pub(crate) fn recount(lines: &[Line]) -> Vec<PromptLine> {
    let mut told = Told::default();
    for line in lines {
        match (&line.call, line.author) {
            (Some(call), Author::Tool) => told.result(call, &line.text, lines),
            (Some(call), _) => told.call(call, &line.text),
            (None, _) => told.said(line),
        }
    }
    told.without_result();
    told.lines
}

#[derive(Default)]
struct Told {
    lines: Vec<PromptLine>,
    /// Told, and nothing else since: the result may follow.
    open: Vec<Call>,
}

impl Told {
    fn said(&mut self, line: &Line) {
        if line.misheard || line.text.trim().is_empty() {
            return;
        }
        self.without_result();
        match self.lines.last_mut() {
            Some(last) if line.goes_on && last.author == Author::Caller => {
                last.text.push(' ');
                last.text.push_str(line.text.trim());
            }
            _ => self.lines.push(PromptLine {
                author: line.author,
                text: line.text.trim().to_owned(),
                cut: line.cut,
                call: None,
            }),
        }
    }

    fn call(&mut self, call: &Call, arguments: &str) {
        // Calls of one moment stand together; after a result a new moment begins.
        let after_result = self
            .lines
            .last()
            .is_some_and(|last| last.author == Author::Tool);
        if after_result {
            self.without_result();
        }
        self.push(Author::Agent, call, arguments);
        self.open.push(call.clone());
    }

    fn result(&mut self, call: &Call, output: &str, lines: &[Line]) {
        let open = self.open.iter().position(|open| open.id == call.id);
        match open {
            Some(at) => drop(self.open.remove(at)),
            None => {
                let made = |line: &&Line| {
                    line.author == Author::Agent
                        && line.call.as_ref().is_some_and(|made| made.id == call.id)
                };
                // The call itself may be forgotten, or was never written.
                let made = lines.iter().find(made);
                self.without_result();
                self.push(Author::Agent, call, made.map_or("{}", |made| &made.text));
            }
        }
        self.push(Author::Tool, call, output);
    }

    fn without_result(&mut self) {
        for call in std::mem::take(&mut self.open) {
            self.push(Author::Tool, &call, NO_RESULT);
        }
    }

    fn push(&mut self, author: Author, call: &Call, text: &str) {
        self.lines.push(PromptLine {
            author,
            text: text.to_owned(),
            cut: false,
            call: Some(call.clone()),
        });
    }
}
