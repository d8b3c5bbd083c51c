//! The server's HTTP side: an offer in, an answer out, and the hang-up.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use serde_json::Value;

use crate::trouble::Trouble;

/// An answer is a few kB; more is not read.
const ANSWER_LIMIT_BYTES: usize = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where to call, and with what key.
#[derive(Clone)]
pub struct Door {
    base: reqwest::Url,
    key: Option<String>,
    http: reqwest::Client,
}

pub(crate) struct Opened {
    pub(crate) answer: String,
    pub(crate) call_path: Option<String>,
}

impl Door {
    /// `trusting`: accept the certificate that a `--lan` server signed itself.
    pub fn new(url: &str, key: Option<String>, trusting: bool) -> Result<Self, Trouble> {
        // The first to install a provider wins; the others find one and are content.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let wrong = |reason: String| Trouble::Url {
            url: url.to_owned(),
            reason,
        };
        let base = reqwest::Url::parse(url).map_err(|err| wrong(err.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong("it needs http:// or https:// and a host".to_owned()));
        }
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .tls_danger_accept_invalid_certs(trusting)
            .build()
            .map_err(|err| wrong(err.to_string()))?;
        Ok(Self { base, key, http })
    }

    /// The local address from which packets would leave towards the server.
    pub(crate) async fn local_address(&self) -> Result<IpAddr, Trouble> {
        let unreachable = |reason: String| self.unreachable(reason);
        let remote = self.remote().await?;
        let any: SocketAddr = match remote {
            SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
            SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
        };
        // Connecting a datagram socket sends nothing: it only asks the routing table.
        let socket = std::net::UdpSocket::bind(any).map_err(|err| unreachable(err.to_string()))?;
        socket
            .connect(remote)
            .map_err(|err| unreachable(err.to_string()))?;
        let local = socket
            .local_addr()
            .map_err(|err| unreachable(err.to_string()))?;
        Ok(local.ip())
    }

    async fn remote(&self) -> Result<SocketAddr, Trouble> {
        let host = self
            .base
            .host_str()
            .expect("checked when the door was made");
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = self
            .base
            .port_or_known_default()
            .expect("http and https have one");
        let mut found = tokio::net::lookup_host((host, port))
            .await
            .map_err(|err| self.unreachable(err.to_string()))?;
        found
            .next()
            .ok_or_else(|| self.unreachable("the name has no address".to_owned()))
    }

    /// Posts an offer, alone or with the session that it asks for.
    pub(crate) async fn call(
        &self,
        offer: &str,
        session: Option<&Value>,
    ) -> Result<Opened, Trouble> {
        let request = self.post("/v1/realtime/calls");
        let request = match session {
            None => request
                .header(CONTENT_TYPE, "application/sdp")
                .body(offer.to_owned()),
            Some(session) => request.multipart(
                reqwest::multipart::Form::new()
                    .text("sdp", offer.to_owned())
                    .text("session", session.to_string()),
            ),
        };
        let response = request
            .send()
            .await
            .map_err(|err| self.unreachable(root_cause(&err)))?;
        let status = response.status();
        let call_path = response
            .headers()
            .get(LOCATION)
            .and_then(|path| path.to_str().ok())
            .map(str::to_owned);
        let body = read(response)
            .await
            .map_err(|reason| Trouble::Answer { reason })?;
        if !status.is_success() {
            return Err(Trouble::Refused {
                status: status.as_u16(),
                message: reason_in(&body),
            });
        }
        Ok(Opened {
            answer: body,
            call_path,
        })
    }

    /// Whether it says that it takes calls.
    pub(crate) async fn is_ready(&self) -> bool {
        let mut url = self.base.clone();
        url.set_path("/readyz");
        let asked = self.http.get(url).send().await;
        asked.is_ok_and(|response| response.status().is_success())
    }

    /// Says goodbye for a call.
    pub(crate) async fn hang_up(&self, call_path: &str) -> Result<(), Trouble> {
        let response = self
            .post(&format!("{call_path}/hangup"))
            .send()
            .await
            .map_err(|err| self.unreachable(root_cause(&err)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let body = read(response).await.unwrap_or_default();
        Err(Trouble::Refused {
            status: status.as_u16(),
            message: reason_in(&body),
        })
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        let request = self.http.post(url);
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    fn unreachable(&self, reason: String) -> Trouble {
        Trouble::Unreachable {
            url: self.base.to_string(),
            reason,
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<String, String> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|err| root_cause(&err))? {
        body.extend_from_slice(&part);
        if body.len() > ANSWER_LIMIT_BYTES {
            return Err(format!("it is larger than {ANSWER_LIMIT_BYTES} bytes"));
        }
    }
    String::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())
}

/// The words inside a JSON error, or the start of whatever came.
fn reason_in(body: &str) -> String {
    const SHOWN: usize = 300;
    let parsed: Option<Value> = serde_json::from_str(body).ok();
    match parsed
        .as_ref()
        .and_then(|json| json["error"]["message"].as_str())
    {
        Some(message) => message.to_owned(),
        None if body.trim().is_empty() => "no reason given.".to_owned(),
        None => body.chars().take(SHOWN).collect(),
    }
}

/// The innermost reason of an error: "Connection refused" rather than "error sending request".
fn root_cause(err: &dyn std::error::Error) -> String {
    let mut cause = err;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_called_is_named() {
        for url in ["", "localhost:8080", "ftp://x", "http://"] {
            let trouble = Door::new(url, None, false)
                .err()
                .expect("no such address can be called");
            assert!(trouble.to_string().contains("--url"), "{trouble}");
        }
    }

    #[test]
    fn the_reason_is_taken_from_json_or_shown_as_it_is() {
        assert_eq!(reason_in(r#"{"error":{"message":"No key."}}"#), "No key.");
        assert_eq!(reason_in("<html>"), "<html>");
        assert_eq!(reason_in(" "), "no reason given.");
        assert_eq!(reason_in(&"x".repeat(1_000)).len(), 300);
    }
}
