//! The remote recognizer: what it sends, what it makes of the answer, and every way to fail.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use models_engine::{
    Ability, Cancel, Hint, LISTENING_RATE, Recognizer, Stopped, Transcript, contract,
};
use models_remote::{HearingOptions, Patience, RemoteRecognizer};
use serde_json::{Value, json};

use crate::stand_in::{Asked, StandIn, closing, held_open, options, patient, status, wait_for};

fn recognizer(server: &StandIn) -> RemoteRecognizer {
    with(server, patient())
}

fn with(server: &StandIn, patience: Patience) -> RemoteRecognizer {
    at(&server.url, patience)
}

fn at(url: &str, patience: Patience) -> RemoteRecognizer {
    let hearing = HearingOptions {
        language: None,
        terms: "Repartee, Zoë".to_owned(),
    };
    RemoteRecognizer::with_patience(options(url, Some("whisper")), hearing, patience)
        .expect("the address is good")
}

fn speech() -> Vec<f32> {
    (0..LISTENING_RATE)
        .map(|n| 0.3 * (n as f32 * 0.1).sin())
        .collect()
}

fn hear(
    recognizer: &RemoteRecognizer,
    hint: &Hint,
    cancel: &Cancel,
) -> Result<Transcript, Stopped> {
    let mut listening = recognizer.listen(hint)?;
    for piece in speech().chunks(1_600) {
        let partial = listening.push(piece, cancel)?;
        assert_eq!(partial, None, "this API has no words before the end");
    }
    listening.finish(cancel)
}

fn failure(recognizer: &RemoteRecognizer) -> String {
    match hear(recognizer, &Hint::default(), &Cancel::new()) {
        Err(Stopped::Failed(failure)) => failure.message,
        other => panic!("it should have failed: {other:?}"),
    }
}

/// A field of the form that was sent.
fn field(asked: &Asked, name: &str) -> Option<String> {
    let form = String::from_utf8_lossy(&asked.bytes);
    let (_, rest) = form.split_once(&format!("name=\"{name}\"\r\n\r\n"))?;
    rest.split("\r\n").next().map(str::to_owned)
}

#[test]
fn an_utterance_is_sent_whole_and_its_words_come_back() {
    let server = StandIn::serve(|_| status(200, json!({"text": " What is it? "})));
    let hint = Hint {
        language: Some("de-AT".to_owned()),
        prompt: Some("Jause".to_owned()),
        caller: None,
    };
    let words = hear(&recognizer(&server), &hint, &Cancel::new()).expect("it is understood");
    assert_eq!(
        (words.text.as_str(), words.confidence),
        ("What is it?", 1.0)
    );
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/audio/transcriptions");
    assert_eq!(asked.headers["authorization"], "Bearer sk-secret");
    let fields = ["model", "language", "prompt", "response_format"].map(|name| field(asked, name));
    let wanted = ["whisper", "de", "Jause, Repartee, Zoë", "verbose_json"];
    assert_eq!(fields, wanted.map(|text| Some(text.to_owned())));
    let riff = asked.bytes.windows(4).position(|four| four == b"RIFF");
    let file = &asked.bytes[riff.expect("a WAV file is in it")..];
    assert_eq!(file[40..44], (2 * LISTENING_RATE).to_le_bytes());
    assert_eq!(
        i16::from_le_bytes([file[46], file[47]]),
        (0.3 * 0.1_f32.sin() * 32_767.0) as i16
    );
}

#[test]
fn segments_say_how_sure_the_server_is_and_where_nobody_spoke() {
    let server = StandIn::serve(|_| {
        let segments = json!([
            {"text": " Yes.", "avg_logprob": -0.2, "no_speech_prob": 0.1},
            {"text": " Subscribe!", "avg_logprob": -1.4, "no_speech_prob": 0.95},
        ]);
        status(
            200,
            json!({"text": "Yes. Subscribe!", "segments": segments}),
        )
    });
    let words = hear(&recognizer(&server), &Hint::default(), &Cancel::new());
    let words = words.expect("it is understood");
    assert_eq!(words.text, "Yes.");
    assert!((words.confidence - (-0.2_f32).exp()).abs() < 1e-5);
}

