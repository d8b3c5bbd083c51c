//! Engines that need no downloaded weight.

pub mod endpoint;
mod minilm;
pub mod quote;
mod scratch;
pub mod speech;
pub mod sphinx;
pub mod voice;

pub use endpoint::{RuleEndpointer, SMART_TURN_FILE, SmartTurn};
pub use minilm::{Claim, Minilm, MinilmError};
pub use quote::Quoter;
pub use speech::synthesizer;
pub use sphinx::{Sphinx, SphinxOptions};
pub use voice::{VoiceDetectors, voice_detectors};
