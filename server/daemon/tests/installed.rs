//! The program where it is installed: ggml's libraries and plugins are found beside it, and nowhere else.
#![cfg(all(feature = "native", target_os = "linux"))]

mod binary;

use binary::{Folder, repartee};
use models_ggml::FOLDER;
use std::path::Path;
use std::process::Command;

/// A copy of the program, of the libraries beside it, and of the plugins if they are wanted.
fn install(folder: &Folder, plugins: bool) -> Command {
    let built = repartee();
    let program = Path::new(built.get_program());
    let home = program.parent().expect("the program lies in a folder");
    copy(program, &folder.path("repartee"));
    for library in ["libggml.so", "libggml-base.so", "libllama.so"] {
        copy(&home.join(library), &folder.path(library));
    }
    if plugins {
        std::fs::create_dir(folder.path(FOLDER)).expect("the temp folder is writable");
        for entry in std::fs::read_dir(home.join(FOLDER))
            .expect("the plugins were built")
            .flatten()
        {
            let name = entry
                .file_name()
                .into_string()
                .expect("ggml's names are text");
            copy(&entry.path(), &folder.path(&format!("{FOLDER}/{name}")));
        }
    }
    let mut command = Command::new(folder.path("repartee"));
    command
        .env_clear()
        .env("HOME", &folder.0)
        .args(["serve", "--listen", "127.0.0.1:0"]);
    command
}

fn copy(from: &Path, to: &str) {
    std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

/// Serving with a file that is no model ends with a sentence, and which one shows how far it came.
fn complaint(mut command: Command, folder: &Folder, current: &Path) -> String {
    let model = folder.write(
        "no-model.gguf",
        "this is a text file, and long enough to be looked at",
    );
    let output = command
        .env("REPARTEE_LLAMA_MODEL", model)
        .current_dir(current)
        .output();
    String::from_utf8_lossy(&output.expect("the program starts").stderr).into_owned()
}

#[test]
fn libraries_and_plugins_lie_beside_the_program() {
    let folder = Folder::new("installed");
    let told = complaint(install(&folder, true), &folder, Path::new("/"));
    assert!(
        told.contains("is not a GGUF model"),
        "the plugins are found first: {told}"
    );
}

#[test]
fn a_plugin_that_does_not_load_is_passed_over_and_that_is_said() {
    let folder = Folder::new("passed-over");
    let command = install(&folder, true);
    folder.write(
        &format!("{FOLDER}/libggml-cuda.so"),
        "this is no library, as one is none whose driver is missing",
    );
    let told = complaint(command, &folder, Path::new("/"));
    assert!(told.contains("libggml-cuda.so is passed over: "), "{told}");
    assert!(told.contains("driver"), "what to look for: {told}");
    assert!(
        told.contains("is not a GGUF model"),
        "the processor's plugin serves: {told}"
    );
}

#[test]
fn the_current_folder_is_not_searched() {
    let (folder, other) = (Folder::new("bare"), Folder::new("elsewhere"));
    drop(install(&other, true));
    let current = other.0.join(FOLDER);
    let told = complaint(install(&folder, false), &folder, &current);
    assert!(told.contains("no ggml back end"), "{told}");
    assert!(
        told.contains(&folder.path(FOLDER)),
        "the folder is named: {told}"
    );
}
