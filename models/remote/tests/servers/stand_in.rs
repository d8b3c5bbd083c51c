//! A server of ours, which does what a test tells it to and remembers what it was asked.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use models_engine::{Author, Cancel, LanguageModel, Line, Passage, Piece, Prompt, Stopped};
use models_remote::{Patience, RemoteLanguage, RemoteOptions};
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
    /// As it came, where it is no JSON.
    pub(crate) bytes: Bytes,
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

    pub(crate) fn remote(&self) -> RemoteLanguage {
        remote(&self.url, Some("tiny"))
    }
}

async fn take(State(desk): State<Desk>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 16 << 20)
        .await
        .unwrap_or_default();
    let asked = Asked {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        bytes: body,
    };
    let response = (desk.answer)(&asked);
    desk.asked
        .lock()
        .expect("nobody panicked with it")
        .push(asked);
    desk.arrive.try_send(()).ok();
    response
}

pub(crate) fn remote(url: &str, model: Option<&str>) -> RemoteLanguage {
    impatient(url, model, patient())
}

/// Nothing is late, and what is tried again is tried at once.
pub(crate) fn patient() -> Patience {
    Patience {
        connect: LIMIT,
        first: LIMIT,
        next: LIMIT,
        pause: Duration::ZERO,
        pauses: Duration::from_secs(1),
        lag: LIMIT,
    }
}

pub(crate) fn options(url: &str, model: Option<&str>) -> RemoteOptions {
    RemoteOptions {
        base_url: url.to_owned(),
        key: Some("sk-secret".to_owned()),
        model: model.map(str::to_owned),
    }
}

pub(crate) fn impatient(url: &str, model: Option<&str>, patience: Patience) -> RemoteLanguage {
    RemoteLanguage::with_patience(options(url, model), patience).expect("the address is good")
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
    streamed(held_open(delta(words).into(), gone))
}

/// Some bytes and then nothing for ever; tells when the client has hung up.
pub(crate) fn held_open(
    first: Bytes,
    gone: SyncSender<()>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    struct Guard(SyncSender<()>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.try_send(()).ok();
        }
    }
    let guard = Guard(gone);
    let never = stream::pending().map(move |part: std::io::Result<Bytes>| {
        let _held = &guard;
        part
    });
    stream::iter([Ok(first)]).chain(never)
}

/// A server that closes in the middle of its answer: it takes one request, says this much of a longer body, and is gone.
/// Its address.
pub(crate) fn closing(kind: &str, body: &[u8]) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 99999999\r\n\r\n");
    let answer = [head.as_bytes(), body].concat();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        read_request(&mut stream);
        stream.write_all(&answer).expect("somebody reads");
    });
    format!("http://{address}/v1")
}

/// With its body: a line that is closed while something is unread is cut, not ended.
fn read_request(stream: &mut std::net::TcpStream) {
    let (mut request, mut buffer) = (Vec::new(), [0; 16_384]);
    let wanted = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_ascii_lowercase();
        let head = text.split_once("\r\n\r\n")?.0;
        let length = head.split_once("content-length: ")?.1;
        let length: usize = length.lines().next()?.parse().ok()?;
        let end = request.windows(4).position(|four| four == b"\r\n\r\n")?;
        Some(end + 4 + length)
    };
    while wanted(&request).is_none_or(|wanted| request.len() < wanted) {
        let read = stream.read(&mut buffer).expect("the request comes whole");
        assert!(read > 0, "the request comes whole");
        request.extend_from_slice(&buffer[..read]);
    }
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
pub(crate) fn compose(model: &RemoteLanguage) -> (String, Vec<usize>, Result<(), Stopped>) {
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
pub(crate) fn failure(model: &RemoteLanguage) -> String {
    match compose(model).2 {
        Err(Stopped::Failed(failure)) => failure.message,
        other => panic!("it should have failed: {other:?}"),
    }
}
