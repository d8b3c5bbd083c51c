//! Client secrets: minted by the holder of the key, for a while, with a session.

use crate::house::{Answer, Doors, FORM, KEY, OFFER, SDP, bearer, form, instructions};
use serde_json::{Value, json};
use std::time::Duration;

const SECRETS: &str = "POST /v1/realtime/client_secrets";
const CALLS: &str = "POST /v1/realtime/calls";

async fn mint(doors: &Doors, body: &str) -> Answer {
    doors
        .send(SECRETS, &[("authorization", &bearer(KEY))], body)
        .await
}

async fn value(doors: &Doors, body: Value) -> String {
    mint(doors, &body.to_string()).await.json()["value"]
        .as_str()
        .expect("a value")
        .to_owned()
}

async fn call(doors: &Doors, secret: &str) -> Answer {
    doors
        .send(CALLS, &[SDP, ("authorization", &bearer(secret))], OFFER)
        .await
}

#[tokio::test]
async fn a_secret_comes_with_the_whole_session() {
    let doors = Doors::keyed();
    let answer = mint(
        &doors,
        &json!({"session": instructions("Be brief.")}).to_string(),
    )
    .await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let value = body["value"].as_str().expect("a value");
    assert!(value.starts_with("ek_") && value.len() == 67, "{value}");
    let session = &body["session"];
    assert_eq!(session["instructions"], "Be brief.");
    assert_eq!(session["object"], "realtime.session");
    assert!(session["id"].is_string() && session["audio"]["output"]["voice"].is_string());
    assert!(
        body["expires_at"]
            .as_u64()
            .is_some_and(|at| at > 1_700_000_000)
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_empty_body_asks_for_the_usual() {
    let doors = Doors::keyed();
    for body in ["", "{}", r#"{"session":null,"expires_after":null}"#] {
        assert_eq!(mint(&doors, body).await.status, 200, "{body}");
    }
}

#[tokio::test]
async fn a_secret_brings_its_session_into_the_call() {
    let doors = Doors::keyed();
    let session = instructions("Be brief.");
    let secret = value(&doors, json!({"session": session})).await;
    assert_eq!(call(&doors, &secret).await.status, 201);
    assert_eq!(
        call(&doors, &secret).await.status,
        201,
        "it may open several"
    );
    assert_eq!(doors.calls()[1].session, Some(session));
    let own = instructions("At length.");
    let body = form(&[("sdp", "", OFFER), ("session", "", &own.to_string())]);
    doors
        .send(CALLS, &[FORM, ("authorization", &bearer(&secret))], &body)
        .await;
    assert_eq!(
        doors.calls()[2].session,
        Some(own),
        "the call's own session wins"
    );
}

#[tokio::test(start_paused = true)]
async fn a_secret_expires() {
    let doors = Doors::keyed();
    let secret = value(
        &doors,
        json!({"expires_after": {"anchor": "created_at", "seconds": 10}}),
    )
    .await;
    tokio::time::advance(Duration::from_millis(9_999)).await;
    assert_eq!(call(&doors, &secret).await.status, 201);
    tokio::time::advance(Duration::from_millis(1)).await;
    call(&doors, &secret).await.refused(401, "invalid_api_key");
}

#[tokio::test]
async fn a_secret_mints_no_secrets() {
    let doors = Doors::keyed();
    let secret = value(&doors, json!({})).await;
    let answer = doors
        .send(SECRETS, &[("authorization", &bearer(&secret))], "")
        .await;
    answer.refused(401, "invalid_api_key");
    doors
        .send(SECRETS, &[], "")
        .await
        .refused(401, "missing_api_key");
}

#[tokio::test]
async fn a_secret_that_is_nearly_right_is_wrong() {
    let doors = Doors::keyed();
    let secret = value(&doors, json!({})).await;
    let other = if secret.ends_with('0') { "1" } else { "0" };
    for wrong in [
        &secret[..66],
        &format!("{}{other}", &secret[..66]),
        &secret.to_uppercase(),
        &secret[3..],
    ] {
        call(&doors, wrong).await.refused(401, "invalid_api_key");
    }
}

#[tokio::test]
async fn no_two_secrets_are_alike() {
    let doors = Doors::keyed();
    let (one, other) = (
        value(&doors, json!({})).await,
        value(&doors, json!({})).await,
    );
    assert_ne!(one, other);
}

#[tokio::test]
async fn what_is_asked_of_a_secret_is_checked() {
    let doors = Doors::keyed();
    let after = |after: Value| json!({"expires_after": after}).to_string();
    let cases = [
        ("{".to_owned(), "invalid_json", Some("body")),
        ("[]".to_owned(), "invalid_type", None),
        (
            json!({"model": "x"}).to_string(),
            "unknown_parameter",
            Some("model"),
        ),
        (after(json!(60)), "invalid_value", Some("expires_after")),
        (
            after(json!({"seconds": 9})),
            "invalid_value",
            Some("expires_after.seconds"),
        ),
        (
            after(json!({"seconds": 7_201})),
            "invalid_value",
            Some("expires_after.seconds"),
        ),
        (
            after(json!({"seconds": -1})),
            "invalid_value",
            Some("expires_after.seconds"),
        ),
        (
            after(json!({"seconds": 60.5})),
            "invalid_value",
            Some("expires_after.seconds"),
        ),
        (
            after(json!({"seconds": "60"})),
            "invalid_value",
            Some("expires_after.seconds"),
        ),
        (
            after(json!({"anchor": "now"})),
            "invalid_value",
            Some("expires_after.anchor"),
        ),
        (
            after(json!({"minutes": 1})),
            "unknown_parameter",
            Some("expires_after.minutes"),
        ),
        (
            json!({"session": 7}).to_string(),
            "invalid_type",
            Some("session"),
        ),
        (
            json!({"session": {"speed": 1}}).to_string(),
            "unknown_parameter",
            Some("session.speed"),
        ),
    ];
    for (body, code, param) in cases {
        let error = mint(&doors, &body).await.refused(400, code);
        assert_eq!(error["param"].as_str(), param, "{body}");
    }
    for seconds in [10, 7_200] {
        assert_eq!(
            mint(&doors, &after(json!({"seconds": seconds})))
                .await
                .status,
            200
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_so_many_secrets_live_at_once() {
    let doors = Doors::keyed();
    let short = r#"{"expires_after":{"seconds":10}}"#;
    for _ in 0..1_000 {
        assert_eq!(mint(&doors, short).await.status, 200);
    }
    mint(&doors, short)
        .await
        .refused(429, "rate_limit_exceeded");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(mint(&doors, short).await.status, 200);
}

#[tokio::test]
async fn secrets_keep_only_so_much() {
    let doors = Doors::keyed();
    let large = json!({"session": instructions(&"x".repeat(200_000))}).to_string();
    let mut minted = 0;
    while mint(&doors, &large).await.status == 200 {
        minted += 1;
        assert!(minted < 1_000, "the bound on bytes is there");
    }
    assert_eq!(minted, 79, "16 MB of sessions");
}

/// Where no key is asked for, a secret still carries its session.
#[tokio::test]
async fn without_a_key_secrets_work_too() {
    let doors = Doors::local();
    let session = instructions("Be brief.");
    let answer = doors
        .send(SECRETS, &[], &json!({"session": session}).to_string())
        .await;
    let secret = answer.json()["value"].as_str().expect("a value").to_owned();
    assert_eq!(call(&doors, &secret).await.status, 201);
    assert_eq!(doors.calls()[0].session, Some(session));
}
