//! How long whisper.cpp and llama.cpp go on after they are told to stop: `cargo run -p models-llama --example cancel`.
//!
//! Random weights in the shape of Whisper tiny, and of a small Llama: the time is that of the step at work.

use models_engine::{Author, Cancel, Hint, LanguageModel, Line, Prompt, Recognizer};
use models_fixtures::llama::Numbers;
use models_fixtures::sound::voice;
use models_fixtures::{llama, place, whisper};
use models_llama::{Llama, LlamaOptions};
use models_whisper::{Whisper, WhisperOptions};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

const TIMES: u32 = 20;

fn main() {
    let folder = std::env::temp_dir().display().to_string();
    let language = place(
        &folder,
        "repartee-llama.gguf",
        &llama::random(1024, 8, Numbers::Halves, 3),
    );
    let hearing = place(&folder, "repartee-whisper.bin", &whisper::random(384, 4, 3));
    let (language, hearing) = (
        language.expect("it is written"),
        hearing.expect("it is written"),
    );
    report(
        "llama.cpp, reading a prompt or composing",
        &mut speaking(LlamaOptions::new(&language)),
    );
    report(
        "whisper.cpp, hearing 5 s",
        &mut listening(WhisperOptions::new(&hearing)),
    );
    std::fs::remove_file(language)
        .and_then(|()| std::fs::remove_file(hearing))
        .expect("they were written");
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{what}: from the order to the end {:.1} ms p50, {:.1} ms at most, of {TIMES}",
        ms(median),
        ms(worst)
    );
}

/// Each time a little later: the orders fall into all parts of the work.
fn stopped(number: u32, work: impl FnOnce(&Cancel) + Send) -> Duration {
    let cancel = Cancel::new();
    let (begun, begin) = sync_channel(1);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            begun.send(()).expect("the other waits");
            work(&cancel);
            Instant::now()
        });
        begin.recv().expect("the work begins");
        std::thread::park_timeout(Duration::from_millis(u64::from(5 + 10 * number)));
        let ordered = Instant::now();
        cancel.cancel();
        worker
            .join()
            .expect("the work ends")
            .saturating_duration_since(ordered)
    })
}

fn speaking(options: LlamaOptions) -> Vec<Duration> {
    let llama = Llama::load(options).expect("the weights load");
    let work = |number: u32| {
        let text = format!("{number} {}", "tell me all about it ".repeat(20));
        let line = Line {
            author: Author::Caller,
            text,
            cut: false,
            call: None,
        };
        let prompt = Prompt {
            lines: vec![line],
            ..Prompt::default()
        };
        let llama = &llama;
        stopped(number, move |cancel| {
            drop(llama.compose(&prompt, &mut |_| {}, cancel))
        })
    };
    let times = (0..TIMES).map(work).collect();
    let counts = llama.counts();
    let longest_ms = counts.longest_step_us as f64 / 1000.0;
    println!(
        "llama.cpp: {} steps, the longest {longest_ms:.1} ms: so long it may go on for nobody",
        counts.steps
    );
    times
}

fn listening(options: WhisperOptions) -> Vec<Duration> {
    let whisper = Whisper::load(options).expect("the weights load");
    let speech = voice(1, 5000);
    let hear = |cancel: &Cancel| {
        let mut listening = whisper.listen(&Hint::default()).expect("a slot is free");
        let _ = listening.push(&speech, cancel);
        let _ = listening.finish(cancel);
    };
    (0..TIMES).map(|number| stopped(number, hear)).collect()
}
