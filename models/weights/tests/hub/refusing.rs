//! Servers that lie, fail or refuse: each with its name, and nothing half kept as whole.

use crate::stand_in::{Facts, Place, StandIn, content, endless, good, quick};
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use models_weights::{HubOptions, PullOptions, Shelf, Silent, Token, Trouble};
use std::sync::atomic::{AtomicUsize, Ordering};

fn refused(place: &Place) -> Trouble {
    let trouble = place.pull().expect_err("it is refused");
    assert_eq!(place.read(), None, "{trouble}");
    trouble
}

#[test]
fn a_wrong_hash_is_refused_and_nothing_is_kept() {
    let (right, wrong) = (content(5_000, 20), content(5_000, 21));
    let hub = StandIn::holding(wrong);
    let place = Place::new(&hub.url, Facts::of(&right));
    let trouble = refused(&place);
    assert!(
        matches!(trouble, Trouble::WrongHash { kept: false, .. }),
        "{trouble}"
    );
    let right = models_weights::Sha256Hash::of_bytes(&right).to_string();
    assert!(
        trouble.to_string().contains(&format!("{right} is right")),
        "{trouble}"
    );
    assert!(place.names().is_empty(), "{:?}", place.names());
}

#[test]
fn another_length_is_refused_before_anything_is_fetched() {
    let right = content(5_000, 22);
    for length in [4_999, 5_001] {
        let hub = StandIn::holding(content(length, 22));
        let trouble = refused(&Place::new(&hub.url, Facts::of(&right)));
        assert!(
            matches!(trouble, Trouble::OtherLength { right: 5_000, .. }),
            "{trouble}"
        );
        assert!(hub.began().is_empty(), "only the length was asked for");
    }
}

#[test]
fn a_length_that_is_not_kept_is_found_out() {
    let right = content(5_000, 23);
    // Says the right length, and sends on and on.
    let held = right.clone();
    let hub = StandIn::serve(move |asked| {
        let more = content(9_000, 23);
        endless(good(&held, asked, Some("\"one\"")), more)
    });
    let place = Place::new(&hub.url, Facts::of(&right));
    let trouble = refused(&place);
    assert!(matches!(trouble, Trouble::TooMuch { .. }), "{trouble}");
    assert!(place.names().is_empty(), "{:?}", place.names());

    // Says the right length, and ends early without a word.
    let held = right.clone();
    let hub =
        StandIn::serve(move |asked| endless(good(&held, asked, Some("\"one\"")), vec![1; 10]));
    let trouble = refused(&Place::new(&hub.url, Facts::of(&right)));
    assert!(matches!(trouble, Trouble::CutShort { .. }), "{trouble}");
}

#[test]
fn another_part_than_was_asked_for_is_refused() {
    let right = content(5_000, 24);
    let held = right.clone();
    let hub = StandIn::serve(move |asked| {
        let mut response = good(&held, asked, Some("\"one\""));
        if asked.is_for_content() {
            let range = "bytes 7-1006/5000".parse().expect("a header's value");
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
        response
    });
    let trouble = refused(&Place::new(&hub.url, Facts::of(&right)));
    assert!(matches!(trouble, Trouble::OtherPart { .. }), "{trouble}");
}

#[test]
fn each_refusal_says_what_to_do() {
    let table = [
        (401, "set HF_TOKEN"),
        (403, "accept its terms"),
        (404, "has no deep/ear.bin in owner/name at main"),
        (410, "has no deep/ear.bin"),
        (418, "HTTP 418"),
        (429, "too many requests"),
        (500, "trouble of its own (HTTP 500)"),
        (503, "try again later"),
    ];
    for (status, part) in table {
        let status = StatusCode::from_u16(status).expect("a status");
        let hub = StandIn::serve(move |_| status.into_response());
        let place = Place::new(&hub.url, Facts::of(b"12345"));
        let trouble = refused(&place).to_string();
        assert!(trouble.contains(part), "{status}: {trouble}");
        assert!(trouble.contains("127.0.0.1:"), "{trouble}");
        let passing = matches!(status.as_u16(), 429 | 500 | 503);
        assert_eq!(
            hub.asked().len(),
            if passing { 3 } else { 1 },
            "{status} is tried again"
        );
    }
    let hub = StandIn::serve(|_| StatusCode::FORBIDDEN.into_response());
    let place = Place::new(&hub.url, Facts::of(b"12345"));
    let hub = HubOptions {
        token: Token::new("hf_secret"),
        ..HubOptions::default()
    };
    let trouble = place
        .pull_with(&PullOptions { hub, ..quick() })
        .expect_err("refused");
    assert!(
        trouble
            .to_string()
            .contains("refuses owner/name to the token"),
        "{trouble}"
    );
    assert!(!trouble.to_string().contains("hf_secret"), "{trouble}");
}

#[test]
fn a_passing_trouble_passes() {
    let bytes = content(3_000, 25);
    let (held, count) = (bytes.clone(), AtomicUsize::new(0));
    let hub = StandIn::serve(move |asked| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => StatusCode::BAD_GATEWAY.into_response(),
        3 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response(),
        _ => good(&held, asked, Some("\"one\"")),
    });
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place
        .pull_with(&PullOptions {
            parallel: 1,
            ..quick()
        })
        .expect("it is pulled");
    assert!(place.read().as_deref() == Some(&bytes[..]));
}

