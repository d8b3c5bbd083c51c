//! `repartee models` as a person types it, against a hub of ours.

mod binary;
#[path = "../../../models/weights/tests/hub/stand_in.rs"]
// Other tests use the rest.
#[allow(dead_code)]
mod stand_in;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use binary::{Folder, repartee};
use futures_util::{StreamExt, stream};
use models_weights::Sha256Hash;
use stand_in::{StandIn, content, good};
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MIB: usize = 1 << 20;

/// A folder with a manifest of one file, "ear", which comes from this hub.
fn place(test: &str, hub: &str, bytes: &[u8]) -> Folder {
    let folder = Folder::new(test);
    let (length, hash) = (bytes.len(), Sha256Hash::of_bytes(bytes));
    folder.write(
        "own.toml",
        format!(
            "hub = \"{hub}\"\n[[sets]]\nname = \"both\"\nfor = \"tests\"\nfiles = [\"ear\"]\n[[files]]\nname = \"ear\"\n\
             kind = \"whisper\"\nfile = \"ear.bin\"\nrepo = \"owner/name\"\nrevision = \"main\"\npinned = false\n\
             path = \"ear.bin\"\nbytes = {length}\nsha256 = \"{hash}\"\nlicence = \"MIT\"\nmemory_mb = 1\n"
        ),
    );
    folder
}

fn models(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = repartee();
    command
        .arg("models")
        .args(arguments)
        .args(["--manifest", &folder.path("own.toml")])
        .env("REPARTEE_WEIGHTS", folder.path("weights"))
        .env("RUST_LOG", "trace")
        .env_remove("HF_TOKEN")
        .env_remove("HF_ENDPOINT")
        .current_dir(&folder.0);
    command
}

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    models(folder, arguments)
        .output()
        .expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", complained(output));
    said(output)
}

/// Exit code 1 and one sentence from us, not a panic.
fn refused(output: &Output) -> String {
    let complaint = complained(output);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    let ours = complaint
        .lines()
        .find(|line| line.starts_with("repartee: "));
    assert!(!complaint.contains("panicked"), "{complaint}");
    ours.unwrap_or_else(|| panic!("{complaint}")).to_owned()
}

/// Sends half of what is asked for and then no more, until it is let.
fn halting(bytes: Vec<u8>, halted: Arc<AtomicBool>) -> StandIn {
    StandIn::serve(move |asked| {
        let response = good(&bytes, asked, Some("\"one\""));
        let Some((first, last)) = asked.range().filter(|_| asked.is_for_content()) else {
            return response;
        };
        if !halted.load(Ordering::SeqCst) {
            return response;
        }
        let half = Bytes::copy_from_slice(&bytes[first..first + (last + 1 - first) / 2]);
        let pieces = stream::iter([Ok::<_, std::io::Error>(half)]).chain(stream::pending());
        let (parts, _) = response.into_parts();
        Response::from_parts(parts, Body::from_stream(pieces))
    })
}

