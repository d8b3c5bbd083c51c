//! Fits the weights of the quoting language model to folders with questions, and prints them.
//!
//! `cargo run -p models-builtin --example fit -- [--words | --places] [--outside FILE] FOLDER...`: each FOLDER
//! with FOLDER.questions beside it, as the example `answers` has them, and FOLDER.near, if there is one:
//! more of them, most about what is nearly there. Prints first how well weights that were fitted without
//! a folder do on it, then the weights fitted to all, for `models/builtin/src/quote/weights.rs`. With
//! `--words` the meaning of sentences is left out, with `--places` they are not read together with the question.
//!
//! What stands in `weights.rs` was made in models/knowledge/tests/folders by
//! `fit --outside outside.questions aquarium backup espresso freight handbook hotel island ledger library
//! pool router vet workshop allotment recycling airport bike-shop railway-museum residence-hall
//! weather-station`, without and with `--places` or `--words`. Choir, drone and creditunion are never fitted to, and never
//! looked into: they say what an unseen folder gets. What reads sentences and questions together was taught from none of these
//! (`models/builtin/judge`).

#[path = "../tests/asking/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod asking;
#[path = "../tests/mishear/mod.rs"]
mod mishear;

use asking::{Asking, Case, Reading, cases};
use mishear::misheard;
use models_builtin::quote::contrast;
use models_knowledge::Knowledge;
use rayon::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};

const MISHEARINGS: u64 = 2;
const MISHEARD_SHARE: f64 = 0.35;
const COMMON_SHARE: f64 = 0.35;
const ROUNDS: usize = 500;
/// What keeps the weights of either model small: a little holds back much of what a few folders feign.
const RANKING_PULL: f64 = 0.0005;
const TRUST_PULL: f64 = 0.0002;
/// So much a refusal of a question about what is nearly there counts beside a right answer, and as much
/// one of a question about anything else.
const REFUSAL_SHARE: f64 = 0.25;
/// A little more trust than that is asked for in the end: with each folder left out, that refuses more and answers as much.
const CAUTION: f64 = 0.1;
/// Where sentences were read, a little less: in folders that nothing was fitted to, more right answers than near misses
/// fall just short of it.
const LENIENCE: f64 = 0.3;

/// One question with what speaks for each sentence, and which of them are right.
struct Asked {
    folder: usize,
    typed: bool,
    share: f64,
    outside: bool,
    /// It is asked of every folder.
    common: bool,
    sentences: Vec<Vec<f64>>,
    /// The passage that each stands in.
    homes: Vec<usize>,
    right: Vec<bool>,
}

/// One question, answered by weights that did not see it.
#[derive(Clone)]
struct Judged {
    typed: bool,
    outside: bool,
    /// It is asked of every folder.
    common: bool,
    right: bool,
    trust: f64,
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let (mut folders, mut outside): (Vec<PathBuf>, Vec<Case>) = (Vec::new(), Vec::new());
    let (mut words_only, mut reading) = (false, Reading::Yes);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--outside" => outside = cases(Path::new(&arguments.next().unwrap_or_default()))?,
            "--words" => words_only = true,
            "--places" => reading = Reading::No,
            folder => folders.push(folder.into()),
        }
    }
    let read = |(at, folder): (usize, &PathBuf)| read(at, folder, &outside, words_only, reading);
    let asked = folders.par_iter().enumerate().map(read);
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    let asked: Vec<Asked> = asked.into_iter().flatten().collect();
    leave_out(&asked, &folders);
    let all: Vec<&Asked> = asked.iter().collect();
    let model = Model::fit(&all);
    println!("    ranking: {:.3?},", model.ranking);
    println!("    trust: {:.3?},", model.trust);
    let leeway = match (words_only, reading) {
        (false, Reading::Yes) => -LENIENCE,
        _ => CAUTION,
    };
    println!("    doubt: {:.3},", model.least + leeway - model.bias);
    Ok(())
}

