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

use models_engine::wording::Question;
use models_engine::{Author, Cancel, Card, Grade, LanguageModel, Line, Piece, Prompt, Stopped};

use answer::Answer;
#[doc(hidden)]
pub use contrast::contrast;
use smalltalk::Smalltalk;

/// Quotes. Holds nothing: everything it needs is in the prompt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quoter;

/// The question may lean on what was asked within so many utterances before it.
const EARLIER_LINES: usize = 4;
/// A longer line is cut: nobody asks a question in so many words.
const MOST_LINE_BYTES: usize = 4096;

impl Quoter {
    pub fn new() -> Self {
        Self
    }

    /// Everything it may say that is no quotation, so that the speech of it can be kept ready.
    pub fn phrases() -> &'static [&'static str] {
        phrases::ALL
    }
}

/// What speaks for each sentence of the passages, given by their place, as an answer to the prompt: what the weights of this
/// engine are fitted to by the example `fit`, and of no other use.
#[doc(hidden)]
pub fn considered(prompt: &Prompt) -> Vec<(usize, &str, Vec<f32>)> {
    let question = Question::new(&caller_lines(&prompt.lines));
    let considered = answer::considered(&question, &prompt.passages);
    considered
        .into_iter()
        .map(|(passage, text, features)| (passage, text, features.to_vec()))
        .collect()
}

impl LanguageModel for Quoter {
    fn card(&self) -> Card {
        Card::new("quotations", Grade::Builtin)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        cancel.check()?;
        for piece in pieces(prompt) {
            cancel.check()?;
            emit(piece);
        }
        Ok(())
    }
}

fn pieces(prompt: &Prompt) -> Vec<Piece> {
    let said = caller_lines(&prompt.lines);
    let Some(last) = said.last() else {
        return fixed(phrases::WELCOME);
    };
    match smalltalk::of(last) {
        Some(Smalltalk::Repeat) => repeated(&prompt.lines),
        Some(Smalltalk::More) => quoted(prompt, &said, last_reply(&prompt.lines)),
        Some(other) => fixed(other.reply()),
        None => quoted(prompt, &said, None),
    }
}

/// `spoken` has been said already and is not said again.
fn quoted(prompt: &Prompt, said: &[&str], spoken: Option<&str>) -> Vec<Piece> {
    let question = Question::new(said);
    if question.is_empty() {
        return fixed(phrases::UNCLEAR);
    }
    let answers = answer::find(&question, &prompt.passages, spoken);
    if answers.is_empty() {
        return fixed(phrases::UNKNOWN);
    }
    answered(&answers)
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
