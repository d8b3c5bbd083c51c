//! When a server is asked again, when it is left alone, and that a key never goes elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use models_engine::{Cancel, LanguageModel, Stopped};
use models_remote::Patience;
use serde_json::json;

use crate::stand_in::{
    StandIn, compose, delta, endless, events, failure, impatient, patient, question, remote, reply,
    status, streamed,
};

/// A server that answers so the first times, and well from then on.
fn first(times: usize, bad: impl Fn() -> Response + Send + Sync + 'static) -> StandIn {
    let asked = AtomicUsize::new(0);
    StandIn::serve(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        number if number < times => bad(),
        _ => reply(&["Yes."]),
    })
}

fn busy(code: u16, retry_after: &'static str) -> Response {
    let code = StatusCode::from_u16(code).expect("a status");
    (code, [(header::RETRY_AFTER, retry_after)]).into_response()
}

#[test]
fn a_busy_server_is_asked_again_twice() {
    for code in [429, 503] {
        let server = first(2, move || status(code, json!({})));
        assert_eq!(compose(&server.remote()).0, "Yes.", "{code}");
        let server = first(3, move || status(code, json!({})));
        failure(&server.remote());
        assert_eq!(server.asked().len(), 3, "{code}");
    }
}

#[test]
fn what_might_be_done_twice_is_asked_once() {
    for code in [400, 401, 404, 500, 502] {
        let server = first(1, move || status(code, json!({})));
        failure(&server.remote());
        assert_eq!(server.asked().len(), 1, "{code}");
    }
    // Nothing is asked again once something has been said.
    let server = first(1, || events(&[delta("It is")]));
    assert_eq!(compose(&server.remote()).0, "It is");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_server_that_asks_for_time_gets_what_there_is_and_no_more() {
    let server = first(1, || busy(429, "0"));
    assert_eq!(compose(&server.remote()).0, "Yes.");
    let server = first(1, || busy(503, "3600"));
    failure(&server.remote());
    assert_eq!(server.asked().len(), 1, "nobody waits an hour on the line");
}

#[test]
fn a_connection_that_is_refused_is_tried_again() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("it is bound");
    drop(free);
    let url = format!("http://{address}/v1");
    assert!(failure(&remote(&url, Some("tiny"))).contains("cannot be reached"));
}

#[test]
fn a_server_that_fails_again_and_again_is_left_alone() {
    let server = StandIn::serve(|_| status(500, json!({})));
    let model = server.remote();
    for _ in 0..3 {
        assert!(failure(&model).contains("HTTP 500"));
    }
    let sentence = failure(&model);
    assert!(sentence.contains("left alone"), "{sentence}");
    assert_eq!(server.asked().len(), 3, "and is not asked");
}

#[test]
fn a_request_at_fault_says_nothing_against_the_server() {
    let server = first(5, || status(400, json!({})));
    let model = server.remote();
    for _ in 0..5 {
        assert!(failure(&model).contains("HTTP 400"));
    }
    assert_eq!(compose(&model).0, "Yes.");
}

#[test]
fn who_cuts_in_says_nothing_against_the_server() {
    let (gone, _kept) = sync_channel(8);
    let asked = AtomicUsize::new(0);
    let server = StandIn::serve(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0..5 => endless("Hello", gone.clone()),
        _ => reply(&["Yes."]),
    });
    let model = server.remote();
    for _ in 0..5 {
        let cancel = Cancel::new();
        let result = model.compose(&question(), &mut |_| cancel.cancel(), &cancel);
        assert_eq!(result, Err(Stopped::Cancelled));
    }
    assert_eq!(compose(&model).0, "Yes.");
}

