//! The remote language model against a chat server of ours: streaming, cancelling, tools.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use crate::stand_in::{
    StandIn, compose, delta, endless, question, remote, reply, status, streamed, wait_for,
};
use axum::body::Bytes;
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use models_engine::{Ability, Cancel, Grade, LanguageModel, Piece, Stopped, contract};
use serde_json::json;

#[test]
fn speaks_and_cites() {
    let server = StandIn::serve(|_| reply(&["It is", " free [1]", "[2] and", " **open**."]));
    let (text, cited, result) = compose(&server.remote());
    assert_eq!(
        (text.as_str(), cited, result),
        ("It is free and open.", vec![0, 1], Ok(()))
    );
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.headers["authorization"], "Bearer sk-secret");
    assert_eq!(
        (&asked.body["model"], &asked.body["stream"]),
        (&json!("tiny"), &json!(true))
    );
    assert_eq!(
        asked.body["messages"][1],
        json!({"role": "user", "content": "Is it free?"})
    );
}

/// Two calls, their arguments in pieces, behind words; and a server that does not stream.
#[test]
fn calls_tools() {
    let event =
        |delta: serde_json::Value| format!("data: {}\n\n", json!({"choices": [{"delta": delta}]}));
    let call = |name: Option<&str>, arguments: &str| {
        json!({"tool_calls": [{"index": 0, "id": name, "function": {
            "name": name, "arguments": arguments,
        }}]})
    };
    let parts = [
        delta("Let me see. "),
        event(call(Some("weather"), "")),
        event(call(None, "{\"at\":")),
        event(call(None, "1}")),
        event(call(Some("clock"), "{}")),
        "data: [DONE]\n\n".to_owned(),
    ];
    let server = StandIn::serve(move |_| {
        let parts = parts.clone().map(|part| Ok(Bytes::from(part)));
        streamed(stream::iter(parts))
    });
    let (text, _, result) = compose(&server.remote());
    let expected = "Let me see.<weather> {\"at\":1}<clock> {}";
    assert_eq!((text.as_str(), result), (expected, Ok(())));

    let whole = json!({"choices": [{"message": {"content": null, "tool_calls": [
        {"id": "c", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
    ]}, "finish_reason": "tool_calls"}]});
    let server = StandIn::serve(move |_| axum::Json(whole.clone()).into_response());
    let (text, _, result) = compose(&server.remote());
    assert_eq!((text.as_str(), result), ("<clock> {}", Ok(())));
}

#[test]
fn keeps_the_contract_of_language_models() {
    let server =
        StandIn::serve(|_| reply(&["It is", " free [1].", " And", " it is", " open [2]."]));
    contract::check_language_model(&server.remote(), &question());
}

/// The server goes on only after the first words have been said: they did not wait for the rest.
#[test]
fn says_the_first_words_before_the_last_are_composed() {
    let (said, told) = tokio::sync::oneshot::channel();
    let told = Mutex::new(Some(told));
    let server = StandIn::serve(move |_| {
        let told = told
            .lock()
            .expect("nobody panicked with it")
            .take()
            .expect("asked once");
        let first = stream::iter([Ok(Bytes::from(delta("Hello")))]);
        let rest = stream::once(async move {
            told.await.expect("the first words are said");
            Ok(Bytes::from(format!("{}data: [DONE]\n\n", delta(" there."))))
        });
        streamed(first.chain(rest))
    });
    let (mut said, mut text) = (Some(said), String::new());
    let mut emit = |piece| {
        if let Piece::Text(words) = piece {
            text.push_str(&words);
        }
        if let Some(said) = said.take() {
            said.send(()).expect("the server waits");
        }
    };
    let result = server
        .remote()
        .compose(&question(), &mut emit, &Cancel::new());
    assert_eq!((text.as_str(), result), ("Hello there.", Ok(())));
}

#[test]
fn a_barge_in_between_two_words_hangs_up() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| endless("Hello", gone.clone()));
    let cancel = Cancel::new();
    let mut pieces = 0;
    let mut emit = |_| {
        pieces += 1;
        cancel.cancel();
    };
    let result = server.remote().compose(&question(), &mut emit, &cancel);
    assert_eq!((pieces, result), (1, Err(Stopped::Cancelled)));
    wait_for(&hung_up);
}

