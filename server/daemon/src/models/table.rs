//! What there is, as a table for people and as JSON for programs.

use super::machine::{Fit, Machine};
use models_weights::{Shelf, State, WeightFile, WeightSet, size};
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) fn text(shelf: &Shelf, machine: &Machine) -> String {
    let mut text = String::new();
    let (manifest, best) = (shelf.manifest(), machine.best(shelf.manifest()));
    for set in &manifest.sets {
        let (bytes, memory) = (size(manifest.bytes_of(set)), size(manifest.memory_of(set)));
        let mark = if best == Some(set) {
            "  <- fits this machine best"
        } else {
            ""
        };
        let _ = writeln!(text, "{}: for {}{mark}", set.name, set.purpose);
        let fit = fit(machine.fit(manifest, set));
        let state = set_state(shelf, set);
        let _ = writeln!(
            text,
            "    {bytes} to fetch, about {memory} of memory ({fit}); {state}"
        );
        let _ = writeln!(text, "    {}", set.files.join(", "));
    }
    let (name, of) = (12, 9);
    let wide = manifest
        .files
        .iter()
        .map(|file| file.name.len())
        .max()
        .unwrap_or(name);
    let _ = writeln!(
        text,
        "\n{:wide$}  {:name$}  {:>of$}  {:>of$}  {:11}  here",
        "file", "kind", "size", "memory", "licence"
    );
    for file in &manifest.files {
        let (bytes, memory) = (size(file.size()), size(file.memory_bytes));
        let _ = writeln!(
            text,
            "{:wide$}  {:name$}  {bytes:>of$}  {memory:>of$}  {:11}  {}",
            file.name,
            file.kind.name(),
            file.licence,
            state(shelf, file)
        );
    }
    let _ = writeln!(
        text,
        "\nIn {}. To fetch: repartee models pull NAME",
        shelf.folder().display()
    );
    text
}

fn fit(fit: Fit) -> &'static str {
    match fit {
        Fit::Fits => "fits this machine",
        Fit::Slow => "fits into memory, but no GPU is known that would be fast enough",
        Fit::TooLarge => "more than this machine has",
        Fit::Unknown => "this machine's memory is not known",
    }
}

fn set_state(shelf: &Shelf, set: &WeightSet) -> String {
    let files = shelf.manifest().files_of(set);
    let whole =
        |file: &&&WeightFile| matches!(shelf.state(file), State::Verified | State::Unverified);
    match files.iter().filter(whole).count() {
        0 => "not here".to_owned(),
        here if here == files.len() => "here".to_owned(),
        here => format!("{here} of {} files are here", files.len()),
    }
}

fn state(shelf: &Shelf, file: &WeightFile) -> String {
    match shelf.state(file) {
        State::Missing => "-".to_owned(),
        State::Partial { done } => format!("{} % has come", 100 * done / file.size().max(1)),
        State::Verified => "verified".to_owned(),
        State::Unverified => "here, not verified".to_owned(),
        State::Wrong => "WRONG: repartee models verify".to_owned(),
    }
}

pub(super) fn json(shelf: &Shelf, machine: &Machine) -> String {
    let manifest = shelf.manifest();
    let sets = manifest.sets.iter().map(|set| {
        json!({
            "name": set.name,
            "for": set.purpose,
            "files": set.files,
            "bytes": manifest.bytes_of(set),
            "memory_bytes": manifest.memory_of(set),
            "fits": machine.fit(manifest, set) == Fit::Fits,
            "here": shelf.is_whole_set(set),
        })
    });
    let files = manifest.files.iter().map(|file| file_json(shelf, file));
    let whole = json!({
        "folder": shelf.folder(),
        "memory_bytes": machine.memory,
        "gpu_memory_bytes": machine.gpu_memory,
        "best": machine.best(manifest).map(|set| &set.name),
        "sets": sets.collect::<Vec<Value>>(),
        "files": files.collect::<Vec<Value>>(),
    });
    format!("{whole:#}")
}

fn file_json(shelf: &Shelf, file: &WeightFile) -> Value {
    let (state, done) = match shelf.state(file) {
        State::Missing => ("missing", 0),
        State::Partial { done } => ("partial", done),
        State::Verified => ("verified", file.size()),
        State::Unverified => ("unverified", file.size()),
        State::Wrong => ("wrong", 0),
    };
    json!({
        "name": file.name,
        "kind": file.kind.name(),
        "path": shelf.path(file),
        "bytes": file.size(),
        "bytes_exact": file.bytes.is_some(),
        "bytes_here": done,
        "memory_bytes": file.memory_bytes,
        "licence": file.licence,
        "sha256": file.sha256.map(|hash| hash.to_string()),
        "state": state,
    })
}
