//! How fast Llama reads and composes, beside llama.cpp's own loop on the same weights.
//!
//! `cargo run --release -p models-llama --example measure_llama` makes random weights of an 8B model's true shapes at Q4_K_M
//! (4.9 GB in the temporary folder); `... measure MODEL` takes real ones. The figures are those of this machine at this
//! hour: leave it alone meanwhile.

use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;
use models_engine::{Author, Cancel, LanguageModel, Line, Prompt};
use models_fixtures::llama::{KNOWN, eight_billion};
use models_ggml::Ggml;
use models_llama::{Llama, LlamaOptions};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

/// What the model is told before the question: with a vocabulary of ours it is spelled out, byte by byte.
const MANNER: usize = 768;
/// The most that llama.cpp is given at once.
const BATCH: usize = 2_048;
/// Calls that are composed for at once.
const TOGETHER: [usize; 3] = [1, 4, 8];

/// How much is read and composed in each call.
#[derive(Clone, Copy)]
struct Length {
    prompt: usize,
    reply: usize,
}

#[derive(Clone, Copy)]
struct Figures {
    read: usize,
    /// Until each call had its first.
    first_word: Duration,
    composed_a_second: f32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let made = std::env::temp_dir().join(format!("repartee-8b-{}.gguf", std::process::id()));
    if given.is_none() {
        println!("writing 4.9 GB to {}", made.display());
        let mut out = BufWriter::new(File::create(&made)?);
        eight_billion(&mut out, 1)?;
        out.flush()?;
    }
    let model = given.clone().unwrap_or_else(|| made.clone());
    let measured = measure(&model);
    if given.is_none() {
        std::fs::remove_file(&made)?;
    }
    measured
}

