//! Kokoro's real path, on each runtime, on a stand-in whose sound follows its tokens.

mod fixture;

use fixture::{kokoro, runtimes, say, script};
use models_engine::contract::check_synthesizer;
use models_engine::{Cancel, Script, Stopped, Synthesizer};
use models_fixtures::kokoro::{Export, STEP, hertz, laborious, loudness, speaking};
use models_kokoro::Runtime;

const SENTENCE: &str = "Hello, is it me that you are looking for?";

#[test]
fn it_keeps_the_contract_on_every_runtime_and_in_every_export() {
    for runtime in runtimes("contract") {
        for (n, export) in Export::ALL.into_iter().enumerate() {
            let kokoro = kokoro(&format!("contract{n}"), &speaking(export), runtime);
            check_synthesizer(&kokoro, "Where can I find a map of the castle?");
        }
    }
}

#[test]
fn both_runtimes_say_the_same_in_every_export() {
    let runtimes = runtimes("the same on both");
    for (n, export) in Export::ALL.into_iter().enumerate() {
        let said = runtimes.iter().map(|runtime| {
            let kokoro = kokoro(&format!("same{n}"), &speaking(export), *runtime);
            say(&kokoro, &script(SENTENCE))
        });
        let said: Vec<Vec<f32>> = said.collect();
        for other in &said[1..] {
            assert_eq!(said[0].len(), other.len());
            let apart = said[0].iter().zip(other).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f32::max) < 1e-3, "{export:?}");
        }
    }
}

#[test]
fn length_pitch_and_loudness_follow_phonemes_voice_and_speed() {
    let kokoro = kokoro("follows", &speaking(Export::HUB), Runtime::Rten);
    let plain = say(&kokoro, &script("Hello."));
    // həlˈO. and the two ends, by the fixture's steps.
    assert_eq!(plain.len(), (1 + 4 + 4 + 2 + 1 + 3 + 4 + 1) * STEP);
    // "h" is token 50, and the style is the row for six phonemes.
    let first = &plain[STEP..3 * STEP];
    assert_eq!(waves(first), (hertz(50) * 0.05).round() as usize);
    let peak = first.iter().copied().fold(0.0, f32::max);
    assert!((peak - 0.2 - loudness(6)).abs() < 0.004, "{peak}");

    let asked = |voice: &str, speed| Script {
        voice: Some(voice.to_owned()),
        speed,
        ..script("Hello.")
    };
    // George calls an "o" before an l by another name, and "h" by the same.
    let george = say(&kokoro, &asked("bm_george", 1.0));
    assert_eq!(
        waves(&george[STEP..3 * STEP]),
        ((hertz(50) - 80.0) * 0.05).round() as usize
    );
    let blend = say(&kokoro, &asked("af_heart:0.5+bm_george:0.5", 1.0));
    assert_eq!(
        waves(&blend[STEP..3 * STEP]),
        ((hertz(50) - 40.0) * 0.05).round() as usize
    );
    assert_eq!(say(&kokoro, &asked("nobody", 1.0)), plain);
    assert!(say(&kokoro, &asked("af_heart", 0.5)).len() > plain.len() * 3 / 2);

    let long = say(&kokoro, &script(SENTENCE));
    assert!(long.len() > 3 * plain.len());
    assert_ne!(plain, say(&kokoro, &script("Yellow.")));
}

/// The fixture is silent for one step between two words.
#[test]
fn words_are_marked_where_they_end() {
    const TEXT: &str = "Take map 12 to Dr. Smith, please.";
    for runtime in runtimes("marks") {
        let kokoro = kokoro("marks", &speaking(Export::TIMED), runtime);
        for again in ["at first", "from the cache"] {
            let mut samples = Vec::new();
            let mut emit = |piece: &[f32]| samples.extend_from_slice(piece);
            let spoken = kokoro.speak(&script(TEXT), &mut emit, &Cancel::new());
            let marks = spoken.expect("it speaks").marks;
            let texts: Vec<&str> = marks.iter().map(|mark| &TEXT[..mark.bytes]).collect();
            let words = TEXT.match_indices(' ').map(|(at, _)| &TEXT[..at]);
            let words: Vec<&str> = words.chain([TEXT]).collect();
            assert_eq!(texts, words, "{again}");
            let is_silent = |step: &[f32]| step.iter().all(|sample| sample.abs() < 0.01);
            for mark in &marks[..marks.len() - 2] {
                let (word, space) = (mark.samples - 2 * STEP, mark.samples - STEP);
                assert!(is_silent(&samples[space..mark.samples]), "{mark:?}");
                // But for the comma, which is silent too.
                assert_eq!(
                    is_silent(&samples[word..space]),
                    TEXT[..mark.bytes].ends_with(',')
                );
            }
        }
    }
}

