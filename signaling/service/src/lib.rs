//! The axum doors, and who is let in.
//!
//! `router` answers everything under `/v1`, `/healthz`, `/readyz` and `/metrics`; the program merges its pages
//! into it. Who is let in stands in `guard` (where a request may come from) and `keys` (what it must
//! know). What lies behind the doors is a `Reception`, which the program fills.

mod body;
mod calls;
mod failure;
mod guard;
mod keys;
mod reception;
mod secrets;
mod status;

pub use reception::{Accepted, CallRequest, NotAccepted, Readiness, Reception};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the doors must know of the configuration.
#[derive(Clone, Default)]
pub struct ServiceOptions {
    /// The server's keys. None: anybody is let in who comes from this machine, if `loopback`.
    pub keys: Vec<String>,
    /// The server listens on loopback only.
    pub loopback: bool,
    /// Web origins that are let in besides loopback ones: `https://example.org`. Without keys only.
    pub allow_origins: Vec<String>,
    /// The relays that callers are told of.
    pub ice: IceOptions,
}

/// The keys stay out of logs.
impl std::fmt::Debug for ServiceOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceOptions")
            .field("keys", &self.keys.len())
            .field("loopback", &self.loopback)
            .field("allow_origins", &self.allow_origins)
            .field("ice", &self.ice)
            .finish()
    }
}

/// The relays that callers are told of; empty for none.
#[derive(Clone, Default)]
pub struct IceOptions {
    /// `stun:host:port`
    pub stun: Vec<String>,
    /// `turn:host:port?transport=udp`
    pub turn: Vec<String>,
    /// Shared with the relay; what is minted from it goes out, never itself.
    pub secret: Option<String>,
    /// How long a minted credential holds, in seconds; 0 means an hour.
    pub ttl_s: u64,
}

/// The secret stays out of logs.
impl std::fmt::Debug for IceOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { stun, turn, .. } = self;
        f.debug_struct("IceOptions")
            .field("stun", stun)
            .field("turn", turn)
            .finish_non_exhaustive()
    }
}

/// Calls that are being set up at once: each is one DTLS certificate and an answer, a few
/// milliseconds. More are asked to come again, so that running calls keep the processor.
const SETUPS: usize = 32;

pub(crate) struct Doors {
    pub(crate) reception: Arc<dyn Reception>,
    pub(crate) gate: guard::Gate,
    pub(crate) keys: keys::Keys,
    pub(crate) ice: IceOptions,
    pub(crate) setups: Semaphore,
}

/// Every door of the API. Errors are JSON, whatever was wrong; pages merge their own routes.
pub fn router(options: ServiceOptions, reception: Arc<dyn Reception>) -> Router {
    let doors = Arc::new(Doors {
        reception,
        gate: guard::Gate::new(&options),
        keys: keys::Keys::new(&options),
        ice: options.ice,
        setups: Semaphore::new(SETUPS),
    });
    let gate = from_fn_with_state(Arc::clone(&doors), guard::guard);
    Router::new()
        .route("/v1/realtime/calls", post(calls::call))
        // The shape of the beta, which older pages still use.
        .route("/v1/realtime", post(calls::call))
        .route("/v1/realtime/calls/{call_id}/hangup", post(calls::hang_up))
        .route("/v1/realtime/client_secrets", post(secrets::mint))
        .route("/v1/repartee/ice", get(status::ice))
        .route("/healthz", get(status::health))
        .route("/readyz", get(status::ready))
        .route("/metrics", get(status::metrics))
        .method_not_allowed_fallback(failure::method_not_allowed)
        .fallback(failure::not_found)
        .layer(from_fn(failure::json_always))
        .layer(gate)
        .with_state(doors)
}
