//! Any server that speaks the OpenAI HTTP API, as recognizer, language model or voice.
//!
//! Each is one address with a model and a key of its own. It has deadlines, is asked again only where that does no harm,
//! and is left alone for a while when it fails again and again: then an engine behind it does the work.

mod body;
mod chat;
mod hearing;
mod link;
mod prompt;
mod refusal;
mod reply;
mod sound;
mod speaking;
mod sse;
mod tries;

pub use chat::RemoteLanguage;
pub use hearing::{HearingOptions, RemoteRecognizer};
pub use link::{Patience, RemoteOptions};
pub use speaking::{RemoteSynthesizer, SpeechFormat, VoiceOptions};
