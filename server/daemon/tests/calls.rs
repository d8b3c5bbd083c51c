//! Calls to the real program: a crowd, a second hang-up, garbage, a caller who vanishes, and Ctrl-C.

mod binary;
#[path = "binary/server.rs"]
mod server;

use binary::{Folder, repartee};
use client_probe::{Call, CallOptions, Door, Ledger, Speech, Tape};
use serde_json::Value;
use server::{PATIENCE, Server};
use std::collections::BTreeSet;
use std::time::Duration;

const LOCAL: [&str; 2] = ["--listen", "127.0.0.1:0"];
/// What the scripted recognizer understands, whatever is said.
const UNDERSTOOD: &str = "what is repartee";

async fn place(server: &Server) -> Call {
    let door = Door::new(&server.url, None, false).expect("a good address");
    let call = Call::place(&door, &CallOptions::default()).await;
    call.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn http() -> reqwest::Client {
    // The first to install a provider wins; the others find one and are content.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder().timeout(PATIENCE);
    client.build().expect("a plain client")
}

async fn ready(server: &Server) -> Value {
    let answer = http().get(format!("{}/readyz", server.url)).send().await;
    let answer = answer.expect("the server answers");
    answer.json().await.expect("in JSON")
}

async fn offer_to(server: &Server, offer: &str) -> reqwest::Result<reqwest::Response> {
    let post = http().post(format!("{}/v1/realtime/calls", server.url));
    let post = post.header("content-type", "application/sdp");
    post.body(offer.to_owned()).send().await
}

/// Asks until nobody is on the line. What is awaited is the answer; the ticks only spare the machine.
async fn emptied(server: &Server) {
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let asking = async {
        while ready(server).await["calls"] != 0 {
            ticks.tick().await;
        }
    };
    let emptied = tokio::time::timeout(PATIENCE, asking).await;
    emptied.expect("every call is over");
}

async fn reply(call: &Call, number: usize) {
    let over = |tape: &Tape| {
        let reply = tape.ledger.replies.get(number);
        reply.is_some_and(|reply| reply.sound_ended_ms.is_some() && reply.is_done())
    };
    let waited = call.wait("reply", PATIENCE, over).await;
    waited
        .unwrap_or_else(|trouble| panic!("{trouble} {:?}", call.look(|tape| tape.ledger.clone())));
}

fn check_reply(tape: &Tape, number: usize, text: &str) {
    let reply = &tape.ledger.replies[number];
    assert_eq!(reply.text.trim(), text);
    assert_eq!(reply.status.as_deref(), Some("completed"));
    assert_eq!(reply.heard.as_deref().map(str::trim), Some(text));
    let from_ms = reply.sound_started_ms.expect("it was played");
    assert!(
        tape.voice_after(from_ms).is_some(),
        "reply {number} is heard"
    );
}

/// Speaks, is answered, types, and is answered with words that nobody else has typed.
async fn converse(call: &mut Call, typed: &str) {
    call.say(&Speech::tone(440.0, 600))
        .await
        .expect("it stands");
    reply(call, 0).await;
    call.type_text(typed).await.expect("it stands");
    reply(call, 1).await;
    call.look(|tape| {
        check_reply(tape, 0, UNDERSTOOD);
        check_reply(tape, 1, typed);
        let Ledger {
            errors, malformed, ..
        } = &tape.ledger;
        assert!(errors.is_empty() && *malformed == 0, "{errors:?}");
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_calls_at_once_hear_every_reply() {
    let server = Server::start(&LOCAL).await;
    let placing = (0..20).map(|_| place(&server));
    let calls = futures_util::future::join_all(placing).await;
    assert_eq!(ready(&server).await["calls"], 20);
    let sessions: BTreeSet<_> = calls
        .iter()
        .map(|call| call.look(|tape| tape.ledger.session_id.clone()))
        .collect();
    let mut talking = tokio::task::JoinSet::new();
    for (number, mut call) in calls.into_iter().enumerate() {
        talking.spawn(async move {
            converse(&mut call, &format!("caller number {number}")).await;
            call.hang_up().await.expect("it stood to its end");
        });
    }
    while let Some(talked) = talking.join_next().await {
        talked.expect("every caller is answered");
    }
    assert_eq!(sessions.len(), 20);
    emptied(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_hang_up_finds_nobody_and_harms_nobody() {
    let server = Server::start(&LOCAL).await;
    let (call, mut other) = (place(&server).await, place(&server).await);
    let path = call.call_path().expect("a Location came").to_owned();
    call.hang_up().await.expect("the first is obeyed");
    let again = http().post(format!("{}{path}/hangup", server.url));
    let answer = again.send().await.expect("the server answers");
    assert_eq!(answer.status(), 404);
    let body: Value = answer.json().await.expect("in JSON");
    assert!(body["error"]["message"].is_string(), "{body}");
    converse(&mut other, "still here").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_refused_with_a_reason_and_harms_nobody() {
    let server = Server::start(&LOCAL).await;
    let mut other = place(&server).await;
    let video = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 RTP/AVP 96\r\n";
    for offer in ["", "this is no SDP", "v=0\r\n", video, "\0\u{fffd}"] {
        let answer = offer_to(&server, offer).await;
        let answer = answer.expect("the server answers");
        let status = answer.status();
        assert!(status.is_client_error(), "{status}");
        let body: Value = answer.json().await.expect("in JSON");
        assert!(body["error"]["message"].is_string(), "{body}");
    }
    // A server may answer and close before it has read all of this; then the caller cannot finish writing.
    let huge = format!("v=0\r\n{}", "a=x\r\n".repeat(300_000));
    if let Ok(answer) = offer_to(&server, &huge).await {
        assert_eq!(answer.status(), 413);
    }
    assert_eq!(ready(&server).await["calls"], 1);
    converse(&mut other, "still here").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_vanishes_is_let_go() {
    let server = Server::start(&LOCAL).await;
    let call = place(&server).await;
    assert_eq!(ready(&server).await["calls"], 1);
    drop(call);
    emptied(&server).await;
    converse(&mut place(&server).await, "the line is free").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_hangs_up_with_every_caller_and_ends_well() {
    let server = Server::start(&LOCAL).await;
    let mut call = place(&server).await;
    converse(&mut call, "before the end").await;
    server.interrupt().await;
    let over = |tape: &Tape| tape.ended.is_some();
    call.wait("end of the call", PATIENCE, over)
        .await
        .expect("the server hangs up");
    let goodbyes = call.look(|tape| tape.events_of("repartee.goodbye").count());
    assert_eq!(goodbyes, 1);
    let (status, printed) = server.ended().await;
    assert!(status.success(), "{status}");
    assert!(printed.contains("Hanging up."), "{printed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_stand_side_by_side() {
    let (one, other) = (Server::start(&LOCAL).await, Server::start(&LOCAL).await);
    assert_ne!(one.url, other.url);
    let invitation = format!("Open {}/ and press Call.", one.url);
    assert!(one.printed.contains(&invitation), "{}", one.printed);
    let (mut here, mut there) = (place(&one).await, place(&other).await);
    converse(&mut here, "here").await;
    one.interrupt().await;
    assert!(one.ended().await.0.success());
    converse(&mut there, "there").await;
    assert_eq!(ready(&other).await["calls"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_of_which_a_journal_is_kept_can_be_told_again() {
    let folder = Folder::new("journals");
    let kept = folder.path("kept");
    let server = Server::start(&[LOCAL[0], LOCAL[1], "--journals", &kept]).await;
    let mut call = place(&server).await;
    converse(&mut call, "for the record").await;
    call.hang_up().await.expect("it stood to its end");
    server.interrupt().await;
    assert!(server.ended().await.0.success());
    let mut journals = std::fs::read_dir(&kept).expect("the folder was made");
    let journal = journals
        .next()
        .expect("one call, one journal")
        .expect("it is listed");
    let text = std::fs::read_to_string(journal.path()).expect("it is text");
    assert!(text.contains("for the record") && journals.next().is_none());

    let replay = |text: &str| {
        let file = folder.write("told.jsonl", text);
        let output = repartee().args(["replay", "--outputs", &file]).output();
        let output = output.expect("it starts");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), complaint, output.stdout)
    };
    let (code, complaint, outputs) = replay(&text);
    assert_eq!(code, Some(0), "{complaint}");
    assert!(String::from_utf8_lossy(&outputs).contains("for the record"));
    let (code, complaint, _) = replay(&text[..text.len() - 20]);
    assert_eq!(code, Some(1), "{complaint}");
    assert!(
        complaint.contains("cannot be replayed: line "),
        "{complaint}"
    );
    let lines: Vec<&str> = text.lines().collect();
    let (code, complaint, _) = replay(&lines[..lines.len() / 2].join("\n"));
    assert_eq!(code, Some(1), "{complaint}");
    assert!(complaint.contains("the outputs differ"), "{complaint}");
}
