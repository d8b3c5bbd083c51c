//! The calls that are written down: what happens in them, mostly by itself.

use crate::calls_of_clients as clients;
use crate::script::{Script, message};
use serde_json::json;
use signaling_protocol::model::{
    Author, Ending, Engine, Event, Floor, LineKind, Modality, Place, Stage, Token,
};

type Call = fn(&mut Script);

pub(crate) const ALL: [(&str, Call); 17] = [
    ("hello", hello),
    ("session", session),
    ("spoken_answer", spoken_answer),
    ("typed_answer", typed_answer),
    ("text_answer", text_answer),
    ("barge_in_while_composing", barge_in_while_composing),
    (
        "truncated_while_composing",
        clients::truncated_while_composing,
    ),
    ("barge_in_while_playing", barge_in_while_playing),
    ("client_interrupts", clients::client_interrupts),
    ("failure", failure),
    ("aside", clients::aside),
    ("push_to_talk", clients::push_to_talk),
    ("history", clients::history),
    ("function_calls", clients::function_calls),
    ("tools", clients::tools),
    ("refusals", clients::refusals),
    ("silence_and_goodbye", silence_and_goodbye),
];

fn engine(seam: &str, name: &str, voices: &[&str]) -> Engine {
    let voices = voices.iter().map(|voice| (*voice).to_owned()).collect();
    Engine {
        seam: seam.to_owned(),
        name: name.to_owned(),
        grade: "builtin".to_owned(),
        voices,
    }
}

pub(crate) fn composed(call: &mut Script, reply: u32, text: &str) {
    call.tell(Event::ReplyComposed {
        reply,
        text: text.to_owned(),
    });
}

pub(crate) fn ended(call: &mut Script, reply: u32, ending: Ending, text: &str) {
    call.tell(Event::ReplyEnded {
        reply,
        ending,
        text: text.to_owned(),
    });
}

pub(crate) fn added(call: &mut Script, line: u32, place: Place, author: Author, token: Token) {
    let (kind, text) = (LineKind::Written(author), "as written".to_owned());
    call.tell(Event::LineAdded {
        line,
        place,
        kind,
        text,
        token: Some(token),
    });
}

/// What `@openai/agents-realtime` sends when a channel opens, and what it waits for.
fn hello(call: &mut Script) {
    let engines = vec![
        engine("recognizer", "pocketsphinx", &[]),
        engine("synthesizer", "flite", &["slt"]),
    ];
    call.tell(Event::Hello { engines });
    call.hear(json!({"type": "session.update", "session": {
        "type": "realtime",
        "instructions": "Be brief.",
        "model": "gpt-realtime",
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "noise_reduction": null,
                "transcription": {"model": "gpt-4o-mini-transcribe"},
                "turn_detection": {"type": "semantic_vad"},
            },
            "output": {"format": {"type": "audio/pcm", "rate": 24000}, "speed": 1},
        },
    }}));
    call.hear(
        json!({"type": "session.update", "session": {"type": "realtime", "tracing": "auto"}}),
    );
}

