//! The calls in which clients ask for things.

use crate::calls::{added, composed, ended};
use crate::script::{Script, message};
use serde_json::json;
use signaling_protocol::model::{Author, Call, Ending, Event, LineKind, Modality, Place, Refusal};

/// What the SDK's `interrupt()` sends, and a client that cuts by its own estimate.
pub(crate) fn client_interrupts(call: &mut Script) {
    call.utterance(1, "go on");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "A long story begins.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.hear(json!({"type": "response.cancel", "response_id": "resp_1_1"}));
    call.tell(Event::PlayoutCleared { reply: 1 });
    call.tell(Event::LineCut {
        line: 2,
        heard: "A long".to_owned(),
        heard_ms: 500,
    });
    ended(call, 1, Ending::Cancelled, "A long");
    let token = call.hear(json!({"type": "output_audio_buffer.clear"}));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NoReplyActive,
    });
    call.hear(json!({
        "type": "conversation.item.truncate", "item_id": "item_1_2", "content_index": 0, "audio_end_ms": 301,
    }));
    call.tell(Event::LineCut {
        line: 2,
        heard: "A".to_owned(),
        heard_ms: 301,
    });
    call.hear(json!({"type": "response.cancel", "event_id": "late", "response_id": "resp_1_1"}));
}

pub(crate) fn aside(call: &mut Script) {
    call.utterance(1, "hello");
    let token = call.hear(json!({"type": "response.create", "event_id": "side", "response": {
        "conversation": "none",
        "instructions": "Name the topic.",
        "output_modalities": ["text"],
        "audio": {"output": {"voice": "kal", "format": {"type": "audio/pcm", "rate": 24000}}},
        "metadata": {"kind": "topic"},
        "tools": [], "tool_choice": "none", "reasoning": {"effort": "minimal"},
        "input": [
            {"type": "item_reference", "id": "item_1_1"},
            {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "One word."}]},
        ],
    }}));
    call.tell(Event::ReplyStarted {
        reply: 7,
        line: None,
        modality: Modality::Text,
        token: Some(token),
    });
    call.say(7, "Greeting");
    composed(call, 7, "Greeting");
    ended(call, 7, Ending::Completed, "Greeting");
}

pub(crate) fn push_to_talk(call: &mut Script) {
    call.hear(json!({"type": "session.update", "session": {
        "type": "realtime", "audio": {"input": {"turn_detection": null}},
    }}));
    call.hear(json!({"type": "input_audio_buffer.clear"}));
    call.tell(Event::Cleared);
    call.hear(json!({"type": "input_audio_buffer.commit", "event_id": "released"}));
    call.tell(Event::Committed {
        line: 1,
        place: Place::First,
    });
    let (kind, text) = (LineKind::Spoken, String::new());
    call.tell(Event::LineAdded {
        line: 1,
        place: Place::First,
        kind,
        text,
        token: None,
    });
    let token = call.hear(json!({"type": "response.create"}));
    call.tell(Event::Transcript {
        line: 1,
        text: "over".to_owned(),
        seconds: 0.5,
    });
    call.reply(1, 2, Modality::Audio, Some(token));
    let token = call.hear(json!({"type": "input_audio_buffer.commit", "event_id": "again"}));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NothingToCommit,
    });
}

/// The client stops what it plays before the last word is there, and puts what was heard in the line's place, as the
/// SDK's `updateHistory` does: deleted, and written again under the same name.
pub(crate) fn truncated_while_composing(call: &mut Script) {
    call.utterance(1, "tell me all about masts");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "There are three masts. ");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.hear(json!({
        "type": "conversation.item.truncate", "item_id": "item_1_2", "content_index": 0, "audio_end_ms": 300,
    }));
    call.tell(Event::PlayoutCleared { reply: 1 });
    call.tell(Event::LineCut {
        line: 2,
        heard: "There are".to_owned(),
        heard_ms: 300,
    });
    let again = json!({"id": "item_1_2", "type": "message", "role": "assistant", "status": "incomplete",
        "content": [{"type": "output_text", "text": "There are"}]});
    // Not while it is being given.
    call.hear(json!({"type": "conversation.item.create", "event_id": "early", "item": again}));
    ended(call, 1, Ending::Cancelled, "There are");
    call.hear(json!({"type": "conversation.item.delete", "item_id": "item_1_2"}));
    call.tell(Event::LineDeleted { line: 2 });
    let token = call.hear(json!({
        "type": "conversation.item.create", "previous_item_id": "item_1_1", "item": again,
    }));
    added(call, 3, Place::After(1), Author::Agent, token);
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_2"}));
}

