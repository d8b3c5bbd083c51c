//! Everything a chat server may do wrong, and the sentence that a person reads.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use axum::response::IntoResponse;
use models_engine::Stopped;
use models_remote::{Patience, RemoteOptions};
use serde_json::json;

use crate::stand_in::{
    StandIn, compose, delta, endless, events, failure, impatient, patient, remote, status,
};

const SHORT: Duration = Duration::from_millis(50);

#[test]
fn each_status_says_what_to_do() {
    let table = [
        (400, "HTTP 400"),
        (401, "REPARTEE_LLM_KEY"),
        (403, "REPARTEE_LLM_KEY"),
        (404, "--llm-model"),
        (429, "quota"),
        (500, "look at its log"),
        (503, "HTTP 503"),
        (307, "sends elsewhere with HTTP 307"),
    ];
    for (code, wanted) in table {
        let body = json!({"error": {"message": "You said: hello", "code": "some_code"}});
        let server = StandIn::serve(move |_| status(code, body.clone()));
        let sentence = failure(&server.remote());
        assert!(sentence.contains(wanted), "{code}: {sentence}");
        assert!(sentence.contains("(some_code)"), "{code}: {sentence}");
        assert!(
            !sentence.contains("hello") && !sentence.contains("sk-secret"),
            "{sentence}"
        );
    }
}

#[test]
fn an_error_page_that_is_no_json_is_survived() {
    let server =
        StandIn::serve(|_| (axum::http::StatusCode::BAD_GATEWAY, "<html>").into_response());
    assert!(failure(&server.remote()).contains("HTTP 502"));
}

#[test]
fn an_error_in_the_stream_ends_the_reply_after_its_words() {
    let server = StandIn::serve(|_| {
        let error = json!({"error": {"message": "out of memory", "type": "server_error"}});
        events(&[
            delta("It is"),
            format!("data: {error}\n\n"),
            delta(" never said"),
        ])
    });
    let (text, _, result) = compose(&server.remote());
    assert_eq!(text, "It is");
    assert!(matches!(result, Err(Stopped::Failed(f)) if f.message.contains("(server_error)")));
}

#[test]
fn a_stream_that_breaks_off_is_no_reply() {
    let server = StandIn::serve(|_| events(&[delta("It is")]));
    assert!(failure(&server.remote()).contains("broke off"));
}

#[test]
fn what_is_no_chat_is_said_so() {
    for garbage in [
        "data: {not json\n\n",
        "data: 7\n\n",
        "data: {\"choices\": 7}\n\n",
        "data: [DONE\n\n",
    ] {
        let server = StandIn::serve(move |_| events(&[garbage.to_owned()]));
        let sentence = failure(&server.remote());
        assert!(sentence.contains("no chat answer"), "{garbage}: {sentence}");
    }
    let server = StandIn::serve(|_| status(200, json!("just text")));
    assert!(failure(&server.remote()).contains("no chat answer"));
}

#[test]
fn a_line_without_end_is_not_collected_for_ever() {
    let server = StandIn::serve(|_| events(&vec!["x".repeat(64 * 1024); 20]));
    assert!(failure(&server.remote()).contains("no chat answer"));
}

#[test]
fn a_reply_without_end_is_not_either() {
    let thought = delta(&format!("<think>{}", "x".repeat(100_000)));
    let server = StandIn::serve(move |_| events(&vec![thought.clone(); 100]));
    assert!(failure(&server.remote()).contains("more than any spoken answer needs"));
}

#[test]
fn a_reply_without_words_is_a_failure() {
    let server = StandIn::serve(|_| events(&[delta(" [1]"), "data: [DONE]\n\n".to_owned()]));
    assert!(failure(&server.remote()).contains("without words"));
}

#[test]
fn nobody_there_is_said_at_once() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = free.local_addr().expect("it is bound");
    drop(free);
    let sentence = failure(&remote(&format!("http://{address}/v1"), Some("tiny")));
    assert!(
        sentence.contains("cannot be reached") && sentence.contains("refused"),
        "{sentence}"
    );
    assert!(sentence.contains(&address.to_string()), "{sentence}");
}

#[test]
fn a_server_that_says_nothing_is_given_up_before_and_after_the_first_word() {
    let (gone, _kept) = sync_channel(2);
    let server = StandIn::serve(move |_| endless("It is", gone.clone()));
    let patience = Patience {
        next: SHORT,
        ..patient()
    };
    let (text, _, result) = compose(&impatient(&server.url, Some("tiny"), patience));
    assert_eq!(text, "It is");
    assert!(
        matches!(result, Err(Stopped::Failed(f)) if f.message.contains("said nothing for 0.05 s"))
    );

    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/v1", silent.local_addr().expect("it is bound"));
    let patience = Patience {
        first: SHORT,
        ..patient()
    };
    let sentence = failure(&impatient(&url, Some("tiny"), patience));
    assert!(sentence.contains("said nothing"), "{sentence}");
}

#[test]
fn a_server_without_models_is_said_so() {
    let cases = [
        (
            status as fn(_, _) -> _,
            200,
            json!({"data": []}),
            "lists no model",
        ),
        (status, 200, json!([]), "lists no model"),
        (status, 404, json!({}), "has no list of models"),
        (status, 401, json!({}), "REPARTEE_LLM_KEY"),
    ];
    for (answer, code, body, wanted) in cases {
        let server = StandIn::serve(move |_| answer(code, body.clone()));
        let model = remote(&server.url, None);
        let sentence = failure(&model);
        assert!(sentence.contains(wanted), "{sentence}");
        assert_eq!(model.warm().expect_err("no better now").message, sentence);
    }
}

#[test]
fn the_key_is_in_no_debug_output() {
    let options = RemoteOptions {
        base_url: "http://localhost:1/v1".to_owned(),
        key: Some("sk-secret".to_owned()),
        model: None,
    };
    assert!(!format!("{options:?}").contains("secret"));
    let model = models_remote::RemoteLanguage::new(options).expect("the address is good");
    assert!(!format!("{model:?}").contains("secret"));
}
