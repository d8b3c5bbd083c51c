//! The doors of a call: offer in, answer out; and hanging up.

use crate::body::{self, Offer};
use crate::failure::Failure;
use crate::keys::Visitor;
use crate::reception::{Accepted, CallRequest, NotAccepted};
use crate::{Doors, body::media_type};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What older pages put into the address.
#[derive(Deserialize)]
pub(crate) struct Address {
    model: Option<String>,
}

pub(crate) async fn call(
    State(doors): State<Arc<Doors>>,
    address: Result<Query<Address>, QueryRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let visitor = doors.keys.visitor(request.headers())?;
    let model = address.ok().and_then(|Query(address)| address.model);
    let Offer { sdp, session } = body::offer(request).await?;
    let stored = match visitor {
        Visitor::Owner => None,
        Visitor::Guest(session) => session,
    };
    let named = || model.map(|model| json!({"type": "realtime", "model": model}));
    let session = session.or(stored).or_else(named);
    let Ok(_setup) = doors.setups.try_acquire() else {
        return Err(Failure::later(
            "server_busy",
            "Too many calls are being set up at this moment.",
            1,
        ));
    };
    let accepted = doors
        .reception
        .call(CallRequest {
            offer: sdp,
            session,
        })
        .await?;
    tracing::info!(call = accepted.call_id, "call accepted");
    Ok(answer(accepted))
}

fn answer(Accepted { call_id, answer }: Accepted) -> Response {
    let location = format!("/v1/realtime/calls/{call_id}");
    let headers = [
        (CONTENT_TYPE, "application/sdp".to_owned()),
        (LOCATION, location),
    ];
    (StatusCode::CREATED, headers, answer).into_response()
}

impl From<NotAccepted> for Failure {
    fn from(reason: NotAccepted) -> Self {
        match reason {
            NotAccepted::Offer(message) => Self::bad_request("invalid_offer", message).param("sdp"),
            NotAccepted::Session(bad) => bad.into(),
            NotAccepted::Full { retry_after_s } => Self::later(
                "server_full",
                "All lines are busy: try again shortly.",
                retry_after_s,
            ),
            NotAccepted::Draining => Self::later(
                "server_draining",
                "The server is going down and takes no more calls.",
                5,
            ),
            NotAccepted::Server(message) => {
                tracing::error!(message, "a call could not be set up");
                let ours = "The server could not set up the call; its log says why.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", ours)
            }
        }
    }
}

pub(crate) async fn hang_up(
    State(doors): State<Arc<Doors>>,
    headers: HeaderMap,
    call_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    doors.keys.visitor(&headers)?;
    // A form from a stranger's page would need no preflight; nobody of ours sends one.
    if media_type(&headers).starts_with("application/x-www-form") {
        let message = "Hanging up needs no body.";
        return Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            message,
        ));
    }
    let known = call_id.is_ok_and(|Path(call_id)| doors.reception.hang_up(&call_id));
    if known {
        return Ok(axum::Json(Value::Object(Default::default())).into_response());
    }
    let message = "There is no such call, or it has ended already.";
    Err(Failure::new(StatusCode::NOT_FOUND, "call_not_found", message).param("call_id"))
}
