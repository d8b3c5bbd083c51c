//! Prints what the voice detector costs: `cargo run -p models-builtin --example voice [-- WEIGHTS]`.

use models_builtin::voice_detectors;
use models_engine::LISTENING_RATE;
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn main() {
    let weights = std::env::args_os().nth(1).map(PathBuf::from);
    let detectors = voice_detectors(weights.as_deref());
    if let Some(why) = &detectors.fallback {
        println!("{why}");
    }
    let seconds = 60;
    let mut seed = 1_u32;
    let mut noise = |level: f32| -> Vec<f32> {
        (0..seconds * LISTENING_RATE)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0) * level
            })
            .collect()
    };
    for (name, sound) in [("silence", noise(0.0005)), ("sound", noise(0.1))] {
        let mut detector = (detectors.make)();
        let mut calls = Vec::new();
        for frame in sound.chunks(LISTENING_RATE as usize / 50) {
            let started = Instant::now();
            detector.push(frame, &mut |_| ());
            calls.push(started.elapsed());
        }
        let all: Duration = calls.iter().sum();
        calls.sort();
        println!(
            "{}, {name}: {:.3} % of a core, a frame of 20 ms p50 {:.0?} p99 {:.0?} longest {:.0?}",
            detectors.card.name,
            100.0 * all.as_secs_f64() / f64::from(seconds),
            calls[calls.len() / 2],
            calls[calls.len() * 99 / 100],
            calls[calls.len() - 1],
        );
    }
}
