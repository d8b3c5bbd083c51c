//! The remote voice: sound as it arrives, and every way to fail.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use models_engine::{Cancel, Script, Spoken, Stopped, Synthesizer, contract};
use models_remote::{Patience, RemoteSynthesizer, SpeechFormat, VoiceOptions};
use serde_json::json;

use crate::stand_in::{
    Asked, StandIn, closing, compose, held_open, options, patient, reply, status, wait_for,
};

fn voice(server: &StandIn) -> RemoteSynthesizer {
    with(server, patient())
}

fn with(server: &StandIn, patience: Patience) -> RemoteSynthesizer {
    at(&server.url, patience)
}

fn at(url: &str, patience: Patience) -> RemoteSynthesizer {
    let options_of_voice = VoiceOptions {
        voice: Some("heart".to_owned()),
        format: SpeechFormat::Pcm,
    };
    RemoteSynthesizer::with_patience(options(url, Some("kokoro")), options_of_voice, patience)
        .expect("the address is good")
}

fn script(text: &str) -> Script {
    Script {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
    }
}

fn tone(samples: usize) -> Vec<u8> {
    let tone = (0..samples).map(|n| (9_000.0 * (n as f32 * 0.1).sin()) as i16);
    tone.flat_map(i16::to_le_bytes).collect()
}

fn pcm(body: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static) -> Response {
    (
        [(header::CONTENT_TYPE, "audio/pcm")],
        Body::from_stream(body),
    )
        .into_response()
}

/// 60 ms a letter, as fast as asked.
fn spoken(asked: &Asked) -> Response {
    let letters = asked.body["input"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .count();
    let speed = asked.body["speed"].as_f64().unwrap_or(1.0);
    let samples = (letters as f64 * 1_440.0 / speed) as usize;
    pcm(stream::iter([Ok(Bytes::from(tone(samples)))]))
}

fn speak(voice: &RemoteSynthesizer, text: &str) -> (usize, Result<Spoken, Stopped>) {
    let mut samples = 0;
    let mut emit = |speech: &[f32]| samples += speech.len();
    let result = voice.speak(&script(text), &mut emit, &Cancel::new());
    (samples, result)
}

fn failure(voice: &RemoteSynthesizer) -> (usize, String) {
    match speak(voice, "Hello there.") {
        (samples, Err(Stopped::Failed(failure))) => (samples, failure.message),
        other => panic!("it should have failed: {other:?}"),
    }
}

#[test]
fn keeps_the_contract_of_synthesizers() {
    let server = StandIn::serve(spoken);
    contract::check_synthesizer(&voice(&server), "Hello there.");
}

#[test]
fn says_what_is_wanted_of_the_server() {
    let server = StandIn::serve(spoken);
    let voice = voice(&server);
    assert_eq!(voice.voices(), ["heart"]);
    let asked = Script {
        voice: Some("marin".to_owned()),
        speed: 9.0,
        ..script("Hello.")
    };
    voice
        .speak(&asked, &mut |_| {}, &Cancel::new())
        .expect("it speaks");
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/audio/speech");
    assert_eq!(asked.headers["authorization"], "Bearer sk-secret");
    let body = json!({
        "model": "kokoro", "input": "Hello.", "voice": "heart", "response_format": "pcm", "speed": 1.5,
    });
    assert_eq!(
        asked.body, body,
        "an unknown voice is the usual one, a pace is bounded"
    );
}

/// The server goes on only after the first sound has been given out: it did not wait for the rest.
#[test]
fn the_first_sound_is_given_out_before_the_last_is_made() {
    let (given, told) = tokio::sync::oneshot::channel();
    let told = Mutex::new(Some(told));
    let server = StandIn::serve(move |_| {
        let told = told.lock().expect("one user").take().expect("asked once");
        let first = stream::iter([Ok(Bytes::from(tone(2_400)))]);
        let rest = stream::once(async move {
            told.await.expect("the first sound is given out");
            Ok(Bytes::from(tone(2_400)))
        });
        pcm(first.chain(rest))
    });
    let (mut given, mut samples) = (Some(given), 0);
    let mut emit = |speech: &[f32]| {
        samples += speech.len();
        if let Some(given) = given.take() {
            given.send(()).expect("the server waits");
        }
    };
    let result = voice(&server).speak(&script("Hello."), &mut emit, &Cancel::new());
    assert_eq!((samples, result), (4_800, Ok(Spoken::of(4_800))));
}

#[test]
fn a_barge_in_hangs_up_and_nothing_more_is_given_out() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| pcm(held_open(tone(2_400).into(), gone.clone())));
    let (cancel, mut pieces) = (Cancel::new(), 0);
    let mut emit = |_: &[f32]| {
        pieces += 1;
        cancel.cancel();
    };
    let result = voice(&server).speak(&script("Hello."), &mut emit, &cancel);
    assert_eq!((pieces, result), (1, Err(Stopped::Cancelled)));
    wait_for(&hung_up);
}