/// Every field, and taking some of them back.
fn session(call: &mut Script) {
    call.hear(json!({"type": "session.update", "event_id": "all", "session": {
        "type": "realtime",
        "model": "any",
        "instructions": "Speak of ships.",
        "output_modalities": ["text"],
        "audio": {
            "input": {
                "format": {"type": "audio/pcmu"},
                "noise_reduction": {"type": "near_field"},
                "transcription": {
                    "model": "whisper-1", "language": "en", "languages": ["de", "fr"],
                    "prompt": "sea and sail", "keywords": ["mizzen", "sheet"], "delay": "low",
                },
                "turn_detection": {
                    "type": "server_vad", "threshold": 0.8, "prefix_padding_ms": 200,
                    "silence_duration_ms": 700, "idle_timeout_ms": 8000,
                    "create_response": false, "interrupt_response": false,
                },
            },
            "output": {"format": {"type": "audio/pcma"}, "voice": {"id": "slt"}, "speed": 1.1},
        },
        "tools": [
            {"type": "function", "name": "weather", "description": "Looks out", "parameters": {"type": "object"}},
            {"type": "mcp", "server_label": "docs", "server_url": "https://example.org"},
        ],
        "tool_choice": {"type": "function", "name": "weather"},
        "parallel_tool_calls": false,
        "max_output_tokens": 200,
        "reasoning": {"effort": "low"},
        "truncation": {"type": "retention_ratio", "retention_ratio": 0.8, "token_limits": {"post_instructions": 4000}},
        "tracing": {"workflow_name": "w", "group_id": "g", "metadata": {"a": "b"}},
        "prompt": {"id": "pmpt_1", "version": "2", "variables": {"x": "y"}},
        "include": ["item.input_audio_transcription.logprobs"],
    }}));
    // The same kind of detection: what is not said stays. Another kind: its own defaults.
    let detection = |detection| json!({"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": detection}}}});
    call.hear(detection(
        json!({"type": "server_vad", "silence_duration_ms": 900}),
    ));
    call.hear(detection(
        json!({"type": "semantic_vad", "eagerness": "high"}),
    ));
    call.hear(json!({"type": "session.update", "session": {
        "type": "realtime",
        "instructions": "",
        "output_modalities": ["audio"],
        "audio": {"input": {"turn_detection": null, "transcription": null, "noise_reduction": null}},
        "tools": [], "tool_choice": "auto", "max_output_tokens": "inf",
        "tracing": null, "prompt": null, "truncation": "auto", "reasoning": null, "include": null,
    }}));
    // A bad update changes nothing, not even what stands before the mistake.
    call.hear(
        json!({"type": "session.update", "event_id": "bad", "session": {
            "type": "realtime", "instructions": "lost", "audio": {"output": {"speed": 3}},
        }}),
    );
    call.hear(json!({"type": "session.update", "session": {}}));
}

fn spoken_answer(call: &mut Script) {
    call.tell(Event::Floor {
        from: Floor::Open,
        to: Floor::Caller,
    });
    call.utterance(1, "🚢 – what is a mizzen?");
    call.tell(Event::Floor {
        from: Floor::Caller,
        to: Floor::Awaiting,
    });
    call.reply(1, 2, Modality::Audio, None);
    call.tell(Event::Reached {
        reply: 1,
        stage: Stage::Speculation,
        after_ms: 128,
        gained_ms: Some(185),
    });
    call.tell(Event::Reached {
        reply: 1,
        stage: Stage::Endpointing,
        after_ms: 320,
        gained_ms: None,
    });
    call.tell(Event::Cited {
        reply: 1,
        source: "rigging.md".to_owned(),
        heading: "Masts".to_owned(),
        text: "The mizzen stands aft.".to_owned(),
    });
    call.say(1, "The mizzen ");
    call.say(1, "stands aft.");
    composed(call, 1, "The mizzen stands aft.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.tell(Event::Floor {
        from: Floor::Awaiting,
        to: Floor::Agent,
    });
    call.tell(Event::Heard {
        reply: 1,
        heard: 11,
    });
    call.tell(Event::Heard {
        reply: 1,
        heard: 22,
    });
    call.tell(Event::PlayoutStopped { reply: 1 });
    ended(call, 1, Ending::Completed, "The mizzen stands aft.");
    call.tell(Event::Floor {
        from: Floor::Agent,
        to: Floor::Open,
    });
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_1"}));
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_2"}));
}

/// Our own typed message; here the first sound leaves while the words still come.
fn typed_answer(call: &mut Script) {
    let token = call.hear(json!({"type": "repartee.type", "text": "And the foremast?"}));
    call.tell(Event::LineAdded {
        line: 1,
        place: Place::First,
        kind: LineKind::Typed,
        text: "And the foremast?".to_owned(),
        token: Some(token),
    });
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "It stands ");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.say(1, "in front.");
    composed(call, 1, "It stands in front.");
    call.tell(Event::PlayoutStopped { reply: 1 });
    ended(call, 1, Ending::Completed, "It stands in front.");
}

