//! What every implementation of a seam must do, as checks that its tests call.
//!
//! Each check panics with a sentence that names the rule broken.

mod composing;
mod hearing;
mod speaking;

pub use composing::{check_language_model, check_retriever};
pub use hearing::{check_endpointer, check_recognizer, check_voice_detector};
pub use speaking::check_synthesizer;

use crate::{Cancel, Card, Probability, Stopped};

fn cancelled() -> Cancel {
    let cancel = Cancel::new();
    cancel.cancel();
    cancel
}

fn assert_cancelled<T>(what: &str, result: Result<T, Stopped>) {
    match result {
        Err(Stopped::Cancelled) => {}
        Err(Stopped::Failed(failure)) => {
            panic!("{what}: cancelled before it began, it must say so, not fail: {failure}")
        }
        Ok(_) => panic!("{what}: cancelled before it began, it must not succeed"),
    }
}

fn assert_probability(what: &str, probability: Probability) {
    assert!(
        (0.0..=1.0).contains(&probability),
        "{what}: a probability lies in 0..=1, not {probability}"
    );
}

fn assert_card(card: &Card) {
    assert!(!card.name.trim().is_empty(), "an engine has a name");
}
