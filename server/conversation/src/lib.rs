//! Who holds the floor, what was said and heard, what to do next.
//!
//! The contract: one input, then drain every output, then wait for the next input or the deadline.
//! Nothing here asks for the time, starts a thread, opens a socket or sees a sample.

mod answering;
mod asking;
mod calling;
mod committing;
mod composing;
mod conversation;
mod deadlines;
mod ear;
mod ending;
mod floor;
mod guess;
mod guessing;
mod habits;
mod hearing;
mod history;
mod ids;
mod input;
mod ledger;
mod listening;
mod output;
mod pacing;
mod parting;
mod patience;
mod phrase;
mod recounting;
mod reply;
mod settings;
mod unsaid;
mod utterance;
mod witness;
mod words;

pub use conversation::Conversation;
pub use ids::{LineId, Millis, PhraseId, ReplyId, UtteranceId};
pub use input::{HearingEvent, Input, PhraseEvent, Place, ReplyEvent, ReplyRequest};
pub use output::{
    Author, Call, Ending, Fact, FloorName, LineKind, Output, Passage, Prompt, PromptLine, Refusal,
    Stage,
};
pub use pacing::Mark;
pub use settings::{Ears, Effect, Endpointing, Modality, Settings, Tool, ToolChoice};
