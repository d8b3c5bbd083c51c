//! The recognizer hears what was spoken, as it is spoken, and nothing where nobody spoke.

use models_engine::contract::check_recognizer;
use models_engine::{Cancel, Hint, Hypothesis, Recognizer, Stopped, Transcript};
use models_fixtures::sound::{noise, silence, voice};
use models_fixtures::{place, whisper};
use models_whisper::{Whisper, WhisperOptions};

/// Long enough for every word of a text.
const WHOLE_MS: usize = 3200;

fn load(slots: usize) -> Whisper {
    // Words are looked for once and at the end.
    load_looking(slots, 1000)
}

fn load_looking(slots: usize, rest: u32) -> Whisper {
    Whisper::load(options(slots, rest)).expect("the fixture loads")
}

fn options(slots: usize, rest: u32) -> WhisperOptions {
    let model = place(
        env!("CARGO_TARGET_TMPDIR"),
        "hearing.bin",
        &whisper::hearing(),
    );
    let mut options = WhisperOptions::new(model.expect("a fixture is written"));
    options.slots = slots;
    options.rest = rest;
    options.least_audio_context = 64;
    options
}

struct Heard {
    partials: Vec<Hypothesis>,
    transcript: Transcript,
}

fn hear(whisper: &Whisper, hint: &Hint, speech: &[f32]) -> Heard {
    let cancel = Cancel::new();
    let mut listening = whisper.listen(hint).expect("a slot is free");
    let mut partials = Vec::new();
    for piece in speech.chunks(1600) {
        partials.extend(listening.push(piece, &cancel).expect("sound is taken"));
    }
    let transcript = listening.finish(&cancel).expect("an utterance ends");
    Heard {
        partials,
        transcript,
    }
}

fn text(whisper: &Whisper, speech: &[f32]) -> String {
    hear(whisper, &Hint::default(), speech).transcript.text
}

#[test]
fn it_keeps_the_contract() {
    check_recognizer(&load(1), &voice(1, WHOLE_MS));
}

#[test]
fn it_hears_what_was_spoken() {
    let whisper = load(1);
    for (register, said) in whisper::TEXTS.iter().enumerate() {
        let heard = hear(&whisper, &Hint::default(), &voice(register, WHOLE_MS));
        assert_eq!(heard.transcript.text, *said);
        assert!(
            heard.transcript.confidence > 0.8,
            "it is sure: {}",
            heard.transcript.confidence
        );
    }
}

#[test]
fn it_hears_more_as_more_is_spoken() {
    let whisper = load_looking(1, 0);
    let heard = hear(&whisper, &Hint::default(), &voice(0, WHOLE_MS));
    let words = |text: &str| text.split(' ').count();
    assert!(
        heard.partials.len() >= 3,
        "there are words while it lasts: {:?}",
        heard.partials
    );
    for pair in heard.partials.windows(2) {
        assert!(words(&pair[0].text) < words(&pair[1].text), "{pair:?}");
        assert_eq!(
            pair[1].stable,
            pair[0].text.len(),
            "two looks agree on what the first saw"
        );
    }
    let half = text(&whisper, &voice(0, 3 * whisper::WORD_MS - 100));
    assert_eq!(half, "what time does");
}

#[test]
fn silence_and_noise_hold_no_words() {
    let whisper = load(1);
    let hiss = noise(2000, 0.0005);
    let pause = [voice(0, 1100), silence(3000)].concat();
    assert_eq!(text(&whisper, &silence(2000)), "");
    assert_eq!(text(&whisper, &hiss), "");
    for loudness in [0.01, 0.1, 0.9] {
        assert_eq!(
            text(&whisper, &noise(2000, loudness)),
            "",
            "noise at {loudness}"
        );
    }
    assert_eq!(
        text(&whisper, &pause),
        "what time does",
        "silence adds no words"
    );
    assert_eq!(
        text(&whisper, &[silence(400), voice(1, 1100)].concat()),
        "where can I find"
    );
}

#[test]
fn bad_sound_is_stood() {
    let whisper = load(1);
    assert_eq!(text(&whisper, &vec![f32::NAN; 32_000]), "");
    assert_eq!(text(&whisper, &voice(2, 60)), "", "too short for a word");
    let loud: Vec<f32> = voice(0, WHOLE_MS)
        .iter()
        .map(|sample| sample * 3.0)
        .collect();
    assert!(
        !text(&whisper, &loud).is_empty(),
        "clipped speech is speech"
    );
    assert_eq!(
        text(&whisper, &silence(30 * 60 * 1000)),
        "",
        "half an hour of silence"
    );
}

#[test]
fn the_prompt_spells_and_the_language_is_found() {
    let whisper = load(1);
    let (plain, spelled) = whisper::SPELLED;
    let speech = voice(2, WHOLE_MS);
    let hint = Hint {
        prompt: Some(format!("Ask for {spelled}")),
        ..Hint::default()
    };
    let heard = hear(&whisper, &hint, &speech).transcript.text;
    assert_eq!(heard, whisper::TEXTS[2].replace(plain, spelled));
    let hint = Hint {
        language: Some("en-GB".to_owned()),
        ..Hint::default()
    };
    assert_eq!(
        hear(&whisper, &hint, &speech).transcript.text,
        whisper::TEXTS[2]
    );
    let hint = Hint {
        language: Some("no such language".to_owned()),
        ..Hint::default()
    };
    assert_eq!(
        hear(&whisper, &hint, &speech).transcript.text,
        whisper::TEXTS[2]
    );
}

#[test]
fn the_terms_of_the_knowledge_spell_too() {
    let mut options = options(1, 1000);
    options.terms = format!("Museum, {}", whisper::SPELLED.1);
    let whisper = Whisper::load(options).expect("the fixture loads");
    let (plain, spelled) = whisper::SPELLED;
    assert_eq!(
        text(&whisper, &voice(2, WHOLE_MS)),
        whisper::TEXTS[2].replace(plain, spelled)
    );
}

#[test]
fn a_long_utterance_is_heard_to_its_end() {
    let whisper = load(1);
    let speech = [voice(0, 3200), silence(24_000), voice(1, 3200)].concat();
    let heard = text(&whisper, &speech);
    assert_eq!(
        heard,
        format!("{} {}", whisper::TEXTS[0], whisper::TEXTS[1])
    );
}

#[test]
fn callers_are_heard_at_once_on_one_set_of_weights() {
    let whisper = load(4);
    let hear = |register: usize| text(&whisper, &voice(register, WHOLE_MS));
    let heard: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|register| scope.spawn(move || hear(register)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a caller is heard"))
            .collect()
    });
    assert_eq!(heard, whisper::TEXTS);
    let held: Vec<_> = (0..4)
        .map(|_| whisper.listen(&Hint::default()).expect("a slot is free"))
        .collect();
    let refused = whisper.listen(&Hint::default());
    assert!(
        matches!(refused, Err(Stopped::Failed(_))),
        "a fifth is refused"
    );
    drop(refused);
    drop(held);
    assert!(whisper.listen(&Hint::default()).is_ok(), "slots come back");
}
