//! Sessions that are wrong: field by field, whole, and by their size.

use crate::bad_input::{call, refused, update};
use serde_json::{Value, json};
use signaling_protocol::model::Command;

fn input(input: Value) -> Value {
    update(json!({"type": "realtime", "audio": {"input": input}}))
}

#[test]
fn a_session_is_checked_field_by_field() {
    let format = |format: Value| input(json!({"format": format}));
    let output = |output: Value| update(json!({"audio": {"output": output}}));
    let detection = |detection: Value| input(json!({"turn_detection": detection}));
    let many: Vec<Value> = (0..129)
        .map(|n| json!({"type": "function", "name": format!("f{n}")}))
        .collect();
    let cases = [
        (
            json!({"type": "session.update"}),
            "missing_required_parameter",
            "session",
        ),
        (update(json!([])), "invalid_type", "session"),
        (update(json!("realtime")), "invalid_type", "session"),
        (
            update(json!({"type": "transcription"})),
            "invalid_value",
            "session.type",
        ),
        (
            update(json!({"type": null})),
            "invalid_type",
            "session.type",
        ),
        (
            update(json!({"colour": "red"})),
            "unknown_parameter",
            "session.colour",
        ),
        (
            update(json!({"voice": "slt"})),
            "unknown_parameter",
            "session.voice",
        ),
        (
            update(json!({"turn_detection": null})),
            "unknown_parameter",
            "session.turn_detection",
        ),
        (
            update(json!({"instructions": null})),
            "invalid_type",
            "session.instructions",
        ),
        (
            update(json!({"instructions": 5})),
            "invalid_type",
            "session.instructions",
        ),
        (
            update(json!({"model": {}})),
            "invalid_type",
            "session.model",
        ),
        (
            update(json!({"output_modalities": []})),
            "invalid_value",
            "session.output_modalities",
        ),
        (
            update(json!({"output_modalities": ["audio", "text"]})),
            "invalid_value",
            "session.output_modalities",
        ),
        (
            update(json!({"output_modalities": ["video"]})),
            "invalid_value",
            "session.output_modalities",
        ),
        (
            update(json!({"output_modalities": "text"})),
            "invalid_type",
            "session.output_modalities",
        ),
        (update(json!({"audio": 1})), "invalid_type", "session.audio"),
        (
            update(json!({"audio": {"both": {}}})),
            "unknown_parameter",
            "session.audio.both",
        ),
        (input(json!([])), "invalid_type", "session.audio.input"),
        (
            input(json!({"gain": 2})),
            "unknown_parameter",
            "session.audio.input.gain",
        ),
        (
            format(json!({"type": "audio/opus"})),
            "invalid_value",
            "session.audio.input.format.type",
        ),
        (
            format(json!({"type": "audio/pcm", "rate": 8000})),
            "invalid_value",
            "session.audio.input.format.rate",
        ),
        (
            format(json!({"rate": 24000})),
            "missing_required_parameter",
            "session.audio.input.format.type",
        ),
        (
            input(json!({"noise_reduction": {"type": "loud"}})),
            "invalid_value",
            "session.audio.input.noise_reduction.type",
        ),
        (
            input(json!({"transcription": "whisper-1"})),
            "invalid_type",
            "session.audio.input.transcription",
        ),
        (
            input(json!({"transcription": {"language": 1}})),
            "invalid_type",
            "session.audio.input.transcription.language",
        ),
        (
            input(json!({"transcription": {"keywords": ["a", 2]}})),
            "invalid_type",
            "session.audio.input.transcription.keywords[1]",
        ),
        (
            input(json!({"transcription": {"delay": "soon"}})),
            "invalid_value",
            "session.audio.input.transcription.delay",
        ),
        (
            detection(json!({})),
            "missing_required_parameter",
            "session.audio.input.turn_detection.type",
        ),
        (
            detection(json!({"type": "none"})),
            "invalid_value",
            "session.audio.input.turn_detection.type",
        ),
        (
            detection(json!({"type": "server_vad", "threshold": 1.01})),
            "invalid_value",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            detection(json!({"type": "server_vad", "threshold": "high"})),
            "invalid_type",
            "session.audio.input.turn_detection.threshold",
        ),
        (
            detection(json!({"type": "server_vad", "silence_duration_ms": -1})),
            "invalid_value",
            "session.audio.input.turn_detection.silence_duration_ms",
        ),
        (
            detection(json!({"type": "server_vad", "silence_duration_ms": 0.5})),
            "invalid_type",
            "session.audio.input.turn_detection.silence_duration_ms",
        ),
        (
            detection(json!({"type": "server_vad", "prefix_padding_ms": 1e18})),
            "invalid_value",
            "session.audio.input.turn_detection.prefix_padding_ms",
        ),
        (
            detection(json!({"type": "server_vad", "idle_timeout_ms": 1})),
            "invalid_value",
            "session.audio.input.turn_detection.idle_timeout_ms",
        ),
        (
            detection(json!({"type": "server_vad", "eagerness": "low"})),
            "unknown_parameter",
            "session.audio.input.turn_detection.eagerness",
        ),
        (
            detection(json!({"type": "semantic_vad", "eagerness": "wild"})),
            "invalid_value",
            "session.audio.input.turn_detection.eagerness",
        ),
        (
            detection(json!({"type": "semantic_vad", "create_response": "yes"})),
            "invalid_type",
            "session.audio.input.turn_detection.create_response",
        ),
        (
            output(json!({"speed": 0.2})),
            "invalid_value",
            "session.audio.output.speed",
        ),
        (
            output(json!({"speed": 1.51})),
            "invalid_value",
            "session.audio.output.speed",
        ),
        (
            output(json!({"speed": "fast"})),
            "invalid_type",
            "session.audio.output.speed",
        ),
        (
            output(json!({"voice": ""})),
            "invalid_value",
            "session.audio.output.voice",
        ),
        (
            output(json!({"voice": {"name": "x"}})),
            "unknown_parameter",
            "session.audio.output.voice.name",
        ),
        (
            update(json!({"tools": {}})),
            "invalid_type",
            "session.tools",
        ),
        (
            update(json!({"tools": [{"type": "code"}]})),
            "invalid_value",
            "session.tools[0].type",
        ),
        (
            update(json!({"tools": [{"type": "function"}]})),
            "missing_required_parameter",
            "session.tools[0].name",
        ),
        (
            update(json!({"tools": [
                {"type": "function", "name": "look"}, {"type": "function", "name": "look"},
            ]})),
            "invalid_value",
            "session.tools[1].name",
        ),
        (
            update(json!({"tools": [
                {"type": "function", "name": "look", "annotations": {"readOnlyHint": "yes"}},
            ]})),
            "invalid_type",
            "session.tools[0].annotations.readOnlyHint",
        ),
        (
            update(json!({"tools": [{"type": "function", "name": "look", "parameters": "{}"}]})),
            "invalid_type",
            "session.tools[0].parameters",
        ),
        (
            update(json!({"tool_choice": {"type": "function", "name": "fly"}})),
            "invalid_value",
            "session.tool_choice.name",
        ),
        (
            update(json!({"tools": [{"type": "mcp"}]})),
            "missing_required_parameter",
            "session.tools[0].server_label",
        ),
        (
            update(json!({"tools": many})),
            "invalid_value",
            "session.tools",
        ),
        (
            update(json!({"tool_choice": "any"})),
            "invalid_value",
            "session.tool_choice",
        ),
        (
            update(json!({"tool_choice": {"type": "function"}})),
            "missing_required_parameter",
            "session.tool_choice.name",
        ),
        (
            update(json!({"max_output_tokens": 0})),
            "invalid_value",
            "session.max_output_tokens",
        ),
        (
            update(json!({"max_output_tokens": 4097})),
            "invalid_value",
            "session.max_output_tokens",
        ),
        (
            update(json!({"max_output_tokens": "many"})),
            "invalid_value",
            "session.max_output_tokens",
        ),
        (
            update(json!({"reasoning": {"effort": "huge"}})),
            "invalid_value",
            "session.reasoning.effort",
        ),
        (
            update(json!({"truncation": {"type": "retention_ratio"}})),
            "missing_required_parameter",
            "session.truncation.retention_ratio",
        ),
        (
            update(json!({"tracing": "on"})),
            "invalid_value",
            "session.tracing",
        ),
        (
            update(json!({"prompt": {}})),
            "missing_required_parameter",
            "session.prompt.id",
        ),
        (
            update(json!({"include": ["all"]})),
            "invalid_value",
            "session.include[0]",
        ),
    ];
    let mut call = call();
    for (event, code, param) in cases {
        refused(&mut call, &event.to_string(), code, Some(param));
    }
}

#[test]
fn an_update_that_fails_changes_nothing() {
    let mut call = call();
    call.hear(update(json!({"type": "realtime", "instructions": "Kept."})));
    let kept = call.commands.last().cloned().expect("it configures");
    call.hear(update(
        json!({"instructions": "Lost.", "audio": {"output": {"voice": "kal", "speed": 9}}}),
    ));
    call.hear(update(json!({})));
    let (
        Command::Configure {
            settings: before, ..
        },
        Some(Command::Configure {
            settings: after, ..
        }),
    ) = (kept, call.commands.last())
    else {
        panic!("both configure");
    };
    assert_eq!(before, *after);
}

#[test]
fn a_session_that_would_not_fit_into_one_message_is_refused() {
    let mut call = call();
    let half = "i".repeat(130_000);
    call.hear(update(json!({"instructions": half})));
    let commands = call.commands.len();
    let tools = json!([{"type": "function", "name": "f", "description": half}]);
    call.hear(update(json!({"tools": tools})));
    assert_eq!(call.error()["param"], "session");
    assert_eq!(call.commands.len(), commands);
    assert!(
        call.messages
            .iter()
            .all(|message| message.to_string().len() <= 262_144)
    );
}
