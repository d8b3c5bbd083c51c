//! Bodies at the door: the form of a call, with its boundary, its parts and its session; and a secret's.
#![no_main]

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use signaling_protocol::Bad;
use signaling_protocol::realtime::Realtime;
use signaling_service::{
    Accepted, CallRequest, NotAccepted, Readiness, Reception, ServiceOptions, router,
};
use std::cell::OnceCell;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

struct House;

#[async_trait]
impl Reception for House {
    async fn call(&self, request: CallRequest) -> Result<Accepted, NotAccepted> {
        assert!(!request.offer.trim().is_empty() && request.offer.len() <= 256_000);
        Realtime::new("sess_1", request.session.as_ref()).map_err(NotAccepted::Session)?;
        Ok(Accepted {
            call_id: "rtc_1".to_owned(),
            answer: String::new(),
        })
    }

    fn hang_up(&self, _: &str) -> bool {
        false
    }

    fn readiness(&self) -> Readiness {
        Readiness {
            ready: true,
            engines: Vec::new(),
            calls: 0,
            reason: None,
        }
    }

    fn session(&self, wanted: Option<&Value>) -> Result<Value, Bad> {
        Ok(Realtime::new("sess_1", wanted)?.session())
    }
}

thread_local! {
    static DOORS: OnceCell<(Runtime, Router)> = const { OnceCell::new() };
}

fn doors() -> (Runtime, Router) {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts");
    let options = ServiceOptions {
        loopback: true,
        ..ServiceOptions::default()
    };
    (runtime, router(options, Arc::new(House)))
}

fuzz_target!(|data: &[u8]| {
    let (path, kind) = match data.first() {
        Some(b'{') => ("/v1/realtime/client_secrets", "application/json"),
        _ => ("/v1/realtime/calls", "multipart/form-data; boundary=edge"),
    };
    let request = Request::post(path)
        .header("host", "localhost")
        .header("content-type", kind);
    let request = request
        .body(Body::from(data.to_vec()))
        .expect("a request in order");
    DOORS.with(|kept| {
        let (runtime, router) = kept.get_or_init(doors);
        let answer = runtime
            .block_on(router.clone().oneshot(request))
            .expect("it answers");
        assert!(answer.status().as_u16() != 500, "no input is our fault");
    });
});
