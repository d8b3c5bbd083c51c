//! What the server says of itself.

use crate::house::{Doors, House, KEY, OFFER, SDP, bearer};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use serde_json::json;
use signaling_service::{IceOptions, ServiceOptions, router};
use std::sync::Arc;
use tower::ServiceExt;

fn relay(keys: Vec<String>) -> ServiceOptions {
    let ice = IceOptions {
        stun: vec!["stun:stun.example:3478".to_owned()],
        turn: vec!["turn:turn.example:3478?transport=udp".to_owned()],
        secret: Some("shared".to_owned()),
        ttl_s: 60,
    };
    ServiceOptions {
        loopback: keys.is_empty(),
        keys,
        ice,
        ..ServiceOptions::default()
    }
}

#[tokio::test]
async fn alive_is_alive() {
    let doors = Doors::keyed();
    let answer = doors.send("GET /healthz", &[], "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"alive": true}));
}

#[tokio::test]
async fn ready_is_said_with_engines_and_calls() {
    let doors = Doors::local();
    let answer = doors.send("GET /readyz", &[], "").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["reason"], "the voice is being warmed");
    assert_eq!(answer.json()["ready"], false);
    *doors.house.ready.lock().expect("nobody panicked") = true;
    doors.send("POST /v1/realtime/calls", &[SDP], OFFER).await;
    let answer = doors.send("GET /readyz", &[], "").await;
    assert_eq!(answer.status, 200);
    let engines =
        json!([{"seam": "synthesizer", "name": "flite", "grade": "builtin", "voices": ["slt"]}]);
    assert_eq!(
        answer.json(),
        json!({"ready": true, "engines": engines, "calls": 1})
    );
}

#[tokio::test]
async fn no_relay_is_an_empty_list() {
    let doors = Doors::local();
    assert_eq!(
        doors.send("GET /v1/repartee/ice", &[], "").await.json(),
        json!({"iceServers": []})
    );
}

#[tokio::test]
async fn a_relay_comes_with_a_credential_that_it_takes() {
    let doors = Doors::of(House::default(), relay(Vec::new()));
    let servers = doors.send("GET /v1/repartee/ice", &[], "").await.json()["iceServers"].clone();
    assert_eq!(servers[0], json!({"urls": ["stun:stun.example:3478"]}));
    assert_eq!(
        servers[1]["urls"],
        json!(["turn:turn.example:3478?transport=udp"])
    );
    let name = servers[1]["username"].as_str().expect("a name");
    let credential = servers[1]["credential"].as_str().expect("a credential");
    assert!(
        turn_credentials::check("shared", name, credential, 0).is_ok(),
        "{servers}"
    );
    assert!(!servers.to_string().contains("shared"));
}

/// coturn's `user-quota` counts by the name without the time before it.
#[tokio::test]
async fn each_caller_has_a_name_of_its_own_at_the_relay() {
    let doors = Doors::of(House::default(), relay(Vec::new()));
    let mut names = Vec::new();
    for _ in 0..2 {
        let answer = doors.send("GET /v1/repartee/ice", &[], "").await.json();
        let user = answer["iceServers"][1]["username"].as_str();
        let (_, name) = user.and_then(|user| user.split_once(':')).expect("a name");
        names.push(name.to_owned());
    }
    assert_ne!(names[0], names[1]);
}

#[tokio::test]
async fn a_relay_needs_the_key_where_there_is_one() {
    let doors = Doors::of(House::default(), relay(vec![KEY.to_owned()]));
    doors
        .send("GET /v1/repartee/ice", &[], "")
        .await
        .refused(401, "missing_api_key");
    let answer = doors
        .send(
            "GET /v1/repartee/ice",
            &[("authorization", &bearer(KEY))],
            "",
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_relay_without_a_secret_is_not_told_of() {
    let mut options = relay(Vec::new());
    options.ice.secret = None;
    let doors = Doors::of(House::default(), options);
    let servers = doors.send("GET /v1/repartee/ice", &[], "").await.json()["iceServers"].clone();
    assert_eq!(servers, json!([{"urls": ["stun:stun.example:3478"]}]));
}

#[test]
fn options_print_no_secret() {
    let printed = format!("{:?}", relay(vec!["the key itself".to_owned()]));
    assert!(
        !printed.contains("shared") && !printed.contains("the key itself"),
        "{printed}"
    );
}

/// The program puts its pages beside the doors.
#[tokio::test]
async fn pages_are_merged_into_it() {
    let options = ServiceOptions {
        loopback: true,
        ..ServiceOptions::default()
    };
    let page = Router::new().route("/", get(async || "the page"));
    let both = router(options, Arc::new(House::default())).merge(page);
    let request = Request::get("/")
        .body(Body::empty())
        .expect("a request in order");
    assert_eq!(
        both.oneshot(request).await.expect("it answers").status(),
        200
    );
}

#[tokio::test]
async fn what_is_counted_is_told_to_the_owner() {
    let doors = Doors::local();
    let answer = doors.send("GET /metrics", &[], "").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    assert_eq!(answer.body, "repartee_calls 0\n");
    let doors = Doors::keyed();
    doors
        .send("GET /metrics", &[], "")
        .await
        .refused(401, "missing_api_key");
    let key = bearer(KEY);
    let answer = doors
        .send("GET /metrics", &[("authorization", &key)], "")
        .await;
    assert_eq!(answer.status, 200);
}
