//! Between the conversation's words and the event model's: the same things, on two sides of a wall.

mod asked;
mod told;

pub use asked::conversation_settings;
pub(crate) use asked::{input, passage_in};
pub(crate) use told::{event, prompt};
