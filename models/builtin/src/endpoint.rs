//! Judges from the words so far whether the caller has finished.

use models_engine::{Card, Endpointer, Evidence, Grade, Probability};

/// Rules over the partial transcript; the words at its end decide.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleEndpointer;

impl RuleEndpointer {
    pub fn new() -> Self {
        Self
    }
}

impl Endpointer for RuleEndpointer {
    fn card(&self) -> Card {
        Card::new("rules over the words", Grade::Builtin)
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Probability {
        if evidence.partial.split_whitespace().count() < 3 {
            0.2
        } else {
            0.8
        }
    }
}
