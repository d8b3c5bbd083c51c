//! Counts what happened in the stories.

use server_conversation::{HearingEvent, Input, Output, PhraseEvent, ReplyEvent};
use std::collections::BTreeMap;
use std::fmt;

/// How often what happened.
#[derive(Default)]
pub(crate) struct Coverage {
    pub(crate) changes: BTreeMap<String, u64>,
    pub(crate) inputs: BTreeMap<&'static str, u64>,
    /// What became of replies that were begun before it was certain that the caller had finished.
    pub(crate) guesses: BTreeMap<&'static str, u64>,
    pub(crate) outputs: u64,
}

impl Coverage {
    pub(crate) fn add(&mut self, other: &Self) {
        for (change, count) in &other.changes {
            *self.changes.entry(change.clone()).or_default() += count;
        }
        for (input, count) in &other.inputs {
            *self.inputs.entry(input).or_default() += count;
        }
        for (guess, count) in &other.guesses {
            *self.guesses.entry(guess).or_default() += count;
        }
        self.outputs += other.outputs;
    }

    pub(crate) fn assert_changes(&self, known: &[&str], enough: u64) {
        for change in known {
            let count = self.changes.get(*change).copied().unwrap_or_default();
            assert!(count >= enough, "{change} happened only {count} times");
        }
        for change in self.changes.keys() {
            assert!(known.contains(&change.as_str()), "{change} is impossible");
        }
    }

    pub(crate) fn assert_guesses(&self, enough: u64) {
        for kind in ["Settle", "Hold", "Release", "Discard"] {
            let count = self.guesses.get(kind).copied().unwrap_or_default();
            assert!(count >= enough, "{kind} happened only {count} times");
        }
    }

    /// Counts an order about a reply that is kept back.
    pub(crate) fn order(&mut self, output: &Output) {
        let kind = match output {
            Output::Settle { .. } => "Settle",
            Output::Hold { .. } => "Hold",
            Output::Release { .. } => "Release",
            Output::Discard { .. } => "Discard",
            _ => return,
        };
        *self.guesses.entry(kind).or_default() += 1;
    }

    pub(crate) fn assert_inputs(&self, enough: u64) {
        for kind in KINDS {
            let count = self.inputs.get(kind).copied().unwrap_or_default();
            assert!(count >= enough, "{kind} happened only {count} times");
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} outputs", self.outputs)?;
        for (change, count) in &self.changes {
            writeln!(f, "{count:>9} {change}")?;
        }
        for (guess, count) in &self.guesses {
            writeln!(f, "{count:>9} {guess}")?;
        }
        for (input, count) in &self.inputs {
            writeln!(f, "{count:>9} {input}")?;
        }
        Ok(())
    }
}

const KINDS: &[&str] = &[
    "Connected",
    "Configure",
    "Voice",
    "Sound",
    "Level",
    "Partial",
    "Judged",
    "Settled",
    "Transcript",
    "HearingFailed",
    "Typed",
    "Write",
    "Delete",
    "Truncate",
    "Respond",
    "CancelReply",
    "ClearPlayout",
    "Commit",
    "Clear",
    "Found",
    "Text",
    "Call",
    "Arguments",
    "Cite",
    "Composed",
    "ReplyFailed",
    "Speech",
    "Marks",
    "Spoken",
    "PhraseFailed",
    "Played",
    "Elapsed",
    "Leave",
    "HangUp",
];

pub(crate) fn kind(input: &Input) -> &'static str {
    match input {
        Input::Connected => "Connected",
        Input::Configure(_) => "Configure",
        Input::Voice { .. } => "Voice",
        Input::Sound { .. } => "Sound",
        Input::Level { .. } => "Level",
        Input::Hearing(_, HearingEvent::Partial { .. }) => "Partial",
        Input::Hearing(_, HearingEvent::Judged { .. }) => "Judged",
        Input::Hearing(_, HearingEvent::Settled { .. }) => "Settled",
        Input::Hearing(_, HearingEvent::Transcript { .. }) => "Transcript",
        Input::Hearing(_, HearingEvent::Failed { .. }) => "HearingFailed",
        Input::Typed { .. } => "Typed",
        Input::Write { .. } => "Write",
        Input::Delete { .. } => "Delete",
        Input::Truncate { .. } => "Truncate",
        Input::Respond { .. } => "Respond",
        Input::CancelReply { .. } => "CancelReply",
        Input::ClearPlayout { .. } => "ClearPlayout",
        Input::Commit { .. } => "Commit",
        Input::Clear { .. } => "Clear",
        Input::Reply(_, ReplyEvent::Found { .. }) => "Found",
        Input::Reply(_, ReplyEvent::Text { .. }) => "Text",
        Input::Reply(_, ReplyEvent::Call { .. }) => "Call",
        Input::Reply(_, ReplyEvent::Arguments { .. }) => "Arguments",
        Input::Reply(_, ReplyEvent::Cite { .. }) => "Cite",
        Input::Reply(_, ReplyEvent::Composed) => "Composed",
        Input::Reply(_, ReplyEvent::Failed { .. }) => "ReplyFailed",
        Input::Phrase(_, PhraseEvent::Speech { .. }) => "Speech",
        Input::Phrase(_, PhraseEvent::Marks { .. }) => "Marks",
        Input::Phrase(_, PhraseEvent::Spoken { .. }) => "Spoken",
        Input::Phrase(_, PhraseEvent::Failed { .. }) => "PhraseFailed",
        Input::Phrase(_, PhraseEvent::Played { .. }) => "Played",
        Input::Elapsed => "Elapsed",
        Input::Leave => "Leave",
        Input::HangUp => "HangUp",
    }
}
