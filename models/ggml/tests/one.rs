//! The versions that share one ggml are named alike wherever they are named.

use std::path::Path;

fn file(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(name)).expect("a file of the workspace")
}

fn locked(lock: &str, name: &str) -> Vec<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let found = lock.split(&entry).skip(1);
    found
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn versions_move_together() {
    let (lock, manifest) = (file("Cargo.lock"), file("Cargo.toml"));
    for (name, version) in [
        ("whisper-rs", "0.16.0"),
        ("whisper-rs-sys", "0.15.0"),
        ("llama-cpp-2", "0.1.160"),
        ("llama-cpp-sys-2", models_ggml::ONE_GGML),
    ] {
        assert_eq!(
            locked(&lock, name),
            [version],
            "{name} was tried at this version only: see models/ggml/one.cmake"
        );
        let pin = format!("{name} = {{ version = \"={version}\"");
        assert!(
            manifest.contains(&pin),
            "{name} is pinned exactly in Cargo.toml"
        );
    }
    assert_eq!(
        models_ggml::FOLDER,
        format!("ggml-{}", models_ggml::ONE_GGML)
    );
    let pin = format!("set(ONE_GGML \"{}\")", models_ggml::ONE_GGML);
    assert!(
        file("models/ggml/one.cmake").contains(&pin),
        "whisper.cpp is compiled against that ggml"
    );
}

#[test]
fn a_processor_is_found() {
    let ggml = models_ggml::Ggml::ready().expect("the plugins lie beside the program");
    let cpu = ggml
        .devices()
        .iter()
        .find(|device| !device.gpu)
        .expect("there is a processor");
    assert!(cpu.memory_total_bytes > 0);
}
