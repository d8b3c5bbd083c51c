//! Kokoro's real path on a stand-in whose sound follows its tokens.

use models_engine::contract::check_synthesizer;
use models_engine::{Cancel, Script, Synthesizer};
use models_fixtures::kokoro::{Export, STEP, speaking, voice};
use models_fixtures::place;
use models_kokoro::{Kokoro, KokoroOptions};
use std::path::PathBuf;

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

fn voices(name: &str) -> PathBuf {
    let folder = PathBuf::from(FOLDER).join(name);
    std::fs::create_dir_all(&folder).expect("a folder is made");
    let within = folder.to_str().expect("a readable path");
    place(within, "af_heart.bin", &voice(0.0)).expect("a voice is written");
    place(within, "bm_george.bin", &voice(-80.0)).expect("a voice is written");
    folder
}

fn kokoro(name: &str, export: Export) -> Kokoro {
    let model = place(FOLDER, &format!("{name}.onnx"), &speaking(export)).expect("it is written");
    Kokoro::load(&KokoroOptions::new(model, voices(name))).expect("the fixture loads")
}

fn script(text: &str) -> Script {
    Script {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
    }
}

fn say(kokoro: &Kokoro, script: &Script) -> Vec<f32> {
    let mut samples = Vec::new();
    let spoken = kokoro.speak(
        script,
        &mut |piece| samples.extend_from_slice(piece),
        &Cancel::new(),
    );
    assert_eq!(spoken.expect("it speaks").samples, samples.len());
    samples
}

#[test]
fn it_keeps_the_contract_in_every_export() {
    for (n, export) in Export::ALL.into_iter().enumerate() {
        let kokoro = kokoro(&format!("contract{n}"), export);
        check_synthesizer(&kokoro, "Where can I find a map of the castle?");
    }
}

#[test]
fn what_is_heard_follows_what_is_said() {
    let kokoro = kokoro("follows", Export::HUB);
    let short = say(&kokoro, &script("Hello."));
    let long = say(
        &kokoro,
        &script("Hello, is it me that you are looking for?"),
    );
    // həlˈO. and the two ends, by the fixture's steps.
    assert_eq!(short.len(), (1 + 4 + 4 + 2 + 1 + 3 + 4 + 1) * STEP);
    assert!(long.len() > 3 * short.len());
    assert_ne!(short, say(&kokoro, &script("Yellow.")));
    let george = Script {
        voice: Some("bm_george".to_owned()),
        ..script("Hello.")
    };
    assert_ne!(short, say(&kokoro, &george));
}
