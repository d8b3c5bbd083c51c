//! Pages and names from elsewhere: what a browser on this machine must not be used for.

use crate::house::{Doors, House, KEY, OFFER, SDP, bearer, form};
use signaling_service::ServiceOptions;

const CALLS: &str = "POST /v1/realtime/calls";
const EVERY_DOOR: [&str; 7] = [
    CALLS,
    "POST /v1/realtime",
    "POST /v1/realtime/calls/rtc_1/hangup",
    "POST /v1/realtime/client_secrets",
    "GET /v1/repartee/ice",
    "GET /readyz",
    "GET /healthz",
];

#[tokio::test]
async fn a_strange_page_gets_nothing() {
    let doors = Doors::local();
    for origin in [
        "https://evil.example",
        "http://evil.example:8080",
        "null",
        "https://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "chrome-extension://abc",
        "file://",
        "localhost",
        "http://",
        "https://10.0.0.2",
        "http://localhost@evil.example",
        "http://0.0.0.0:8080",
    ] {
        for door in EVERY_DOOR {
            let answer = doors.send(door, &[SDP, ("origin", origin)], OFFER).await;
            answer.refused(403, "origin_not_allowed");
            assert_eq!(
                answer.header("access-control-allow-origin"),
                "",
                "{origin} may not read it"
            );
        }
    }
    assert!(doors.calls().is_empty());
}

/// A form needs no preflight: it must be refused itself.
#[tokio::test]
async fn a_strange_form_starts_no_call() {
    let doors = Doors::local();
    let body = form(&[("sdp", "", OFFER)]);
    let headers = [
        crate::house::FORM,
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    doors
        .send(CALLS, &headers, &body)
        .await
        .refused(403, "origin_not_allowed");
    assert!(doors.calls().is_empty());
}

#[tokio::test]
async fn a_strange_name_for_this_machine_gets_nothing() {
    let doors = Doors::local();
    for host in [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example:8080",
        "127.0.0.1.nip.io",
        "0.0.0.0:8080",
        "192.168.1.7:8080",
        "[::2]:8080",
        "",
        "localhost:8080:1",
    ] {
        for door in EVERY_DOOR {
            doors
                .send(door, &[SDP, ("host", host)], OFFER)
                .await
                .refused(403, "host_not_allowed");
        }
    }
    doors
        .send(CALLS, &[SDP, ("host", "absent")], OFFER)
        .await
        .refused(403, "host_not_allowed");
    // The rebound page's origin and host are the same name: the host alone gives it away.
    let rebound = [
        SDP,
        ("host", "evil.example:8080"),
        ("origin", "http://evil.example:8080"),
    ];
    doors
        .send(CALLS, &rebound, OFFER)
        .await
        .refused(403, "host_not_allowed");
    assert!(doors.calls().is_empty());
}

#[tokio::test]
async fn two_names_are_both_looked_at() {
    let doors = Doors::local();
    let hosts = [SDP, ("host", "localhost"), ("host", "evil.example")];
    doors
        .send(CALLS, &hosts, OFFER)
        .await
        .refused(403, "host_not_allowed");
    let origins = [
        SDP,
        ("origin", "http://localhost"),
        ("origin", "https://evil.example"),
    ];
    doors
        .send(CALLS, &origins, OFFER)
        .await
        .refused(403, "origin_not_allowed");
    let absolute = "POST http://evil.example/v1/realtime/calls";
    doors
        .send(absolute, &[SDP], OFFER)
        .await
        .refused(403, "host_not_allowed");
}

#[tokio::test]
async fn pages_of_this_machine_are_let_in() {
    let doors = Doors::local();
    for (host, origin) in [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:3000"),
        ("LOCALHOST", "https://app.localhost"),
        ("[::1]:8080", "http://[::1]:5173"),
        ("127.0.0.1:8080", "absent"),
    ] {
        let answer = doors
            .send(CALLS, &[SDP, ("host", host), ("origin", origin)], OFFER)
            .await;
        assert_eq!(answer.status, 201, "{host} {origin}");
    }
}

#[tokio::test]
async fn an_origin_that_was_named_is_let_in() {
    let allow_origins = vec!["https://Example.org/".to_owned(), "null".to_owned()];
    let options = ServiceOptions {
        loopback: true,
        allow_origins,
        ..ServiceOptions::default()
    };
    let doors = Doors::of(House::default(), options);
    for origin in ["https://example.org", "null"] {
        let answer = doors.send(CALLS, &[SDP, ("origin", origin)], OFFER).await;
        assert_eq!(answer.status, 201);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
    for origin in [
        "http://example.org",
        "https://example.org:444",
        "https://example.org.evil.example",
    ] {
        let answer = doors.send(CALLS, &[SDP, ("origin", origin)], OFFER).await;
        answer.refused(403, "origin_not_allowed");
    }
}

#[tokio::test]
async fn with_a_key_it_is_the_key_that_counts() {
    let doors = Doors::keyed();
    let from = [
        SDP,
        ("origin", "https://shop.example"),
        ("host", "voice.example"),
    ];
    let answer = doors.send(CALLS, &from, OFFER).await;
    answer.refused(401, "missing_api_key");
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example",
        "it may read why"
    );
    let key = bearer(KEY);
    let answer = doors
        .send(
            CALLS,
            &[from[0], from[1], from[2], ("authorization", &key)],
            OFFER,
        )
        .await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_preflight_is_answered_with_what_it_asks() {
    let doors = Doors::keyed();
    let asked = "authorization,content-type,x-openai-agents-sdk";
    let headers = [
        ("origin", "https://shop.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", asked),
        ("access-control-request-private-network", "true"),
    ];
    for path in [
        "/v1/realtime/calls",
        "/v1/realtime/client_secrets",
        "/v1/realtime/calls/x/hangup",
    ] {
        let answer = doors.send(&format!("OPTIONS {path}"), &headers, "").await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://shop.example"
        );
        assert_eq!(answer.header("access-control-allow-headers"), asked);
        assert_eq!(
            answer.header("access-control-allow-methods"),
            "GET, POST, PATCH, DELETE, OPTIONS"
        );
        assert_eq!(
            answer.header("access-control-allow-private-network"),
            "true"
        );
        assert!(answer.header("vary").contains("Origin"));
    }
}

#[tokio::test]
async fn a_strange_preflight_is_refused() {
    let doors = Doors::local();
    let headers = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
    ];
    let answer = doors.send("OPTIONS /v1/realtime/calls", &headers, "").await;
    answer.refused(403, "origin_not_allowed");
    assert_eq!(answer.header("access-control-allow-methods"), "");
}

/// Without this the call's id is undefined in the page.
#[tokio::test]
async fn a_page_may_read_where_its_call_is() {
    let doors = Doors::local();
    let answer = doors
        .send(CALLS, &[SDP, ("origin", "http://localhost:3000")], OFFER)
        .await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "http://localhost:3000"
    );
    let exposed = answer.header("access-control-expose-headers");
    for name in ["Location", "ETag", "Link"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    assert_eq!(
        answer.header("access-control-allow-credentials"),
        "",
        "no cookies are wanted"
    );
}