/// The client writes, moves, replaces and takes out lines under names of its own.
pub(crate) fn history(call: &mut Script) {
    let mut first = message("user", "one");
    first["id"] = json!("mine");
    let token = call.hear(json!({"type": "conversation.item.create", "item": first}));
    added(call, 1, Place::First, Author::Caller, token);
    let token = call.hear(json!({
        "type": "conversation.item.create",
        "previous_item_id": "mine",
        "item": {"id": "yours", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_audio", "transcript": "two", "audio": null}]},
    }));
    added(call, 2, Place::After(1), Author::Agent, token);
    let token = call.hear(json!({
        "type": "conversation.item.create", "previous_item_id": "root", "item": message("system", "zero"),
    }));
    added(call, 3, Place::First, Author::System, token);
    let token = call.hear(json!({
        "type": "conversation.item.create",
        "previous_item_id": "mine",
        "item": {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "one and"},
            {"type": "input_audio", "transcript": "a half"},
        ]},
    }));
    added(call, 4, Place::After(1), Author::Caller, token);
    // The SDK replaces an item by deleting it and writing it again under the same name.
    call.hear(json!({"type": "conversation.item.delete", "item_id": "mine"}));
    call.tell(Event::LineDeleted { line: 1 });
    let mut again = message("user", "one, corrected");
    again["id"] = json!("mine");
    let token = call.hear(json!({
        "type": "conversation.item.create", "previous_item_id": "item_1_3", "item": again,
    }));
    added(call, 5, Place::After(3), Author::Caller, token);
    for id in ["mine", "yours", "item_1_3", "item_1_4", "gone"] {
        call.hear(json!({"type": "conversation.item.retrieve", "event_id": "look", "item_id": id}));
    }
    // What the core forgets by itself goes from here, too.
    call.tell(Event::LineDeleted { line: 3 });
    call.tell(Event::LineDeleted { line: 3 });
}

/// Calls that the client writes, and what came of them.
pub(crate) fn function_calls(call: &mut Script) {
    let token = call.hear(json!({"type": "conversation.item.create", "item": {
        "type": "function_call", "name": "weather", "call_id": "call_1", "arguments": "{}",
    }}));
    added(call, 1, Place::First, Author::Agent, token);
    let token = call.hear(json!({"type": "conversation.item.create", "item": {
        "type": "function_call_output", "call_id": "call_1", "output": "rain",
    }}));
    added(call, 2, Place::After(1), Author::Tool, token);
    call.hear(
        json!({"type": "conversation.item.create", "event_id": "strange", "item": {
            "type": "function_call_output", "call_id": "call_7", "output": "snow",
        }}),
    );
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_2"}));
    call.hear(json!({"type": "response.create", "response": {
        "tools": [{"type": "function", "name": "weather"}], "tool_choice": "required",
        "input": [{"type": "item_reference", "id": "item_1_2"}],
    }}));
    call.hear(
        json!({"type": "response.create", "event_id": "chosen", "response": {
            "tool_choice": {"type": "function", "name": "weather"},
        }}),
    );
}

