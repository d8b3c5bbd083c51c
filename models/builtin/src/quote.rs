//! A language model that only quotes: it picks the sentences that answer, and says so when none does.
//!
//! It never composes. Every word it says stands in a passage of the prompt, in the history, or in one
//! of the fixed phrases of [`phrases`].

mod answer;
mod candidate;
mod contrast;
mod evidence;
mod features;
mod phrases;
mod reading;
mod smalltalk;
mod weights;

use std::sync::{Arc, OnceLock};

use models_engine::wording::Question;
use models_engine::{Author, Cancel, Card, Grade, LanguageModel, Line, Piece, Prompt, Stopped};

use answer::Answer;
#[doc(hidden)]
pub use contrast::contrast;
use smalltalk::Smalltalk;

use crate::minilm::{Claim, Minilm};

/// Quotes. Holds nothing of the conversation: that is in the prompt.
#[derive(Clone, Default)]
pub struct Quoter {
    /// Reads sentences together with the question, once it is loaded.
    reader: Arc<OnceLock<Arc<Minilm>>>,
}

/// What is to be answered.
struct Asked<'q> {
    question: Question,
    /// In whole; where it leans on what was asked before, together with that.
    text: String,
    reader: Option<&'q Minilm>,
}

/// The question may lean on what was asked within so many utterances before it.
const EARLIER_LINES: usize = 4;
/// A longer line is cut: nobody asks a question in so many words.
const MOST_LINE_BYTES: usize = 4096;

impl Quoter {
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on, the likeliest sentences are read together with the question, if this one was loaded to judge.
    pub fn learn(&self, reader: Arc<Minilm>) {
        let _ = self.reader.set(reader);
    }

    fn asked(&self, said: &[&str]) -> Asked<'_> {
        let question = Question::new(said);
        let lines = if question.follow_up { 2 } else { 1 };
        let from = said.len().saturating_sub(lines);
        Asked {
            question,
            text: said[from..].join(" "),
            reader: self.reader.get().map(|reader| &**reader),
        }
    }

    #[doc(hidden)]
    pub fn considered<'a>(&self, prompt: &'a Prompt) -> Vec<Considered<'a>> {
        let asked = self.asked(&caller_lines(&prompt.lines));
        answer::considered(&asked, &prompt.passages)
    }

    /// Everything it may say that is no quotation, so that the speech of it can be kept ready.
    pub fn phrases() -> &'static [&'static str] {
        phrases::ALL
    }
}

/// A sentence that may be the answer to a prompt: what the examples `fit` and `lessons` learn from, and of no other use.
#[doc(hidden)]
pub struct Considered<'a> {
    /// The passage that it stands in, by its place.
    pub passage: usize,
    pub claim: Claim<'a>,
    /// What speaks for it.
    pub features: Vec<f32>,
}

impl LanguageModel for Quoter {
    fn card(&self) -> Card {
        Card::new("quotations", Grade::Builtin)
    }

    /// It reads little of them: the more there are, the likelier is the answer among them.
    fn passages(&self) -> usize {
        candidate::MOST_PASSAGES
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        cancel.check()?;
        for piece in self.pieces(prompt) {
            cancel.check()?;
            emit(piece);
        }
        Ok(())
    }
}

impl Quoter {
    fn pieces(&self, prompt: &Prompt) -> Vec<Piece> {
        let said = caller_lines(&prompt.lines);
        let Some(last) = said.last() else {
            return fixed(phrases::WELCOME);
        };
        match smalltalk::of(last) {
            Some(Smalltalk::Repeat) => repeated(&prompt.lines),
            Some(Smalltalk::More) => self.quoted(prompt, &said, last_reply(&prompt.lines)),
            Some(other) => fixed(other.reply()),
            None => self.quoted(prompt, &said, None),
        }
    }

    /// `spoken` has been said already and is not said again.
    fn quoted(&self, prompt: &Prompt, said: &[&str], spoken: Option<&str>) -> Vec<Piece> {
        let asked = self.asked(said);
        if asked.question.is_empty() {
            return fixed(phrases::UNCLEAR);
        }
        let answers = answer::find(&asked, &prompt.passages, spoken);
        if answers.is_empty() {
            return fixed(phrases::UNKNOWN);
        }
        answered(&answers)
    }
}

fn answered(answers: &[Answer<'_>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut space = "";
    for answer in answers {
        pieces.push(Piece::Cite(answer.passage));
        for sentence in &answer.sentences {
            pieces.push(Piece::Text(format!("{space}{sentence}")));
            space = " ";
        }
    }
    pieces
}

fn fixed(phrase: &str) -> Vec<Piece> {
    vec![Piece::Text(phrase.to_owned())]
}

fn repeated(lines: &[Line]) -> Vec<Piece> {
    last_reply(lines).map_or_else(|| fixed(phrases::NOTHING_SAID), fixed)
}

fn last_reply(lines: &[Line]) -> Option<&str> {
    lines
        .iter()
        .rev()
        .find(|line| line.author == Author::Agent && !line.text.trim().is_empty())
        .map(|line| line.text.trim())
}

/// What the caller said lately, oldest first.
fn caller_lines(lines: &[Line]) -> Vec<&str> {
    let mut said: Vec<&str> = lines
        .iter()
        .rev()
        .filter(|line| line.author == Author::Caller && !line.text.trim().is_empty())
        .take(EARLIER_LINES + 1)
        .map(|line| start_of(&line.text))
        .collect();
    said.reverse();
    said
}

fn start_of(text: &str) -> &str {
    let mut end = text.len().min(MOST_LINE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