#[test]
fn a_pull_that_is_killed_goes_on_where_it_stopped() {
    let (bytes, halted) = (content(24 * MIB, 1), Arc::new(AtomicBool::new(true)));
    let hub = halting(bytes.clone(), Arc::clone(&halted));
    let folder = place("killed", &hub.url, &bytes);
    let mut command = models(&folder, &["pull", "ear"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut first = command.spawn().expect("the program starts");
    let lines = BufReader::new(first.stderr.take().expect("it is piped")).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(
        lines.any(|line| line == "ear.bin: 40 %"),
        "progress is shown"
    );

    // While it waits for the rest, nobody else comes in between. Offline: this ends at once in any case.
    let complaint = refused(&run(&folder, &["pull", "ear", "--offline"]));
    let by = format!(
        "in use by another `repartee models` (process {})",
        first.id()
    );
    assert!(complaint.contains(&by), "{complaint}");
    first.kill().expect("it runs");
    first.wait().expect("it is dead");
    let weights = folder.0.join("weights");
    assert!(
        !weights.join("ear.bin").exists(),
        "nothing half has the name"
    );
    assert!(said(&run(&folder, &["list"])).contains("% has come"));

    // A disk that is full in the middle: as far as a test without root can make one.
    halted.store(false, Ordering::SeqCst);
    let full = models(&folder, &["pull", "ear"]);
    let limited = "trap '' XFSZ; ulimit -f 32768; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell
        .args(["-c", limited])
        .arg(full.get_program())
        .args(full.get_args());
    let variables = full
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let output = shell
        .envs(variables)
        .current_dir(&folder.0)
        .output()
        .expect("there is a shell");
    let complaint = refused(&output);
    assert!(
        complaint.contains("ear.bin.part cannot be written any further"),
        "{complaint}"
    );
    assert!(
        complaint.contains("Make room and pull again; what has come is kept"),
        "{complaint}"
    );

    let output = run(&folder, &["pull", "ear"]);
    assert_eq!(done(&output), "ear: fetched, and right\n");
    assert!(
        complained(&output).contains("ear.bin: going on at"),
        "{}",
        complained(&output)
    );
    let whole = std::fs::read(weights.join("ear.bin")).expect("it is there");
    assert!(whole == bytes, "the same bytes");
    let began = hub.began();
    assert_eq!(began.first(), Some(&0), "{began:?}");
    assert!(
        began[1..].iter().all(|first| *first >= 8 * MIB),
        "it went on: {began:?}"
    );
}

#[test]
fn weights_are_fetched_listed_verified_and_removed() {
    let bytes = content(2 * MIB, 2);
    let hub = StandIn::holding(bytes.clone());
    let folder = place("weights", &hub.url, &bytes);
    let list = done(&run(&folder, &["list"]));
    assert!(
        list.contains("both: for tests") && list.contains("not here"),
        "{list}"
    );
    let complaint = refused(&run(&folder, &["pull", "both", "--offline"]));
    assert!(complaint.contains("not here whole: ear"), "{complaint}");
    let complaint = refused(&run(&folder, &["pull", "bath"]));
    assert!(
        complaint.contains("no file \"bath\"; there are: both, ear"),
        "{complaint}"
    );

    let output = run(&folder, &["pull", "both"]);
    assert!(
        done(&output).contains("REPARTEE_MODELS_SET=both repartee serve"),
        "{output:?}"
    );
    for line in [
        "ear.bin: 2.1 MB",
        "ear.bin: 100 %",
        "ear.bin (checking): 100 %",
    ] {
        assert!(
            complained(&output).lines().any(|told| told == line),
            "{line}"
        );
    }
    assert!(done(&run(&folder, &["pull", "ear", "--offline"])).contains("here, and right"));
    assert_eq!(done(&run(&folder, &["verify"])), "ear: right\n");
    let json = done(&run(&folder, &["list", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["files"][0]["state"], "verified", "{json:#}");
    assert_eq!(json["sets"][0]["here"], true, "{json:#}");

    let file = folder.path("weights/ear.bin");
    let mut flipped = bytes;
    flipped[MIB] ^= 1;
    std::fs::write(&file, flipped).expect("it can be written");
    let output = run(&folder, &["verify", "both"]);
    assert!(
        refused(&output).contains("1 of 1 weight files"),
        "{output:?}"
    );
    assert!(
        said(&output).contains("ear: ear.bin is not what it should be"),
        "{output:?}"
    );
    assert!(done(&run(&folder, &["list"])).contains("WRONG"));

    let would = done(&run(&folder, &["remove", "ear", "--dry-run"]));
    assert_eq!(would, "ear: would be removed (ear.bin, 2.1 MB)\n");
    assert!(std::fs::exists(&file).expect("it can be looked at"));
    assert_eq!(
        done(&run(&folder, &["remove", "ear"])),
        "ear: removed (ear.bin, 2.1 MB)\n"
    );
    assert!(!std::fs::exists(&file).expect("it can be looked at"));
    assert_eq!(
        done(&run(&folder, &["remove", "ear"])),
        "Nothing of that is here.\n"
    );
    let complaint = refused(&run(&folder, &["verify", "ear"]));
    assert!(complaint.contains("1 of 1 weight files"), "{complaint}");
}

#[test]
fn the_token_is_never_written_down() {
    let hub = StandIn::serve(|_| StatusCode::FORBIDDEN.into_response());
    let folder = place("token", &hub.url, b"12345");
    let mut command = models(&folder, &["pull", "ear"]);
    let output = command
        .env("HF_TOKEN", "hf_secret")
        .output()
        .expect("the program starts");
    assert!(
        refused(&output).contains("to the token shown"),
        "{output:?}"
    );
    assert!(!complained(&output).contains("hf_secret"), "{output:?}");
    let shown = hub.asked().into_iter().next().expect("it was asked");
    assert_eq!(
        shown.header(header::AUTHORIZATION),
        Some("Bearer hf_secret")
    );
}

#[test]
fn a_proxy_of_the_environment_is_respected() {
    let bytes = content(5_000, 3);
    let proxy = StandIn::holding(bytes.clone());
    let folder = place("proxy", "https://hub.invalid", &bytes);
    let mirror = "http://mirror.invalid/models";
    let mut command = models(&folder, &["pull", "ear", "--mirror", mirror]);
    for name in [
        "NO_PROXY",
        "no_proxy",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(name);
    }
    let output = command
        .env("http_proxy", &proxy.url)
        .output()
        .expect("the program starts");
    done(&output);
    let asked = proxy.asked();
    assert!(
        asked
            .iter()
            .all(|asked| asked.path == "/models/owner/name/resolve/main/ear.bin")
    );
    assert!(asked.len() >= 2, "{asked:?}");
}

#[test]
fn a_broken_manifest_is_told_with_its_line() {
    let folder = place("broken", "http://hub.example", b"12345");
    let complaint = refused(&run(&folder, &["list"]));
    assert!(complaint.contains("own.toml line 1: hub: "), "{complaint}");
    assert!(complaint.contains("is not https"), "{complaint}");
}
