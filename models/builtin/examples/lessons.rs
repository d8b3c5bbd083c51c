//! Prints what `models/builtin/judge/train.py` teaches from: questions with the sentences that were found for them.
//!
//! `cargo run -p models-builtin --example lessons -- [--outside FILE] FOLDER...`: each FOLDER with FOLDER.questions
//! and FOLDER.near beside it, as the example `fit` has them; the questions of FILE are asked of every folder, and none
//! answers them. One line of JSON a question: typed, or misheard, and its sentences, the likeliest first.

#[path = "../tests/asking/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod asking;
#[path = "../tests/mishear/mod.rs"]
mod mishear;

use asking::{Case, Reading, cases, found, learn, line};
use mishear::misheard;
use models_builtin::quote::considered;
use models_engine::{Author, Prompt};
use models_knowledge::Knowledge;
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut folders, mut outside) = (Vec::new(), Vec::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--outside" => outside = cases(Path::new(&arguments.next().unwrap_or_default()))?,
            folder => folders.extend(Some(PathBuf::from(folder)).filter(|path| path.is_dir())),
        }
    }
    for folder in folders {
        let (knowledge, _) = Knowledge::open(&folder)?;
        learn(&knowledge, &folder, Reading::No)?;
        let mut own = cases(&folder.with_extension("questions"))?;
        own.extend(cases(&folder.with_extension("near"))?);
        for case in &own {
            let asked = &case.question;
            println!("{}", lesson(&knowledge, case, asked, true, false));
            let heard = misheard(asked, 7919 + asked.len() as u64);
            println!("{}", lesson(&knowledge, case, &heard, false, false));
        }
        for case in &outside {
            println!("{}", lesson(&knowledge, case, &case.question, true, true));
        }
    }
    Ok(())
}

fn lesson(knowledge: &Knowledge, case: &Case, question: &str, typed: bool, common: bool) -> Value {
    let prompt = Prompt {
        lines: vec![line(Author::Caller, question)],
        passages: found(knowledge, question),
        ..Prompt::default()
    };
    let sentences: Vec<Value> = considered(&prompt)
        .into_iter()
        .map(|(at, text, _)| {
            let passage = &prompt.passages[at];
            let right = case.is_answered_by(&passage.source, text);
            json!({ "heading": passage.heading, "text": text, "right": right })
        })
        .collect();
    let outside = case.answer.is_none();
    json!({
        "question": question, "typed": typed, "outside": outside, "common": common, "sentences": sentences,
    })
}
