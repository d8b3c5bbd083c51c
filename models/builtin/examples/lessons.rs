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

use asking::{Asking, Case, Reading, cases};
use mishear::misheard;
use models_builtin::Claim;
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
        let asking = Asking::new(knowledge).learn(&folder, Reading::No)?;
        let mut own = cases(&folder.with_extension("questions"))?;
        own.extend(cases(&folder.with_extension("near"))?);
        for case in &own {
            let asked = &case.question;
            println!("{}", lesson(&asking, case, asked, true, false));
            let heard = misheard(asked, 7919 + asked.len() as u64);
            println!("{}", lesson(&asking, case, &heard, false, false));
        }
        for case in &outside {
            println!("{}", lesson(&asking, case, &case.question, true, true));
        }
    }
    Ok(())
}

fn lesson(asking: &Asking, case: &Case, question: &str, typed: bool, common: bool) -> Value {
    let prompt = asking.prompt(question);
    let sentences: Vec<Value> = asking
        .quoter
        .considered(&prompt)
        .into_iter()
        .map(|one| {
            let Claim {
                heading,
                before,
                text,
            } = one.claim;
            let right = case.is_answered_by(&prompt.passages[one.passage].source, text);
            json!({ "heading": heading, "before": before, "text": text, "right": right })
        })
        .collect();
    let outside = case.answer.is_none();
    json!({
        "question": question, "typed": typed, "outside": outside, "common": common, "sentences": sentences,
    })
}
