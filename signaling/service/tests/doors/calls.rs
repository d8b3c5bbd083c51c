//! Calls that are taken, as each known client places them, and hanging up.

use crate::house::{Doors, FORM, House, OFFER, SDP, bearer, form, instructions, request};
use axum::body::Body;
use serde_json::json;
use signaling_protocol::Bad;
use signaling_service::{NotAccepted, ServiceOptions};
use std::sync::Arc;

const CALLS: &str = "POST /v1/realtime/calls";

#[tokio::test]
async fn a_plain_offer_gets_an_answer() {
    let doors = Doors::local();
    let answer = doors.send(CALLS, &[SDP], OFFER).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), "application/sdp");
    assert_eq!(answer.header("location"), "/v1/realtime/calls/rtc_1");
    assert_eq!(answer.body, "v=0\r\nanswer\r\n");
    assert_eq!(doors.calls()[0].offer, OFFER);
    assert_eq!(doors.calls()[0].session, None);
}

#[tokio::test]
async fn a_form_is_taken_with_and_without_types_of_its_parts() {
    let doors = Doors::local();
    let session = instructions("Be brief.");
    let text = session.to_string();
    let node = form(&[
        ("sdp", "Content-Type: application/sdp\r\n", OFFER),
        ("session", "Content-Type: application/json\r\n", &text),
    ]);
    let browser = form(&[("sdp", "", OFFER), ("session", "", &text)]);
    let reversed = form(&[("session", "", &text), ("sdp", "", OFFER)]);
    for body in [node, browser, reversed] {
        let answer = doors.send(CALLS, &[FORM], &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    for call in doors.calls() {
        assert_eq!(call.offer, OFFER);
        assert_eq!(call.session, Some(session.clone()));
    }
}

#[tokio::test]
async fn a_form_needs_no_session_and_may_hold_more() {
    let doors = Doors::local();
    for parts in [
        &[("sdp", "", OFFER)][..],
        &[("sdp", "", OFFER), ("session", "", " ")],
        &[("sdp", "", OFFER), ("model", "", "gpt-realtime")],
    ] {
        let answer = doors.send(CALLS, &[FORM], &form(parts)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    assert!(doors.calls().iter().all(|call| call.session.is_none()));
}

#[tokio::test]
async fn the_media_type_may_have_parameters_and_any_case() {
    let doors = Doors::local();
    let kind = ("content-type", "Application/SDP; charset=utf-8");
    assert_eq!(doors.send(CALLS, &[kind], OFFER).await.status, 201);
}

#[tokio::test]
async fn the_shape_of_the_beta_is_taken() {
    let doors = Doors::local();
    let answer = doors
        .send("POST /v1/realtime?model=gpt-4o-realtime", &[SDP], OFFER)
        .await;
    assert_eq!(answer.status, 201);
    let session = json!({"type": "realtime", "model": "gpt-4o-realtime"});
    assert_eq!(doors.calls()[0].session, Some(session));
}

#[tokio::test]
async fn a_session_in_the_form_wins_over_the_address() {
    let doors = Doors::local();
    let body = form(&[
        ("sdp", "", OFFER),
        ("session", "", &instructions("x").to_string()),
    ]);
    assert_eq!(
        doors
            .send("POST /v1/realtime/calls?model=m", &[FORM], &body)
            .await
            .status,
        201
    );
    assert_eq!(doors.calls()[0].session, Some(instructions("x")));
}

#[tokio::test]
async fn a_bad_session_is_refused_with_its_path() {
    let doors = Doors::local();
    let session = json!({"type": "realtime", "audio": {"output": {"speed": 7}}}).to_string();
    let body = form(&[("sdp", "", OFFER), ("session", "", &session)]);
    let error = doors
        .send(CALLS, &[FORM], &body)
        .await
        .refused(400, "invalid_value");
    assert_eq!(error["param"], "session.audio.output.speed");
}

#[tokio::test]
async fn each_reason_not_to_take_a_call_has_its_status() {
    let bad = Bad {
        code: "invalid_value",
        message: "No such thing.".into(),
        param: Some("session.x".into()),
    };
    let reasons = [
        (
            NotAccepted::Offer("no audio in it".to_owned()),
            400,
            "invalid_offer",
            "",
        ),
        (NotAccepted::Session(bad), 400, "invalid_value", ""),
        (
            NotAccepted::Full { retry_after_s: 7 },
            503,
            "server_full",
            "7",
        ),
        (NotAccepted::Draining, 503, "server_draining", "5"),
        (
            NotAccepted::Server("secret detail".to_owned()),
            500,
            "server_error",
            "",
        ),
    ];
    for (reason, status, code, retry) in reasons {
        let doors = Doors::local();
        *doors.house.refuses.lock().expect("nobody panicked") = Some(reason);
        let answer = doors.send(CALLS, &[SDP], OFFER).await;
        answer.refused(status, code);
        assert_eq!(answer.header("retry-after"), retry);
        assert!(
            !answer.body.contains("secret detail"),
            "the log is the place for it"
        );
    }
}

#[tokio::test]
async fn a_call_is_hung_up_once() {
    let doors = Doors::local();
    let location = doors
        .send(CALLS, &[SDP], OFFER)
        .await
        .header("location")
        .to_owned();
    let hang_up = format!("POST {location}/hangup");
    let answer = doors.send(&hang_up, &[], "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "{}"));
    doors
        .send(&hang_up, &[], "")
        .await
        .refused(404, "call_not_found");
}

#[tokio::test]
async fn no_call_is_hung_up_by_a_strange_name() {
    let doors = Doors::local();
    doors.send(CALLS, &[SDP], OFFER).await;
    let long = "x".repeat(5_000);
    for id in ["rtc_2", "%ff", "..%2f..", "%00", "rtc_1%20", &long] {
        let answer = doors
            .send(&format!("POST /v1/realtime/calls/{id}/hangup"), &[], "")
            .await;
        answer.refused(404, "call_not_found");
    }
    assert_eq!(
        doors.house.running.lock().expect("nobody panicked").len(),
        1
    );
}

#[tokio::test]
async fn the_key_opens_and_nothing_else_does() {
    let doors = Doors::keyed();
    let key = bearer(crate::house::KEY);
    for good in [key.clone(), key.replace("Bearer", "bearer")] {
        let answer = doors
            .send(CALLS, &[SDP, ("authorization", &good)], OFFER)
            .await;
        assert_eq!(answer.status, 201, "{good}");
    }
    let answer = doors.send(CALLS, &[SDP], OFFER).await;
    answer.refused(401, "missing_api_key");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let almost = &key[..key.len() - 1];
    for bad in [
        almost,
        &format!("{key}x"),
        "Bearer ek_x",
        "Bearer x y",
        &key.replace("key", "KEY"),
    ] {
        let answer = doors
            .send(CALLS, &[SDP, ("authorization", bad)], OFFER)
            .await;
        answer.refused(401, "invalid_api_key");
    }
    for none in ["Bearer", "Bearer ", "", "Basic YTpi", crate::house::KEY] {
        let answer = doors
            .send(CALLS, &[SDP, ("authorization", none)], OFFER)
            .await;
        assert_eq!(answer.status, 401, "{none:?}");
    }
    doors
        .send("POST /v1/realtime/calls/rtc_1/hangup", &[], "")
        .await
        .refused(401, "missing_api_key");
    assert_eq!(doors.calls().len(), 2);
}

#[tokio::test]
async fn on_loopback_without_a_key_any_bearer_will_do() {
    let doors = Doors::local();
    for key in ["Bearer sk-whatever", "Bearer ek_whatever", "Basic x", ""] {
        assert_eq!(
            doors
                .send(CALLS, &[SDP, ("authorization", key)], OFFER)
                .await
                .status,
            201
        );
    }
}

/// The program refuses to start like that; if it ever does not, nobody comes in.
#[tokio::test]
async fn off_loopback_without_a_key_nobody_comes_in() {
    for keys in [vec![], vec![String::new()]] {
        let doors = Doors::of(
            House::default(),
            ServiceOptions {
                keys,
                ..ServiceOptions::default()
            },
        );
        doors
            .send(CALLS, &[SDP], OFFER)
            .await
            .refused(401, "missing_api_key");
        let answer = doors
            .send(CALLS, &[SDP, ("authorization", "Bearer x")], OFFER)
            .await;
        answer.refused(401, "invalid_api_key");
    }
}

#[tokio::test]
async fn too_many_calls_at_once_are_asked_to_come_again() {
    let stuck = Arc::new(tokio::sync::Semaphore::new(0));
    let house = House {
        stuck: Some(Arc::clone(&stuck)),
        ..House::default()
    };
    let doors = Doors::of(
        house,
        ServiceOptions {
            loopback: true,
            ..ServiceOptions::default()
        },
    );
    let knock = || Box::pin(doors.ask(request(CALLS, &[SDP], Body::from(OFFER))));
    let mut waiting: Vec<_> = (0..32).map(|_| knock()).collect();
    for call in &mut waiting {
        tokio::select! {
            biased;
            _ = call => panic!("nobody lets it in"),
            () = tokio::task::yield_now() => {}
        }
    }
    let answer = knock().await;
    answer.refused(503, "server_busy");
    assert_eq!(answer.header("retry-after"), "1");
    // One of them goes away: there is room for another.
    waiting.pop();
    stuck.add_permits(1_000);
    assert_eq!(knock().await.status, 201);
    for call in waiting {
        assert_eq!(call.await.status, 201);
    }
}
