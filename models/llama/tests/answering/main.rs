//! The language model on the answering fixture: what it says, what it reads again, and what it calls.

mod replies;
mod tools;

use models_engine::{Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Stopped};
use models_fixtures::llama::{Mind, answering};
use models_fixtures::place;
use models_llama::{Llama, LlamaOptions, Sampling};

pub(crate) fn options(mind: Mind) -> LlamaOptions {
    let name = format!("answering-{mind:?}.gguf");
    let model = place(env!("CARGO_TARGET_TMPDIR"), &name, &answering(mind));
    let mut options = LlamaOptions::new(model.expect("a fixture is written"));
    options.context_tokens = 2048;
    options.max_tokens = 200;
    options.sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    options
}

pub(crate) fn load() -> Llama {
    Llama::load(options(Mind::Plain)).expect("the fixture loads")
}

pub(crate) fn line(author: Author, text: &str) -> Line {
    Line {
        author,
        text: text.to_owned(),
        cut: false,
        call: None,
    }
}

pub(crate) fn said(text: &str) -> Prompt {
    Prompt {
        instructions: "Be kind.".to_owned(),
        lines: vec![line(Author::Caller, text)],
        ..Prompt::default()
    }
}

pub(crate) fn passage(text: &str) -> Passage {
    Passage {
        source: "a.md".to_owned(),
        heading: "B".to_owned(),
        text: text.to_owned(),
        score: 1.0,
        likeness: Vec::new(),
    }
}

pub(crate) fn try_compose(llama: &Llama, prompt: &Prompt) -> Result<String, Stopped> {
    let mut text = String::new();
    let mut emit = |piece| {
        if let Piece::Text(words) = piece {
            text.push_str(&words);
        }
    };
    llama
        .compose(prompt, &mut emit, &Cancel::new())
        .map(|()| text)
}

pub(crate) fn compose(llama: &Llama, prompt: &Prompt) -> String {
    try_compose(llama, prompt).expect("the prompt is answered")
}
