//! Any lines a client may send, with the core's usual answers between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signaling_protocol::Dialect;
use signaling_protocol::model::{Call, Command, Ending, Event, LineKind, Modality, Place};
use signaling_protocol::realtime::Realtime;

fuzz_target!(|data: &[u8]| {
    let mut dialect = Realtime::new("sess_1", None).expect("no session is a good session");
    let mut messages = Vec::new();
    let mut lines = 0;
    for line in String::from_utf8_lossy(data).lines().take(32) {
        let mut commands = Vec::new();
        let before = messages.len();
        dialect.hear(line, &mut commands, &mut messages);
        assert!(
            !commands.is_empty() || messages.len() > before,
            "every event is answered or obeyed"
        );
        for command in commands {
            for event in answers(command, &mut lines) {
                dialect.tell(&event, &mut messages);
            }
        }
    }
    for message in messages {
        let message: serde_json::Value =
            serde_json::from_str(&message).expect("what we say is JSON");
        assert!(message["type"].is_string() && message["event_id"].is_string());
    }
});

/// What a core does that obeys everything.
fn answers(command: Command, lines: &mut u32) -> Vec<Event> {
    *lines += 1;
    let (line, reply) = (*lines, *lines);
    let added = |token, place, text| {
        vec![Event::LineAdded {
            line,
            place,
            kind: LineKind::Typed,
            text,
            token: Some(token),
        }]
    };
    match command {
        Command::Type { token, text } => added(token, Place::Last, text),
        Command::Write { token, place, said } => added(token, place, said.text),
        Command::Delete { line, .. } => vec![Event::LineDeleted { line }],
        Command::Truncate { line, heard_ms, .. } => {
            vec![Event::LineCut {
                line,
                heard: String::new(),
                heard_ms,
            }]
        }
        Command::Respond { token, request } => {
            let line = (!request.aside).then_some(line);
            let modality = request.modality.unwrap_or(Modality::Audio);
            let (id, tool) = (format!("call_{reply}"), "look".to_owned());
            let called = Call {
                id: id.clone(),
                tool,
            };
            vec![
                Event::ReplyStarted {
                    reply,
                    line,
                    modality,
                    token: Some(token),
                },
                Event::ReplyText {
                    reply,
                    text: "words".to_owned(),
                },
                Event::CallStarted {
                    reply,
                    line: line.map(|line| line + 1_000),
                    call: called,
                },
                Event::Called {
                    reply,
                    call: id,
                    arguments: "{}".to_owned(),
                    place: Place::Last,
                },
                Event::ReplyEnded {
                    reply,
                    ending: Ending::Cancelled,
                    text: String::new(),
                },
            ]
        }
        _ => Vec::new(),
    }
}
