//! Fits the weights of `server/audio/src/intent.rs`: what begins a sentence, and what is an "mm-hm" or a noise.
//! `cargo run -p server-daemon --example intent -- FOLDER [write]` keeps its sounds in FOLDER, leaves one voice in
//! five out in turn and reports how those are told apart; with `write` it writes the weights that were fitted to all but a few strangers.

mod corpus;
mod dice;
mod net;

use client_probe::Speech;
use client_probe::sounds::{Kind, noises};
use corpus::{Speaker, lines, speakers};
use dice::Dice;
use models_engine::scripted::ScriptedVoice;
use net::{Example, Net, STEPS};
use server_audio::Listener;
use std::path::Path;

const FOLDS: usize = 5;
const ROUNDS: usize = 14;
/// Of the sentences, so many are said by each speaker.
const SENTENCES_EACH: usize = 26;
const FEWEST_STEPS: usize = 5;
const FRAME: usize = 320;
/// Each sound is heard so often: once as it is, then as other throats would make it, by other rates.
const DRAWN: usize = 3;
const RATES_HZ: [u32; 6] = [40_000, 42_000, 45_000, 50_000, 52_000, 56_000];
/// These stay strangers, so that `probe sounds` holds voices that the weights were not fitted to.
const STRANGERS: [&str; 4] = ["en-gb+f3", "en-us+m3", "en-gb-x-rp+f2", "kal16"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Sentence,
    Word,
    Listener,
    Noise,
}

struct Told {
    class: Class,
    name: String,
    fold: usize,
    /// The picture after each step.
    drawn: Vec<(usize, Vec<f32>)>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let scratch = Path::new(words.first().expect("a folder for the sounds"));
    std::fs::create_dir_all(scratch).expect("the folder can be made");
    let mut dice = Dice(7);
    let all = gather(scratch, &mut dice);
    println!("{} sounds", all.len());
    if words.iter().any(|word| word == "write") {
        let net = fit(&all, 0);
        let file = "server/audio/src/intent_weights.rs";
        std::fs::write(file, net.file()).expect("the weights are written");
        let judged = all.iter().filter(|told| told.fold == 0);
        report(&judged.map(|told| (told, &net)).collect::<Vec<_>>());
        return;
    }
    let folds: usize = words.get(1).and_then(|n| n.parse().ok()).unwrap_or(FOLDS);
    let nets: Vec<Net> = (0..folds).map(|fold| fit(&all, fold)).collect();
    let judged = all.iter().filter(|told| told.fold < folds);
    report(
        &judged
            .map(|told| (told, &nets[told.fold]))
            .collect::<Vec<_>>(),
    );
}

fn gather(scratch: &Path, dice: &mut Dice) -> Vec<Told> {
    let sentences = lines(include_str!("sentences.txt"));
    let mut all = Vec::new();
    let (speakers, mut turn) = (speakers(), Dice(11));
    let mut voices: Vec<&str> = speakers.iter().map(Speaker::voice).collect();
    voices.dedup();
    for speaker in &speakers {
        let voice = voices.iter().position(|voice| *voice == speaker.voice());
        let fold = match STRANGERS.contains(&speaker.voice()) {
            true => 0,
            false => 1 + voice.expect("it is one of them") % (FOLDS - 1),
        };
        let some = (0..SENTENCES_EACH).map(|_| sentences[turn.below(sentences.len())]);
        let said = some.map(|text| (Class::Sentence, text));
        let words = lines(include_str!("words.txt"))
            .into_iter()
            .map(|text| (Class::Word, text));
        let listeners = lines(include_str!("listeners.txt"));
        let listeners = listeners.into_iter().map(|text| (Class::Listener, text));
        for (class, text) in said.chain(words).chain(listeners).collect::<Vec<_>>() {
            let Some(speech) = speaker.say(text, scratch) else {
                continue;
            };
            let name = format!("{text:?} by {}", speaker.voice());
            for of in 0..DRAWN {
                let rate = match of {
                    0 => 48_000,
                    _ => RATES_HZ[dice.below(RATES_HZ.len())],
                };
                let drawn = draw(&speech, rate, dice);
                let name = name.clone();
                all.push(Told {
                    class,
                    name,
                    fold,
                    drawn,
                });
            }
        }
    }
    for seed in 100..112 {
        for noise in noises(seed) {
            let class = Class::Noise;
            assert!(!matches!(noise.kind, Kind::Sentence), "nobody speaks here");
            let drawn = draw(&noise.speech, 48_000, dice);
            all.push(Told {
                class,
                name: noise.name,
                fold: seed as usize % FOLDS,
                drawn,
            });
        }
    }
    all
}

