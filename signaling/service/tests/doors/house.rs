//! A house behind the doors that remembers who called, and the means to knock.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use signaling_protocol::Bad;
use signaling_protocol::model::Engine;
use signaling_protocol::realtime::Realtime;
use signaling_service::{
    Accepted, CallRequest, NotAccepted, Readiness, Reception, ServiceOptions, router,
};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub(crate) const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";
pub(crate) const KEY: &str = "a key that nobody guesses";

/// Takes every call but those it was told to refuse.
#[derive(Default)]
pub(crate) struct House {
    pub(crate) calls: Mutex<Vec<CallRequest>>,
    pub(crate) running: Mutex<Vec<String>>,
    pub(crate) refuses: Mutex<Option<NotAccepted>>,
    pub(crate) ready: Mutex<bool>,
    /// Calls wait for a permit while there is one to wait for.
    pub(crate) stuck: Option<Arc<tokio::sync::Semaphore>>,
}

#[async_trait]
impl Reception for House {
    async fn call(&self, request: CallRequest) -> Result<Accepted, NotAccepted> {
        if let Some(stuck) = &self.stuck {
            let _permit = stuck.acquire().await;
        }
        if let Some(reason) = self.refuses.lock().expect("nobody panicked").clone() {
            return Err(reason);
        }
        Realtime::new("sess_1", request.session.as_ref()).map_err(NotAccepted::Session)?;
        let mut calls = self.calls.lock().expect("nobody panicked");
        calls.push(request);
        let call_id = format!("rtc_{}", calls.len());
        self.running
            .lock()
            .expect("nobody panicked")
            .push(call_id.clone());
        Ok(Accepted {
            call_id,
            answer: "v=0\r\nanswer\r\n".to_owned(),
        })
    }

    fn hang_up(&self, call_id: &str) -> bool {
        let mut running = self.running.lock().expect("nobody panicked");
        let before = running.len();
        running.retain(|running| running != call_id);
        running.len() < before
    }

    fn readiness(&self) -> Readiness {
        let ready = *self.ready.lock().expect("nobody panicked");
        let engine = Engine {
            seam: "synthesizer".to_owned(),
            name: "flite".to_owned(),
            grade: "builtin".to_owned(),
            voices: vec!["slt".to_owned()],
        };
        Readiness {
            ready,
            engines: vec![engine],
            calls: self.running.lock().expect("nobody panicked").len(),
            reason: (!ready).then(|| "the voice is being warmed".to_owned()),
        }
    }

    fn metrics(&self) -> String {
        "repartee_calls 0\n".to_owned()
    }

    fn session(&self, wanted: Option<&Value>) -> Result<Value, Bad> {
        Ok(Realtime::new("sess_1", wanted)?.session())
    }
}

/// The doors of one house.
pub(crate) struct Doors {
    pub(crate) house: Arc<House>,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Doors {
    pub(crate) fn of(house: House, options: ServiceOptions) -> Self {
        let house = Arc::new(house);
        let router = router(options, Arc::clone(&house) as Arc<dyn Reception>);
        Self { house, router }
    }

    /// On loopback, without a key.
    pub(crate) fn local() -> Self {
        Self::of(
            House::default(),
            ServiceOptions {
                loopback: true,
                ..ServiceOptions::default()
            },
        )
    }

    /// Somewhere, with a key.
    pub(crate) fn keyed() -> Self {
        let options = ServiceOptions {
            keys: vec![KEY.to_owned()],
            ..ServiceOptions::default()
        };
        Self::of(House::default(), options)
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("a router answers always");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1_000_000).await.expect("an answer ends");
        let body = String::from_utf8(bytes.to_vec()).expect("an answer is text");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A request as a program on this machine sends it: with a `Host`, without an `Origin`.
    pub(crate) async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask(request(line, headers, Body::from(body.to_owned())))
            .await
    }

    /// The calls that reached the house.
    pub(crate) fn calls(&self) -> Vec<CallRequest> {
        self.house.calls.lock().expect("nobody panicked").clone()
    }
}

/// `line`: `POST /path`.
pub(crate) fn request(line: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "127.0.0.1:8080");
    }
    for (name, value) in headers.iter().filter(|(_, value)| *value != "absent") {
        request = request.header(*name, *value);
    }
    request.body(body).expect("a request in order")
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are ASCII"))
    }

    /// It is an error as OpenAI words them, with this status and code.
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        let error = self.json()["error"].clone();
        assert_eq!(error["code"], code, "{self:?}");
        assert!(
            error["message"].as_str().is_some_and(|text| text.len() > 5),
            "{self:?}"
        );
        assert!(
            error["type"].is_string() && error.get("param").is_some(),
            "{self:?}"
        );
        error
    }
}

/// A form with these parts: name, headers of its own, content.
pub(crate) fn form(parts: &[(&str, &str, &str)]) -> String {
    let mut form = String::new();
    for (name, headers, content) in parts {
        form += &format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{headers}\r\n{content}\r\n"
        );
    }
    form + "--edge--\r\n"
}

pub(crate) const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=edge");
pub(crate) const SDP: (&str, &str) = ("content-type", "application/sdp");

pub(crate) fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

pub(crate) fn instructions(text: &str) -> Value {
    json!({"type": "realtime", "instructions": text})
}
