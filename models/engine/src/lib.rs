//! The six traits that an engine may fill, and the plain words they share.
//!
//! Everything here is synchronous and object-safe, and knows no runtime, no socket and no thread. A
//! session never calls these traits (the voice detector excepted): it holds a port of `models-host`.

mod aloud;
pub mod breaker;
mod cancel;
mod card;
pub mod contract;
mod embedder;
mod endpoint;
mod error;
mod language;
mod recognizer;
mod rerate;
mod retriever;
pub mod scripted;
mod synthesizer;
mod voice;
pub mod wording;

pub use aloud::Aloud;
pub use cancel::Cancel;
pub use card::{Ability, Card, Grade};
pub use embedder::Embedder;
pub use endpoint::{Endpointer, Evidence};
pub use error::{Failure, Stopped};
pub use language::{Author, Call, LanguageModel, Line, Piece, Prompt, Tool, ToolChoice};
pub use recognizer::{CallerId, Hint, Hypothesis, Listening, Recognizer, Transcript};
pub use rerate::Rerate;
pub use retriever::{Passage, Query, Retriever};
pub use synthesizer::{Mark, Script, Spoken, Synthesizer};
pub use voice::VoiceDetector;

/// The rate at which callers are listened to, in samples a second.
pub const LISTENING_RATE: u32 = 16_000;

/// How sure an engine is, from 0 to 1.
pub type Probability = f32;
