//! Whatever comes, nothing panics, and whatever we say is JSON with a type and an id of its own.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};
use signaling_protocol::Dialect;
use signaling_protocol::model::{
    Author, Call, Command, Ending, Engine, Event, LineKind, Modality, Place, Refusal, Stage,
};
use signaling_protocol::realtime::Realtime;
use std::collections::HashSet;

const TYPES: [&str; 13] = [
    "session.update",
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
    "output_audio_buffer.clear",
    "conversation.item.create",
    "conversation.item.retrieve",
    "conversation.item.truncate",
    "conversation.item.delete",
    "response.create",
    "response.cancel",
    "repartee.type",
    "nonsense",
];

/// Names that mean something somewhere, so that what is random reaches deep.
const NAMES: [&str; 34] = [
    "type",
    "event_id",
    "session",
    "item",
    "item_id",
    "previous_item_id",
    "response",
    "response_id",
    "content",
    "role",
    "text",
    "transcript",
    "audio",
    "input",
    "output",
    "turn_detection",
    "transcription",
    "voice",
    "speed",
    "format",
    "tools",
    "tool_choice",
    "instructions",
    "output_modalities",
    "max_output_tokens",
    "metadata",
    "content_index",
    "audio_end_ms",
    "id",
    "name",
    "call_id",
    "arguments",
    "conversation",
    "threshold",
];

const WORDS: [&str; 24] = [
    "realtime",
    "server_vad",
    "semantic_vad",
    "auto",
    "none",
    "audio",
    "text",
    "message",
    "user",
    "assistant",
    "system",
    "input_text",
    "output_audio",
    "input_audio",
    "function_call",
    "function_call_output",
    "item_reference",
    "root",
    "item_1_1",
    "item_1_2",
    "resp_1_1",
    "audio/pcm",
    "inf",
    "",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(WORDS.as_slice()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-2.0..2.0f64).prop_map(Value::from),
        (0..5_000u32).prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let name = proptest::sample::select(NAMES.as_slice());
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..6).prop_map(|pairs| {
                let pairs = pairs
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(pairs.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// An event of a known kind with random fields.
fn client_event() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(NAMES.as_slice());
    let kind = proptest::sample::select(TYPES.as_slice());
    (kind, proptest::collection::vec((name, value()), 0..4)).prop_map(|(kind, pairs)| {
        let mut event = json!({});
        for (name, value) in pairs {
            event[name] = value;
        }
        event["type"] = json!(kind);
        event.to_string()
    })
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::First),
        Just(Place::Last),
        (0..6u32).prop_map(Place::After)
    ]
}

fn server_event() -> impl Strategy<Value = Event> {
    let modality = prop_oneof![Just(Modality::Audio), Just(Modality::Text)];
    let kind = prop_oneof![
        Just(LineKind::Typed),
        Just(LineKind::Spoken),
        Just(LineKind::Written(Author::System)),
        Just(LineKind::Agent(Modality::Audio)),
        Just(LineKind::Agent(Modality::Text)),
    ];
    let ending = prop_oneof![
        Just(Ending::Completed),
        Just(Ending::BargedIn),
        Just(Ending::Cancelled),
        any::<String>().prop_map(|message| Ending::Failed { message }),
    ];
    let small = 0..6u32;
    let text = any::<String>;
    prop_oneof![
        (small.clone(), place()).prop_map(|(line, place)| Event::Committed { line, place }),
        (small.clone(), place(), any::<u64>(), any::<u64>()).prop_map(
            |(line, place, start_ms, end_ms)| Event::Idle {
                line,
                place,
                start_ms,
                end_ms,
            }
        ),
        (small.clone(), text(), any::<usize>()).prop_map(|(line, text, stable)| Event::Partial {
            line,
            text,
            stable
        }),
        (small.clone(), text()).prop_map(|(line, text)| Event::Transcript {
            line,
            text,
            seconds: f32::NAN
        }),
        (small.clone(), text())
            .prop_map(|(line, message)| Event::TranscriptFailed { line, message }),
        (
            small.clone(),
            place(),
            kind,
            text(),
            proptest::option::of(0..40u32)
        )
            .prop_map(|(line, place, kind, text, token)| Event::LineAdded {
                line,
                place,
                kind,
                text,
                token
            }),
        small.clone().prop_map(|line| Event::LineDeleted { line }),
        (small.clone(), text(), any::<u64>()).prop_map(|(line, heard, heard_ms)| {
            Event::LineCut {
                line,
                heard,
                heard_ms,
            }
        }),
        (
            small.clone(),
            proptest::option::of(small.clone()),
            modality,
            proptest::option::of(0..40u32)
        )
            .prop_map(|(reply, line, modality, token)| Event::ReplyStarted {
                reply,
                line,
                modality,
                token
            }),
        (small.clone(), text()).prop_map(|(reply, text)| Event::ReplyText { reply, text }),
        (small.clone(), any::<bool>(), small.clone()).prop_map(|(reply, aside, line)| {
            Event::CallStarted {
                reply,
                line: (!aside).then_some(line),
                call: Call {
                    id: format!("call_{line}"),
                    tool: "weather".to_owned(),
                },
            }
        }),
        (small.clone(), small.clone(), text()).prop_map(|(reply, call, text)| {
            Event::CallArguments {
                reply,
                call: format!("call_{call}"),
                text,
            }
        }),
        (small.clone(), small.clone(), text()).prop_map(|(reply, call, arguments)| {
            Event::Called {
                reply,
                call: format!("call_{call}"),
                arguments,
                place: Place::Last,
            }
        }),
        (small.clone(), text()).prop_map(|(reply, text)| Event::ReplyComposed { reply, text }),
        small
            .clone()
            .prop_map(|reply| Event::PlayoutStarted { reply }),
        (small.clone(), any::<usize>()).prop_map(|(reply, heard)| Event::Heard { reply, heard }),
        small
            .clone()
            .prop_map(|reply| Event::PlayoutStopped { reply }),
        small
            .clone()
            .prop_map(|reply| Event::PlayoutCleared { reply }),
        (small.clone(), ending, text()).prop_map(|(reply, ending, text)| Event::ReplyEnded {
            reply,
            ending,
            text
        }),
        (small, any::<u64>(), any::<Option<u64>>()).prop_map(|(reply, after_ms, gained_ms)| {
            Event::Reached {
                reply,
                stage: Stage::FirstWord,
                after_ms,
                gained_ms,
            }
        }),
        (0..40u32).prop_map(|token| Event::Refused {
            token,
            refusal: Refusal::NoSuchLine
        }),
        (text(), text(), text()).prop_map(|(from, to, why)| Event::EngineChanged {
            from: engine(from),
            to: engine(to),
            why
        }),
    ]
}