/// Every question to one folder.
fn read(
    at: usize,
    folder: &Path,
    outside: &[Case],
    words_only: bool,
    reading: Reading,
) -> Result<Vec<Asked>, Box<dyn Error + Send + Sync>> {
    let (knowledge, _) = Knowledge::open(folder)?;
    let mut asking = Asking::new(knowledge);
    if !words_only {
        asking = asking.learn(folder, reading)?;
    }
    let near = cases(&folder.with_extension("near")).unwrap_or_default();
    let questions = cases(&folder.with_extension("questions"))?;
    let mut asked = Vec::new();
    for case in near.iter().chain(&questions) {
        ask(&asking, at, case, false, &mut asked);
    }
    for case in outside {
        ask(&asking, at, case, true, &mut asked);
    }
    Ok(asked)
}

fn ask(asking: &Asking, folder: usize, case: &Case, common: bool, out: &mut Vec<Asked>) {
    let share = if common { COMMON_SHARE } else { 1.0 };
    let mut add = |question: &str, typed: bool, share: f64| {
        let prompt = asking.prompt(question);
        let (mut sentences, mut homes, mut right) = (Vec::new(), Vec::new(), Vec::new());
        for one in asking.quoter.considered(&prompt) {
            right.push(case.is_answered_by(&prompt.passages[one.passage].source, one.claim.text));
            homes.push(one.passage);
            sentences.push(one.features.into_iter().map(f64::from).collect());
        }
        if !sentences.is_empty() {
            let outside = case.answer.is_none();
            out.push(Asked {
                folder,
                typed,
                share,
                outside,
                common,
                sentences,
                homes,
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

struct Model {
    ranking: Vec<f64>,
    trust: Vec<f64>,
    bias: f64,
    /// Below this an answer is rather withheld.
    least: f64,
}

impl Model {
    fn fit(asked: &[&Asked]) -> Self {
        let ranking = fit_ranking(asked);
        let (trust, bias) = fit_trust(asked, &ranking);
        let mut model = Self {
            ranking,
            trust,
            bias,
            least: 0.0,
        };
        let judged: Vec<Judged> = asked.iter().map(|asked| model.judge(asked)).collect();
        model.least = least(&judged);
        model
    }

    fn judge(&self, asked: &Asked) -> Judged {
        let Best {
            right, features, ..
        } = best(&self.ranking, asked);
        Judged {
            typed: asked.typed,
            outside: asked.outside,
            common: asked.common,
            right,
            trust: dot(&self.trust, &features) + self.bias,
        }
    }
}

/// The trust below which an answer is withheld, so that answers and refusals together are best.
fn least(judged: &[Judged]) -> f64 {
    let typed = || judged.iter().filter(|one| one.typed);
    let worth = |least: &f64| {
        let right = shares(
            typed(),
            |one| !one.outside,
            |one| one.right && one.trust >= *least,
        );
        let near = |one: &Judged| one.outside && !one.common;
        let far = |one: &Judged| one.outside && one.common;
        let refused = |one: &Judged| one.trust < *least;
        right + REFUSAL_SHARE * (shares(typed(), near, refused) + shares(typed(), far, refused))
    };
    let steps = (-60..60).map(|step| f64::from(step) / 20.0);
    let best = steps.max_by(|a, b| worth(a).total_cmp(&worth(b)));
    best.expect("there are steps")
}

/// Of those that are meant, the share that is so, in percent.
fn shares<'a>(
    judged: impl Iterator<Item = &'a Judged>,
    meant: impl Fn(&Judged) -> bool,
    so: impl Fn(&Judged) -> bool,
) -> f64 {
    let meant: Vec<&Judged> = judged.filter(|one| meant(one)).collect();
    let held = meant.iter().filter(|one| so(one)).count();
    100.0 * held as f64 / meant.len().max(1) as f64
}

fn dot(weights: &[f64], features: &[f64]) -> f64 {
    weights.iter().zip(features).map(|(a, b)| a * b).sum()
}

/// The likeliest sentence.
struct Best {
    right: bool,
    /// ... or the next one is, which is often said with it.
    nearly: bool,
    /// What speaks for trusting it.
    features: Vec<f64>,
}

fn best(ranking: &[f64], asked: &Asked) -> Best {
    let scores: Vec<f64> = asked.sentences.iter().map(|s| dot(ranking, s)).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let scored = order
        .iter()
        .map(|at| (asked.homes[*at], scores[*at] as f32));
    let scored: Vec<(usize, f32)> = scored.collect();
    let mut features = asked.sentences[order[0]].clone();
    features.extend(contrast(&scored).map(f64::from));
    Best {
        right: asked.right[order[0]],
        nearly: order.iter().take(2).any(|at| asked.right[*at]),
        features,
    }
}

/// The first steps are so long, later ones shorter.
const STEP: f64 = 0.1;

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
            self.at[n] -=
                STEP / (1.0 + f64::from(self.round) / 200.0) * mean / (square.sqrt() + 1e-8);
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
        descent.step(&slope, RANKING_PULL);
    }
    descent.at
}

/// Whether the best sentence is right, or next to it.
fn fit_trust(asked: &[&Asked], ranking: &[f64]) -> (Vec<f64>, f64) {
    let chosen: Vec<(Vec<f64>, f64, f64)> = asked
        .iter()
        .map(|asked| {
            let best = best(ranking, asked);
            let right = f64::from(u8::from(best.nearly));
            (best.features, right, asked.share)
        })
        .collect();
    let count = chosen[0].0.len();
    let total: f64 = chosen.iter().map(|(_, _, share)| share).sum();
    let mut descent = Descent::new(count + 1);
    for _ in 0..2 * ROUNDS {
        let mut slope = vec![0.0; count + 1];
        for (features, right, share) in &chosen {
            let sure = 1.0 / (1.0 + (-dot(&descent.at, features) - descent.at[count]).exp());
            let push = share * (sure - right) / total;
            slope
                .iter_mut()
                .zip(features)
                .for_each(|(s, f)| *s += push * f);
            slope[count] += push;
        }
        descent.step(&slope, TRUST_PULL);
    }
    let bias = descent.at.pop().unwrap_or_default();
    (descent.at, bias)
}

fn leave_out(asked: &[Asked], folders: &[PathBuf]) {
    // The trust is told from the least that the weights of the other folders ask for.
    let judged = (0..folders.len()).into_par_iter().map(|folder| {
        let rest: Vec<&Asked> = asked.iter().filter(|a| a.folder != folder).collect();
        let model = Model::fit(&rest);
        let held = asked.iter().filter(|a| a.folder == folder);
        let held = held.map(|asked| {
            let judged = model.judge(asked);
            Judged {
                trust: judged.trust - model.least,
                ..judged
            }
        });
        held.collect::<Vec<Judged>>()
    });
    let judged: Vec<_> = judged.collect();
    for (path, held) in folders.iter().zip(&judged) {
        print(&path.display().to_string(), held);
    }
    print("all", &judged.concat());
}

fn print(name: &str, judged: &[Judged]) {
    println!("{name}");
    for typed in [true, false] {
        let of = || judged.iter().filter(move |one| one.typed == typed);
        let best = shares(of(), |one| !one.outside, |one| one.right);
        print!("  typed {typed:5}: best {best:.0} %; right/near/other refused");
        for more in [-0.5, -0.25, 0.0, 0.25, 0.5] {
            let right = shares(
                of(),
                |one| !one.outside,
                |one| one.right && one.trust >= more,
            );
            let near = |one: &Judged| one.outside && !one.common;
            let far = |one: &Judged| one.outside && one.common;
            let refused = |one: &Judged| one.trust < more;
            let (near, far) = (shares(of(), near, refused), shares(of(), far, refused));
            print!("  {more}: {right:.0}/{near:.0}/{far:.0}");
        }
        println!();
    }
}
