//! The voices keep the contract, and a cancel ends a child at once.

use models_builtin::speech::{ChildVoice, synthesizer};
use models_engine::contract::check_synthesizer;
use models_engine::{Cancel, Script, Stopped, Synthesizer};

fn script(text: &str) -> Script {
    Script {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
    }
}

fn say(voice: &dyn Synthesizer, script: &Script) -> Vec<f32> {
    let mut samples = Vec::new();
    let spoken = voice
        .speak(
            script,
            &mut |piece| samples.extend_from_slice(piece),
            &Cancel::new(),
        )
        .expect("it speaks");
    assert_eq!(spoken.samples, samples.len());
    samples
}

#[test]
fn flite_keeps_the_contract() {
    check_synthesizer(&ChildVoice::flite(), "hello there");
}

#[test]
fn espeak_keeps_the_contract() {
    check_synthesizer(&ChildVoice::espeak(), "hello there");
}

#[test]
fn speech_is_as_long_as_its_words_and_the_same_again() {
    let voice = synthesizer().expect("flite or espeak-ng is installed");
    let short = say(voice.as_ref(), &script("hello"));
    let long = say(
        voice.as_ref(),
        &script("hello, this is a somewhat longer sentence"),
    );
    assert!(short.len() > voice.rate() as usize / 5, "{}", short.len());
    assert!(long.len() > 3 * short.len());
    assert_eq!(say(voice.as_ref(), &script("hello")), short);
    let loudest = long.iter().fold(0.0_f32, |a, s| a.max(s.abs()));
    assert!(loudest > 0.1, "{loudest}");
}

#[test]
fn no_silence_stands_before_the_first_word() {
    let voice = ChildVoice::flite();
    let samples = say(&voice, &script("What is this?"));
    let first = samples
        .iter()
        .position(|s| s.abs() > 0.003)
        .expect("it is heard");
    assert!(first <= 160, "{first}");
}

#[test]
fn text_is_never_taken_for_an_option_or_a_command() {
    let voice = ChildVoice::flite();
    for text in [
        "-o /dev/null hello",
        "$(touch pwned) hello",
        "play",
        "--help me",
    ] {
        assert!(!say(&voice, &script(text)).is_empty(), "{text}");
    }
}

#[test]
fn a_cancel_from_another_thread_kills_the_child() {
    let voice = ChildVoice::flite();
    let cancel = Cancel::new();
    let (begun, begins) = std::sync::mpsc::sync_channel(0);
    std::thread::scope(|scope| {
        let raised = cancel.clone();
        scope.spawn(move || {
            begins.recv().expect("it begins");
            raised.cancel();
        });
        begun.send(()).expect("the other thread waits");
        let long = "a very long sentence that takes its time, ".repeat(40);
        let mut samples = 0;
        let result = voice.speak(&script(&long), &mut |piece| samples += piece.len(), &cancel);
        assert_eq!((result, samples), (Err(Stopped::Cancelled), 0));
    });
}
