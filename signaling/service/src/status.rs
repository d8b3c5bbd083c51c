//! What the server says of itself: alive, ready, and the relays it knows.

use crate::failure::Failure;
use crate::secrets::unix_now_s;
use crate::{Doors, IceOptions};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use std::sync::Arc;

/// A call is set up within seconds; an hour leaves time for a restart of its path.
const USUAL_TTL_S: u64 = 3_600;

pub(crate) async fn health() -> Json<Value> {
    Json(json!({"alive": true}))
}

pub(crate) async fn ready(State(doors): State<Arc<Doors>>) -> (StatusCode, Json<Value>) {
    let state = doors.reception.readiness();
    let status = match state.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut body = json!({"ready": state.ready, "engines": state.engines, "calls": state.calls});
    if let Some(reason) = state.reason {
        body["reason"] = json!(reason);
    }
    (status, Json(body))
}

/// How busy a server is is nobody's business but its owner's.
pub(crate) async fn metrics(
    State(doors): State<Arc<Doors>>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    doors.keys.owner(&headers)?;
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, doors.reception.metrics()))
}

pub(crate) async fn ice(
    State(doors): State<Arc<Doors>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Failure> {
    // A relay's credential is worth something to a stranger.
    doors.keys.visitor(&headers)?;
    Ok(Json(json!({"iceServers": servers(&doors.ice)})))
}

fn servers(ice: &IceOptions) -> Vec<Value> {
    let mut servers = Vec::new();
    if !ice.stun.is_empty() {
        servers.push(json!({"urls": ice.stun}));
    }
    if let Some(secret) = ice.secret.as_ref().filter(|_| !ice.turn.is_empty()) {
        let ttl_s = if ice.ttl_s == 0 {
            USUAL_TTL_S
        } else {
            ice.ttl_s
        };
        // The relay counts allocations by this name: one for all callers would be one quota for all.
        let name = format!("caller-{:016x}", rand::random::<u64>());
        let minted = turn_credentials::mint(secret, &name, unix_now_s().saturating_add(ttl_s));
        servers.push(json!({
            "urls": ice.turn, "username": minted.username, "credential": minted.credential,
        }));
    }
    servers
}
