//! The WebRTC crate behind the session's Peer seam; nothing else knows it.
//!
//! ```text
//! UDP ─ mux ─ lane ─ (webrtc) ─ connection ─ call ─ Peer
//! ```
//! One socket per address carries every peer. The `mux` finds whose datagram it is, a peer's `lane` is the
//! socket that the crate believes in, `connection` negotiates, and `call` is the task that owns
//! the peer until it has gone.

mod addresses;
mod answer;
mod budget;
mod call;
mod channels;
mod connection;
mod lane;
mod line;
mod mux;
mod reports;
mod runtime;
pub mod sdp;
mod sniff;
mod transport;

pub use mux::Counts;
pub use transport::{Transport, TransportError, TransportOptions};
