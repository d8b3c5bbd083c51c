//! The contracts of the engines that listen: voice detector, recognizer, endpointer.

use super::{assert_cancelled, assert_card, assert_probability, cancelled};
use crate::{
    Cancel, Endpointer, Evidence, Hint, Hypothesis, LISTENING_RATE, Recognizer, Stopped,
    Transcript, VoiceDetector,
};

/// Windows are counted truthfully however the speech is sliced, `reset` forgets all.
pub fn check_voice_detector(detector: &mut dyn VoiceDetector, speech: &[f32]) {
    assert_card(&detector.card());
    let window = detector.window();
    assert!(window > 0, "a window covers some samples");
    assert!(speech.len() > 3 * window, "give the check some windows");

    detector.reset();
    assert!(
        observe(detector, &[]).is_empty(),
        "no samples complete no window"
    );
    let whole = observe(detector, speech);
    assert_eq!(
        whole.len(),
        speech.len() / window,
        "one observation for each window completed"
    );
    for probability in &whole {
        assert_probability("voice detector", *probability);
    }

    detector.reset();
    let sliced: Vec<f32> = speech
        .chunks(window / 3 + 7)
        .flat_map(|slice| observe(detector, slice))
        .collect();
    assert_eq!(
        sliced, whole,
        "slicing changes nothing, and reset forgets all"
    );

    detector.reset();
    assert!(observe(detector, &speech[..window - 1]).is_empty());
    detector.reset();
    assert!(
        observe(detector, &speech[..window - 1]).is_empty(),
        "reset forgets a window half full"
    );
    detector.reset();
}

fn observe(detector: &mut dyn VoiceDetector, speech: &[f32]) -> Vec<f32> {
    let mut seen = Vec::new();
    detector.push(speech, &mut |probability| seen.push(probability));
    seen
}

/// Hears words in `speech` and none in nothing or silence, obeys cancel, and hears the same again
/// after an utterance that was cancelled or dropped half way.
pub fn check_recognizer(recognizer: &dyn Recognizer, speech: &[f32]) {
    assert_card(&recognizer.card());
    let nothing = transcribe(recognizer, &[]);
    assert_eq!(
        nothing,
        Transcript::default(),
        "no speech: no words, no confidence"
    );
    let silence = vec![0.0; LISTENING_RATE as usize];
    assert_eq!(
        transcribe(recognizer, &silence).text,
        "",
        "silence holds no words"
    );

    let first = transcribe(recognizer, speech);
    assert!(!first.text.is_empty(), "speech holds words");
    assert_tidy(&first.text);
    assert_probability("recognizer", first.confidence);

    check_settled(recognizer, speech, &first.text);
    check_recognizer_cancel(recognizer, speech);
    drop_half_way(recognizer, speech);
    let again = transcribe(recognizer, speech);
    assert_eq!(
        again.text, first.text,
        "an utterance leaves nothing behind for the next"
    );
}

/// Words that are settled in the middle take nothing from those at the end.
fn check_settled(recognizer: &dyn Recognizer, speech: &[f32], words: &str) {
    let cancel = Cancel::new();
    let mut listening = listen(recognizer);
    let nothing = listening.settle(&cancel).expect("an utterance is settled");
    assert_eq!(nothing.unwrap_or_default(), "", "no speech: no words");
    let (half, rest) = speech.split_at(speech.len() / 2);
    for part in [half, rest] {
        for slice in part.chunks(LISTENING_RATE as usize / 10) {
            listening.push(slice, &cancel).expect("speech is taken");
        }
        let settled = listening.settle(&cancel).expect("an utterance is settled");
        assert_tidy(&settled.unwrap_or_default());
    }
    let whole = listening.finish(&cancel).expect("an utterance ends");
    assert_eq!(
        whole.text, words,
        "what was settled on the way changes nothing"
    );
}

fn check_recognizer_cancel(recognizer: &dyn Recognizer, speech: &[f32]) {
    let mut listening = listen(recognizer);
    assert_cancelled("settle", listening.settle(&cancelled()));
    assert_cancelled("push", listening.push(speech, &cancelled()));
    assert_cancelled("finish", listening.finish(&cancelled()));
}

fn drop_half_way(recognizer: &dyn Recognizer, speech: &[f32]) {
    let mut listening = listen(recognizer);
    let half = listening.push(&speech[..speech.len() / 2], &Cancel::new());
    half.expect("half an utterance is taken");
}

fn listen(recognizer: &dyn Recognizer) -> Box<dyn crate::Listening + '_> {
    recognizer
        .listen(&Hint::default())
        .expect("a recognizer listens")
}

fn transcribe(recognizer: &dyn Recognizer, speech: &[f32]) -> Transcript {
    let cancel = Cancel::new();
    let mut listening = listen(recognizer);
    let mut last = Hypothesis::default();
    for slice in speech.chunks(LISTENING_RATE as usize / 10) {
        let heard: Result<_, Stopped> = listening.push(slice, &cancel);
        if let Some(hypothesis) = heard.expect("speech is taken") {
            assert_hypothesis(&last, &hypothesis);
            last = hypothesis;
        }
    }
    listening.finish(&cancel).expect("an utterance ends")
}

fn assert_hypothesis(last: &Hypothesis, new: &Hypothesis) {
    assert_ne!(
        last.text, new.text,
        "an answer means that the words changed"
    );
    assert_tidy(&new.text);
    assert!(
        new.text.is_char_boundary(new.stable) && new.stable <= new.text.len(),
        "stable counts whole bytes of the text"
    );
    let kept = &last.text[..last.stable];
    assert!(
        new.text.starts_with(kept),
        "what was stable does not change: {kept:?} became {:?}",
        new.text
    );
}

fn assert_tidy(text: &str) {
    assert_eq!(text, text.trim(), "no spaces around the words");
    assert!(
        !text.contains(['<', '>', '[', ']']),
        "no fillers among the words: {text:?}"
    );
}

/// Its answers are probabilities, and it stands any evidence.
pub fn check_endpointer(endpointer: &dyn Endpointer) {
    assert_card(&endpointer.card());
    let odd = ["", " ", "the", "what is repartee", "ÄÖ ☎ ?", "...", "a\nb"];
    for partial in odd {
        for silence_ms in [0, 300, u32::MAX] {
            let evidence = Evidence {
                partial,
                silence_ms,
                speech_ms: silence_ms / 2,
                sound: None,
            };
            for sound in [None, Some(0.0), Some(0.5), Some(1.0), Some(f32::NAN)] {
                let evidence = Evidence { sound, ..evidence };
                assert_probability("endpointer", endpointer.judge(&evidence));
                assert_eq!(
                    endpointer.judge(&evidence),
                    endpointer.judge(&evidence),
                    "the same evidence, the same answer"
                );
            }
        }
    }
    check_sound(endpointer);
}

/// It stands any sound, and judges none where there is none.
fn check_sound(endpointer: &dyn Endpointer) {
    assert_eq!(endpointer.listen(&[]), None, "nothing sounds like nothing");
    for odd in [0.0, 1.0, f32::NAN, f32::INFINITY] {
        let heard = endpointer.listen(&vec![odd; LISTENING_RATE as usize]);
        if let Some(probability) = heard {
            assert!(endpointer.listens(), "who judges sound asks for it");
            assert_probability("endpointer", probability);
        }
    }
}
