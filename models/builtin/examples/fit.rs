//! Fits the weights of the quoting language model to folders with questions, and prints them.
//!
//! `cargo run -p models-builtin --example fit -- [--words] [--outside FILE] FOLDER...`: each FOLDER
//! with FOLDER.questions beside it, as the example `answers` has them. Prints first how well weights
//! that were fitted without a folder do on it, then the weights fitted to all, for
//! `models/builtin/src/quote/weights.rs`. With `--words` the meaning of sentences is left out.

#[path = "../tests/asking/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod asking;
#[path = "../tests/mishear/mod.rs"]
mod mishear;

use asking::{Case, cases, found, learn, line};
use mishear::misheard;
use models_builtin::quote::considered;
use models_engine::{Author, Prompt};
use models_knowledge::Knowledge;
use std::error::Error;
use std::path::{Path, PathBuf};

const MISHEARINGS: u64 = 2;
const MISHEARD_SHARE: f64 = 0.35;
const COMMON_SHARE: f64 = 0.35;
/// Below this an answer is rather withheld: so that 95 % of the questions outside are refused.
const LEAST_TRUST: f64 = -0.55;
const ROUNDS: usize = 300;

/// One question with what speaks for each sentence, and which of them are right.
struct Asked {
    folder: usize,
    typed: bool,
    share: f64,
    outside: bool,
    sentences: Vec<Vec<f64>>,
    right: Vec<bool>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut folders, mut outside): (Vec<PathBuf>, Vec<Case>) = (Vec::new(), Vec::new());
    let mut words_only = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--outside" => outside = cases(Path::new(&arguments.next().unwrap_or_default()))?,
            "--words" => words_only = true,
            folder => folders.push(folder.into()),
        }
    }
    let mut asked = Vec::new();
    for (at, folder) in folders.iter().enumerate() {
        let (knowledge, _) = Knowledge::open(folder)?;
        if !words_only {
            learn(&knowledge, folder)?;
        }
        for case in &cases(&folder.with_extension("questions"))? {
            ask(&knowledge, at, case, 1.0, &mut asked);
        }
        for case in &outside {
            ask(&knowledge, at, case, COMMON_SHARE, &mut asked);
        }
    }
    leave_out(&asked, &folders);
    let all: Vec<&Asked> = asked.iter().collect();
    let model = Model::fit(&all);
    println!("    ranking: {:.3?},", model.ranking);
    println!("    trust: {:.3?},", model.trust);
    println!("    doubt: {:.3},", LEAST_TRUST - model.bias);
    Ok(())
}

fn ask(knowledge: &Knowledge, folder: usize, case: &Case, share: f64, out: &mut Vec<Asked>) {
    let mut add = |question: &str, typed: bool, share: f64| {
        let prompt = Prompt {
            lines: vec![line(Author::Caller, question)],
            passages: found(knowledge, question),
            ..Prompt::default()
        };
        let (mut sentences, mut right) = (Vec::new(), Vec::new());
        for (passage, text, features) in considered(&prompt) {
            right.push(is_right(case, &prompt.passages[passage].source, text));
            sentences.push(features.into_iter().map(f64::from).collect());
        }
        if !sentences.is_empty() {
            let outside = case.answer.is_none();
            out.push(Asked {
                folder,
                typed,
                share,
                outside,
                sentences,
                right,
            });
        }
    };
    add(&case.question, true, share);
    for way in 1..=MISHEARINGS {
        let heard = misheard(&case.question, way * 7919 + case.question.len() as u64);
        add(&heard, false, share * MISHEARD_SHARE);
    }
}

fn is_right(case: &Case, source: &str, text: &str) -> bool {
    case.answer.as_ref().is_some_and(|(parts, document)| {
        let meant = |part: &String| {
            text.contains(part.as_str())
                || part.len() > 12 && text.len() > 12 && part.contains(text)
        };
        source == document && parts.iter().any(meant)
    })
}

struct Model {
    ranking: Vec<f64>,
    trust: Vec<f64>,
    bias: f64,
}

impl Model {
    fn fit(asked: &[&Asked]) -> Self {
        let ranking = fit_ranking(asked);
        let (trust, bias) = fit_trust(asked, &ranking);
        Self {
            ranking,
            trust,
            bias,
        }
    }

    fn best<'a>(&self, asked: &'a Asked) -> (usize, &'a [f64]) {
        let at = best(&self.ranking, asked);
        (at, &asked.sentences[at])
    }

    fn trust(&self, features: &[f64]) -> f64 {
        dot(&self.trust, features) + self.bias
    }
}

fn dot(weights: &[f64], features: &[f64]) -> f64 {
    weights.iter().zip(features).map(|(a, b)| a * b).sum()
}

fn best(ranking: &[f64], asked: &Asked) -> usize {
    let score = |at: &usize| dot(ranking, &asked.sentences[*at]);
    (0..asked.sentences.len())
        .max_by(|a, b| score(a).total_cmp(&score(b)).then(b.cmp(a)))
        .expect("a question without sentences is not kept")
}

/// Adam, with a pull towards 0.
struct Descent {
    at: Vec<f64>,
    mean: Vec<f64>,
    square: Vec<f64>,
    round: i32,
}

