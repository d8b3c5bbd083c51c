//! The seam to the transport: what a session needs of the far end, and nothing of WebRTC.

use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The far end, as a session holds it. Dropping it hangs up.
pub struct Peer {
    /// Bounded by the transport: of audio the oldest is dropped and counted, the rest is never lost.
    pub events: mpsc::Receiver<FromPeer>,
    pub voice: Arc<dyn ToPeer>,
}

/// What the far end did.
#[derive(Clone, Debug)]
pub enum FromPeer {
    /// Media flows.
    Connected,
    /// One RTP packet of the caller's audio, decrypted; order, loss and repeats are as they came.
    Audio(AudioPacket),
    /// The client's data channel is open; messages may be sent from now on.
    ChannelOpen,
    Message(String),
    /// A message of ours of so many bytes is longer than the client takes, and was not sent.
    TooLong {
        bytes: usize,
    },
    /// Nothing follows.
    Gone(Gone),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    pub sequence: u16,
    /// In 1/48000 s.
    pub timestamp: u32,
    /// One Opus packet; empty for padding.
    pub payload: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The peer said goodbye.
    Closed,
    /// Consent was lost: it vanished.
    Vanished,
    /// It flooded us beyond every bound.
    Flooded,
}

/// What a session can do to the far end. Never blocks: each call only queues, in bounded queues.
pub trait ToPeer: Send + Sync {
    /// One Opus packet of 20 ms. `timestamp` in 1/48000 s counts the frames not sent, too.
    fn audio(&self, timestamp: u32, marker: bool, payload: Bytes);
    /// One text message. `Err` when the peer has stopped reading: the session must end.
    fn message(&self, message: String) -> Result<(), Stalled>;
    /// The share of our packets that the far end reports lost, 0 to 1.
    fn loss(&self) -> f32;
    fn close(&self);
}

/// The far end takes no more messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stalled;

/// Turns an SDP offer into an answer and a peer. The transport fills it, the doors call it.
#[async_trait]
pub trait Answerer: Send + Sync {
    async fn answer(&self, offer: &str) -> Result<(String, Peer), Unanswerable>;
}

/// Why an offer got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswerable {
    /// The offer is at fault; the sentence says what was wrong and what would be right.
    Offer(String),
    /// There is no room now; a call that has just ended may still take it.
    Full,
    /// The server is at fault.
    Server(String),
}

impl fmt::Display for Unanswerable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offer(message) | Self::Server(message) => f.write_str(message),
            Self::Full => f.write_str("The server has as many calls as it may have."),
        }
    }
}

impl std::error::Error for Unanswerable {}