/// The sound as a call hears it: at some level, at some place within a frame, over some hiss.
fn draw(speech: &Speech, from: u32, dice: &mut Dice) -> Vec<(usize, Vec<f32>)> {
    let rate = models_engine::LISTENING_RATE;
    let mut sound = server_audio::resample(speech.samples(), from, rate).expect("two usual rates");
    let loudest = sound
        .chunks(800)
        .map(server_audio::level_dbfs)
        .fold(-120.0, f32::max);
    let gain = 10_f32.powf((-34.0 + 22.0 * dice.roll() - loudest) / 20.0);
    let hiss = 10_f32.powf((-80.0 + 22.0 * dice.roll()) / 20.0);
    let before = 4_800 + dice.below(640);
    let mut all = vec![0.0; before];
    sound.iter_mut().for_each(|sample| *sample *= gain);
    all.append(&mut sound);
    all.resize(all.len() + 12_000, 0.0);
    for sample in &mut all {
        *sample += hiss * 2.0 * (dice.roll() - 0.5);
    }
    let (mut listener, mut detector) = (Listener::new(), ScriptedVoice::louder_than(1.0));
    let mut drawn: Vec<(usize, Vec<f32>)> = Vec::new();
    for frame in all.chunks(FRAME) {
        if drawn.last().is_some_and(|(steps, _)| *steps == STEPS) {
            break;
        }
        listener.listen(frame, 0, &mut detector, &mut |_| {});
        let Some((steps, picture)) = listener.drawn() else {
            continue;
        };
        let last = drawn.last().map_or(0, |(steps, _)| *steps);
        if steps > last {
            // As coarse as a byte: so many pictures fit into a development machine.
            let picture = picture.iter().map(|x| (x * 200.0) as u8);
            drawn.push((steps, picture.map(|x| f32::from(x) / 200.0).collect()));
        } else if steps < last {
            break;
        }
    }
    drawn
}

fn fit(all: &[Told], without: usize) -> Net {
    let mut dice = Dice(7);
    let mut examples = Vec::new();
    for told in all.iter().filter(|told| told.fold != without) {
        for (steps, picture) in told
            .drawn
            .iter()
            .filter(|(steps, _)| *steps >= FEWEST_STEPS)
        {
            let said = matches!(told.class, Class::Sentence | Class::Word);
            let weight = match told.class {
                Class::Sentence => 1.0,
                Class::Word => 0.6,
                Class::Listener => 1.0,
                Class::Noise => 1.2,
            };
            examples.push(Example {
                picture: picture.clone(),
                steps: *steps,
                said,
                weight,
            });
        }
    }
    let mut net = Net::new(&mut dice);
    net.learn(&examples, ROUNDS, &mut dice);
    println!(
        "fitted to {} examples, without fold {without}",
        examples.len()
    );
    net
}

fn report(judged: &[(&Told, &Net)]) {
    for steps in [8, 10, 12, 14, 16, 20] {
        print!("{:3} ms:", steps * 32);
        for class in [Class::Sentence, Class::Word, Class::Listener, Class::Noise] {
            let at = |told: &Told| told.drawn.iter().rposition(|(s, _)| *s <= steps);
            let of: Vec<f32> = judged
                .iter()
                .filter(|(told, _)| told.class == class)
                .filter_map(|(told, net)| {
                    let (steps, picture) = &told.drawn[at(told)?];
                    Some(net.probability(picture, *steps))
                })
                .collect();
            let above =
                |p: f32| 100.0 * of.iter().filter(|q| **q >= p).count() as f32 / of.len() as f32;
            print!(
                "  {class:?} {:3.0}/{:3.0}/{:3.0}/{:3.0}",
                above(0.1),
                above(0.5),
                above(0.75),
                above(0.95)
            );
        }
        println!();
    }
    let wrong = judged.iter().filter_map(|(told, net)| {
        let (steps, picture) = told.drawn.iter().rfind(|(steps, _)| *steps <= 14)?;
        let said = net.probability(picture, *steps) >= 0.5;
        let is = matches!(told.class, Class::Sentence | Class::Word);
        (said != is).then_some(&told.name)
    });
    let mut names: Vec<&String> = wrong.collect();
    names.sort();
    println!("{} wrong at 448 ms, among them:", names.len());
    for name in names.iter().step_by(names.len() / 60 + 1) {
        println!("  {name}");
    }
}