/// The model warms up elsewhere: the second address must never see the key, nor anything else.
#[test]
fn nobody_is_followed_to_another_host() {
    let other = StandIn::serve(|_| reply(&["Stolen."]));
    let to = format!("{}/chat/completions", other.url);
    for code in [301, 302, 303, 307, 308] {
        let to = to.clone();
        let server = StandIn::serve(move |_| {
            let code = StatusCode::from_u16(code).expect("a status");
            (code, [(header::LOCATION, to.clone())]).into_response()
        });
        let sentence = failure(&server.remote());
        assert!(sentence.contains("sends elsewhere"), "{code}: {sentence}");
    }
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[test]
fn a_page_in_place_of_a_chat_is_no_reply() {
    let server = StandIn::serve(|_| {
        let page = "<html>\ndata: {}\n</html>";
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    });
    assert!(failure(&server.remote()).contains("no chat answer"));
}

/// However slow its words come, they are said, as long as each comes in time.
#[test]
fn a_slow_server_is_heard_word_by_word() {
    let server = StandIn::serve(|_| {
        let words = ["One", " two", " three."].map(delta);
        let parts = words.into_iter().chain(["data: [DONE]\n\n".to_owned()]);
        let parts: Vec<String> = parts.collect();
        let bytes = parts.concat().into_bytes();
        // A byte a time.
        let bytes = bytes.into_iter().map(|byte| Ok(vec![byte].into()));
        crate::stand_in::streamed(futures_util::stream::iter(bytes))
    });
    assert_eq!(compose(&server.remote()).0, "One two three.");
}

/// Thinks aloud, a word every 10 ms.
fn thoughts() -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let ticks = tokio::time::interval(Duration::from_millis(10));
    let start = stream::iter([Ok(delta("<think>").into())]);
    start.chain(stream::unfold(ticks, |mut ticks| async move {
        ticks.tick().await;
        Some((Ok(delta("hm ").into()), ticks))
    }))
}

#[test]
fn thoughts_do_not_put_off_the_first_word() {
    let server = StandIn::serve(|_| streamed(thoughts().take(500)));
    let patience = Patience {
        first: Duration::from_millis(100),
        ..patient()
    };
    let model = impatient(&server.url, Some("tiny"), patience);
    let sentence = failure(&model);
    assert!(sentence.contains("said nothing for 0.1 s"), "{sentence}");
}

#[test]
fn a_server_that_only_thought_has_not_answered() {
    let (asked, cancel) = (AtomicUsize::new(0), Cancel::new());
    let late = cancel.clone();
    let server = StandIn::serve(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        2 => {
            let late = late.clone();
            let end = stream::once(async move {
                late.cancel();
                std::future::pending().await
            });
            streamed(thoughts().take(5).chain(end))
        }
        _ => status(500, json!({})),
    });
    let model = server.remote();
    for _ in 0..2 {
        assert!(failure(&model).contains("HTTP 500"));
    }
    let mut emit = |piece| panic!("it is still thinking: {piece:?}");
    let result = model.compose(&question(), &mut emit, &cancel);
    assert_eq!(result, Err(Stopped::Cancelled));
    assert!(failure(&model).contains("HTTP 500"));
    assert!(failure(&model).contains("left alone"));
}

/// The first word has one deadline, whether the server or its first word is late.
#[test]
fn the_wait_for_the_first_word_is_counted_once() {
    let (gone, _kept) = sync_channel(1);
    let server = StandIn::serve(move |_| endless("<think>", gone.clone()));
    let patience = Patience {
        first: Duration::from_millis(50),
        next: Duration::from_millis(50),
        ..patient()
    };
    let model = impatient(&server.url, Some("tiny"), patience);
    assert!(failure(&model).contains("said nothing"));
}

#[test]
fn many_that_fail_at_once_are_all_told() {
    let server = StandIn::serve(|_| status(500, json!({})));
    let model = Arc::new(server.remote());
    let jobs: Vec<_> = (0..16)
        .map(|_| {
            let model = Arc::clone(&model);
            std::thread::spawn(move || compose(&model).2)
        })
        .collect();
    for job in jobs {
        let ended = job.join().expect("it does not panic");
        assert!(matches!(ended, Err(Stopped::Failed(_))));
    }
}

/// The server answers in the very moment of the barge-in: nobody hears it.
#[test]
fn an_answer_after_the_barge_in_is_not_given_out() {
    let cancel = Cancel::new();
    let late = cancel.clone();
    let server = StandIn::serve(move |_| {
        late.cancel();
        reply(&["Too late."])
    });
    let mut emit = |piece| panic!("nobody wants it any more: {piece:?}");
    let result = server.remote().compose(&question(), &mut emit, &cancel);
    assert_eq!(result, Err(Stopped::Cancelled));
}