/// What the agent calls: two tools in one reply, the result and the reply to it, and a call that is cut.
pub(crate) fn tools(call: &mut Script) {
    call.hear(
        json!({"type": "session.update", "session": {"type": "realtime", "tools": [
        {"type": "function", "name": "weather", "description": "Of a place.", "strict": true,
            "parameters": {"type": "object", "properties": {"place": {"type": "string"}}},
            "annotations": {"readOnlyHint": true}},
        {"type": "function", "name": "light", "annotations": {"idempotentHint": true}},
        {"type": "function", "name": "book"},
        {"type": "mcp", "server_label": "docs"},
    ], "parallel_tool_calls": false}}),
    );
    call.utterance(1, "will it rain");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "Let me see.");
    begin(call, 1, Some(3), "call_1", "weather");
    call.tell(Event::CallArguments {
        reply: 1,
        call: "call_1".to_owned(),
        text: "{\"place\":".to_owned(),
    });
    call.tell(Event::CallArguments {
        reply: 1,
        call: "call_1".to_owned(),
        text: " \"here\"}".to_owned(),
    });
    complete(call, 1, "call_1", "{\"place\": \"here\"}", Place::After(2));
    begin(call, 1, Some(4), "call_2", "light");
    complete(call, 1, "call_2", "", Place::After(3));
    composed(call, 1, "Let me see.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_3"}));
    call.tell(Event::PlayoutStopped { reply: 1 });
    ended(call, 1, Ending::Completed, "Let me see.");
    let token = call.hear(json!({"type": "conversation.item.create", "item": {
        "type": "function_call_output", "call_id": "call_1", "output": "{\"rain\": true}",
    }}));
    added(call, 5, Place::After(4), Author::Tool, token);
    let token = call.hear(json!({"type": "response.create"}));
    // A reply that is nothing but a call has no item of words.
    call.tell(Event::ReplyStarted {
        reply: 2,
        line: Some(6),
        modality: Modality::Audio,
        token: Some(token),
    });
    begin(call, 2, Some(7), "call_3", "weather");
    complete(call, 2, "call_3", "{}", Place::After(5));
    composed(call, 2, "");
    ended(call, 2, Ending::Completed, "");
    call.tell(Event::ReplyStarted {
        reply: 3,
        line: Some(8),
        modality: Modality::Audio,
        token: None,
    });
    begin(call, 3, Some(9), "call_4", "weather");
    ended(call, 3, Ending::BargedIn, "");
    // What is beside the conversation calls beside it.
    call.tell(Event::ReplyStarted {
        reply: 4,
        line: None,
        modality: Modality::Text,
        token: None,
    });
    begin(call, 4, None, "call_5", "weather");
    complete(call, 4, "call_5", "{}", Place::Last);
    composed(call, 4, "");
    ended(call, 4, Ending::Completed, "");
}

fn begin(script: &mut Script, reply: u32, line: Option<u32>, id: &str, tool: &str) {
    let call = Call {
        id: id.to_owned(),
        tool: tool.to_owned(),
    };
    script.tell(Event::CallStarted { reply, line, call });
}

fn complete(call: &mut Script, reply: u32, id: &str, arguments: &str, place: Place) {
    call.tell(Event::Called {
        reply,
        call: id.to_owned(),
        arguments: arguments.to_owned(),
        place,
    });
}

pub(crate) fn refusals(call: &mut Script) {
    let token = call.hear(json!({"type": "response.create", "event_id": "a"}));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::ReplyActive,
    });
    let token = call.hear(json!({"type": "response.cancel", "event_id": "b"}));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NoReplyActive,
    });
    let token = call.hear(
        json!({"type": "conversation.item.create", "event_id": "c", "item": message("user", "x")}),
    );
    call.tell(Event::Refused {
        token,
        refusal: Refusal::TooMuch,
    });
    // The same number twice: it was answered.
    call.tell(Event::Refused {
        token,
        refusal: Refusal::TooMuch,
    });
    call.reply(1, 1, Modality::Audio, None);
    call.say(1, "Yes.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    let cut = |id: &str| {
        json!({"type": "conversation.item.truncate", "event_id": id, "item_id": "item_1_1",
            "content_index": 0, "audio_end_ms": 60_000})
    };
    composed(call, 1, "Yes.");
    let token = call.hear(cut("d"));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::BeyondSpeech,
    });
    let token = call.hear(cut("e"));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NotSpoken,
    });
    let token = call.hear(cut("f"));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NoSuchLine,
    });
    let token = call
        .hear(json!({"type": "conversation.item.delete", "event_id": "g", "item_id": "item_1_1"}));
    call.tell(Event::Refused {
        token,
        refusal: Refusal::NoSuchLine,
    });
}