impl Descent {
    fn new(count: usize) -> Self {
        Self {
            at: vec![0.0; count],
            mean: vec![0.0; count],
            square: vec![0.0; count],
            round: 0,
        }
    }

    fn step(&mut self, slope: &[f64], pull: f64) {
        self.round += 1;
        for n in 0..self.at.len() {
            let slope = slope[n] + pull * self.at[n];
            self.mean[n] = 0.9 * self.mean[n] + 0.1 * slope;
            self.square[n] = 0.999 * self.square[n] + 0.001 * slope * slope;
            let mean = self.mean[n] / (1.0 - 0.9_f64.powi(self.round));
            let square = self.square[n] / (1.0 - 0.999_f64.powi(self.round));
            self.at[n] -= 0.05 * mean / (square.sqrt() + 1e-8);
        }
    }
}

/// Softmax over the sentences of each question.
fn fit_ranking(asked: &[&Asked]) -> Vec<f64> {
    let count = asked[0].sentences[0].len();
    let known: Vec<&&Asked> = asked.iter().filter(|a| a.right.contains(&true)).collect();
    let total: f64 = known.iter().map(|a| a.share).sum();
    let mut descent = Descent::new(count);
    for _ in 0..ROUNDS {
        let mut slope = vec![0.0; count];
        for asked in &known {
            let scores: Vec<f64> = asked
                .sentences
                .iter()
                .map(|s| dot(&descent.at, s))
                .collect();
            let highest = scores.iter().copied().fold(f64::MIN, f64::max);
            let likely: Vec<f64> = scores.iter().map(|s| (s - highest).exp()).collect();
            let all: f64 = likely.iter().sum();
            let right: f64 = likely
                .iter()
                .zip(&asked.right)
                .filter(|(_, r)| **r)
                .map(|(l, _)| l)
                .sum();
            for (n, sentence) in asked.sentences.iter().enumerate() {
                let wanted = if asked.right[n] {
                    likely[n] / right
                } else {
                    0.0
                };
                let push = asked.share * (likely[n] / all - wanted) / total;
                slope
                    .iter_mut()
                    .zip(sentence)
                    .for_each(|(s, f)| *s += push * f);
            }
        }
        descent.step(&slope, 0.002);
    }
    descent.at
}

/// Whether the best sentence is right.
fn fit_trust(asked: &[&Asked], ranking: &[f64]) -> (Vec<f64>, f64) {
    let count = asked[0].sentences[0].len();
    let chosen: Vec<(&[f64], f64, f64)> = asked
        .iter()
        .map(|asked| {
            let at = best(ranking, asked);
            let right = f64::from(u8::from(asked.right[at]));
            (asked.sentences[at].as_slice(), right, asked.share)
        })
        .collect();
    let total: f64 = chosen.iter().map(|(_, _, share)| share).sum();
    let mut descent = Descent::new(count + 1);
    for _ in 0..ROUNDS {
        let mut slope = vec![0.0; count + 1];
        for (features, right, share) in &chosen {
            let sure = 1.0 / (1.0 + (-dot(&descent.at, features) - descent.at[count]).exp());
            let push = share * (sure - right) / total;
            slope
                .iter_mut()
                .zip(*features)
                .for_each(|(s, f)| *s += push * f);
            slope[count] += push;
        }
        descent.step(&slope, 0.002);
    }
    let bias = descent.at.pop().unwrap_or_default();
    (descent.at, bias)
}

fn leave_out(asked: &[Asked], folders: &[PathBuf]) {
    // Of each question: typed, outside, the best is right, the trust in it.
    let mut judged: Vec<(bool, bool, bool, f64)> = Vec::new();
    for (folder, path) in folders.iter().enumerate() {
        let rest: Vec<&Asked> = asked.iter().filter(|a| a.folder != folder).collect();
        let model = Model::fit(&rest);
        let held = asked.iter().filter(|a| a.folder == folder);
        let held: Vec<_> = held
            .map(|asked| {
                let (at, features) = model.best(asked);
                (
                    asked.typed,
                    asked.outside,
                    asked.right[at],
                    model.trust(features),
                )
            })
            .collect();
        print(&path.display().to_string(), &held);
        judged.extend(held);
    }
    print("all", &judged);
}

fn print(name: &str, judged: &[(bool, bool, bool, f64)]) {
    println!("{name}");
    for typed in [true, false] {
        let of = |outside: bool| {
            judged
                .iter()
                .filter(move |j| j.0 == typed && j.1 == outside)
        };
        let (asked, strange) = (of(false).count(), of(true).count());
        let best = of(false).filter(|j| j.2).count();
        print!("  typed {typed:5}: best {:.0} %;", share(best, asked));
        for least in [-1.5, -1.0, -0.5, 0.0, 0.5] {
            let right = of(false).filter(|j| j.2 && j.3 >= least).count();
            let refused = of(true).filter(|j| j.3 < least).count();
            print!(
                "  {least}: {:.0}/{:.0}",
                share(right, asked),
                share(refused, strange)
            );
        }
        println!();
    }
}

fn share(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}
