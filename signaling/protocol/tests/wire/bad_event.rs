//! Events that are wrong in themselves: items, responses, and what refers to them.

use crate::bad_input::{call, create, refused};
use crate::script::message;
use serde_json::{Value, json};

fn respond(response: Value) -> Value {
    json!({"type": "response.create", "response": response})
}

#[test]
fn items_are_checked() {
    let part = |part: Value| create(json!({"type": "message", "role": "user", "content": [part]}));
    let after = |id: &str| json!({"type": "conversation.item.create", "previous_item_id": id, "item": message("user", "x")});
    let mut taken = message("user", "x");
    taken["id"] = json!("item_1_1");
    let mut unfinished = message("user", "x");
    unfinished["status"] = json!("done");
    let many = json!({"type": "message", "role": "user", "content": vec![json!({"type": "input_text", "text": "x"}); 65]});
    let cases = [
        (
            json!({"type": "conversation.item.create"}),
            "missing_required_parameter",
            "item",
        ),
        (create(json!("hello")), "invalid_type", "item"),
        (create(json!({})), "missing_required_parameter", "item.type"),
        (
            create(json!({"type": "mcp_approval_response"})),
            "invalid_value",
            "item.type",
        ),
        (
            create(json!({"type": "message"})),
            "missing_required_parameter",
            "item.role",
        ),
        (
            create(json!({"type": "message", "role": "tool"})),
            "invalid_value",
            "item.role",
        ),
        (
            create(json!({"type": "message", "role": "user"})),
            "missing_required_parameter",
            "item.content",
        ),
        (
            create(json!({"type": "message", "role": "user", "content": []})),
            "invalid_value",
            "item.content",
        ),
        (
            create(json!({"type": "message", "role": "user", "content": "hi"})),
            "invalid_type",
            "item.content",
        ),
        (create(many), "invalid_value", "item.content"),
        (
            create(message("user", " \n ")),
            "invalid_value",
            "item.content",
        ),
        (part(json!("hi")), "invalid_type", "item.content[0]"),
        (
            part(json!({"text": "hi"})),
            "missing_required_parameter",
            "item.content[0].type",
        ),
        (
            part(json!({"type": "text", "text": "hi"})),
            "invalid_value",
            "item.content[0].type",
        ),
        (
            part(json!({"type": "output_text", "text": "hi"})),
            "invalid_value",
            "item.content[0].type",
        ),
        (
            part(json!({"type": "input_text"})),
            "missing_required_parameter",
            "item.content[0].text",
        ),
        (
            part(json!({"type": "input_text", "text": 1})),
            "invalid_type",
            "item.content[0].text",
        ),
        (
            part(json!({"type": "input_audio", "audio": "AAAA"})),
            "invalid_value",
            "item.content[0].type",
        ),
        (
            part(json!({"type": "input_audio", "transcript": null})),
            "invalid_value",
            "item.content[0].type",
        ),
        (
            part(json!({"type": "input_image", "image_url": "data:,"})),
            "invalid_value",
            "item.content[0].type",
        ),
        (create(taken), "invalid_value", "item.id"),
        (create(unfinished), "invalid_value", "item.status"),
        (
            after("nowhere"),
            "item_create_invalid_previous_item_id",
            "previous_item_id",
        ),
        (
            create(json!({"type": "function_call", "name": "f"})),
            "missing_required_parameter",
            "item.arguments",
        ),
        (
            create(json!({"type": "function_call_output", "output": "x"})),
            "missing_required_parameter",
            "item.call_id",
        ),
        (
            create(json!({"type": "function_call_output", "call_id": "c", "output": {}})),
            "invalid_type",
            "item.output",
        ),
    ];
    let mut call = call();
    for (event, code, param) in cases {
        refused(&mut call, &event.to_string(), code, Some(param));
    }
}

