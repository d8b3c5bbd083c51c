//! Plays a seeded set of sounds over the agent's voice, in media time, and reports what each came to:
//! `cargo run -p server-daemon --example barge [-- SEED [words] [windows]]`.

mod call;

use call::{Caller, House, place};
use client_probe::sounds;
use models_builtin::{Sphinx, SphinxOptions, voice_detectors};
use models_engine::Recognizer;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let seed = words.first().and_then(|w| w.parse().ok()).unwrap_or(1);
    let asked = |word: &str| words.iter().any(|w| w == word);
    let weights = dirs::cache_dir().map(|c| c.join("repartee/weights"));
    let detectors = voice_detectors(weights.as_deref());
    let voice = models_builtin::synthesizer().expect("flite is installed");
    let sphinx = asked("words").then(|| {
        Sphinx::load(&SphinxOptions {
            knowledge: Vec::new(),
            decoders: 1,
        })
        .expect("PocketSphinx is installed")
    });
    let scratch = std::env::temp_dir();
    let all = sounds::sounds(seed, &scratch).expect("the sounds are made");
    eprintln!("{} sounds", all.len());
    for (n, sound) in all.iter().enumerate() {
        let house = House {
            detector: (detectors.make)(),
            recognizer: sphinx.as_ref().map(|s| s as &dyn Recognizer),
            voice: voice.as_ref(),
        };
        let outcome = place(
            house,
            &Caller::Sounds(sound.speech.samples(), (n * 137) % 960),
        );
        println!(
            "{:?}\t{}\t{}\tdown {:?}\tcontested {}\tcut {:?}\trestored {:?}\t{}",
            sound.kind,
            sound.name,
            sound.speech.length_ms(),
            outcome.down_ms,
            outcome.contested,
            outcome.cut_ms,
            outcome.restored_ms,
            outcome.words
        );
        if asked("windows") {
            for (at, o) in outcome
                .seen
                .iter()
                .filter(|(at, _)| (-40..900).contains(at))
            {
                println!(
                    "W\t{at}\t{:.2}\t{:.2}\t0\t{:.0}",
                    o.probability, o.voicing, o.level_dbfs
                );
            }
        }
    }
    for db in [20.0, 30.0, 40.0] {
        let house = House {
            detector: (detectors.make)(),
            recognizer: sphinx.as_ref().map(|s| s as &dyn Recognizer),
            voice: voice.as_ref(),
        };
        let outcome = place(house, &Caller::Echoes(db));
        println!(
            "Echo\t-{db}\t0\tcontested {}\tcut {:?}\trestored {:?}\t{}",
            outcome.contested, outcome.cut_ms, outcome.restored_ms, outcome.words
        );
    }
}
