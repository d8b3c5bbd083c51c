//! Puts ggml's libraries and plugins beside the program, as they lie on a machine where it is installed.

#[path = "src/version.rs"]
// The version itself is for others.
#[allow(dead_code, unreachable_pub)]
mod version;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() {
    let set = |name: &str| env::var_os(name).map(PathBuf::from);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/version.rs");
    let libraries = set("DEP_LLAMA_ROOT")
        .expect("llama-cpp-sys-2 names its folder")
        .join("lib");
    let plugins =
        set("DEP_LLAMA_BACKENDS_DIR").expect("llama-cpp-sys-2 builds back ends as plugins");
    let out = set("OUT_DIR").expect("cargo names a folder");
    let beside = out
        .ancestors()
        .nth(3)
        .expect("target/PROFILE/build/CRATE/out lies that deep");
    place(&libraries, beside).expect("ggml's libraries are put beside the program");
    place(&plugins, &beside.join(version::FOLDER))
        .expect("ggml's plugins are put beside the program");
}

/// Replaces what lies there: after an upgrade the old ones would be loaded.
fn place(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let file = entry?.path();
        let library = file
            .extension()
            .is_some_and(|kind| kind == "so" || kind == "dylib");
        let Some(name) = file.file_name().filter(|_| library) else {
            continue;
        };
        println!("cargo:rerun-if-changed={}", file.display());
        let placed = to.join(name);
        if placed.symlink_metadata().is_ok() {
            fs::remove_file(&placed)?;
        }
        if fs::hard_link(&file, &placed).is_err() {
            fs::copy(&file, &placed)?;
        }
    }
    Ok(())
}