#[test]
fn other_events_are_checked() {
    let about =
        |kind: &str, id: &str| json!({"type": format!("conversation.item.{kind}"), "item_id": id});
    let cut = |id: &str, index: Value, end: Value| json!({"type": "conversation.item.truncate", "item_id": id, "content_index": index, "audio_end_ms": end});
    let sixteen: Value = (0..17)
        .map(|n| (format!("k{n}"), json!("v")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let cases = [
        (
            json!({"type": "conversation.item.retrieve"}),
            "missing_required_parameter",
            "item_id",
        ),
        (
            about("retrieve", "nope"),
            "item_retrieve_invalid_item_id",
            "item_id",
        ),
        (
            about("delete", "nope"),
            "item_delete_invalid_item_id",
            "item_id",
        ),
        (
            cut("nope", json!(0), json!(1)),
            "item_truncate_invalid_item_id",
            "item_id",
        ),
        (
            cut("item_1_1", json!(0), json!(1)),
            "invalid_value",
            "item_id",
        ),
        (
            cut("item_1_2", json!(1), json!(1)),
            "invalid_value",
            "content_index",
        ),
        (
            cut("item_1_2", json!(0), json!(-1)),
            "invalid_value",
            "audio_end_ms",
        ),
        (
            cut("item_1_2", json!(0), json!(null)),
            "missing_required_parameter",
            "audio_end_ms",
        ),
        (
            cut("item_1_2", json!(0), json!(1e300)),
            "invalid_value",
            "audio_end_ms",
        ),
        (
            json!({"type": "response.cancel", "response_id": "nope"}),
            "response_cancel_not_active",
            "response_id",
        ),
        (
            json!({"type": "response.cancel", "response_id": 1}),
            "invalid_type",
            "response_id",
        ),
        (
            json!({"type": "input_audio_buffer.append", "audio": "AAAA"}),
            "invalid_event",
            "type",
        ),
        (
            json!({"type": "input_audio_buffer.commit", "now": true}),
            "unknown_parameter",
            "now",
        ),
        (
            json!({"type": "output_audio_buffer.clear", "x": null}),
            "unknown_parameter",
            "x",
        ),
        (
            json!({"type": "repartee.type"}),
            "missing_required_parameter",
            "text",
        ),
        (
            json!({"type": "repartee.type", "text": ""}),
            "invalid_value",
            "text",
        ),
        (
            json!({"type": "repartee.type", "text": ["x"]}),
            "invalid_type",
            "text",
        ),
        (respond(json!([])), "invalid_type", "response"),
        (
            respond(json!({"voice": "slt"})),
            "unknown_parameter",
            "response.voice",
        ),
        (
            respond(json!({"conversation": "other"})),
            "invalid_value",
            "response.conversation",
        ),
        (
            respond(json!({"output_modalities": ["smell"]})),
            "invalid_value",
            "response.output_modalities",
        ),
        (
            respond(json!({"audio": {"output": {"speed": 1}}})),
            "unknown_parameter",
            "response.audio.output.speed",
        ),
        (
            respond(json!({"max_output_tokens": -5})),
            "invalid_value",
            "response.max_output_tokens",
        ),
        (
            respond(json!({"metadata": []})),
            "invalid_type",
            "response.metadata",
        ),
        (
            respond(json!({"metadata": {"a": 1}})),
            "invalid_type",
            "response.metadata.a",
        ),
        (
            respond(json!({"metadata": sixteen})),
            "invalid_value",
            "response.metadata",
        ),
        (
            respond(json!({"input": {}})),
            "invalid_type",
            "response.input",
        ),
        (
            respond(json!({"input": [{"type": "item_reference", "id": "nope"}]})),
            "invalid_value",
            "response.input[0].id",
        ),
        (
            respond(json!({"input": [{"type": "message"}]})),
            "missing_required_parameter",
            "response.input[0].role",
        ),
        (
            respond(json!({"tools": [1]})),
            "invalid_type",
            "response.tools[0]",
        ),
    ];
    let mut call = call();
    for (event, code, param) in cases {
        refused(&mut call, &event.to_string(), code, Some(param));
    }
}