fn text_answer(call: &mut Script) {
    let token =
        call.hear(json!({"type": "conversation.item.create", "item": message("user", "Port?")}));
    added(call, 1, Place::First, Author::Caller, token);
    let token = call.hear(json!({
        "type": "response.create",
        "event_id": "agents_js_response_create_1",
        "response": {"output_modalities": ["text"], "metadata": {"topic": "sides"}, "max_output_tokens": 50},
    }));
    call.reply(1, 2, Modality::Text, Some(token));
    call.say(1, "Left.");
    composed(call, 1, "Left.");
    ended(call, 1, Ending::Completed, "Left.");
}

fn barge_in_while_composing(call: &mut Script) {
    call.utterance(1, "tell me all about masts");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "There are three masts. ");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.say(1, "The first is the foremast.");
    call.tell(Event::Heard { reply: 1, heard: 9 });
    call.tell(Event::PlayoutCleared { reply: 1 });
    call.tell(Event::LineCut {
        line: 2,
        heard: "There are".to_owned(),
        heard_ms: 420,
    });
    ended(call, 1, Ending::BargedIn, "There are");
    call.utterance(3, "enough");
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_2"}));
}

fn barge_in_while_playing(call: &mut Script) {
    call.utterance(1, "tell me all about masts");
    call.reply(1, 2, Modality::Audio, None);
    call.say(1, "There are three masts.");
    composed(call, 1, "There are three masts.");
    call.tell(Event::PlayoutStarted { reply: 1 });
    call.tell(Event::PlayoutCleared { reply: 1 });
    call.tell(Event::LineCut {
        line: 2,
        heard: "There are".to_owned(),
        heard_ms: 420,
    });
    ended(call, 1, Ending::BargedIn, "There are");
    call.tell(Event::SpeechStarted {
        line: 3,
        start_ms: 9_000,
    });
    call.hear(json!({"type": "conversation.item.retrieve", "item_id": "item_1_2"}));
    // Late pieces of a reply that is over say nothing.
    call.say(1, " And more.");
    composed(call, 1, "There are three masts. And more.");
    ended(call, 1, Ending::Completed, "");
}

fn failure(call: &mut Script) {
    call.utterance(1, "what now");
    call.reply(1, 2, Modality::Audio, None);
    let message = "the language model went away".to_owned();
    ended(
        call,
        1,
        Ending::Failed {
            message: message.clone(),
        },
        "",
    );
    call.reply(2, 3, Modality::Audio, None);
    call.say(2, "I am sor");
    call.tell(Event::PlayoutStarted { reply: 2 });
    call.tell(Event::PlayoutCleared { reply: 2 });
    call.tell(Event::LineCut {
        line: 3,
        heard: "I".to_owned(),
        heard_ms: 90,
    });
    call.tell(Event::Notice {
        code: "trouble".to_owned(),
        message: message.clone(),
    });
    ended(call, 2, Ending::Failed { message }, "I");
}

fn silence_and_goodbye(call: &mut Script) {
    call.tell(Event::Idle {
        line: 1,
        place: Place::First,
        start_ms: 4_000,
        end_ms: 12_000,
    });
    // Words may come before their line.
    call.tell(Event::Transcript {
        line: 2,
        text: "early".to_owned(),
        seconds: 0.25,
    });
    call.tell(Event::Committed {
        line: 2,
        place: Place::After(1),
    });
    call.tell(Event::Committed {
        line: 3,
        place: Place::After(2),
    });
    call.tell(Event::TranscriptFailed {
        line: 3,
        message: "the recognizer is gone".to_owned(),
    });
    call.tell(Event::Notice {
        code: "voice_unknown".to_owned(),
        message: "No voice is called so.".to_owned(),
    });
    let remote = Engine {
        grade: "remote".to_owned(),
        ..engine("synthesizer", "speaker at 192.0.2.7", &["alloy"])
    };
    call.tell(Event::EngineChanged {
        from: remote,
        to: engine("synthesizer", "flite", &["slt"]),
        why: "The voice server at 192.0.2.7 broke off.".to_owned(),
    });
    call.tell(Event::Goodbye {
        reason: "the server is shutting down".to_owned(),
    });
}
