//! The rules of the house that a compiler does not hold: who imports whom, and what a file is.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const PURE: [&str; 6] = [
    "server/conversation",
    "server/audio",
    "models/engine",
    "models/spoken",
    "signaling/protocol",
    "turn/credentials",
];
/// What every crate bans; a pure crate's file replaces the root's and must repeat them.
const BANNED_IN_PURE: [&str; 9] = [
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "std::thread::spawn",
    "std::thread::sleep",
    "std::net::UdpSocket::bind",
    "std::net::TcpListener::bind",
    "std::net::TcpStream::connect",
    "std::fs::read",
    "std::sync::mpsc::channel",
];
const FORBIDDEN_NAMES: [&str; 7] = [
    "utils", "util", "helpers", "common", "misc", "types", "manager",
];
const LONGEST_FILE: usize = 600;
const LONGEST_MAIN: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("two levels deep")
        .to_path_buf()
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps();
    command.exec().expect("the workspace has metadata")
}

type Table = BTreeMap<String, BTreeSet<String>>;

fn imports() -> Table {
    let metadata = metadata();
    let ours: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let imports_of = |package: &cargo_metadata::Package| {
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.clone())
            .filter(|name| ours.contains(name))
            .collect()
    };
    metadata
        .packages
        .iter()
        .map(|package| (package.name.to_string(), imports_of(package)))
        .collect()
}

/// The rows of the table under "Who may import whom".
fn table() -> Table {
    let text = std::fs::read_to_string(root().join("server/ARCHITECTURE.md"))
        .expect("the architecture is written down");
    let section = text
        .split("## Who may import whom")
        .nth(1)
        .expect("the section stands");
    let section = section
        .split("\n## ")
        .next()
        .expect("a split has a first part");
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("crate |"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let imports = cells[1]
            .split(',')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        (cells[0].to_owned(), imports.map(str::to_owned).collect())
    })
    .collect()
}

#[test]
fn the_import_table_of_the_architecture_is_true() {
    let (said, mut found) = (table(), imports());
    let all: BTreeSet<String> = found
        .keys()
        .filter(|name| {
            !matches!(
                name.as_str(),
                "server-daemon"
                    | "client-probe"
                    | "models-fixtures"
                    | "models-spectrum"
                    | "models-spoken"
            )
        })
        .cloned()
        .collect();
    for (name, imports) in &mut found {
        if *imports == all {
            *imports = BTreeSet::from(["all".to_owned()]);
        }
        assert_eq!(said.get(name), Some(&*imports), "the row of {name}");
    }
    assert_eq!(said.len(), found.len(), "every row is a crate");
}

#[test]
fn a_crate_is_called_by_its_path() {
    for package in metadata().packages {
        let folder = package
            .manifest_path
            .parent()
            .expect("a manifest lies in a folder");
        let path = folder.strip_prefix(root().to_str().expect("a readable path"));
        let path = path
            .expect("members lie in the workspace")
            .as_str()
            .replace('/', "-");
        assert_eq!(package.name.as_str(), path);
    }
}

#[test]
fn pure_crates_ban_the_world() {
    for room in PURE {
        let file = root().join(room).join(".clippy.toml");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for banned in BANNED_IN_PURE {
            assert!(
                text.contains(banned),
                "{} must ban {banned}",
                file.display()
            );
        }
    }
}

#[test]
fn no_runtime_in_pure_crates() {
    for package in metadata().packages {
        let folder = package
            .manifest_path
            .parent()
            .expect("a manifest lies in a folder");
        if PURE.iter().any(|room| folder.ends_with(room)) {
            for dependency in package.dependencies {
                let world = ["tokio", "axum", "webrtc", "rtc", "reqwest", "rand"];
                let banned = world.contains(&dependency.name.as_str());
                assert!(!banned, "{} must not see {}", package.name, dependency.name);
            }
        }
    }
}

/// The names of everything that a build of this package with these options holds.
fn tree(package: &str, options: &[&str]) -> BTreeSet<String> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal"])
        .args(["--prefix", "none", "--package", package])
        .args(options)
        .current_dir(root())
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "cargo tree of {package}");
    let text = String::from_utf8(output.stdout).expect("names are text");
    let first = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    text.lines().map(first).collect()
}

#[test]
fn native_engines_are_in_the_program_and_in_no_pure_room() {
    let native = ["whisper-rs", "llama-cpp-2", "llama-cpp-sys-2"];
    let program = tree("server-daemon", &[]);
    let fast = tree("server-daemon", &["--no-default-features"]);
    for name in native {
        assert!(program.contains(name), "the program carries {name}");
        assert!(
            !fast.contains(name),
            "without default features {name} is not built"
        );
    }
    for room in PURE {
        let names = tree(&room.replace('/', "-"), &["--all-features"]);
        assert!(
            native.iter().all(|name| !names.contains(*name)),
            "{room} sees no native code"
        );
    }
}

#[test]
fn every_file_is_one_room() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in rust_files(&root()) {
        let text = std::fs::read_to_string(&file).expect("a source file is text");
        let (name, lines) = (file.display(), text.lines().count());
        seen += 1;
        if !text.starts_with("//!") && !text.starts_with("#!") {
            wrong.push(format!("{name}: no sentence says what it is for"));
        }
        let longest = if file.ends_with("server/daemon/src/main.rs") {
            LONGEST_MAIN
        } else {
            LONGEST_FILE
        };
        if lines > longest {
            wrong.push(format!("{name}: {lines} lines are more than {longest}"));
        }
        let stem = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if FORBIDDEN_NAMES.contains(&stem) {
            wrong.push(format!("{name}: such a name says nothing"));
        }
    }
    assert!(seen > 50, "the walk found the rooms");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_gpl_is_linked() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file stands");
    for name in ["espeak-rs", "espeak-rs-sys", "espeakng-sys"] {
        assert!(
            !lock.contains(&format!("name = \"{name}\"")),
            "{name} links GPL code"
        );
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)
        .expect("a folder can be listed")
        .flatten()
    {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            found.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    found
}
