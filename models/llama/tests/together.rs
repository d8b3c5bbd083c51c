//! Whisper and Llama compute on one ggml, from several threads at once, what each computes alone.

use models_engine::{Author, Cancel, Hint, LanguageModel, Line, Piece, Prompt, Recognizer};
use models_fixtures::sound::voice;
use models_fixtures::{llama, place, whisper};
use models_llama::{Llama, LlamaOptions, Sampling};
use models_whisper::{Whisper, WhisperOptions};

/// Of random weights: another logit, another word.
fn language_model(calls: usize) -> Llama {
    let path = place(
        env!("CARGO_TARGET_TMPDIR"),
        "random.gguf",
        &llama::random(256, 3, 7),
    );
    let mut options = LlamaOptions::new(path.expect("a fixture is written"));
    options.calls = calls;
    options.context_tokens = 2048;
    options.max_tokens = 24;
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

/// Eight callers ask at the same moment: each hears what it would hear alone, and most steps serve four or more.
#[test]
fn eight_replies_share_their_steps() {
    let questions: Vec<String> = (0..8)
        .map(|n| format!("question number {n}, please"))
        .collect();
    let single = language_model(1);
    let alone: Vec<_> = questions
        .iter()
        .map(|question| answer(&single, question))
        .collect();
    let model = language_model(8);
    let together = std::sync::Barrier::new(questions.len());
    std::thread::scope(|scope| {
        for (question, alone) in questions.iter().zip(&alone) {
            let (model, together) = (&model, &together);
            scope.spawn(move || {
                together.wait();
                assert_eq!(answer(model, question), *alone, "{question}");
            });
        }
    });
    let counts = model.counts();
    println!("{counts:?}");
    assert!(counts.fours * 10 >= counts.steps * 7, "{counts:?}");
}
