//! What a client may send that is wrong: each gets one error that says so, and the session lives.

use crate::script::{Script, message};
use serde_json::{Value, json};
use signaling_protocol::model::{Event, LineKind, Modality, Place};

/// A call in which the caller has spoken (line 1) and the agent has answered (line 2).
pub(crate) fn call() -> Script {
    let mut call = Script::new();
    call.utterance(1, "hello");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "Hello.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call
}

/// One error with this code and param, no command, and the next good event is answered.
pub(crate) fn refused(call: &mut Script, message: &str, code: &str, param: Option<&str>) {
    let shown: String = message.chars().take(120).collect();
    let before = (call.commands.len(), call.messages.len());
    call.hear_text(message);
    assert_eq!(call.commands.len(), before.0, "a command came of {shown}");
    assert_eq!(
        call.messages.len(),
        before.1 + 1,
        "not one answer to {shown}"
    );
    let error = call.error();
    assert_eq!(error["code"], code, "{shown}: {error}");
    assert_eq!(error["param"].as_str(), param, "{shown}: {error}");
    assert_eq!(error["type"], "invalid_request_error", "{shown}");
    let length = error["message"]
        .as_str()
        .expect("an error says something")
        .len();
    assert!((10..800).contains(&length), "{shown}: {error}");
    call.hear_text(r#"{"type":"input_audio_buffer.clear"}"#);
    assert_eq!(call.commands.len(), before.0 + 1, "deaf after {shown}");
}

pub(crate) fn update(session: Value) -> Value {
    json!({"type": "session.update", "session": session})
}

pub(crate) fn create(item: Value) -> Value {
    json!({"type": "conversation.item.create", "item": item})
}

#[test]
fn what_is_no_event_is_refused() {
    let mut call = call();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_inside = format!(r#"{{"type":"session.update","session":{deep}}}"#);
    let large = format!(
        r#"{{"type":"repartee.type","text":"{}"}}"#,
        "a".repeat(256_000)
    );
    for text in [
        "",
        " ",
        "\0",
        "{",
        "}",
        "nonsense",
        "{\"type\":",
        "{'type':'x'}",
        "{\"type\":\"x\"} {}",
        "{\"type\":\"a\u{1}b\"}",
        "{\"type\":\"\\ud800\"}",
        "{\"a\":1e999}",
        "\u{feff}{}",
        "[]",
        "null",
        "17",
        "true",
        "\"session.update\"",
        &deep,
        &deep_inside,
        &large,
    ] {
        refused(&mut call, text, "invalid_event", None);
    }
}

#[test]
fn an_event_needs_a_type_that_we_know() {
    let mut call = call();
    let missing = [json!({}), json!({"type": null}), json!({"session": {}})];
    for event in missing {
        refused(
            &mut call,
            &event.to_string(),
            "missing_required_parameter",
            Some("type"),
        );
    }
    for event in [
        json!({"type": 7}),
        json!({"type": ["session.update"]}),
        json!({"type": {}}),
    ] {
        refused(&mut call, &event.to_string(), "invalid_type", Some("type"));
    }
    let long = "x".repeat(100_000);
    for kind in [
        "",
        "session.Update",
        "session.created",
        "response",
        "input_audio_buffer.dtmf",
        &long,
    ] {
        refused(
            &mut call,
            &json!({"type": kind}).to_string(),
            "invalid_value",
            Some("type"),
        );
    }
}

#[test]
fn ids_have_bounds() {
    let mut call = call();
    let long = "i".repeat(513);
    let clear = |id: Value| json!({"type": "input_audio_buffer.clear", "event_id": id}).to_string();
    refused(
        &mut call,
        &clear(json!(long)),
        "invalid_value",
        Some("event_id"),
    );
    assert_eq!(
        call.messages[call.messages.len() - 1]["error"]["event_id"],
        Value::Null
    );
    refused(
        &mut call,
        &clear(json!("")),
        "invalid_value",
        Some("event_id"),
    );
    refused(
        &mut call,
        &clear(json!(7)),
        "invalid_type",
        Some("event_id"),
    );
    let retrieve =
        |id: &str| json!({"type": "conversation.item.retrieve", "item_id": id}).to_string();
    refused(
        &mut call,
        &retrieve(&long),
        "invalid_value",
        Some("item_id"),
    );
    let mut item = message("user", "x");
    item["id"] = json!(long);
    refused(
        &mut call,
        &create(item).to_string(),
        "invalid_value",
        Some("item.id"),
    );
}

#[test]
fn the_longest_id_is_taken_and_comes_back() {
    let mut call = call();
    let id = "i".repeat(512);
    call.hear(json!({"type": "nonsense", "event_id": id}));
    assert_eq!(call.error()["event_id"], json!(id));
}

#[test]
fn an_error_quotes_little_of_what_was_sent() {
    let mut call = call();
    let long = "ü".repeat(60_000);
    for event in [
        json!({"type": long}),
        json!({"type": "conversation.item.retrieve", "item_id": "x".repeat(512)}),
        update(json!({long.as_str(): 1})),
        update(json!({"tool_choice": long})),
    ] {
        call.hear(event);
        assert!(call.error().to_string().len() < 1_000, "{}", call.error());
    }
}

/// A client that takes the names we would give does not confuse us.
#[test]
fn a_taken_name_is_not_given_twice() {
    let mut call = Script::new();
    let mut item = message("user", "mine");
    item["id"] = json!("item_1_2");
    let token = call.hear(create(item));
    let (kind, text) = (LineKind::Typed, String::new());
    call.tell(Event::LineAdded {
        line: 1,
        place: Place::First,
        kind,
        text,
        token: Some(token),
    });
    call.utterance(2, "yours");
    let added: Vec<&Value> = call
        .messages
        .iter()
        .filter(|message| message["type"] == "conversation.item.added")
        .collect();
    assert_eq!(added[0]["item"]["id"], "item_1_2");
    assert_eq!(added[1]["item"]["id"], "item_1_2x");
    assert_eq!(added[1]["previous_item_id"], "item_1_2");
}

/// Requests that nobody answers are forgotten, not kept for ever; items likewise.
#[test]
fn a_flood_is_bounded() {
    let mut call = Script::new();
    let first = call.hear(json!({"type": "response.create", "event_id": "first"}));
    for _ in 0..1_000 {
        call.hear_text(r#"{"type":"input_audio_buffer.clear","event_id":"flood"}"#);
    }
    let before = call.messages.len();
    call.tell(Event::Refused {
        token: first,
        refusal: signaling_protocol::model::Refusal::ReplyActive,
    });
    assert_eq!(call.messages.len(), before, "its request was forgotten");
    for line in 1..=1_100 {
        let place = if line == 1 {
            Place::First
        } else {
            Place::After(line - 1)
        };
        let (kind, text) = (LineKind::Typed, "x".to_owned());
        call.tell(Event::LineAdded {
            line,
            place,
            kind,
            text,
            token: None,
        });
        let last = &call.messages[call.messages.len() - 1];
        assert_eq!(
            last["previous_item_id"].is_null(),
            line == 1,
            "only the first has none"
        );
    }
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_1"}));
    assert_eq!(call.error()["code"], "item_retrieve_invalid_item_id");
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_1100"}));
    assert_eq!(
        call.types().last().map(String::as_str),
        Some("conversation.item.retrieved")
    );
}