fn engine(name: String) -> Engine {
    Engine {
        seam: "synthesizer".to_owned(),
        grade: "remote".to_owned(),
        voices: vec![name.clone()],
        name,
    }
}

#[derive(Clone, Debug)]
enum Step {
    Hear(String),
    Tell(Event),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => client_event().prop_map(Step::Hear),
        1 => any::<String>().prop_map(Step::Hear),
        4 => server_event().prop_map(Step::Tell),
    ]
}

/// Every message is JSON, typed, and named once; every `done` and every delta has its beginning.
fn check(messages: &[String], ids: &mut HashSet<String>, open: &mut HashSet<String>) {
    for message in messages {
        let message: Value = serde_json::from_str(message).expect("what we say is JSON");
        let kind = message["type"].as_str().expect("what we say has a type");
        let id = message["event_id"].as_str().expect("what we say has an id");
        assert!(ids.insert(id.to_owned()), "{id} twice");
        match kind {
            "response.created" => {
                open.insert(message["response"]["id"].to_string());
            }
            "response.done" => {
                assert!(
                    open.remove(&message["response"]["id"].to_string()),
                    "done without created: {message}"
                );
            }
            "response.output_text.delta"
            | "response.output_audio_transcript.delta"
            | "response.function_call_arguments.delta"
            | "response.function_call_arguments.done" => {
                assert!(
                    open.contains(&message["response_id"].to_string()),
                    "a late delta: {message}"
                );
            }
            _ => {}
        }
        if let Some(part) = message["item"]["content"].get(0)
            && part["type"] == "input_audio"
        {
            assert!(
                part.get("transcript").is_some(),
                "clients break without the key: {message}"
            );
        }
    }
}

/// The same cases each time: a failure is met again.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_heard(text in any::<String>()) {
        let mut dialect = Realtime::new("sess_1", None).expect("no session is a good session");
        let (mut commands, mut messages) = (Vec::new(), Vec::new());
        dialect.hear(&text, &mut commands, &mut messages);
        check(&messages, &mut HashSet::new(), &mut HashSet::new());
        prop_assert!(!messages.is_empty() || !commands.is_empty(), "an answer of some kind");
    }

    #[test]
    fn any_session_is_taken_or_refused(session in value()) {
        match Realtime::new("sess_1", Some(&session)) {
            // What we echo is itself a session that we take, and it changes nothing.
            Ok(dialect) => {
                let echo = dialect.session();
                let again = Realtime::new("sess_1", Some(&echo)).expect("an echo is a good session");
                prop_assert_eq!(again.session(), echo);
                let settings = dialect.settings();
                prop_assert!((0.25..=1.5).contains(&settings.speed));
            }
            Err(bad) => prop_assert!(!bad.message.is_empty()),
        }
    }

    #[test]
    fn any_course_of_things_is_told_in_order(steps in proptest::collection::vec(step(), 1..60)) {
        let mut dialect = Realtime::new("sess_1", None).expect("no session is a good session");
        let (mut ids, mut open) = (HashSet::new(), HashSet::new());
        let mut started: HashSet<u32> = HashSet::new();
        for step in steps {
            let (mut commands, mut messages): (Vec<Command>, _) = (Vec::new(), Vec::new());
            match step {
                Step::Hear(text) => dialect.hear(&text, &mut commands, &mut messages),
                // The core never numbers two replies alike.
                Step::Tell(Event::ReplyStarted { reply, .. }) if !started.insert(reply) => {}
                Step::Tell(event) => dialect.tell(&event, &mut messages),
            }
            check(&messages, &mut ids, &mut open);
        }
    }
}
