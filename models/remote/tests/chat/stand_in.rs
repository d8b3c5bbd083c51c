//! A chat server of ours, which does what a test tells it to and remembers what it was asked.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use models_engine::{Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Stopped};
use models_remote::{Patience, Remote, RemoteOptions};
use serde_json::{Value, json};

/// What a test waits for at most before it fails; nothing is timed by it.
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) type Answer = Arc<dyn Fn(&Asked) -> Response + Send + Sync>;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

pub(crate) struct StandIn {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    arrived: Mutex<Receiver<()>>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Clone)]
struct Desk {
    answer: Answer,
    asked: Arc<Mutex<Vec<Asked>>>,
    arrive: SyncSender<()>,
}

impl StandIn {
    pub(crate) fn serve(answer: impl Fn(&Asked) -> Response + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the stand-in");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a free port");
        let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
        let asked = Arc::default();
        let (arrive, arrived) = sync_channel(100);
        let desk = Desk {
            answer: Arc::new(answer),
            asked: Arc::clone(&asked),
            arrive,
        };
        let router = axum::Router::new().fallback(take).with_state(desk);
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            asked,
            arrived: Mutex::new(arrived),
            _runtime: runtime,
        }
    }

    /// Returns once a request has arrived.
    pub(crate) fn wait_until_asked(&self) {
        let arrived = self.arrived.lock().expect("nobody panicked with it");
        arrived.recv_timeout(LIMIT).expect("a request arrives");
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panicked with it").clone()
    }

    pub(crate) fn remote(&self) -> Remote {
        remote(&self.url, Some("tiny"))
    }
}

async fn take(State(desk): State<Desk>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20)
        .await
        .unwrap_or_default();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let response = (desk.answer)(&asked);
    desk.asked
        .lock()
        .expect("nobody panicked with it")
        .push(asked);
    desk.arrive.try_send(()).ok();
    response
}

pub(crate) fn remote(url: &str, model: Option<&str>) -> Remote {
    impatient(
        url,
        model,
        Patience {
            connect: LIMIT,
            first_word: LIMIT,
            next_word: LIMIT,
        },
    )
}

pub(crate) fn impatient(url: &str, model: Option<&str>, patience: Patience) -> Remote {
    let options = RemoteOptions {
        base_url: url.to_owned(),
        key: Some("sk-secret".to_owned()),
        model: model.map(str::to_owned),
    };
    Remote::with_patience(options, patience).expect("the address is good")
}

/// One delta of a chat stream.
pub(crate) fn delta(words: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({"choices": [{"index": 0, "delta": {"content": words}}]})
    )
}

pub(crate) fn events(parts: &[String]) -> Response {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| Ok(Bytes::from(part.clone())))
        .collect();
    streamed(stream::iter(parts))
}

/// A whole good reply.
pub(crate) fn reply(words: &[&str]) -> Response {
    let mut parts: Vec<String> = words.iter().map(|words| delta(words)).collect();
    parts.push("data: [DONE]\n\n".to_owned());
    events(&parts)
}

pub(crate) fn streamed(
    body: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
) -> Response {
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(body),
    )
        .into_response()
}

/// Says something and then nothing for ever; tells when the client has hung up.
pub(crate) fn endless(words: &'static str, gone: SyncSender<()>) -> Response {
    struct Guard(SyncSender<()>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.try_send(()).ok();
        }
    }
    let guard = Guard(gone);
    let first = stream::iter([Ok(Bytes::from(delta(words)))]);
    let never = stream::pending().map(move |part: std::io::Result<Bytes>| {
        let _held = &guard;
        part
    });
    streamed(first.chain(never))
}

pub(crate) fn wait_for(signal: &Receiver<()>) {
    signal
        .recv_timeout(LIMIT)
        .expect("the other side does its part");
}

pub(crate) fn status(code: u16, body: Value) -> Response {
    let code = StatusCode::from_u16(code).expect("a status");
    (code, axum::Json(body)).into_response()
}

pub(crate) fn question() -> Prompt {
    let passage = |text: &str| Passage {
        source: "a.md".to_owned(),
        heading: "A".to_owned(),
        text: text.to_owned(),
        score: 1.0,
        likeness: Vec::new(),
    };
    Prompt {
        instructions: String::new(),
        lines: vec![Line {
            author: Author::Caller,
            text: "Is it free?".to_owned(),
            cut: false,
            call: None,
        }],
        passages: vec![passage("It is free."), passage("It is open.")],
        ..Prompt::default()
    }
}

/// Composes the answer to the question: the text, the sources, and how it ended.
pub(crate) fn compose(model: &Remote) -> (String, Vec<usize>, Result<(), Stopped>) {
    let (mut text, mut cited) = (String::new(), Vec::new());
    let result = model.compose(
        &question(),
        &mut |piece| match piece {
            Piece::Text(words) => text.push_str(&words),
            Piece::Cite(index) => cited.push(index),
            // "<weather {}>"
            Piece::Call(tool) => text.push_str(&format!("<{tool}> ")),
            Piece::Arguments(more) => text.push_str(&more),
        },
        &Cancel::new(),
    );
    (text, cited, result)
}

/// The sentence of a failure.
pub(crate) fn failure(model: &Remote) -> String {
    match compose(model).2 {
        Err(Stopped::Failed(failure)) => failure.message,
        other => panic!("it should have failed: {other:?}"),
    }
}