#[test]
fn who_asks_for_a_long_pause_is_not_waited_for() {
    let hub = StandIn::serve(|_| {
        (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "86400")],
        )
            .into_response()
    });
    let trouble = refused(&Place::new(&hub.url, Facts::of(b"12345")));
    assert!(trouble.to_string().contains("in 86400 s"), "{trouble}");
    assert_eq!(hub.asked().len(), 1);
}

#[test]
fn sending_on_forever_or_to_nowhere_ends() {
    let places: [(&str, usize); 4] = [
        ("/again", 8),
        ("ftp://127.0.0.1/x", 1),
        ("http://", 1),
        ("file:///etc/passwd", 1),
    ];
    for (to, asked) in places {
        let hub = StandIn::serve(move |_| Redirect::temporary(to).into_response());
        let trouble = refused(&Place::new(&hub.url, Facts::of(b"12345")));
        assert!(
            matches!(trouble, Trouble::LostWay { .. }),
            "{to}: {trouble}"
        );
        assert_eq!(hub.asked().len(), asked, "{to}");
    }
    let hub = StandIn::serve(|_| {
        let response = Response::builder().status(302).body(Body::empty());
        response.expect("a response without a place")
    });
    let trouble = refused(&Place::new(&hub.url, Facts::of(b"12345")));
    assert!(matches!(trouble, Trouble::LostWay { .. }), "{trouble}");
}

#[test]
fn nobody_there_is_said_with_the_way_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let trouble = refused(&Place::new(&url, Facts::of(b"12345")));
    assert!(matches!(trouble, Trouble::Unreachable { .. }), "{trouble}");
    assert!(trouble.to_string().contains("--mirror"), "{trouble}");
}

#[test]
fn a_disk_without_room_is_known_before_anything_is_fetched() {
    let hub = StandIn::holding(vec![1]);
    let facts = Facts {
        bytes: 1 << 60,
        sha256: None,
    };
    let trouble = refused(&Place::new(&hub.url, facts));
    assert!(matches!(trouble, Trouble::NoRoom { .. }), "{trouble}");
    assert!(trouble.to_string().contains("are free where"), "{trouble}");
    assert!(hub.asked().is_empty());
}

#[test]
fn a_size_that_nobody_knew_must_fit_too() {
    let hub = StandIn::serve(|_| {
        let range = [(header::CONTENT_RANGE, format!("bytes 0-0/{}", 1_u64 << 60))];
        (StatusCode::PARTIAL_CONTENT, range, "x").into_response()
    });
    let place = Place::new(&hub.url, Facts::unpublished(b"x"));
    let mut manifest = place.manifest();
    let file = &mut manifest.files[0];
    (file.bytes, file.about_bytes) = (None, 1_000);
    let file = file.clone();
    let mut shelf = Shelf::open(&place.folder, manifest).expect("it opens");
    let trouble = shelf
        .pull(&[&file], &quick(), &Silent)
        .expect_err("no such disk");
    assert!(matches!(trouble, Trouble::NoRoom { .. }), "{trouble}");

    // And one that does not say it at all is not asked for more.
    let hub = StandIn::serve(|_| endless(StatusCode::OK.into_response(), vec![b'x'; 9]));
    let mut manifest = Place::new(&hub.url, Facts::unpublished(b"x")).manifest();
    manifest.files[0] = file.clone();
    let mut shelf = Shelf::open(&place.folder, manifest).expect("it opens");
    let trouble = shelf
        .pull(&[&file], &quick(), &Silent)
        .expect_err("without an end");
    assert!(matches!(trouble, Trouble::NoLength { .. }), "{trouble}");
}

#[test]
fn over_plain_http_nothing_comes_whose_hash_is_not_known() {
    let facts = Facts::unpublished(b"12345");
    let place = Place::new("https://hub.invalid", facts);
    let mirror = Some("http://name:password@mirror.invalid/x".to_owned());
    let hub = HubOptions {
        mirror,
        ..HubOptions::default()
    };
    let trouble = place
        .pull_with(&PullOptions { hub, ..quick() })
        .expect_err("refused");
    assert!(matches!(trouble, Trouble::PlainMirror { .. }), "{trouble}");
    assert!(!trouble.to_string().contains("password"), "{trouble}");

    for mirror in [
        "mirror.example",
        "ftp://x",
        "https://",
        "https://u:secret@/",
    ] {
        let hub = HubOptions {
            mirror: Some(mirror.to_owned()),
            ..HubOptions::default()
        };
        let trouble = place
            .pull_with(&PullOptions { hub, ..quick() })
            .expect_err("refused");
        assert!(matches!(trouble, Trouble::BadMirror { .. }), "{trouble}");
        assert!(!trouble.to_string().contains("secret"), "{trouble}");
    }
}
