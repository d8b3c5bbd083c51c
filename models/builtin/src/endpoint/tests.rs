//! What callers say up to a pause, and what it should be taken for.

use super::{Endpointer, Evidence, RuleEndpointer};

fn judge(partial: &str, silence_ms: u32) -> f32 {
    RuleEndpointer::new().judge(&Evidence {
        partial,
        silence_ms,
        speech_ms: 1_000,
        sound: None,
    })
}

const WHOLE: &[&str] = &[
    "what is repartee",
    "how do i change the voice",
    "when does the main station open",
    "how much does an electric bike cost",
    "where is the main station",
    "do students get a discount",
    "can i pay with a card",
    "does the server send anything",
    "are helmets free",
    "how do i return a bike",
    "what happens if a rack is full",
    "can i pay with cash",
    "is the bike insured against theft",
    "which port does the relay use",
    "tell me about the deposit",
    "tell me more",
    "what can you do",
    "thank you very much",
    "thanks",
    "goodbye",
    "can you say that again please",
    "say that again",
    "repeat that please",
    "slower please",
    "what does it mean",
    "how much does it cost",
    "what do i need",
    "what is it for",
    "where are you from",
    "hello what is repartee",
    "Um, what is the price?",
    "who are you",
    "how are you",
    "stop",
    "what's the price",
    "does it work in the browser",
    "okay tell me about the deposit",
    "how long does the mechanic need",
    "explain the second step",
    "what time do you close on sunday",
    "do you know where the station is",
    "can you tell me what it does",
    "who is that",
    "how do i stop that",
    "when is the webhook called",
    "where are the weights kept",
];

const FINAL: &[&str] = &[
    "what is repartee",
    "what is a barge in",
    "thank you very much",
    "how do i call from my phone",
    "can i pay with cash",
    "is the bike insured against theft",
    "what is it for",
    "can you say that again please",
    "what time do you close on sunday",
    "do i need an account of my own when i only want to try it",
];

const ADDED_TO: &[&str] = &[
    "how do i change the voice",
    "can i use my own documents",
    "what does it cost",
    "where do i find the log",
    "what should i do",
    "what do i have to bring",
    "what is the license",
    "tell me about the deposit",
];

const BROKEN_OFF: &[&str] = &[
    "",
    "um",
    "how",
    "how do",
    "how do i",
    "how do i change",
    "how do i change the",
    "what is",
    "what is the",
    "what is the price of",
    "what is the price of a",
    "what happens if",
    "what happens if i",
    "can i pay with",
    "can i",
    "where can i",
    "i want to",
    "i would like to know",
    "i would like to know how",
    "tell me about",
    "tell me about the",
    "how much does",
    "is there a",
    "what is the difference between",
    "what is the difference between the blue and",
    "i have a question about",
    "when the battery is lost and",
    "how do i connect to",
    "does it",
    "what does",
    "so um",
    "who is the",
    "what do you",
    "why is",
    "and",
    "the",
    "can you tell me what",
    "can you tell me how i",
    "what is the price for my",
    "why does the phone",
    "can the caller",
    "how long does the",
    "how long does the battery",
    "how many callers can",
    "is it true that",
    "why does it say that",
    "when i press the button",
    "if i lose the battery",
    "because the page stays empty",
    "can you tell me what is",
    "as far as i know",
];

const PERHAPS: &[&str] = &[
    "hello",
    "yes",
    "what",
    "okay",
    "i have a question",
    "the electric bike is broken",
    "my bike has a flat tire",
    "how much",
    "electric bikes",
    "can i type",
    "does the server stop",
    "is there a way",
    "show me the list",
    "what is the difference",
    "what i want to know",
    "when i press the button nothing happens at all",
];

/// Those of the lines whose probability after so much silence lies elsewhere.
fn misjudged(lines: &[&'static str], silence_ms: u32, within: std::ops::Range<f32>) -> Vec<String> {
    let judged = lines.iter().map(|line| (line, judge(line, silence_ms)));
    judged
        .filter(|(_, probability)| !within.contains(probability))
        .map(|(line, probability)| format!("{line}: {probability}"))
        .collect()
}

const NONE: Vec<String> = Vec::new();

#[test]
fn whole_things_are_high_with_a_little_silence() {
    assert_eq!(misjudged(WHOLE, 700, 0.7..1.1), NONE);
    assert_eq!(misjudged(WHOLE, 200, 0.3..1.1), NONE);
}

#[test]
fn what_is_seldom_added_to_is_high_at_once() {
    assert_eq!(misjudged(FINAL, 200, 0.7..1.1), NONE);
}

#[test]
fn what_is_often_added_to_is_given_time() {
    assert_eq!(misjudged(ADDED_TO, 600, 0.3..0.7), NONE);
    assert_eq!(misjudged(ADDED_TO, 700, 0.7..1.1), NONE);
}

#[test]
fn what_is_broken_off_is_low() {
    assert_eq!(misjudged(BROKEN_OFF, 700, 0.0..0.3), NONE);
}

#[test]
fn what_may_be_either_is_in_the_middle() {
    assert_eq!(misjudged(PERHAPS, 700, 0.3..0.7), NONE);
}

#[test]
fn long_silence_ends_anything() {
    for partial in BROKEN_OFF {
        assert!(judge(partial, 2_000) >= 0.7, "{partial}");
    }
}

#[test]
fn any_few_words_are_judged() {
    let mut words: Vec<&str> = WHOLE
        .iter()
        .chain(BROKEN_OFF)
        .flat_map(|line| line.split(' '))
        .collect();
    words.sort_unstable();
    words.dedup();
    for first in &words {
        for second in &words {
            for line in [
                first,
                second,
                &*format!("{first} {second}"),
                &*format!("{first} that {second}"),
            ] {
                assert!((0.0..=1.0).contains(&judge(line, 200)), "{line}");
            }
        }
    }
}

#[test]
fn it_keeps_the_contract() {
    models_engine::contract::check_endpointer(&RuleEndpointer::new());
}

#[test]
fn melody_moves_what_the_words_leave_open_and_turns_nothing_over() {
    let judge = |partial: &str, sound: f32| {
        RuleEndpointer::new().judge(&Evidence {
            partial,
            silence_ms: 300,
            speech_ms: 1_000,
            sound: Some(sound),
        })
    };
    let (whole, open, broken) = ("what is repartee", "hello", "how do i change the");
    assert!(judge(open, 0.95) >= 0.7 && judge(open, 0.05) < 0.3, "open");
    assert!((0.3..0.7).contains(&judge(open, 0.5)), "as without a sound");
    assert!(
        judge(broken, 0.5) < 0.3 && judge(broken, 1.0) < 0.7,
        "broken off"
    );
    assert!(
        judge(whole, 0.4) >= 0.7 && judge(whole, 0.0) >= 0.3,
        "whole"
    );
    assert_eq!(
        judge(whole, f32::NAN),
        0.9,
        "what is no number says nothing"
    );
}
