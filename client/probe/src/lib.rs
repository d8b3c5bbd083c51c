//! A caller without a browser, on str0m: an independent second WebRTC stack that speaks, listens and measures.
//!
//! [`Call`] places a call and keeps a [`Tape`] of everything that happened, timed at the caller; tests
//! wait on the tape and never sleep. The binary `probe` scripts such calls.

mod beside;
mod bout;
mod call;
mod codec;
mod cost;
mod crowd;
mod door;
mod driver;
mod figures;
mod impair;
mod ledger;
mod level;
mod measure;
mod mouth;
mod page;
mod pressing;
mod record;
mod report;
mod script;
pub mod sounds;
mod speech;
mod tape;
mod trouble;

pub use beside::{Beside, Contender, Kind, Settings, Sheet, beside};
pub use bout::{Bout, BoutReport, Round, bout};
pub use call::{Call, CallOptions};
pub use cost::{Cost, Spent};
pub use crowd::{Churn, ChurnReport, Crowd, CrowdReport, churn, gather};
pub use door::Door;
pub use impair::Impairment;
pub use ledger::{Citation, Complaint, FloorChange, Ledger, Reply, Understood};
pub use level::{FRAME_MS, VOICED_DBFS};
pub use measure::{
    BargeIn, Decision, answered_before_end, barge_in, is_whole, percentile, voice_to_voice_ms,
};
pub use pressing::Pressing;
pub use report::{Exchange, Manner, ReplyReport, Report, Setup, Spread, Summary};
pub use script::{Barge, Script, perform};
pub use speech::Speech;
pub use tape::{Arrival, Event, Frame, Tape, Traffic, Uttered};
pub use trouble::Trouble;
