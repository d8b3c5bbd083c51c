//! One task a caller: carries facts in and orders out.
//!
//! A session owns the effects and decides nothing: the conversation says who holds the floor, the
//! engines say what things mean, the peer carries sound and words.

mod acting;
mod endings;
mod engines;
mod journal;
mod keeping;
mod listening;
mod lobby;
mod orders;
pub mod peer;
mod reports;
mod session;
mod speaking;
mod speculation;
mod translate;
mod wire;

pub use engines::{Engines, VoiceDetectors};
pub use journal::{Journal, JournalError, Replay};
pub use lobby::{Lobby, LobbyOptions, NotAdmitted};
pub use session::{Order, SessionOptions};
pub use speculation::{Speculated, Speculation};
pub use translate::conversation_settings;