/// The second utterance is asked for in the way that worked.
#[test]
fn a_server_without_verbose_answers_is_asked_for_plain_ones() {
    let server = StandIn::serve(|asked| match field(asked, "response_format").as_deref() {
        Some("verbose_json") => status(400, json!({"error": {"code": "unsupported_value"}})),
        _ => status(200, json!({"text": "Yes."})),
    });
    let recognizer = recognizer(&server);
    for _ in 0..2 {
        let words = hear(&recognizer, &Hint::default(), &Cancel::new());
        assert_eq!(words.expect("it is understood").text, "Yes.");
    }
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn keeps_the_contract_of_recognizers_and_asks_nobody_about_silence() {
    let server = StandIn::serve(|_| status(200, json!({"text": "What is it?"})));
    let recognizer = recognizer(&server);
    let silence = vec![0.0; 16_000];
    let mut listening = recognizer.listen(&Hint::default()).expect("it listens");
    listening
        .push(&silence, &Cancel::new())
        .expect("it is taken");
    let words = listening.finish(&Cancel::new());
    assert_eq!(words, Ok(Transcript::default()));
    assert!(server.asked().is_empty());
    contract::check_recognizer(&recognizer, &speech());
    let card = recognizer.card();
    assert!(card.can(Ability::Languages) && !card.can(Ability::Partials));
}

fn answer(kind: &'static str, body: impl Into<Bytes>) -> Response {
    let body: Bytes = body.into();
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

#[test]
fn each_bad_answer_has_its_sentence() {
    type Bad = fn() -> Response;
    let table: [(Bad, &str); 9] = [
        (
            || answer("application/json", "{\"text\": \"Hel"),
            "no transcript",
        ),
        (|| answer("application/json", ""), "no transcript"),
        (
            || answer("application/json", "{\"text\": 7}"),
            "no transcript",
        ),
        (
            || answer("text/html", "<html>Hello</html>"),
            "no transcript",
        ),
        (
            || status(200, json!({"text": "x".repeat(20_000)})),
            "more than any",
        ),
        (
            || answer("application/json", vec![b' '; 2 << 20]),
            "broke off",
        ),
        (
            || status(500, json!({"error": {"message": "you said hello"}})),
            "HTTP 500",
        ),
        (|| status(401, json!({})), "REPARTEE_STT_KEY"),
        (|| status(404, json!({})), "--stt-model"),
    ];
    for (bad, wanted) in table {
        let server = StandIn::serve(move |_| bad());
        let sentence = failure(&recognizer(&server));
        assert!(sentence.contains(wanted), "{wanted}: {sentence}");
        assert!(
            sentence.starts_with("The transcription server at 127.0.0.1:"),
            "{sentence}"
        );
        assert!(!sentence.contains("hello") && !sentence.contains("sk-secret"));
    }
}

#[test]
fn a_server_that_stalls_is_given_up_and_one_that_closes_is_too() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| {
        Body::from_stream(held_open("{\"text\":".into(), gone.clone())).into_response()
    });
    let patience = Patience {
        first: Duration::from_millis(50),
        ..patient()
    };
    assert!(failure(&with(&server, patience)).contains("said nothing for 0.05 s"));
    wait_for(&hung_up);

    let url = closing("application/json", b"{\"text\": \"Hel");
    assert!(failure(&at(&url, patient())).contains("broke off"));
}

#[test]
fn who_no_longer_wants_the_words_hangs_up() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| {
        Body::from_stream(held_open("{".into(), gone.clone())).into_response()
    });
    let (recognizer, cancel) = (recognizer(&server), Cancel::new());
    std::thread::scope(|scope| {
        let hearing = scope.spawn(|| hear(&recognizer, &Hint::default(), &cancel));
        server.wait_until_asked();
        cancel.cancel();
        let ended = hearing.join().expect("it does not panic");
        assert_eq!(ended, Err(Stopped::Cancelled));
    });
    wait_for(&hung_up);
}

/// Who stands behind it is to hear the utterance while it is spoken, not when it is over.
#[test]
fn a_server_that_is_left_alone_says_so_before_the_first_sample() {
    let server = StandIn::serve(|_| status(500, Value::Null));
    let recognizer = recognizer(&server);
    for _ in 0..3 {
        failure(&recognizer);
    }
    let Err(Stopped::Failed(failure)) = recognizer.listen(&Hint::default()) else {
        panic!("it does not listen now");
    };
    assert!(failure.message.contains("left alone"), "{failure}");
}

/// The server is asked at a pause; if nothing follows, the answer is there when the utterance is over.
#[test]
fn words_that_were_settled_are_not_asked_for_again() {
    let server = StandIn::serve(|_| status(200, json!({"text": "What is it?"})));
    let recognizer = recognizer(&server);
    let cancel = Cancel::new();
    let mut listening = recognizer.listen(&Hint::default()).expect("it listens");
    let settled = listening.settle(&cancel).expect("it is settled");
    assert_eq!(settled.as_deref(), Some(""), "nothing was said yet");
    listening.push(&speech(), &cancel).expect("it is taken");
    for _ in 0..2 {
        let settled = listening.settle(&cancel).expect("it is settled");
        assert_eq!(settled.as_deref(), Some("What is it?"));
    }
    listening.push(&[0.0; 8_000], &cancel).expect("it is taken");
    let words = listening.finish(&cancel).expect("it is over");
    assert_eq!(words.text, "What is it?");
    assert_eq!(server.asked().len(), 1);

    let mut listening = recognizer.listen(&Hint::default()).expect("it listens");
    for _ in 0..2 {
        listening.push(&speech(), &cancel).expect("it is taken");
        listening.settle(&cancel).expect("it is settled");
    }
    assert_eq!(server.asked().len(), 3, "what was added may be other words");
}
