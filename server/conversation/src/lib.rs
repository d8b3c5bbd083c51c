//! Who holds the floor, what was said and heard, what to do next.
//!
//! The contract: one input, then drain every output, then wait for the next input or the deadline.
//! Nothing here asks for the time, starts a thread, opens a socket or sees a sample.

mod ids;
mod input;
mod output;
mod settings;

pub use ids::{LineId, Millis, PhraseId, ReplyId, UtteranceId};
pub use input::{HearingEvent, Input, PhraseEvent, Place, ReplyEvent, ReplyRequest};
pub use output::{
    Author, Ending, Fact, FloorName, LineKind, Output, Passage, Prompt, PromptLine, Refusal, Stage,
};
pub use settings::{Ears, Endpointing, Modality, Settings};
