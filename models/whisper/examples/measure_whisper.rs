//! How fast Whisper hears, beside whisper.cpp's own call on the same weights.
//!
//! `cargo run --release -p models-whisper --example measure_whisper` makes random weights of large-v3-turbo's true shapes (1.6 GB
//! in the temporary folder, and some minutes); `... measure MODEL` takes real ones. The figures are those of this machine
//! at this hour: leave it alone meanwhile.

use models_engine::{Cancel, Hint, LISTENING_RATE, Recognizer};
use models_fixtures::sound::voice;
use models_fixtures::whisper::large_v3_turbo;
use models_ggml::Ggml;
use models_whisper::{Whisper, WhisperOptions};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters};

const ROUNDS: usize = 2;
const SECONDS: [usize; 3] = [2, 5, 10];
/// Where ours ends a model that goes on for ever, as random weights do.
const TOKENS_A_SECOND: usize = 8;
const MORE_TOKENS: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let made = std::env::temp_dir().join(format!("repartee-turbo-{}.bin", std::process::id()));
    if given.is_none() {
        println!("writing 1.6 GB to {}", made.display());
        std::fs::write(&made, large_v3_turbo(1))?;
    }
    let measured = measure(given.as_deref().unwrap_or(&made));
    if given.is_none() {
        std::fs::remove_file(&made)?;
    }
    measured
}

fn measure(model: &Path) -> Result<(), Box<dyn Error>> {
    let gpu = Ggml::ready()?.has_gpu();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} {threads} threads",
        if gpu { "on a GPU," } else { "no GPU," }
    );
    let path = model.to_str().ok_or("the path is not readable")?;
    let mut parameters = WhisperContextParameters::default();
    parameters.use_gpu(gpu);
    let context = WhisperContext::new_with_params(path, parameters)?;
    let mut options = WhisperOptions::new(model);
    options.threads = threads;
    // No words meanwhile: one run at the end, as whisper.cpp's own call is.
    options.rest = u32::MAX;
    let whisper = Whisper::load(options)?;
    for round in 1..=ROUNDS {
        for seconds in SECONDS {
            let speech = voice(1, 1000 * seconds);
            let whole = own(&context, &speech, threads, None)?;
            let cut = own(&context, &speech, threads, Some(seconds))?;
            show(round, seconds, "whisper.cpp, its window of 30 s", whole);
            show(round, seconds, "whisper.cpp, window cut as ours", cut);
            show(
                round,
                seconds,
                "ours, from the end of speech",
                ours(&whisper, &speech)?,
            );
        }
    }
    Ok(())
}

fn show(round: usize, seconds: usize, who: &str, took: Duration) {
    let factor = took.as_secs_f32() / seconds as f32;
    println!(
        "  round {round}, {seconds:2} s of speech, {who:31}: {took:6.2?}, real-time factor {factor:.2}"
    );
}

/// `cut`: the encoder sees so many seconds and not thirty.
fn own(
    context: &WhisperContext,
    speech: &[f32],
    threads: usize,
    cut: Option<usize>,
) -> Result<Duration, Box<dyn Error>> {
    let mut state = context.create_state()?;
    let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    parameters.set_n_threads(threads as i32);
    parameters.set_language(Some("en"));
    parameters.set_no_context(true);
    parameters.set_single_segment(true);
    parameters.set_temperature_inc(0.0);
    parameters.set_print_progress(false);
    let most = MORE_TOKENS + TOKENS_A_SECOND * speech.len() / LISTENING_RATE as usize;
    parameters.set_max_tokens(most as i32);
    if let Some(seconds) = cut {
        parameters.set_audio_ctx((50 * seconds as i32 + 64).max(512));
    }
    let begun = Instant::now();
    state.full(parameters, speech)?;
    Ok(begun.elapsed())
}

fn ours(whisper: &Whisper, speech: &[f32]) -> Result<Duration, Box<dyn Error>> {
    let cancel = Cancel::new();
    let hint = Hint {
        language: Some("en".to_owned()),
        ..Hint::default()
    };
    let mut listening = whisper.listen(&hint)?;
    for frame in speech.chunks(320) {
        listening.push(frame, &cancel)?;
    }
    let begun = Instant::now();
    listening.finish(&cancel)?;
    Ok(begun.elapsed())
}
