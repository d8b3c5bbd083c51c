//! Where a request may come from: hosts and web origins, and what browsers are told about it.
//!
//! Without a key the server trusts whoever is on this machine. A web page on this machine's browser
//! may still be a stranger's: it shows in `Origin`. A stranger's name that points to 127.0.0.1 (DNS
//! rebinding) shows in `Host`. With a key neither matters: a page that does not know the key gets
//! nothing, and one that does may live anywhere.

use crate::failure::Failure;
use crate::{Doors, ServiceOptions};
use axum::extract::{Request, State};
use axum::http::header::{self, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE, OPTIONS");
/// Without it a page cannot read the call's id.
const EXPOSED: HeaderValue = HeaderValue::from_static("Location, ETag, Link, Retry-After");
/// How long a browser may remember a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
const VARIES: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
);
const ASKS_PRIVATE: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOWS_PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

pub(crate) struct Gate {
    /// No key guards the doors: only this machine may come in.
    local_only: bool,
    origins: Vec<String>,
}

impl Gate {
    pub(crate) fn new(options: &ServiceOptions) -> Self {
        let plain = |origin: &String| origin.trim_end_matches('/').to_ascii_lowercase();
        Self {
            local_only: options.keys.is_empty(),
            origins: options.allow_origins.iter().map(plain).collect(),
        }
    }

    fn check(&self, request: &Request) -> Result<(), Failure> {
        if !self.local_only {
            return Ok(());
        }
        if !hosts_are_local(request) {
            return Err(forbidden(
                "host_not_allowed",
                "Without a key this server answers only to a loopback name: localhost or 127.0.0.1.",
            ));
        }
        let origins = request.headers().get_all(ORIGIN);
        if origins.iter().all(|origin| self.lets_in(origin)) {
            return Ok(());
        }
        Err(forbidden(
            "origin_not_allowed",
            "Without a key this server answers only to pages of this machine: start it with \
             --allow-origin for this page's origin, or with a key.",
        ))
    }

    fn lets_in(&self, origin: &HeaderValue) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let origin = origin.to_ascii_lowercase();
        let host = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(is_local) || self.origins.contains(&origin)
    }
}

fn forbidden(code: &'static str, message: &'static str) -> Failure {
    Failure::new(StatusCode::FORBIDDEN, code, message)
}

/// Every name the request goes by, and at least one.
fn hosts_are_local(request: &Request) -> bool {
    let authority = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    let named: Vec<Option<&str>> = request
        .headers()
        .get_all(HOST)
        .iter()
        .map(|host| host.to_str().ok())
        .collect();
    let count = named.len() + usize::from(authority.is_some());
    count > 0
        && named.iter().all(|host| host.is_some_and(is_local))
        && authority.is_none_or(is_local)
}

/// A host with or without a port that can only be this machine.
fn is_local(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => return is_port(port) && name.parse().is_ok_and(is_loopback_v6),
        None => host
            .split_once(':')
            .map_or((host, None), |(name, port)| (name, Some(port))),
    };
    if port.is_some_and(|port| !is_digits(port)) {
        return false;
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    // Names under .localhost are loopback by RFC 6761, and browsers never ask a name server for them.
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_loopback_v6(address: Ipv6Addr) -> bool {
    address.to_canonical().is_loopback()
}

/// What follows a bracketed address.
fn is_port(rest: &str) -> bool {
    rest.is_empty() || rest.strip_prefix(':').is_some_and(is_digits)
}

fn is_digits(port: &str) -> bool {
    (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Refuses strangers, answers preflights, and tells browsers what they may read.
pub(crate) async fn guard(
    State(doors): State<Arc<Doors>>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(failure) = doors.gate.check(&request) {
        return failure.into_response();
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match is_preflight(&request) {
        true => preflight(request.headers()),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    headers.insert(VARY, VARIES);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Every method and header is allowed: it is the origin and the key that count.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if asked.get(ASKS_PRIVATE).is_some_and(|asks| asks == "true") {
        headers.insert(ALLOWS_PRIVATE, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn local_names_are_local() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "localhost.",
            "app.localhost:1",
            "127.0.0.1",
            "127.9.9.9:65535",
            "[::1]",
            "[::1]:8080",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_local(host), "{host}");
        }
    }

    #[test]
    fn names_that_only_look_local_are_not() {
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil-localhost",
            "localhost:80:80",
            "localhost:",
            "localhost@evil.example",
            "localhost/evil",
            "0.0.0.0",
            "127.1",
            "0x7f000001",
            "2130706433",
            "[::1",
            "::1]",
            "[::1]evil",
            "[::1]:",
            "[127.0.0.1]",
            "10.0.0.1:8080",
            "localhost evil",
            "[::2]",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
