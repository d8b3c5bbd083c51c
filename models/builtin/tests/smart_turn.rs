//! Smart Turn in rten finds what the same graph finds in ONNX Runtime behind the reference's own features.

use models_builtin::{SMART_TURN_FILE, SmartTurn};
use models_engine::Endpointer;
use models_engine::contract::check_endpointer;
use models_fixtures::sound::glide;
use std::path::PathBuf;

/// Where models/setup.sh puts them.
fn folder() -> PathBuf {
    let named = std::env::var_os("REPARTEE_WEIGHTS").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    named
        .or_else(|| {
            cache
                .or_else(home)
                .map(|cache| cache.join("repartee/weights"))
        })
        .expect("a home")
}

fn smart_turn() -> SmartTurn {
    let file = folder().join(SMART_TURN_FILE);
    SmartTurn::load(&file).expect("models/setup.sh has fetched it")
}

#[test]
fn it_agrees_with_the_reference() {
    let engine = smart_turn();
    // Probabilities of onnxruntime behind the features of pipecat-ai 1.14.0.
    let known = [
        (3.0, 20.0, 0.006_678),
        (3.0, -20.0, 0.017_680),
        (10.0, 0.0, 0.839_466),
        (1.5, -60.0, 0.012_963),
    ];
    for (seconds, slope, expected) in known {
        let found = engine.listen(&glide(seconds, slope)).expect("it judges");
        let near = (found - expected).abs() < 0.05;
        assert!(near, "{seconds} s, {slope} Hz/s: {found}, not {expected}");
    }
}

#[test]
fn it_keeps_the_contract() {
    check_endpointer(&smart_turn());
}

#[test]
fn another_file_is_refused() {
    let folder = std::env::temp_dir().join(format!("smart-turn-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join(SMART_TURN_FILE);
    std::fs::write(&file, b"no graph").expect("a file can be written");
    let why = SmartTurn::load(&file).err().expect("it is another file");
    assert!(why.message.contains("SHA-256"), "{}", why.message);
    let _ = std::fs::remove_dir_all(&folder);
}
