//! The program as a person types it: its help, its refusals, and the built-in engines by hand.

mod binary;

use binary::{Folder, repartee};
use std::path::Path;
use std::process::Output;

fn run(arguments: &[&str]) -> Output {
    run_in(Path::new("/"), arguments)
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = repartee();
    command.args(arguments).current_dir(folder);
    command.output().expect("the program starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Exit code 1 and one sentence from us, not a panic.
fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let complaint = complained(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
    let ours = complaint.lines().any(|line| line.starts_with("repartee: "));
    assert!(ours && !complaint.contains("panicked"), "{complaint}");
    complaint
}

#[test]
fn the_help_of_each_command_teaches() {
    let whole = said(&run(&["--help"]));
    for command in ["serve", "check", "say", "hear", "ask", "replay", "models"] {
        assert!(whole.contains(&format!("\n  {command} ")), "{whole}");
        let help = said(&run(&[command, "--help"]));
        assert!(help.contains("Example"), "{help}");
        assert!(help.contains(&format!("repartee {command}")), "{help}");
    }
    let bare = run(&[]);
    assert_eq!(bare.status.code(), Some(2));
    assert!(complained(&bare).contains("repartee serve"), "{bare:?}");
    assert!(said(&run(&["--version"])).starts_with("repartee 0."));
}

#[test]
fn check_finds_a_good_configuration_whole() {
    let folder = Folder::new("check-good");
    let none = run_in(&folder.0, &["check"]);
    assert!(none.status.success() && said(&none).contains("127.0.0.1:8080"));
    // The file beside the server is read without being named.
    let sample = said(&run(&["check", "--sample"]));
    folder.write("repartee.toml", sample.replace(":8080", ":9090"));
    let output = run_in(&folder.0, &["check"]);
    assert!(output.status.success(), "{}", complained(&output));
    assert!(said(&output).contains("127.0.0.1:9090"), "{output:?}");
}

#[test]
fn nobody_reading_is_no_reason_to_panic() {
    let mut command = repartee();
    command.args(["check", "--sample"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = command.stdout(writer).output().expect("the program starts");
    assert!(output.status.success(), "{}", complained(&output));
}

#[test]
fn check_names_every_mistake() {
    let folder = Folder::new("check-bad");
    let bad = "[server]\nlisen = 1\nmost_calls = 0\n[engines]\nrecognizer = \"ears\"\n";
    let file = folder.write("bad.toml", bad);
    let complaint = refused(&["check", "--config", &file]);
    assert!(complaint.contains("3 mistakes in the configuration"));
    for part in [
        "server.lisen",
        "did you mean server.listen?",
        "server.most_calls",
        "ears",
    ] {
        assert!(complaint.contains(part), "{complaint}");
    }
    let complaint = refused(&["check", "--config", "/no/such.toml"]);
    assert!(
        complaint.contains("/no/such.toml: cannot be read"),
        "{complaint}"
    );
}

#[test]
fn a_server_that_others_can_reach_needs_a_key() {
    let complaint = refused(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(complaint.contains("so a key is needed"), "{complaint}");
    assert!(complaint.contains("--lan"), "{complaint}");
}

#[test]
fn a_port_in_use_is_said_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let complaint = refused(&["serve", "--listen", &address]);
    assert!(complaint.contains(&address), "{complaint}");
    assert!(complaint.contains("--listen 127.0.0.1:PORT"), "{complaint}");

    let taken = std::net::UdpSocket::bind("0.0.0.0:0").expect("a free port");
    let port = taken.local_addr().expect("it is bound").port().to_string();

    let complaint = refused(&["serve", "--listen", "127.0.0.1:0", "--media-port", &port]);
    assert!(complaint.contains(&port), "{complaint}");
    assert!(complaint.contains("--media-port"), "{complaint}");
}

#[test]
fn what_is_said_is_heard() {
    let folder = Folder::new("say-hear");
    let file = folder.path("question.wav");
    let output = run(&["say", "What is Repartee?", &file]);
    assert!(output.status.success(), "{}", complained(&output));
    assert!(said(&output).contains(&file), "{output:?}");
    let output = run(&["hear", &file]);
    assert!(output.status.success(), "{}", complained(&output));
    let text = said(&output).to_lowercase();
    assert!(text.contains("what is repartee"), "{text}");

    let other = folder.path("other.wav");
    assert!(run(&["say", "Good morning.", &other]).status.success());
    let text = said(&run(&["hear", &other])).to_lowercase();
    assert!(
        text.contains("morning") && !text.contains("repartee"),
        "{text}"
    );
}

#[test]
fn a_voice_or_pace_that_is_not_there_is_refused() {
    let folder = Folder::new("voice");
    let file = folder.path("out.wav");
    let complaint = refused(&["say", "--voice", "nobody", "Hello.", &file]);
    assert!(
        complaint.contains("there is no voice \"nobody\"; there are: "),
        "{complaint}"
    );
    let complaint = refused(&["say", "--speed", "9", "Hello.", &file]);
    assert!(
        complaint.contains("not between 0.25 and 1.5"),
        "{complaint}"
    );
    let complaint = refused(&["say", "Hello.", "/no/such/folder/out.wav"]);
    assert!(
        complaint.contains("/no/such/folder/out.wav cannot be written"),
        "{complaint}"
    );
}

#[test]
fn a_file_that_is_no_wav_is_said_to_be_none() {
    let folder = Folder::new("bad-wav");
    let whole = folder.path("whole.wav");
    assert!(run(&["say", "Hello.", &whole]).status.success());
    let mut cut = std::fs::read(&whole).expect("the file was written");
    cut.truncate(20);
    for (name, bytes) in [
        ("empty.wav", Vec::new()),
        ("text.wav", b"This is no sound at all.".to_vec()),
        ("cut.wav", cut),
    ] {
        let file = folder.write(name, bytes);
        let complaint = refused(&["hear", &file]);
        let wanted = format!("{file} is not a WAV file that can be read");
        assert!(complaint.contains(&wanted), "{complaint}");
    }
    refused(&["hear", "/no/such.wav"]);
    refused(&["hear", "--knowledge", "/no/such/folder", &whole]);
}

#[test]
fn the_knowledge_answers_with_its_source_and_no_other() {
    let output = run(&["ask", "what is repartee?"]);
    assert!(output.status.success(), "{}", complained(&output));
    let answer = said(&output);
    assert!(
        answer.contains("Repartee") && answer.contains("\n  — "),
        "{answer}"
    );

    let folder = Folder::new("ask");
    folder.write(
        "opening.md",
        "# Opening hours\n\nThe bakery opens at seven o'clock.\n",
    );
    let knowledge = folder.0.to_str().expect("a readable path");
    let answer = said(&run(&[
        "ask",
        "--knowledge",
        knowledge,
        "When does the bakery open?",
    ]));
    assert!(
        answer.contains("seven") && answer.contains("opening.md"),
        "{answer}"
    );
    let answer = said(&run(&["ask", "When does the bakery open?"]));
    assert!(!answer.contains("seven"), "{answer}");
    refused(&["ask", "--knowledge", "/no/such/folder", "Why?"]);
}

#[test]
fn a_journal_that_cannot_be_told_again_is_said_to_be_none() {
    let folder = Folder::new("replay");
    for (name, bytes, part) in [
        ("empty.jsonl", &b""[..], "the journal is empty"),
        ("blank.jsonl", b"\n\n", "the journal is empty"),
        ("garbage.jsonl", b"{\"a\": [", "line 1: "),
        ("other.jsonl", b"{\"a\": 1}\n", "line 1: "),
        ("bytes.jsonl", b"\xff\xfe\x00", "cannot be read"),
    ] {
        let file = folder.write(name, bytes);
        let complaint = refused(&["replay", &file]);
        assert!(complaint.contains(part), "{name}: {complaint}");
        assert!(complaint.contains(&file), "{name}: {complaint}");
    }
    refused(&["replay", "/no/such.jsonl"]);
}
