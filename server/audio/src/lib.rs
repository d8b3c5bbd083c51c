//! Packets to speech, speech to packets, what has been played.
//!
//! Pure: no clock, thread or socket. Time is an argument, and what leaves or arrives is a slice.
//! [`Inbound`] makes speech of what the caller sends, [`Outbound`] makes frames of what the agent
//! says, [`Pace`] says when a frame is due.

mod bands;
mod decode;
mod echo;
mod encode;
mod fade;
mod gist;
mod inbound;
mod intent;
mod intent_weights;
mod kept;
mod listener;
mod outbound;
mod pace;
mod periodicity;
mod phrases;
mod played;
mod reorder;
mod resample;
mod softened;
mod upsample;
mod voicing;

pub use inbound::{Inbound, InboundCounts};
pub use listener::{Glimpse, Listener, Observation};
pub use outbound::{Frame, Outbound};
pub use pace::Pace;
pub use phrases::Tag;
pub use played::Played;
pub use resample::resample;

use std::fmt;

/// How long one frame lasts.
pub const FRAME_MS: u64 = 20;
/// One frame in ticks of the RTP clock of Opus, which is also its samples at 48 kHz.
pub const FRAME_TICKS: u32 = 960;
/// The rate at which speech leaves, and of RTP's clock for Opus, whatever the codec does inside.
pub(crate) const WIRE_RATE: u32 = 48_000;

/// The codec could not be set up, or a rate is none that sound has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioError(String);

impl fmt::Display for AudioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AudioError {}

impl From<opus::Error> for AudioError {
    fn from(error: opus::Error) -> Self {
        Self(format!("the Opus codec could not be set up: {error}"))
    }
}

/// The root mean square of some speech in dB below full scale; silence is −120.
#[must_use]
pub fn level_dbfs(speech: &[f32]) -> f32 {
    let energy: f32 = speech.iter().map(|sample| sample * sample).sum();
    let mean = energy / speech.len().max(1) as f32;
    (10.0 * mean.max(1e-12).log10()).max(-120.0)
}