fn measure(model: &Path) -> Result<(), Box<dyn Error>> {
    let ggml = Ggml::ready()?;
    let gpu = ggml.has_gpu();
    let length = if gpu {
        Length {
            prompt: 448,
            reply: 128,
        }
    } else {
        Length {
            prompt: 96,
            reply: 16,
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{} {threads} threads; prompts of {} tokens, replies of {}",
        if gpu { "on a GPU," } else { "no GPU," },
        length.prompt,
        length.reply
    );
    for round in 1..=if gpu { 2 } else { 1 } {
        for calls in TOGETHER {
            println!("  round {round}, {calls} at once");
            let ours = ours(model, calls, threads, length)?;
            show("ours", &ours);
            // What the calls' prompts have in common is read once: their own loop gets as much to read.
            let length = Length {
                prompt: ours.read / calls,
                ..length
            };
            let own = own(ggml, model, calls, threads, length)?;
            show("llama.cpp's own loop", &own);
        }
    }
    Ok(())
}

fn show(who: &str, figures: &Figures) {
    let Figures {
        read,
        first_word,
        composed_a_second,
    } = figures;
    let read_a_second = *read as f32 / first_word.as_secs_f32();
    println!(
        "    {who:20}: {read:5} tokens read in {first_word:6.2?} ({read_a_second:7.1} a second), {composed_a_second:6.2} \
         a second composed"
    );
}

/// A batch a step, the likeliest token each time, and nothing else.
fn own(
    ggml: &Ggml,
    path: &Path,
    calls: usize,
    threads: usize,
    length: Length,
) -> Result<Figures, Box<dyn Error>> {
    let layers = if ggml.has_gpu() { 999 } else { 0 };
    let parameters = pin!(LlamaModelParams::default().with_n_gpu_layers(layers));
    let model = LlamaModel::load_from_file(ggml.llama(), path, &parameters)?;
    let cells = NonZeroU32::new(((length.prompt + length.reply + 8) * calls) as u32);
    let parameters = LlamaContextParams::default()
        .with_n_ctx(cells)
        .with_n_batch(BATCH as u32)
        .with_n_ubatch(512)
        .with_n_seq_max(calls as u32)
        .with_kv_unified(true)
        .with_n_threads(threads as i32)
        .with_n_threads_batch(threads as i32);
    let mut context = model.new_context(ggml.llama(), parameters)?;
    let mut batch = LlamaBatch::new(BATCH, 1);
    let begun = Instant::now();
    let mut last = Vec::new();
    for call in 0..calls {
        let text = question(call, length.prompt);
        let mut tokens = model.vocab().tokenize(text.as_bytes(), false, true);
        tokens.truncate(length.prompt);
        batch.clear();
        for (place, token) in tokens.iter().enumerate() {
            let logits = place + 1 == tokens.len();
            batch.add(*token, place as i32, &[call as i32], logits)?;
        }
        context.decode(&mut batch)?;
        last.push((
            likeliest(context.get_logits_ith(tokens.len() as i32 - 1)),
            tokens.len(),
        ));
    }
    let first_word = begun.elapsed();
    let read: usize = last.iter().map(|(_, place)| place).sum();
    for step in 1..length.reply {
        batch.clear();
        for (call, (token, place)) in last.iter().enumerate() {
            batch.add(*token, (place + step - 1) as i32, &[call as i32], true)?;
        }
        context.decode(&mut batch)?;
        for (call, (token, _)) in last.iter_mut().enumerate() {
            *token = likeliest(context.get_logits_ith(call as i32));
        }
    }
    let composing = (begun.elapsed() - first_word).as_secs_f32();
    Ok(Figures {
        read,
        first_word,
        composed_a_second: ((length.reply - 1) * calls) as f32 / composing,
    })
}

fn likeliest(logits: &[f32]) -> LlamaToken {
    let numbered = logits.iter().enumerate();
    let (token, _) = numbered
        .max_by(|a, b| a.1.total_cmp(b.1))
        .expect("a vocabulary has words");
    LlamaToken(token as i32)
}

/// As a session asks for it, each call on a thread of its own.
fn ours(
    path: &Path,
    calls: usize,
    threads: usize,
    length: Length,
) -> Result<Figures, Box<dyn Error>> {
    let mut options = LlamaOptions::new(path);
    options.calls = calls;
    options.threads = threads;
    options.context_tokens = length.prompt + length.reply + MANNER;
    options.max_tokens = length.reply;
    let llama = Llama::load(options)?;
    // What all prompts have in common is held from here on, as after the server's warm-up.
    compose(&llama, calls..calls + 1, length, 1);
    let before = llama.counts();
    let first_word = compose(&llama, 0..calls, length, 1);
    let read = (llama.counts().read - before.read) as usize;
    // Now the prompts are held too, but for their last tokens.
    let before = llama.counts();
    let composing = compose(&llama, 0..calls, length, length.reply as u32);
    let composed = llama.counts().composed - before.composed;
    if composed == 0 {
        return Err("nothing was composed".into());
    }
    Ok(Figures {
        read,
        first_word,
        composed_a_second: composed as f32 / composing.as_secs_f32(),
    })
}

/// How long these calls together take for so many tokens each.
fn compose(llama: &Llama, calls: Range<usize>, length: Length, tokens: u32) -> Duration {
    let begun = Instant::now();
    thread::scope(|scope| {
        for call in calls {
            scope.spawn(move || {
                let mut prompt = prompt(call, length);
                prompt.max_tokens = Some(tokens);
                // Noise may be no words at all: what counts is how many tokens it took.
                if let Err(why) = llama.compose(&prompt, &mut |_| {}, &Cancel::new()) {
                    println!("    call {call}: {why:?}");
                }
            });
        }
    });
    begun.elapsed()
}

fn prompt(call: usize, length: Length) -> Prompt {
    let line = Line {
        author: Author::Caller,
        // The template adds some.
        text: question(call, length.prompt - 8),
        cut: false,
        call: None,
    };
    Prompt {
        lines: vec![line],
        ..Prompt::default()
    }
}

/// Words that no other call begins with; to a real model they are about a token each.
fn question(call: usize, words: usize) -> String {
    let words = (0..words).map(|n| KNOWN[(call + n * (call + 1)) % KNOWN.len()]);
    format!(" {}", words.collect::<Vec<_>>().join(" "))
}
