//! Prints the word error rate and the delays of the built-in recogniser on sentences that flite speaks.
//!
//! `cargo run -p models-builtin --example wer [-- FOLDER]`: FOLDER holds `*.md` as knowledge and
//! `sentences.txt`, one a line; without it a small set of our own. All sentences of one line of figures are
//! one caller's; `--strangers`: each is somebody else's.

mod speaking;

use models_builtin::{Sphinx, SphinxOptions};
use models_engine::{CallerId, Cancel, Hint, Recognizer, Transcript};
use speaking::say;
use std::error::Error;
use std::time::{Duration, Instant};

const KNOWLEDGE: &str = include_str!("wer/knowledge.md");
const SENTENCES: &str = include_str!("wer/sentences.txt");

fn main() -> Result<(), Box<dyn Error>> {
    let knowledge: Vec<String> = KNOWLEDGE.lines().map(str::to_owned).collect();
    let started = Instant::now();
    let sphinx = Sphinx::load(&SphinxOptions {
        knowledge,
        decoders: 1,
    })?;
    println!("loaded in {:?}", started.elapsed());
    let sentences: Vec<&str> = SENTENCES.lines().filter(|l| !l.is_empty()).collect();
    let show = std::env::args().any(|a| a == "--show");
    let only = std::env::args().find_map(|a| a.strip_prefix("--only=").map(str::to_owned));
    let strangers = std::env::args().any(|a| a == "--strangers");
    let mut callers = 0;
    for voice in ["slt", "rms"] {
        for (name, stretch, noise) in [
            ("clean", 1.0, None),
            ("noise at 10 dB", 1.0, Some(10.0)),
            ("15 % faster", 0.85, None),
            ("15 % slower", 1.15, None),
        ] {
            if only
                .as_ref()
                .is_some_and(|only| !format!("{voice}, {name}").contains(only.as_str()))
            {
                continue;
            }
            let mut figures = Figures::default();
            callers += 1;
            for sentence in &sentences {
                let mut speech = say(sentence, voice, stretch)?;
                if let Some(decibels) = noise {
                    add_noise(&mut speech, decibels);
                }
                let caller = (!strangers).then_some(CallerId(callers));
                let heard = hear(&sphinx, &speech, caller, &mut figures)?;
                figures.score(sentence, &heard.text);
                if show {
                    let right = normal(sentence) == normal(&heard.text);
                    let (mark, sure) = (if right { '=' } else { '~' }, heard.confidence);
                    println!("  {mark} {sure:.3} {sentence} -> {}", heard.text);
                }
            }
            println!("{voice}, {name}: {figures}");
        }
    }
    Ok(())
}

/// White noise this far below the speech.
fn add_noise(speech: &mut [f32], decibels: f32) {
    let voiced: Vec<f32> = speech.iter().copied().filter(|s| s.abs() > 1e-4).collect();
    let power = voiced.iter().map(|s| s * s).sum::<f32>() / voiced.len().max(1) as f32;
    let level = (power / 10f32.powf(decibels / 10.0) * 3.0).sqrt();
    let mut seed = 0x1234_5678_u32;
    for sample in speech {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 8) as f32 / (1 << 23) as f32 - 1.0;
        *sample = (*sample + noise * level).clamp(-1.0, 1.0);
    }
}

fn hear(
    sphinx: &Sphinx,
    speech: &[f32],
    caller: Option<CallerId>,
    figures: &mut Figures,
) -> Result<Transcript, Box<dyn Error>> {
    let cancel = Cancel::new();
    let started = Instant::now();
    let hint = Hint {
        caller,
        ..Hint::default()
    };
    let mut listening = sphinx.listen(&hint)?;
    for frame in speech.chunks(320) {
        listening.push(frame, &cancel)?;
    }
    let pushed = Instant::now();
    let transcript = listening.finish(&cancel)?;
    figures.finishes.push(pushed.elapsed());
    figures.busy += started.elapsed();
    figures.speech += Duration::from_secs_f32(speech.len() as f32 / 16_000.0);
    Ok(transcript)
}

#[derive(Default)]
struct Figures {
    words: usize,
    errors: usize,
    wrong: usize,
    busy: Duration,
    speech: Duration,
    finishes: Vec<Duration>,
}

impl Figures {
    fn score(&mut self, said: &str, heard: &str) {
        let (said, heard) = (normal(said), normal(heard));
        self.words += said.len();
        let errors = distance(&said, &heard);
        self.errors += errors;
        self.wrong += usize::from(errors > 0);
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut finishes = self.finishes.clone();
        finishes.sort();
        let at = |share: f32| finishes[((finishes.len() - 1) as f32 * share) as usize];
        write!(
            f,
            "WER {:.1} % ({} of {} sentences wrong), {:.3} of real time, finish p50 {:.0?} p95 {:.0?}",
            100.0 * self.errors as f32 / self.words as f32,
            self.wrong,
            finishes.len(),
            self.busy.as_secs_f32() / self.speech.as_secs_f32(),
            at(0.5),
            at(0.95),
        )
    }
}

fn normal(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Levenshtein's, in words.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
