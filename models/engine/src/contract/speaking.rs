//! The contract of the engines that speak.

use super::{assert_cancelled, assert_card, cancelled};
use crate::{Ability, Cancel, Script, Spoken, Stopped, Synthesizer};

/// Speaks `text` with truthful lengths and sane samples, says nothing for what holds no word, and
/// obeys cancel.
pub fn check_synthesizer(synthesizer: &dyn Synthesizer, text: &str) {
    assert_card(&synthesizer.card());
    assert!(
        (8_000..=48_000).contains(&synthesizer.rate()),
        "a rate that sound has"
    );
    assert!(!synthesizer.voices().is_empty(), "there is a default voice");

    let said = speak(synthesizer, &script(text), &Cancel::new(), usize::MAX);
    let spoken = said.result.clone().expect("a phrase is spoken");
    assert!(spoken.samples > 0, "a phrase has samples");
    assert_eq!(
        spoken.samples,
        said.samples.len(),
        "what is counted is what was emitted"
    );
    assert!(!said.empty_piece, "a piece of speech is not empty");
    for sample in &said.samples {
        assert!(
            sample.is_finite() && sample.abs() <= 1.0,
            "a sample lies in -1..=1, not {sample}"
        );
    }
    check_marks(&spoken, text);
    check_wordless(synthesizer);
    check_voices_and_speed(synthesizer, text);
    check_speaking_cancel(synthesizer, text);
}

fn check_marks(spoken: &Spoken, text: &str) {
    let (mut bytes, mut samples) = (0, 0);
    for mark in &spoken.marks {
        let in_order = mark.bytes > bytes && mark.samples >= samples;
        let within = mark.bytes <= text.len() && mark.samples <= spoken.samples;
        assert!(
            in_order && within,
            "marks go on, and not beyond the end: {mark:?}"
        );
        let rest = text.get(mark.bytes..);
        let rest = rest.expect("a mark lies between two letters");
        assert!(
            rest.chars().next().is_none_or(char::is_whitespace),
            "a mark lies at the end of a word: {mark:?}"
        );
        (bytes, samples) = (mark.bytes, mark.samples);
    }
}

fn check_wordless(synthesizer: &dyn Synthesizer) {
    for wordless in ["", "  \n", "\u{1F389}\u{1F600}", "…", "\u{0}"] {
        let said = speak(synthesizer, &script(wordless), &Cancel::new(), usize::MAX);
        assert_eq!(
            said.result,
            Ok(Spoken::default()),
            "what holds no word is spoken as nothing: {wordless:?}"
        );
        assert!(said.samples.is_empty(), "and nothing is emitted for it");
    }
}

fn check_voices_and_speed(synthesizer: &dyn Synthesizer, text: &str) {
    let mut voices = synthesizer.voices();
    voices.push("no such voice".to_owned());
    for voice in voices {
        let asked = Script {
            voice: Some(voice.clone()),
            ..script(text)
        };
        let said = speak(synthesizer, &asked, &Cancel::new(), usize::MAX);
        let spoken = said.result.expect("any voice asked for speaks");
        assert!(spoken.samples > 0, "voice {voice} says something");
    }
    if synthesizer.card().can(Ability::Speed) {
        let at = |speed| {
            let asked = Script {
                speed,
                ..script(text)
            };
            speak(synthesizer, &asked, &Cancel::new(), usize::MAX)
                .samples
                .len()
        };
        assert!(at(0.5) > at(1.0), "slower is longer");
        assert!(at(1.5) < at(1.0), "faster is shorter");
    }
    for speed in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let asked = Script {
            speed,
            ..script(text)
        };
        let said = speak(synthesizer, &asked, &Cancel::new(), usize::MAX);
        said.result.expect("a speed that cannot be is bounded");
    }
}

fn check_speaking_cancel(synthesizer: &dyn Synthesizer, text: &str) {
    let said = speak(synthesizer, &script(text), &cancelled(), usize::MAX);
    assert_cancelled("speak", said.result);
    assert!(said.samples.is_empty(), "nothing is said once cancelled");
    let said = speak(synthesizer, &script(text), &Cancel::new(), 1);
    assert_eq!(said.pieces, 1, "nothing is emitted after the cancel");
    assert!(
        !matches!(said.result, Err(Stopped::Failed(_))),
        "being cancelled is not a failure"
    );
}

fn script(text: &str) -> Script {
    Script {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
    }
}

struct Said {
    samples: Vec<f32>,
    pieces: usize,
    empty_piece: bool,
    result: Result<Spoken, Stopped>,
}

/// Speaks, and cancels from within once `cancel_after` pieces are out.
fn speak(
    synthesizer: &dyn Synthesizer,
    script: &Script,
    cancel: &Cancel,
    cancel_after: usize,
) -> Said {
    let (mut samples, mut pieces, mut empty_piece) = (Vec::new(), 0, false);
    let result = synthesizer.speak(
        script,
        &mut |piece| {
            samples.extend_from_slice(piece);
            pieces += 1;
            empty_piece |= piece.is_empty();
            if pieces >= cancel_after {
                cancel.cancel();
            }
        },
        cancel,
    );
    Said {
        samples,
        pieces,
        empty_piece,
        result,
    }
}
