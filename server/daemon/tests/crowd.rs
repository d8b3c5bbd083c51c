//! The real program at the limit of its engines: who comes is asked to come again, and who is there notices nothing.

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
use axum::http::header;
use axum::response::{IntoResponse, Response};
use client_probe::{Call, CallOptions, Door, Tape, Trouble};
use futures_util::stream;
use serde_json::{Value, json};
use server::{PATIENCE, Server};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;

/// Replies that the engine composes at once; as many as there may be calls.
const THREADS: &str = "8";
/// Percent. Two replies that never end use a quarter of the threads: three calls, of which two talk, stay below, and with a
/// fourth it would be a third.
const MOST_LOAD: &str = "26";

/// A language model that goes on talking until it is let go.
async fn talk(State(let_go): State<watch::Receiver<bool>>, _asked: Bytes) -> Response {
    let words = stream::unfold(Some(let_go), |going| async {
        let mut let_go = going?;
        let waiting = async { let_go.wait_for(|gone| *gone).await.is_ok() };
        let over = tokio::time::timeout(Duration::from_millis(300), waiting).await;
        let over = over.is_ok();
        let (words, end) = match over {
            true => ("done.", "data: [DONE]\n\n"),
            false => ("and ", ""),
        };
        let delta = json!({"choices": [{"delta": {"content": words}}]});
        let sent = Ok::<_, std::io::Error>(format!("data: {delta}\n\n{end}"));
        Some((sent, (!over).then_some(let_go)))
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    (kind, Body::from_stream(words)).into_response()
}

async fn serve(let_go: watch::Receiver<bool>) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().fallback(talk).with_state(let_go);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let url = format!("http://{address}/v1");
    let environment = [
        ("REPARTEE_ENGINES_LANGUAGE_MODEL", "remote, scripted"),
        ("REPARTEE_LLM_URL", &url),
        ("REPARTEE_LLM_MODEL", "m"),
        ("REPARTEE_SERVER_MOST_CALLS", THREADS),
        ("REPARTEE_SERVER_MOST_LOAD", MOST_LOAD),
    ];
    let server = Server::begin_with(&["--listen", "127.0.0.1:0"], &environment).await;
    server.unwrap_or_else(|complaint| panic!("the server serves: {complaint}"))
}

async fn place(server: &Server) -> Result<Call, Trouble> {
    let door = Door::new(&server.url, None, false).expect("a good address");
    Call::place(&door, &CallOptions::default()).await
}

/// What `GET /metrics` tells, by name and labels.
async fn metrics(server: &Server) -> BTreeMap<String, f64> {
    let page = reqwest::get(format!("{}/metrics", server.url)).await;
    let page = page.expect("the server answers").text().await;
    let page = page.expect("it is text");
    let lines = page.lines().filter_map(|line| line.rsplit_once(' '));
    let numbers = lines.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)));
    numbers.collect()
}

fn sum_of(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    let ours = |(full, _): &(&String, &f64)| full.split('{').next() == Some(name);
    metrics.iter().filter(ours).map(|(_, value)| value).sum()
}

fn of_language(metrics: &BTreeMap<String, f64>, name: &str) -> f64 {
    metrics[&format!("repartee_{name}{{engine=\"language_model\"}}")]
}

/// What the door says to an offer that is none: it looks at the crowd first.
async fn knock(server: &Server) -> (u16, Option<String>, Value) {
    let client = reqwest::Client::new();
    let offer = client
        .post(format!("{}/v1/realtime/calls", server.url))
        .header(header::CONTENT_TYPE, "application/sdp")
        .body("v=0\r\n");
    let answer = offer.send().await.expect("the server answers");
    let later = answer.headers().get(header::RETRY_AFTER);
    let later = later.map(|value| value.to_str().expect("a number").to_owned());
    let status = answer.status().as_u16();
    (status, later, answer.json().await.expect("in JSON"))
}

/// What is awaited is the state; the ticks only spare the machine.
async fn until<F: Future<Output = bool>>(what: &str, mut over: impl FnMut() -> F) {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let asking = async {
        while !over().await {
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(2 * PATIENCE, asking).await;
    waited.unwrap_or_else(|_| panic!("{what} did not come"));
}

async fn wait(call: &Call, what: &str, over: impl Fn(&Tape) -> bool + Send + 'static) {
    let waited = call.wait(what, PATIENCE, over).await;
    waited
        .unwrap_or_else(|trouble| panic!("{trouble} {:?}", call.look(|tape| tape.ledger.clone())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_would_make_others_wait_is_asked_to_come_again() {
    // The first to install a provider wins; the others find one and are content.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let (go, let_go) = watch::channel(false);
    let server = serve(let_go).await;
    let mut calls = Vec::new();
    for talks in [true, true, false] {
        let call = place(&server)
            .await
            .expect("nobody knows yet what a call costs");
        if talks {
            call.type_text("go on").await.expect("it stands");
        }
        calls.push(call);
    }
    until("a door that is closed", || async {
        knock(&server).await.0 == 503
    })
    .await;

    let (_, later, told) = knock(&server).await;
    let later: u64 = later
        .expect("with Retry-After")
        .parse()
        .expect("in seconds");
    assert!(later > 0);
    assert_eq!(told["error"]["code"], "server_full", "{told}");
    let refused = place(&server).await.err().expect("a fourth one is refused");
    assert!(
        refused.to_string().contains("All lines are busy"),
        "{refused}"
    );

    let crowded = metrics(&server).await;
    let limit: f64 = MOST_LOAD.parse().expect("a number");
    let load = of_language(&crowded, "load_ratio");
    assert!(100.0 * load < limit, "foretold, before it came: {load}");
    assert_eq!(sum_of(&crowded, "repartee_calls"), 3.0);
    assert_eq!(of_language(&crowded, "jobs_running"), 2.0);
    for unnoticed in [
        "waiting",
        "refused_full_total",
        "refused_slow_total",
        "late_total",
    ] {
        let name = format!("repartee_jobs_{unnoticed}");
        assert_eq!(sum_of(&crowded, &name), 0.0, "{name}");
    }

    go.send(true).expect("they are listened to");
    for call in &calls[..2] {
        wait(call, "the end of a reply", |tape| {
            let mut replies = tape.ledger.replies.iter();
            replies.any(|reply| reply.is_done() && reply.text.trim().ends_with("done."))
        })
        .await;
        call.look(|tape| assert!(tape.ended.is_none() && tape.ledger.errors.is_empty()));
    }
    let third = &calls[2];
    third.type_text("and I").await.expect("it stands");
    wait(third, "a reply to who was there", |tape| {
        tape.ledger
            .replies
            .iter()
            .any(|reply| reply.text.trim() == "done.")
    })
    .await;

    // Of three calls one is left: there is room for another.
    for call in calls.drain(..2) {
        call.hang_up().await.expect("it stood to its end");
    }
    until("a door that is open", || async {
        knock(&server).await.0 != 503
    })
    .await;
    let another = place(&server).await;
    another.unwrap_or_else(|trouble| panic!("there is room: {trouble}"));
}