/// The server answers in the very moment of the barge-in: nobody hears it.
#[test]
fn an_answer_after_the_barge_in_is_not_given_out() {
    let cancel = Cancel::new();
    let late = cancel.clone();
    let server = StandIn::serve(move |asked| {
        late.cancel();
        spoken(asked)
    });
    let mut emit = |_: &[f32]| panic!("nobody wants it any more");
    let result = voice(&server).speak(&script("Hello."), &mut emit, &cancel);
    assert_eq!(result, Err(Stopped::Cancelled));
}

#[test]
fn odd_bytes_and_files_are_understood() {
    let server = StandIn::serve(|_| {
        let mut body = tone(2_400);
        body.push(1);
        // Cut within a sample.
        let parts: Vec<_> = body
            .chunks(333)
            .map(|part| Ok(Bytes::copy_from_slice(part)))
            .collect();
        pcm(stream::iter(parts))
    });
    assert_eq!(
        speak(&voice(&server), "Hello."),
        (2_400, Ok(Spoken::of(2_400)))
    );

    let server = StandIn::serve(|_| {
        let mut file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        file.extend(12_000_u32.to_le_bytes());
        file.extend(b"\0\0\0\0\x02\0\x10\0data\xff\xff\xff\xff");
        file.extend(tone(1_200));
        ([(header::CONTENT_TYPE, "audio/wav")], file).into_response()
    });
    let (samples, result) = speak(&voice(&server), "Hello.");
    assert!(
        samples.abs_diff(2_400) <= 2,
        "half the rate is twice the samples: {samples}"
    );
    assert_eq!(result, Ok(Spoken::of(samples)));
}

fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..48_000).map(|_| next()).collect()
}

#[test]
fn each_bad_answer_has_its_sentence_and_no_sound() {
    type Bad = fn() -> Response;
    fn sound(body: impl Into<Bytes>) -> Response {
        let body: Bytes = body.into();
        ([(header::CONTENT_TYPE, "audio/pcm")], body).into_response()
    }
    let table: [(Bad, &str); 9] = [
        (|| sound(""), "without sound"),
        (|| sound("x"), "without sound"),
        (|| sound(noise()), "sent noise"),
        (|| sound(&b"ID3\x04\0\0\0\0\0\0\0\0\0"[..]), "sent MP3"),
        (|| status(200, json!({"audio": "..."})), "no sound"),
        (
            || ([(header::CONTENT_TYPE, "text/html")], tone(99)).into_response(),
            "no sound",
        ),
        (|| status(500, json!({})), "HTTP 500"),
        (|| status(403, json!({})), "REPARTEE_TTS_KEY"),
        (|| status(404, json!({})), "--tts-model"),
    ];
    for (bad, wanted) in table {
        let server = StandIn::serve(move |_| bad());
        let (samples, sentence) = failure(&voice(&server));
        assert!(sentence.contains(wanted), "{wanted}: {sentence}");
        assert!(
            sentence.starts_with("The voice server at 127.0.0.1:"),
            "{sentence}"
        );
        assert_eq!(samples, 0, "{wanted}");
    }
}