#[test]
fn a_barge_in_while_nothing_is_said_yet_hangs_up() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| endless("", gone.clone()));
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let composing = scope.spawn(|| {
            let mut emit = |piece| panic!("nothing is to be said: {piece:?}");
            server.remote().compose(&question(), &mut emit, &cancel)
        });
        server.wait_until_asked();
        cancel.cancel();
        let result = composing.join().expect("it does not panic");
        assert_eq!(result, Err(Stopped::Cancelled));
    });
    wait_for(&hung_up);
}

/// Sessions report into a bounded mailbox and wait when it is full: that must be allowed while composing.
#[test]
fn what_is_emitted_may_block() {
    let server = StandIn::serve(|_| reply(&["One", " two", " three."]));
    let (mailbox, mut letters) = tokio::sync::mpsc::channel(1);
    let reader = std::thread::spawn(move || std::iter::from_fn(|| letters.blocking_recv()).count());
    let mut emit = |piece| mailbox.blocking_send(piece).expect("somebody reads");
    server
        .remote()
        .compose(&question(), &mut emit, &Cancel::new())
        .expect("it is composed");
    drop(mailbox);
    assert_eq!(reader.join().expect("it does not panic"), 3);
}

#[test]
fn many_replies_at_once_share_one_model() {
    let server = StandIn::serve(|_| reply(&["Hello", " there."]));
    let model = Arc::new(server.remote());
    let replies: Vec<_> = (0..8)
        .map(|_| {
            let model = Arc::clone(&model);
            std::thread::spawn(move || compose(&model).0)
        })
        .collect();
    for reply in replies {
        assert_eq!(reply.join().expect("it does not panic"), "Hello there.");
    }
}

#[test]
fn takes_the_first_model_that_the_server_lists_and_asks_only_once() {
    let server = StandIn::serve(|asked| match asked.path.as_str() {
        "/v1/models" => status(200, json!({"data": [{"id": "first"}, {"id": "second"}]})),
        _ => reply(&["Yes."]),
    });
    let model = remote(&server.url, None);
    assert!(model.card().name.starts_with("first model at 127.0.0.1:"));
    assert_eq!(model.warm().as_deref(), Ok("first"));
    compose(&model).2.expect("it is composed");
    compose(&model).2.expect("it is composed");
    let asked = server.asked();
    let paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]
    );
    assert_eq!(asked[1].body["model"], "first");
    let card = model.card();
    assert!(
        card.name.starts_with("first at 127.0.0.1:"),
        "{}",
        card.name
    );
    assert!(card.grade == Grade::Remote && card.can(Ability::Instructions));
}

#[test]
fn a_server_that_does_not_stream_is_heard_too() {
    let server = StandIn::serve(|_| {
        status(
            200,
            json!({"choices": [{"message": {"content": "Yes [1]."}, "finish_reason": "stop"}]}),
        )
    });
    let (text, cited, result) = compose(&server.remote());
    assert_eq!((text.as_str(), cited, result), ("Yes.", vec![0], Ok(())));
}

#[test]
fn thoughts_usage_and_comments_in_the_stream_are_passed_over() {
    let server = StandIn::serve(|_| {
        crate::stand_in::events(&[
            ": waiting\n\n".to_owned(),
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\n\n"
                .to_owned(),
            "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"Hm.\"}}]}\n\n".to_owned(),
            delta("<think>Hm."),
            delta("</think>Yes."),
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n".to_owned(),
            "data: {\"choices\":[],\"usage\":{\"total_tokens\":7}}\n\n".to_owned(),
        ])
    });
    let (text, _, result) = compose(&server.remote());
    assert_eq!((text.as_str(), result), ("Yes.", Ok(())));
}

/// As LocalAI sends it: with each word an empty reason to have finished.
#[test]
fn a_reason_that_is_empty_ends_nothing() {
    let word = |word: &str| {
        let choice = json!({"delta": {"content": word}, "finish_reason": ""});
        format!("data: {}\n\n", json!({"choices": [choice]}))
    };
    let server = StandIn::serve(move |_| {
        crate::stand_in::events(&[
            word(""),
            word("Yes, "),
            word("indeed."),
            "data: [DONE]\n\n".to_owned(),
        ])
    });
    let (text, _, result) = compose(&server.remote());
    assert_eq!((text.as_str(), result), ("Yes, indeed.", Ok(())));
}

/// Dropped from within a runtime, as the daemon does at its end.
#[test]
fn may_be_dropped_anywhere() {
    let server = StandIn::serve(|_| reply(&["Yes."]));
    let model = server.remote();
    compose(&model).2.expect("it is composed");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async move { drop(model) });
}
