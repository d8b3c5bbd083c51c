//! Whisper and Llama compute on one ggml, from several threads at once, what each computes alone.

use models_engine::{Author, Cancel, Hint, LanguageModel, Line, Piece, Prompt, Recognizer};
use models_fixtures::llama::Numbers;
use models_fixtures::sound::voice;
use models_fixtures::{llama, place, whisper};
use models_llama::{Llama, LlamaOptions, Sampling, Watch};
use models_whisper::{Whisper, WhisperOptions};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Random weights: another logit, another word.
struct Noise {
    name: &'static str,
    layers: usize,
    numbers: Numbers,
    seed: u64,
    /// How far a logit may lie from what it is alone.
    apart: f32,
}

const DEEP: Noise = Noise {
    name: "random.gguf",
    layers: 3,
    numbers: Numbers::Halves,
    seed: 7,
    apart: 1e-2,
};

/// Of these no two words are ever nearly as likely, for the questions below.
const CLEAR: Noise = Noise {
    name: "clear.gguf",
    layers: 2,
    numbers: Numbers::Halves,
    seed: 9,
    apart: 1e-2,
};

/// Quantised (Q4_K_M), as nearly all published weights are: other code of ggml's. It rounds what is multiplied with them to bytes
/// as well, so that the last digit of a sum, which differs with who else is served, may become a step of that.
const COARSE: Noise = Noise {
    name: "coarse.gguf",
    layers: 2,
    numbers: Numbers::Quantised,
    seed: 9,
    apart: 0.5,
};

fn language_model(calls: usize) -> Llama {
    watching(&DEEP, calls, None)
}

fn watching(noise: &Noise, calls: usize, watch: Option<Watch>) -> Llama {
    let path = place(
        env!("CARGO_TARGET_TMPDIR"),
        noise.name,
        &llama::random(256, noise.layers, noise.numbers, noise.seed),
    );
    let mut options = LlamaOptions::new(path.expect("a fixture is written"));
    options.calls = calls;
    options.context_tokens = 2048;
    options.max_tokens = 24;
    options.watch = watch;
    options.sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    Llama::load(options).expect("the fixture loads")
}

fn recognizer(slots: usize) -> Whisper {
    let path = place(
        env!("CARGO_TARGET_TMPDIR"),
        "hearing.bin",
        &whisper::hearing(),
    );
    let mut options = WhisperOptions::new(path.expect("a fixture is written"));
    options.slots = slots;
    options.least_audio_context = 64;
    Whisper::load(options).expect("the fixture loads")
}

fn answer(model: &Llama, question: &str) -> Vec<Piece> {
    let line = Line {
        author: Author::Caller,
        text: question.to_owned(),
        cut: false,
        call: None,
    };
    let prompt = Prompt {
        lines: vec![line],
        ..Prompt::default()
    };
    let mut pieces = Vec::new();
    // Noise may be no words at all: what counts is that it is the same.
    let _ = model.compose(&prompt, &mut |piece| pieces.push(piece), &Cancel::new());
    pieces
}

fn hear(whisper: &Whisper, register: usize) -> String {
    let mut listening = whisper.listen(&Hint::default()).expect("a slot is free");
    listening
        .push(&voice(register, 3200), &Cancel::new())
        .expect("sound is taken");
    listening
        .finish(&Cancel::new())
        .expect("an utterance ends")
        .text
}

#[test]
fn together_they_compute_what_each_computes_alone() {
    let questions = ["one thing", "and another one", "ducks on the river", "x"];
    let alone: Vec<_> = questions
        .iter()
        .map(|question| answer(&language_model(1), question))
        .collect();
    assert!(
        alone.iter().any(|pieces| !pieces.is_empty()),
        "the noise has words"
    );
    assert_ne!(alone[0], alone[1], "and depends on what was asked");

    let (model, whisper) = (language_model(4), recognizer(2));
    std::thread::scope(|scope| {
        for (question, alone) in questions.iter().zip(&alone) {
            let model = &model;
            scope.spawn(move || {
                (0..3).for_each(|_| assert_eq!(answer(model, question), *alone, "{question}"))
            });
        }
        for register in [1, 2] {
            let whisper = &whisper;
            scope.spawn(move || assert_eq!(hear(whisper, register), whisper::TEXTS[register]));
        }
    });
}

/// The logits of each choice, by the tokens that were read before it.
type Choices = HashMap<Vec<i32>, Vec<f32>>;

/// A model of random weights that is looked on.
fn watched(noise: &Noise, calls: usize) -> (Llama, Arc<Mutex<Choices>>) {
    let choices = Arc::new(Mutex::new(Choices::new()));
    let seen = Arc::clone(&choices);
    let watch = Watch::new(move |held, logits| {
        let mut seen = seen.lock().expect("nobody fails over it");
        seen.insert(held.to_vec(), logits.to_vec());
    });
    (watching(noise, calls, Some(watch)), choices)
}

/// Eight callers ask at the same moment: each hears what it would hear alone, by the same logits, and most steps
/// serve four or more.
#[test]
fn eight_replies_share_their_steps() {
    together(&CLEAR);
}

#[test]
fn eight_replies_of_quantised_weights_share_their_steps() {
    together(&COARSE);
}

fn together(noise: &Noise) {
    let questions: Vec<String> = (0..8)
        .map(|n| format!("question number {n}, please"))
        .collect();
    let (single, choices) = watched(noise, 1);
    let alone: Vec<_> = questions
        .iter()
        .map(|question| answer(&single, question))
        .collect();
    let choices_alone = std::mem::take(&mut *choices.lock().expect("nobody fails over it"));
    let (model, choices) = watched(noise, 8);
    let start = std::sync::Barrier::new(questions.len());
    std::thread::scope(|scope| {
        for (question, alone) in questions.iter().zip(&alone) {
            let (model, start) = (&model, &start);
            scope.spawn(move || {
                start.wait();
                assert_eq!(answer(model, question), *alone, "{question}");
            });
        }
    });
    let counts = model.counts();
    assert!(counts.fours * 10 >= counts.steps * 7, "{counts:?}");
    let choices = choices.lock().expect("nobody fails over it");
    assert_eq!(choices.len(), choices_alone.len(), "the same choices");
    let furthest = choices_alone.iter().map(|(held, logits)| {
        let others = choices.get(held).expect("it was read in both");
        let apart = logits.iter().zip(others).map(|(a, b)| (a - b).abs());
        apart.fold(0.0, f32::max)
    });
    let furthest = furthest.fold(0.0, f32::max);
    let chosen = choices.len();
    println!("{counts:?}; {chosen} choices, logits at most {furthest} apart");
    assert!(chosen > 100 && furthest <= noise.apart, "{furthest}");
}
