//! The scripted engines keep the contracts, and the contracts catch engines that do not.

use models_engine::contract::*;
use models_engine::scripted::*;
use models_engine::{
    Author, Cancel, Card, Grade, LanguageModel, Line, Piece, Prompt, Script, Spoken, Stopped,
    Synthesizer,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

fn tone(ms: usize) -> Vec<f32> {
    (0..ms * 16).map(|n| 0.2 * (n as f32 * 0.3).sin()).collect()
}

fn prompt(text: &str) -> Prompt {
    Prompt {
        lines: vec![Line {
            author: Author::Caller,
            text: text.to_owned(),
            cut: false,
            call: None,
        }],
        ..Prompt::default()
    }
}

#[test]
fn scripted_engines_keep_the_contracts() {
    check_voice_detector(&mut ScriptedVoice::new(), &tone(500));
    check_recognizer(&ScriptedRecognizer::hearing("one two three"), &tone(1000));
    check_endpointer(&ScriptedEndpointer::always(0.5));
    check_retriever(
        &ScriptedRetriever::of_texts(&["cats purr", "dogs bark at cats"]),
        "what do cats do",
    );
    check_language_model(&ScriptedLanguage::echo(), &prompt("say it again"));
    check_synthesizer(&ScriptedSynthesizer::new().rate_of(24_000), "hello you");
}

#[test]
fn voice_is_seen_where_it_is_loud() {
    use models_engine::VoiceDetector;
    let mut speech = vec![0.0; 512 * 2];
    speech.extend(&tone(64));
    let mut seen = Vec::new();
    ScriptedVoice::new().push(&speech, &mut |p| seen.push(p));
    assert_eq!(seen, [0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn utterances_are_heard_one_by_one_and_silence_takes_none() {
    use models_engine::{Hint, Recognizer};
    let recognizer =
        ScriptedRecognizer::one_by_one(vec!["first".to_owned(), "second thing".to_owned()]);
    let mut texts = Vec::new();
    for speech in [tone(400), vec![0.0; 3200], tone(400), tone(400)] {
        let mut listening = recognizer.listen(&Hint::default()).expect("it listens");
        let _ = listening.push(&speech, &Cancel::new());
        texts.push(listening.finish(&Cancel::new()).expect("it ends").text);
    }
    assert_eq!(texts, ["first", "", "second thing", "second thing"]);
}

#[test]
fn conduct_fails_where_it_is_told_to() {
    let pieces = Mutex::new(Vec::new());
    let model = ScriptedLanguage::saying("one two three")
        .conduct(Conduct::plain().steps(4).failing_after(2, "it broke"));
    let result = model.compose(
        &prompt("go"),
        &mut |piece| pieces.lock().expect("one thread").push(piece),
        &Cancel::new(),
    );
    assert_eq!(result, Err(Stopped::failed("it broke")));
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(
        *pieces.lock().expect("one thread"),
        [text("one "), text("two ")]
    );
}

#[test]
fn a_hook_sees_each_piece_and_may_cancel() {
    let cancel = Cancel::new();
    let raised = cancel.clone();
    let model =
        ScriptedLanguage::saying("one two three").conduct(Conduct::plain().watched(move |out| {
            if out == 1 {
                raised.cancel();
            }
        }));
    let mut out = 0;
    let result = model.compose(&prompt("go"), &mut |_| out += 1, &cancel);
    assert_eq!((out, result), (1, Err(Stopped::Cancelled)));
}

/// Speaks on after a cancel, and counts one sample too many.
struct Liar {
    deaf: bool,
}

impl Synthesizer for Liar {
    fn card(&self) -> Card {
        Card::new("liar", Grade::Scripted)
    }
    fn rate(&self) -> u32 {
        16_000
    }
    fn voices(&self) -> Vec<String> {
        vec!["liar".to_owned()]
    }
    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        cancel.check()?;
        if !script.text.contains(char::is_alphanumeric) {
            return Ok(Spoken::default());
        }
        emit(&[0.5]);
        if self.deaf || !cancel.is_cancelled() {
            emit(&[0.5]);
        }
        let samples = if self.deaf { 2 } else { 3 };
        Ok(Spoken::of(samples))
    }
}

#[test]
fn the_contracts_catch_liars() {
    for (deaf, rule) in [
        (true, "nothing is emitted after the cancel"),
        (false, "what is counted"),
    ] {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            check_synthesizer(&Liar { deaf }, "hello")
        }));
        let panic = caught.expect_err("the lie is caught");
        let message = panic
            .downcast_ref::<String>()
            .expect("an assertion's words");
        assert!(message.contains(rule), "{message}");
    }
}
