//! What callers say up to a pause, and what it should be taken for.

use super::{Endpointer, Evidence, RuleEndpointer};

fn judge(partial: &str, silence_ms: u32) -> f32 {
    RuleEndpointer::new().judge(&Evidence {
        partial,
        silence_ms,
        speech_ms: 1_000,
        speech: &[],
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
];

#[test]
fn whole_things_are_high() {
    for partial in WHOLE {
        assert!(judge(partial, 200) >= 0.7, "{partial}");
    }
}

#[test]
fn what_is_broken_off_is_low() {
    for partial in BROKEN_OFF {
        assert!(judge(partial, 200) < 0.3, "{partial}");
    }
}

#[test]
fn what_may_be_either_is_in_the_middle() {
    for partial in PERHAPS {
        let probability = judge(partial, 200);
        assert!((0.3..0.7).contains(&probability), "{partial}");
    }
}

#[test]
fn long_silence_ends_anything() {
    for partial in BROKEN_OFF {
        assert!(judge(partial, 2_000) >= 0.7, "{partial}");
    }
}

#[test]
fn it_keeps_the_contract() {
    models_engine::contract::check_endpointer(&RuleEndpointer::new());
}
