//! Plays a seeded set of sounds over the agent's voice, in media time, and reports what each came to:
//! `cargo run -p server-daemon --example barge [-- SEED|FOLDER [words] [windows]]`. With `words` the recognizer
//! listens, too; with `windows` each window is shown as it was observed.

mod call;
mod score;

use call::Outcome;
use client_probe::Speech;
use client_probe::sounds::{self, Kind, Sound};
use models_builtin::{Sphinx, SphinxOptions, voice_detectors};
use models_engine::Recognizer;
use score::{Score, Town};
use std::path::{Path, PathBuf};

const KINDS: [Kind; 9] = [
    Kind::Sentence,
    Kind::Word,
    Kind::Backchannel,
    Kind::Cough,
    Kind::Click,
    Kind::Keys,
    Kind::Door,
    Kind::Throat,
    Kind::Sneeze,
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let seed = words
        .first()
        .and_then(|word| word.parse().ok())
        .unwrap_or(1);
    let asked = |word: &str| words.iter().any(|asked| asked == word);
    let weights = dirs::cache_dir().map(|cache| cache.join("repartee/weights"));
    let voice = models_builtin::synthesizer().expect("flite is installed");
    let sphinx = asked("words").then(|| {
        let options = SphinxOptions {
            knowledge: Vec::new(),
            decoders: 1,
        };
        Sphinx::load(&options).expect("PocketSphinx is installed")
    });
    let town = Town {
        detectors: voice_detectors(weights.as_deref()).make,
        recognizer: sphinx.as_ref().map(|sphinx| sphinx as &dyn Recognizer),
        voice: voice.as_ref(),
    };
    let all = match words.first().map(Path::new).filter(|path| path.is_dir()) {
        Some(folder) => files(folder),
        None => sounds::sounds(seed, &std::env::temp_dir()).expect("the sounds are made"),
    };
    let mut outcomes: Vec<(Kind, Outcome)> = Vec::new();
    let mut strangers = 0;
    for (n, sound) in all.iter().enumerate() {
        let outcome = town.hear(n, sound);
        strangers += usize::from(outcome.believed_an_echo());
        if asked("windows") || sound.kind.cuts() != outcome.cut_ms.is_some() {
            show(&sound.name, &outcome, asked("windows"));
        }
        outcomes.push((sound.kind, outcome));
    }
    for kind in KINDS {
        println!(
            "{:12} {}",
            format!("{kind:?}"),
            Score::of(&outcomes, |is| is == kind)
        );
    }
    println!("{:12} {}", "to be cut", Score::of(&outcomes, Kind::cuts));
    println!(
        "{:12} {}",
        "to go on",
        Score::of(&outcomes, |is| !is.cuts())
    );
    println!("{:12} {}", "all", Score::of(&outcomes, |_| true));
    println!("{strangers} were taken for an echo");
    for (softer_db, after_ms) in score::ECHOES {
        let outcome = town.echo(softer_db, after_ms);
        let name = format!("echo, {softer_db} dB softer after {after_ms} ms");
        show(&name, &outcome, asked("windows"));
    }
}

/// WAV files of another's making: `sentence-*`, `word-*`, `listener-*`; any other is noise.
fn files(folder: &Path) -> Vec<Sound> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let sound = |path: &PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let kind = match name.split('-').next()? {
            "sentence" => Kind::Sentence,
            "word" => Kind::Word,
            "listener" => Kind::Backchannel,
            _ => Kind::Cough,
        };
        let speech = Speech::from_wav(path).ok()?;
        Some(Sound { name, kind, speech })
    };
    paths.iter().filter_map(sound).collect()
}

fn show(name: &str, outcome: &Outcome, windows: bool) {
    println!(
        "{name}: contested {} times, down {:?}, cut {:?}, restored {:?}, words{}",
        outcome.contested, outcome.down_ms, outcome.cut_ms, outcome.restored_ms, outcome.words
    );
    for (at_ms, seen) in outcome.seen.iter().filter(|_| windows) {
        println!(
            "  {at_ms:>5} ms  voice {:.2}  pitch {:.2}  intent {:.2}  {:.0} dBFS, echo {:.0}",
            seen.probability, seen.voicing, seen.intent, seen.level_dbfs, seen.echo_dbfs
        );
    }
}
