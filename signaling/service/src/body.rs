//! Bodies, read whole within bounds of size and time, and taken apart.

use crate::failure::Failure;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use serde_json::Value;
use std::time::Duration;

/// An offer of a browser is 6 kB, a session with many tools perhaps 100 kB.
pub(crate) const LARGEST_BODY_BYTES: usize = 256_000;
/// Who is still sending hears no answer: so much of what is too large is read, and thrown away.
const LARGEST_DISCARDED_BYTES: usize = 4_000_000;
/// Who takes longer to send so little is holding the door.
const LONGEST_READ: Duration = Duration::from_secs(10);
/// Parts of a form: we know two.
const MOST_PARTS: usize = 16;

/// What a call brings.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    pub(crate) sdp: String,
    pub(crate) session: Option<Value>,
}

pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Failure> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: u64| length > LARGEST_DISCARDED_BYTES as u64) {
        return Err(too_large());
    }
    match tokio::time::timeout(LONGEST_READ, whole(body)).await {
        Ok(read) => read,
        Err(_) => {
            let message = "The body took too long to arrive.";
            Err(Failure::new(
                StatusCode::REQUEST_TIMEOUT,
                "request_timeout",
                message,
            ))
        }
    }
}

async fn whole(body: Body) -> Result<Bytes, Failure> {
    let (mut body, mut length, mut kept) = (body.into_data_stream(), 0, Vec::new());
    while let Some(piece) = body.next().await {
        let piece = piece
            .map_err(|_| Failure::bad_request("invalid_body", "The body ended before its end."))?;
        length += piece.len();
        if length <= LARGEST_BODY_BYTES {
            kept.extend_from_slice(&piece);
        } else if length > LARGEST_DISCARDED_BYTES {
            break;
        }
    }
    if length > LARGEST_BODY_BYTES {
        return Err(too_large());
    }
    Ok(kept.into())
}

/// The offer, plain or in a form.
pub(crate) async fn offer(request: Request) -> Result<Offer, Failure> {
    let (parts, body) = request.into_parts();
    let kind = media_type(&parts.headers);
    let offer = match kind.as_str() {
        "application/sdp" => {
            let bytes = read(&parts.headers, body).await?;
            Offer {
                sdp: utf8(&bytes, "sdp")?,
                session: None,
            }
        }
        "multipart/form-data" => {
            let bytes = read(&parts.headers, body).await?;
            form(Request::from_parts(parts, Body::from(bytes))).await?
        }
        _ => {
            let message = "Send the offer as 'application/sdp', or as 'multipart/form-data' with the \
                           fields 'sdp' and 'session'.";
            return Err(Failure::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                message,
            ));
        }
    };
    if offer.sdp.trim().is_empty() {
        return Err(Failure::bad_request("invalid_offer", "The SDP offer is empty.").param("sdp"));
    }
    Ok(offer)
}

async fn form(request: Request) -> Result<Offer, Failure> {
    let bad = |message: String| Failure::bad_request("invalid_form", message);
    let broken = |_| bad("The form is broken: a part does not end, or has no name.".to_owned());
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| bad("The form names no boundary between its parts.".to_owned()))?;
    let (mut sdp, mut session) = (None, None);
    for _ in 0..MOST_PARTS {
        let Some(field) = form.next_field().await.map_err(broken)? else {
            let sdp =
                sdp.ok_or_else(|| bad("The form has no field 'sdp'.".to_owned()).param("sdp"))?;
            return Ok(Offer { sdp, session });
        };
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(broken)?;
        let again = match name.as_str() {
            "sdp" => sdp.replace(utf8(&bytes, "sdp")?).is_some(),
            "session" => std::mem::replace(&mut session, session_of(&bytes)?).is_some(),
            // Other clients may say more than we know.
            _ => false,
        };
        if again {
            return Err(bad(format!("The form has the field '{name}' twice.")).param(name));
        }
    }
    Err(bad(format!("The form has more than {MOST_PARTS} fields.")))
}

/// An empty field says nothing.
fn session_of(bytes: &Bytes) -> Result<Option<Value>, Failure> {
    if bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    json(bytes, "session").map(Some)
}

/// Nesting is bounded by serde_json, at 128; its errors name a position and quote nothing.
pub(crate) fn json(bytes: &[u8], param: &str) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::bad_request("invalid_json", format!("'{param}' is not JSON: {error}."))
            .param(param)
    })
}

fn utf8(bytes: &Bytes, param: &str) -> Result<String, Failure> {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.map_err(|_| {
        Failure::bad_request("invalid_offer", format!("'{param}' is not UTF-8.")).param(param)
    })
}

/// Without parameters, in small letters; empty when there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn too_large() -> Failure {
    let message = format!("The body is larger than {LARGEST_BODY_BYTES} bytes.");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", message)
}
