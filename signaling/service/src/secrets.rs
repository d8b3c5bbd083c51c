//! The door where the holder of the key mints a short-lived secret for one client.

use crate::failure::Failure;
use crate::{Doors, body};
use axum::Json;
use axum::extract::{Request, State};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// OpenAI's own bounds, in seconds.
const SHORTEST_S: u64 = 10;
const LONGEST_S: u64 = 7_200;
const USUAL_S: u64 = 600;

pub(crate) async fn mint(
    State(doors): State<Arc<Doors>>,
    request: Request,
) -> Result<Json<Value>, Failure> {
    doors.keys.owner(request.headers())?;
    let (parts, body) = request.into_parts();
    let wanted = wanted(&body::read(&parts.headers, body).await?)?;
    let lifetime_s = lifetime_s(&wanted)?;
    let session = wanted
        .get("session")
        .filter(|session| !session.is_null())
        .cloned();
    let effective = doors.reception.session(session.as_ref())?;
    let value = doors.keys.mint(session, Duration::from_secs(lifetime_s))?;
    let expires_at = unix_now_s() + lifetime_s;
    Ok(Json(
        json!({"value": value, "expires_at": expires_at, "session": effective}),
    ))
}

/// An empty body asks for the usual.
fn wanted(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let Value::Object(wanted) = body::json(body, "body")? else {
        return Err(Failure::bad_request(
            "invalid_type",
            "The body is a JSON object.",
        ));
    };
    known(&wanted, &["expires_after", "session"], "")?;
    Ok(wanted)
}

fn lifetime_s(wanted: &Map<String, Value>) -> Result<u64, Failure> {
    let after = match wanted.get("expires_after") {
        None | Some(Value::Null) => return Ok(USUAL_S),
        Some(Value::Object(after)) => after,
        Some(_) => {
            return Err(invalid(
                "'expires_after' is a JSON object.",
                "expires_after",
            ));
        }
    };
    known(after, &["anchor", "seconds"], "expires_after.")?;
    if after
        .get("anchor")
        .is_some_and(|anchor| anchor != "created_at")
    {
        return Err(invalid(
            "'expires_after.anchor' is 'created_at'.",
            "expires_after.anchor",
        ));
    }
    let seconds = after.get("seconds").map_or(Some(USUAL_S), Value::as_u64);
    seconds
        .filter(|seconds| (SHORTEST_S..=LONGEST_S).contains(seconds))
        .ok_or_else(|| {
            let message = format!(
                "'expires_after.seconds' is a whole number from {SHORTEST_S} to {LONGEST_S}."
            );
            invalid(message, "expires_after.seconds")
        })
}

fn known(map: &Map<String, Value>, names: &[&str], path: &str) -> Result<(), Failure> {
    match map.keys().find(|key| !names.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let key: String = key.chars().take(64).collect();
            let param = format!("{path}{key}");
            let message = format!("Unknown parameter: '{param}'.");
            Err(Failure::bad_request("unknown_parameter", message).param(param))
        }
    }
}

fn invalid(message: impl Into<String>, param: &str) -> Failure {
    Failure::bad_request("invalid_value", message).param(param)
}

/// A clock before 1970 has no meaning to anybody.
pub(crate) fn unix_now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
