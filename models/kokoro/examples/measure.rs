//! How fast Kokoro speaks on each runtime, and how soon a cancel frees it.
//!
//! `measure` makes random weights of the true shapes; `measure MODEL VOICES` takes real ones. The figures are those of
//! this machine at this hour: leave it alone meanwhile.

use models_engine::{Cancel, Script, Synthesizer};
use models_fixtures::kokoro::{Export, random, speaking, voice};
use models_kokoro::{Kokoro, KokoroOptions, Runtime};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const TEXTS: [(&str, &str); 3] = [
    ("short", "Yes, it is open today."),
    (
        "sentence",
        "The desk on the ground floor is open from nine in the morning until half past five.",
    ),
    (
        "paragraph",
        "The desk on the ground floor is open from nine in the morning until half past five. On Saturdays it closes at \
         noon, and on Sundays nobody is there. If you are late, please ring the bell beside the large door, and somebody \
         will come down to meet you as soon as they can.",
    ),
];
const ROUNDS: usize = 3;
const CANCELS: usize = 20;

fn main() {
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let folder = std::env::temp_dir().join(format!("repartee-kokoro-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("voices")).expect("the temp folder is writable");
    std::fs::write(folder.join("voices/af_heart.bin"), voice(0.0)).expect("it is writable");
    let (model, voices) = match given.as_slice() {
        [model, voices] => (model.clone(), voices.clone()),
        _ => {
            std::fs::write(folder.join("true-shape.onnx"), random(1)).expect("there is room");
            (folder.join("true-shape.onnx"), folder.join("voices"))
        }
    };
    let fixture = folder.join("fixture.onnx");
    std::fs::write(&fixture, speaking(Export::HUB)).expect("it is writable");
    for runtime in [Runtime::Rten, Runtime::Ort] {
        let options = options(&model, &voices, runtime);
        let Some(kokoro) = load(&options) else {
            continue;
        };
        speed(&kokoro);
        cancel(&kokoro, TEXTS[2].1);
        let fixture = KokoroOptions {
            model: fixture.clone(),
            voices: folder.join("voices"),
            ..options
        };
        let Some(kokoro) = load(&fixture) else {
            continue;
        };
        cancel(&kokoro, &TEXTS[2].1.repeat(100));
    }
    std::fs::remove_dir_all(&folder).ok();
}

fn options(model: &Path, voices: &Path, runtime: Runtime) -> KokoroOptions {
    let weights = std::env::var_os("REPARTEE_WEIGHTS").map(PathBuf::from);
    let cache =
        std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/repartee/weights"));
    KokoroOptions {
        runtime,
        library_folders: weights.or(cache).into_iter().collect(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..KokoroOptions::new(model, voices)
    }
}

fn load(options: &KokoroOptions) -> Option<Kokoro> {
    let loading = Instant::now();
    match Kokoro::load(options) {
        Ok(kokoro) => {
            println!(
                "\n{} on {}: loaded in {:.1?}",
                kokoro.card().name,
                kokoro.runtime(),
                loading.elapsed()
            );
            Some(kokoro)
        }
        Err(failure) => {
            println!("\n{:?}: {failure}", options.runtime);
            None
        }
    }
}

fn speed(kokoro: &Kokoro) {
    for (name, text) in TEXTS {
        let mut rounds: Vec<Round> = (0..ROUNDS).map(|n| round(kokoro, text, n)).collect();
        rounds.sort_by(|a, b| a.factor.total_cmp(&b.factor));
        let Round {
            seconds,
            factor,
            work,
            first,
        } = rounds[ROUNDS / 2];
        println!(
            "  {name:9} {seconds:5.1} s of speech: real-time factor {factor:.2}, {work:.2} CPU-s a second, first sound \
             after {first:.1?} (p50 of {ROUNDS})"
        );
    }
}

#[derive(Clone, Copy)]
struct Round {
    seconds: f32,
    factor: f32,
    /// CPU seconds for a second of speech: what other work on the machine does not change.
    work: f32,
    first: Duration,
}

fn round(kokoro: &Kokoro, text: &str, number: usize) -> Round {
    let script = Script {
        text: text.to_owned(),
        voice: None,
        // Another one each time, or the cache answers.
        speed: 1.0 + number as f32 / 100.0,
    };
    let (begun, worked, mut first) = (Instant::now(), cpu_seconds(), None);
    let mut emit = |_: &[f32]| {
        first.get_or_insert_with(|| begun.elapsed());
    };
    let spoken = kokoro.speak(&script, &mut emit, &Cancel::new());
    let seconds = spoken.expect("it speaks").samples as f32 / kokoro.rate() as f32;
    Round {
        seconds,
        factor: begun.elapsed().as_secs_f32() / seconds,
        work: (cpu_seconds() - worked) / seconds,
        first: first.expect("it says something"),
    }
}

/// Of this process, by Linux's own account; 0 elsewhere.
fn cpu_seconds() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f32>().ok())
        .sum::<f32>()
        / 100.0
}

/// From the order, given somewhere within a run, until `speak` has come back.
fn cancel(kokoro: &Kokoro, text: &str) {
    let rounds = (0..CANCELS).map(|n| cancelled(kokoro, text, n as u64));
    let mut idle: Vec<Duration> = rounds.collect();
    idle.sort();
    println!(
        "  order to idle: {:.1?} p50, {:.1?} at most ({CANCELS} times)",
        idle[CANCELS / 2],
        idle[CANCELS - 1]
    );
}

fn cancelled(kokoro: &Kokoro, text: &str, round: u64) -> Duration {
    let cancel = Cancel::new();
    let script = Script {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
    };
    std::thread::scope(|scope| {
        let speaking = scope.spawn(|| {
            kokoro
                .speak(&script, &mut |_| {}, &cancel)
                .expect_err("it is cancelled");
            Instant::now()
        });
        let (begun, wait) = (Instant::now(), Duration::from_millis(20 + 7 * round));
        while begun.elapsed() < wait {
            std::thread::yield_now();
        }
        let ordered = Instant::now();
        cancel.cancel();
        speaking
            .join()
            .expect("it ends")
            .saturating_duration_since(ordered)
    })
}
