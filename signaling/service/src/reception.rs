//! The seam to what lies behind the doors: who takes a call, and what it says of itself.

use async_trait::async_trait;
use serde_json::Value;
use signaling_protocol::Bad;
use signaling_protocol::model::Engine;

/// Takes the calls that the doors let in. The program fills it.
#[async_trait]
pub trait Reception: Send + Sync {
    /// Answers an offer with an answer. Dropped when the client goes away before.
    async fn call(&self, request: CallRequest) -> Result<Accepted, NotAccepted>;

    /// Ends a call; false when there is none of this id (any more).
    fn hang_up(&self, call_id: &str) -> bool;

    fn readiness(&self) -> Readiness;

    /// What is counted behind the doors, in Prometheus' text format.
    fn metrics(&self) -> String {
        String::new()
    }

    /// The whole session that a call with this one would begin with, or what is wrong with it.
    fn session(&self, wanted: Option<&Value>) -> Result<Value, Bad>;
}

/// An offer, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRequest {
    /// SDP, not looked into; at most 256,000 bytes.
    pub offer: String,
    /// The session object that came with the offer or with the client's secret.
    pub session: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Letters, digits, `_` and `-`: it becomes part of a path. Not guessable.
    pub call_id: String,
    pub answer: String,
}

/// Why a call was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAccepted {
    /// The offer is at fault; the sentence goes to the client.
    Offer(String),
    /// The session object is.
    Session(Bad),
    /// No room for another call now.
    Full { retry_after_s: u64 },
    /// The server is going down.
    Draining,
    /// The server is at fault; the sentence goes to the log only.
    Server(String),
}

/// Whether a call would be answered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub ready: bool,
    pub engines: Vec<Engine>,
    pub calls: usize,
    /// Why it is not ready.
    pub reason: Option<String>,
}