#[test]
fn a_body_without_end_is_not_played_for_ever() {
    let server = StandIn::serve(|_| {
        let second = Bytes::from(tone(24_000));
        pcm(stream::repeat(second).map(Ok))
    });
    let (samples, sentence) = failure(&voice(&server));
    assert!(
        sentence.contains("more than any spoken answer needs"),
        "{sentence}"
    );
    assert!(samples < 20 * 24_000, "{samples}");
}

#[test]
fn a_server_that_stalls_or_closes_in_the_middle_is_given_up() {
    let (gone, hung_up) = sync_channel(1);
    let server = StandIn::serve(move |_| pcm(held_open(tone(2_400).into(), gone.clone())));
    let patience = Patience {
        next: Duration::from_millis(50),
        ..patient()
    };
    let (samples, sentence) = failure(&with(&server, patience));
    assert_eq!(samples, 2_400);
    assert!(sentence.contains("said nothing for 0.05 s"), "{sentence}");
    wait_for(&hung_up);

    let url = closing("audio/pcm", &tone(2_400));
    let (samples, sentence) = failure(&at(&url, patient()));
    assert_eq!(samples, 2_400);
    assert!(sentence.contains("broke off"), "{sentence}");
}

/// A sample every 10 ms, too few to be played: the wait for the first sound is counted once.
#[test]
fn a_voice_that_only_begins_is_given_up() {
    let server = StandIn::serve(|_| {
        let ticks = tokio::time::interval(Duration::from_millis(10));
        let bytes = stream::unfold(ticks, |mut ticks| async move {
            ticks.tick().await;
            Some((Ok(Bytes::from(tone(1))), ticks))
        });
        pcm(bytes.take(500))
    });
    let patience = Patience {
        first: Duration::from_millis(100),
        ..patient()
    };
    let (samples, sentence) = failure(&with(&server, patience));
    assert_eq!(samples, 0);
    assert!(sentence.contains("said nothing for 0.1 s"), "{sentence}");
}

/// Ten times slower than it is listened to: each piece is in time, and all of them are late.
#[test]
fn a_voice_slower_than_the_listener_is_given_up() {
    let server = StandIn::serve(|_| {
        let ticks = tokio::time::interval(Duration::from_millis(20));
        let slow = stream::unfold((ticks, 0), |(mut ticks, number)| async move {
            ticks.tick().await;
            // The first is long enough to be looked at.
            let samples = if number == 0 { 1_200 } else { 48 };
            Some((Ok(Bytes::from(tone(samples))), (ticks, number + 1)))
        });
        pcm(slow)
    });
    let patience = Patience {
        lag: Duration::from_millis(100),
        ..patient()
    };
    let (samples, sentence) = failure(&with(&server, patience));
    assert!(samples >= 1_200);
    assert!(
        sentence.contains("more slowly than can be listened to"),
        "{sentence}"
    );
}

/// One address, and two things behind it: what one of them does says nothing of the other.
#[test]
fn a_broken_voice_silences_no_words_of_the_same_server() {
    let server = StandIn::serve(|asked| match asked.path.ends_with("/speech") {
        true => status(500, json!({})),
        false => reply(&["Yes."]),
    });
    let (model, voice) = (server.remote(), voice(&server));
    for _ in 0..3 {
        assert!(failure(&voice).1.contains("HTTP 500"));
        assert_eq!(compose(&model).0, "Yes.");
    }
    // Words that came between were no good signs of the voice either.
    assert!(failure(&voice).1.contains("left alone"));
    assert_eq!(compose(&model).0, "Yes.");
    assert_eq!(server.asked().len(), 3 + 4);
}
