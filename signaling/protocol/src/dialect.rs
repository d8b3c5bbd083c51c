//! The seam between the event model and a wire vocabulary.

use crate::model::{Command, Event};

/// One session's side of one wire vocabulary. Pure: same calls, same messages.
pub trait Dialect: Send {
    /// A message from the peer. What the session must do goes to `commands`; what can be answered
    /// without it (an error, an echo, a look-up) goes to `messages`. Never panics, whatever comes.
    fn hear(&mut self, message: &str, commands: &mut Vec<Command>, messages: &mut Vec<String>);

    /// Something happened: in this dialect's words, none when it has no word for it.
    fn tell(&mut self, event: &Event, messages: &mut Vec<String>);
}

/// Why something from outside was not accepted: what was wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// A short name for programs: `invalid_value`, `unknown_parameter`, ...
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The path of the field: `session.audio.output.speed`.
    pub param: Option<String>,
}
