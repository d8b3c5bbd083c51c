//! Bodies, types and addresses that are wrong: JSON says what, and no call comes of it.

use crate::house::{Doors, FORM, OFFER, SDP, form, request};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const CALLS: &str = "POST /v1/realtime/calls";
const SECRETS: &str = "POST /v1/realtime/client_secrets";

/// A body that says nothing of its length.
fn endless(size: usize) -> Body {
    counted(size, &Arc::default())
}

/// Counts how much of it was read.
fn counted(size: usize, read: &Arc<AtomicUsize>) -> Body {
    let (piece, read) = (Bytes::from(vec![b'a'; 10_000]), Arc::clone(read));
    let pieces = (0..size / piece.len()).map(move |_| {
        read.fetch_add(piece.len(), Ordering::Relaxed);
        Ok::<_, Infallible>(piece.clone())
    });
    Body::from_stream(futures_util::stream::iter(pieces))
}

#[tokio::test]
async fn an_offer_of_a_megabyte_is_too_large() {
    let doors = Doors::local();
    let large = "a".repeat(1_000_000);
    doors
        .send(CALLS, &[SDP], &large)
        .await
        .refused(413, "request_too_large");
    doors
        .send(CALLS, &[FORM], &form(&[("sdp", "", &large)]))
        .await
        .refused(413, "request_too_large");
    doors
        .ask(request(CALLS, &[SDP], endless(1_000_000)))
        .await
        .refused(413, "request_too_large");
    doors
        .ask(request(CALLS, &[FORM], endless(1_000_000)))
        .await
        .refused(413, "request_too_large");
    doors
        .send(SECRETS, &[], &large)
        .await
        .refused(413, "request_too_large");
    assert!(doors.calls().is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_read_to_its_end_but_not_for_ever() {
    let doors = Doors::local();
    for (sent, read) in [(1_000_000, 1_000_000), (100_000_000, 4_010_000)] {
        let count = Arc::default();
        let body = counted(sent, &count);
        let answer = doors.ask(request(CALLS, &[SDP], body)).await;
        answer.refused(413, "request_too_large");
        assert_eq!(count.load(Ordering::Relaxed), read, "of {sent} bytes");
    }
}

#[tokio::test]
async fn a_length_that_is_a_lie_is_judged_before_the_body() {
    let doors = Doors::local();
    let lie = ("content-length", "999999999");
    doors
        .send(CALLS, &[SDP, lie], OFFER)
        .await
        .refused(413, "request_too_large");
}

#[tokio::test]
async fn the_largest_offer_is_taken() {
    let doors = Doors::local();
    let offer = "a".repeat(256_000);
    assert_eq!(doors.send(CALLS, &[SDP], &offer).await.status, 201);
    doors
        .send(CALLS, &[SDP], &format!("{offer}a"))
        .await
        .refused(413, "request_too_large");
}

#[tokio::test]
async fn an_empty_offer_is_refused() {
    let doors = Doors::local();
    for body in ["", " ", "\r\n\r\n"] {
        let error = doors
            .send(CALLS, &[SDP], body)
            .await
            .refused(400, "invalid_offer");
        assert_eq!(error["param"], "sdp");
        doors
            .send(CALLS, &[FORM], &form(&[("sdp", "", body)]))
            .await
            .refused(400, "invalid_offer");
    }
}

#[tokio::test]
async fn an_offer_that_is_no_text_is_refused() {
    let doors = Doors::local();
    let bytes = Body::from(vec![b'v', b'=', 0xff, 0xfe]);
    doors
        .ask(request(CALLS, &[SDP], bytes))
        .await
        .refused(400, "invalid_offer");
}

#[tokio::test]
async fn a_form_that_is_broken_is_refused() {
    let doors = Doors::local();
    let no_end = form(&[("sdp", "", OFFER)]).replace("--edge--", "");
    let no_name = "--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--\r\n";
    let no_disposition = "--edge\r\n\r\nx\r\n--edge--\r\n";
    let headers = format!(
        "--edge\r\n{}\r\n\r\nx\r\n--edge--\r\n",
        "x-y: z\r\n".repeat(1_000)
    );
    for body in [
        "",
        "x",
        "--edge",
        "--edge\r\n",
        "--edge--\r\n",
        &no_end,
        no_name,
        no_disposition,
        &headers,
    ] {
        let answer = doors.send(CALLS, &[FORM], body).await;
        answer.refused(400, "invalid_form");
    }
    let many: Vec<_> = (0..17).map(|_| ("other", "", "x")).collect();
    doors
        .send(CALLS, &[FORM], &form(&many))
        .await
        .refused(400, "invalid_form");
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\u{e4}\"",
    ] {
        let answer = doors
            .send(
                CALLS,
                &[("content-type", kind)],
                &form(&[("sdp", "", OFFER)]),
            )
            .await;
        answer.refused(
            if kind.is_ascii() { 400 } else { 415 },
            if kind.is_ascii() {
                "invalid_form"
            } else {
                "unsupported_media_type"
            },
        );
    }
    assert!(doors.calls().is_empty());
}

#[tokio::test]
async fn a_form_that_says_a_thing_twice_or_not_at_all_is_refused() {
    let doors = Doors::local();
    for parts in [
        &[("session", "", "{}")][..],
        &[("SDP", "", OFFER)],
        &[("sdp", "", OFFER), ("sdp", "", OFFER)],
        &[
            ("sdp", "", OFFER),
            ("session", "", "{}"),
            ("session", "", "{}"),
        ],
    ] {
        doors
            .send(CALLS, &[FORM], &form(parts))
            .await
            .refused(400, "invalid_form");
    }
}

#[tokio::test]
async fn a_session_that_is_no_json_is_refused() {
    let doors = Doors::local();
    let deep = "[".repeat(100_000);
    for session in ["{", "nonsense", "{} {}", "\u{0}", &deep] {
        let body = form(&[("sdp", "", OFFER), ("session", "", session)]);
        let error = doors
            .send(CALLS, &[FORM], &body)
            .await
            .refused(400, "invalid_json");
        assert_eq!(error["param"], "session");
    }
    for session in ["[]", "7", "\"realtime\""] {
        let body = form(&[("sdp", "", OFFER), ("session", "", session)]);
        doors
            .send(CALLS, &[FORM], &body)
            .await
            .refused(400, "invalid_type");
    }
    assert!(doors.calls().is_empty());
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let doors = Doors::local();
    for kind in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "sdp",
        "",
        "absent",
    ] {
        let answer = doors.send(CALLS, &[("content-type", kind)], OFFER).await;
        answer.refused(415, "unsupported_media_type");
    }
    let hang_up = "POST /v1/realtime/calls/rtc_1/hangup";
    let kind = ("content-type", "application/x-www-form-urlencoded");
    doors
        .send(hang_up, &[kind], "")
        .await
        .refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn every_wrong_address_gets_json() {
    let doors = Doors::local();
    let long = format!("GET /{}", "x".repeat(10_000));
    for line in [
        "GET /v1",
        "GET /v1/realtime/calls/rtc_1",
        "POST /v1/models",
        "GET /v1/../etc/passwd",
        &long,
    ] {
        let answer = doors.send(line, &[], "").await;
        answer.refused(404, "not_found");
        assert!(
            answer.body.len() < 500,
            "it repeats little of what was asked"
        );
    }
}

#[tokio::test]
async fn every_wrong_method_gets_json() {
    let doors = Doors::local();
    for line in [
        "GET /v1/realtime/calls",
        "DELETE /v1/realtime/calls",
        "PUT /v1/realtime/client_secrets",
        "POST /healthz",
        "PATCH /readyz",
        "GET /v1/realtime",
        "GET /v1/realtime/calls/x/hangup",
        "BREW /v1/realtime/calls",
        "OPTIONS /v1/realtime/calls",
    ] {
        doors
            .send(line, &[], "")
            .await
            .refused(405, "method_not_allowed");
    }
}

/// Who opens the door and says nothing does not hold it for ever.
#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_given_up() {
    let doors = Doors::local();
    let knocked = tokio::time::Instant::now();
    let silent = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    doors
        .ask(request(CALLS, &[SDP], silent))
        .await
        .refused(408, "request_timeout");
    assert!(
        knocked.elapsed().as_secs() <= 10,
        "of the clock that is passed in"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let doors = Doors::local();
    let pieces = [
        Ok(Bytes::from_static(b"v=0")),
        Err(std::io::Error::other("gone")),
    ];
    let broken = Body::from_stream(futures_util::stream::iter(pieces));
    let answer = doors.ask(request(CALLS, &[SDP], broken)).await;
    answer.refused(400, "invalid_body");
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
