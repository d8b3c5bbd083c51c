//! Calls through servers of others, well and badly behaved: whatever they do, the caller is heard, answered and spoken to.

// Other tests keep files.
#[allow(dead_code)]
mod binary;
#[path = "binary/server.rs"]
// Other tests read what it prints.
#[allow(dead_code)]
mod server;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use client_probe::{Call, CallOptions, Door, Frame, Speech, Tape};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use server::{PATIENCE, Server};

/// How a server behaves, whatever it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Good,
    Fails,
    IsBusy,
    SendsElsewhere,
    SendsPages,
    SendsNothing,
    SendsGarbage,
    BreaksOff,
    /// The language model alone: before its first word ...
    Stalls,
    /// ... and behind it.
    StallsWithin,
}

const SPOKEN: &str = "heard from afar";
const ANSWER: &str = "Answered from afar.";
/// What the scripted engines behind them hear, and echo.
const BEHIND: &str = "what is repartee";

fn delta(words: &str) -> String {
    let event = json!({"choices": [{"delta": {"content": words}}]});
    format!("data: {event}\n\n")
}

fn tone(samples: usize) -> Bytes {
    let tone = (0..samples).map(|n| (9_000.0 * (n as f32 * 0.1).sin()) as i16);
    tone.flat_map(i16::to_le_bytes).collect()
}

fn noise(bytes: usize) -> Bytes {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

fn of_kind(kind: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// The request is read whole, as servers do: who answers before cuts the line.
async fn answer(State(manner): State<Manner>, uri: Uri, _asked: Bytes) -> Response {
    let asked = uri.path().rsplit('/').next().unwrap_or_default();
    match (manner, asked) {
        (Manner::Fails, _) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        (Manner::IsBusy, _) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        (Manner::SendsElsewhere, _) => {
            let to = [(header::LOCATION, "http://192.0.2.1/v1")];
            (StatusCode::TEMPORARY_REDIRECT, to).into_response()
        }
        (Manner::SendsPages, _) => of_kind("text/html", "<html>Welcome</html>"),
        (Manner::SendsNothing, _) => StatusCode::OK.into_response(),
        (Manner::SendsGarbage, "speech") => of_kind("audio/pcm", noise(48_000)),
        (Manner::SendsGarbage, _) => of_kind("application/json", "{\"text\": {\"choices\": 7"),
        (Manner::Stalls, "completions") => std::future::pending().await,
        (Manner::StallsWithin, "completions") => {
            let half = stream::iter([Ok::<_, std::io::Error>(Bytes::from(delta("Half an ")))]);
            let body = Body::from_stream(half.chain(stream::pending()));
            of_kind("text/event-stream", body)
        }
        (Manner::Good, "completions") => {
            let stream = delta("Answered from ") + &delta("afar.") + "data: [DONE]\n\n";
            of_kind("text/event-stream", stream)
        }
        (Manner::Good | Manner::Stalls | Manner::StallsWithin, "transcriptions") => {
            axum::Json(json!({"text": SPOKEN})).into_response()
        }
        (Manner::Good | Manner::Stalls | Manner::StallsWithin, _) => {
            of_kind("audio/pcm", tone(24_000))
        }
        (Manner::BreaksOff, "completions") => of_kind("text/event-stream", delta("Half an ")),
        (Manner::BreaksOff, "transcriptions") => half("application/json", "{\"text\": \"Ha"),
        (Manner::BreaksOff, _) => half("audio/pcm", tone(6_000)),
    }
}

/// The line is cut behind this.
fn half(kind: &'static str, body: impl Into<Bytes>) -> Response {
    let body: Bytes = body.into();
    let parts = [Ok(body), Err(std::io::Error::other("gone"))];
    of_kind(kind, Body::from_stream(stream::iter(parts)))
}

/// The address of one that stands in for all three.
async fn stand_in(manner: Manner) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().fallback(answer).with_state(manner);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/v1")
}

/// A server with three remote engines, and scripted ones behind them.
async fn serve(manner: Manner) -> Server {
    let url = stand_in(manner).await;
    let order = "remote, scripted";
    let environment = [
        ("REPARTEE_ENGINES_RECOGNIZER", order),
        ("REPARTEE_ENGINES_LANGUAGE_MODEL", order),
        ("REPARTEE_ENGINES_SYNTHESIZER", order),
        ("REPARTEE_LLM_URL", &url),
        ("REPARTEE_LLM_FIRST_WORD_SECONDS", "1"),
        ("REPARTEE_STT_URL", &url),
        ("REPARTEE_TTS_URL", &url),
        ("REPARTEE_LLM_MODEL", "m"),
        ("REPARTEE_STT_MODEL", "m"),
        ("REPARTEE_TTS_MODEL", "m"),
    ];
    let server = Server::begin_with(&["--listen", "127.0.0.1:0"], &environment).await;
    server.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
}

/// One spoken question and its answer, heard to its end.
async fn converse(server: &Server, manner: Manner) -> Call {
    let door = Door::new(&server.url, None, false).expect("a good address");
    let call = Call::place(&door, &CallOptions::default()).await;
    let mut call = call.unwrap_or_else(|trouble| panic!("{trouble}"));
    let speech = Speech::tone(440.0, 800);
    call.say(&speech).await.expect("it stands");
    let over = |tape: &Tape| {
        let reply = tape.ledger.replies.first();
        reply.is_some_and(|reply| reply.sound_ended_ms.is_some() && reply.is_done())
    };
    let waited = call.wait("reply", PATIENCE, over).await;
    let ledger = call.look(|tape| tape.ledger.clone());
    waited.unwrap_or_else(|trouble| panic!("{manner:?}: {trouble} {ledger:?}"));
    call
}

/// Seam and grade of each engine that took over.
fn taken_over(tape: &Tape) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = tape.events_of("repartee.engine");
    events
        .map(|event| {
            let to = &event.body["to"];
            (text(&to["seam"]), text(&to["grade"]))
        })
        .collect()
}