#[test]
fn an_export_without_durations_has_its_words_marked_by_an_estimate() {
    let said = |name: &str, export| {
        let kokoro = kokoro(name, &speaking(export), Runtime::Rten);
        let spoken = kokoro.speak(&script(SENTENCE), &mut |_| {}, &Cancel::new());
        spoken.expect("it speaks")
    };
    let (told, guessed) = (said("told", Export::TIMED), said("guessed", Export::HUB));
    assert_eq!(told.samples, guessed.samples);
    assert_eq!(told.marks.len(), guessed.marks.len());
    for (told, guessed) in told.marks.iter().zip(&guessed.marks) {
        assert_eq!(told.bytes, guessed.bytes);
        let apart = told.samples.abs_diff(guessed.samples);
        assert!(apart < 24_000 / 4, "{told:?} was guessed {guessed:?}");
    }
}

/// Waves that begin within these samples.
fn waves(samples: &[f32]) -> usize {
    samples
        .windows(2)
        .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
        .count()
}

#[test]
fn a_long_phrase_is_said_whole_and_its_first_sound_comes_before_the_rest_is_made() {
    let kokoro = kokoro("long", &speaking(Export::HUB), Runtime::Rten);
    let words = "the castle window ".repeat(280);
    let whole = say(&kokoro, &script(&words)).len();
    let third = say(&kokoro, &script(&words[..words.len() / 3])).len();
    assert!(
        words.len() > 5_000 && whole > 5 * third / 2,
        "nothing is cut off"
    );

    let cancel = Cancel::new();
    let mut pieces = 0;
    let mut emit = |_: &[f32]| {
        pieces += 1;
        cancel.cancel();
    };
    let stopped = kokoro.speak(&script(&words), &mut emit, &cancel);
    assert_eq!((stopped, pieces), (Err(Stopped::Cancelled), 1));
}

#[test]
fn what_cannot_be_said_is_left_out() {
    let kokoro = kokoro("unsaid", &speaking(Export::HUB), Runtime::Rten);
    let plain = say(&kokoro, &script("the map"));
    for odd in [
        "the 🎉 map",
        "the 你好 map",
        "the map \u{202e}",
        &format!("the {} map", "x".repeat(5_000)),
    ] {
        assert_eq!(say(&kokoro, &script(odd)), plain, "{odd:?}");
    }
    for nothing in [
        "你好",
        "Привет, мир",
        "🎉",
        "?!",
        &"ж".repeat(5_000),
        &"x".repeat(5_000),
    ] {
        assert!(say(&kokoro, &script(nothing)).is_empty(), "{nothing:?}");
    }
    // Seconds, not minutes: hyphens without end.
    assert!(!say(&kokoro, &script(&"ab-".repeat(500))).is_empty());
}

#[test]
fn a_cancel_while_it_runs_says_nothing_more() {
    for runtime in runtimes("cancel") {
        let kokoro = kokoro("laborious", &laborious(Export::HUB, 20), runtime);
        let cancel = Cancel::new();
        let mut pieces = 0;
        std::thread::scope(|scope| {
            scope.spawn(|| cancel.cancel());
            let stopped = kokoro.speak(
                &script(&"one more word ".repeat(40)),
                &mut |_| pieces += 1,
                &cancel,
            );
            assert_eq!(stopped, Err(Stopped::Cancelled));
        });
    }
}

#[test]
fn several_callers_are_spoken_to_at_once() {
    for runtime in runtimes("several callers") {
        let kokoro = kokoro("several", &speaking(Export::HUB), runtime);
        let alone: Vec<Vec<f32>> = ["One.", "Two.", "Three.", "Four."]
            .map(|text| say(&kokoro, &script(text)))
            .into();
        let kokoro = fixture::kokoro("several", &speaking(Export::HUB), runtime);
        std::thread::scope(|scope| {
            let together = ["One.", "Two.", "Three.", "Four."].map(|text| {
                let kokoro = &kokoro;
                scope.spawn(move || say(kokoro, &script(text)))
            });
            let together = together.map(|one| one.join().expect("it speaks"));
            assert_eq!(Vec::from(together), alone);
        });
    }
}