fn check(tape: &Tape, understood: &str, text: &str) {
    let heard = tape.ledger.understood.iter();
    let heard: Vec<&str> = heard.map(|utterance| utterance.text.trim()).collect();
    let events: Vec<String> = tape
        .events_of("repartee.engine")
        .map(|event| event.body.to_string())
        .collect();
    assert_eq!(heard, [understood], "{events:?}");
    let reply = &tape.ledger.replies[0];
    assert_eq!(reply.text.trim(), text);
    assert_eq!(reply.status.as_deref(), Some("completed"));
    assert_eq!(reply.heard.as_deref().map(str::trim), Some(text));
    assert!(tape.received.iter().any(Frame::is_voiced), "it is audible");
    assert!(tape.ledger.errors.is_empty());
    let trouble = |notice: &&_| format!("{notice:?}").contains("trouble");
    assert_eq!(tape.ledger.notices.iter().filter(trouble).count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_remote_engines_make_a_conversation() {
    let server = serve(Manner::Good).await;
    let call = converse(&server, Manner::Good).await;
    call.look(|tape| {
        check(tape, SPOKEN, ANSWER);
        assert_eq!(taken_over(tape), []);
        let hello = tape.events_of("repartee.hello").next();
        let hello = hello
            .map(|event| event.body.to_string())
            .unwrap_or_default();
        assert_eq!(hello.matches("\"remote\"").count(), 3, "{hello}");
        let notices = format!("{:?}", tape.ledger.notices);
        assert!(notices.contains("no_partial_words"), "{notices}");
    });
}

async fn goes_on(manner: Manner) {
    let server = serve(manner).await;
    let call = converse(&server, manner).await;
    call.look(|tape| {
        let all = ["recognizer", "language_model", "synthesizer"].as_slice();
        let (heard, said, seams) = match manner {
            Manner::BreaksOff => (
                BEHIND,
                "Half an ... Sorry, once more: what is repartee",
                all,
            ),
            Manner::Stalls => (SPOKEN, SPOKEN, &all[1..2]),
            Manner::StallsWithin => {
                let said = "Half an ... Sorry, once more: heard from afar";
                (SPOKEN, said, &all[1..2])
            }
            _ => (BEHIND, BEHIND, all),
        };
        check(tape, heard, said);
        let taken = taken_over(tape);
        let wanted = seams
            .iter()
            .map(|&seam| (seam.to_owned(), "scripted".to_owned()));
        assert_eq!(taken, wanted.collect::<Vec<_>>(), "{manner:?}");
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_goes_on_whatever_the_servers_do() {
    let manners = [
        Manner::Fails,
        Manner::IsBusy,
        Manner::SendsElsewhere,
        Manner::SendsPages,
        Manner::SendsNothing,
        Manner::SendsGarbage,
        Manner::BreaksOff,
        Manner::Stalls,
        Manner::StallsWithin,
    ];
    let mut calls = tokio::task::JoinSet::new();
    for manner in manners {
        calls.spawn(goes_on(manner));
    }
    while let Some(call) = calls.join_next().await {
        call.expect("the caller is answered");
    }
}
