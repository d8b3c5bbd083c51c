//! What a request must know: the server's key, or a secret minted for one client.
//!
//! Neither is kept as it is, only its hash; hashes are compared in a time that does not depend on
//! where they differ, and all of them are.

use crate::ServiceOptions;
use crate::failure::Failure;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Secrets alive at once. Each is for one page load; who mints more has lost a loop.
const MOST_SECRETS: usize = 1_000;
/// Of the sessions that wait in them.
const LARGEST_SECRETS_BYTES: usize = 16_000_000;

type Hash = [u8; 32];

pub(crate) struct Keys {
    keys: Vec<Hash>,
    /// No key, and only this machine can reach us: whoever passed the gate is let in.
    open: bool,
    secrets: Mutex<Vec<Secret>>,
}

struct Secret {
    hash: Hash,
    expires: Instant,
    /// As the minter sent it.
    session: Option<Value>,
    bytes: usize,
}

/// Who came in.
#[derive(Debug)]
pub(crate) enum Visitor {
    /// Knows the key, or needs none.
    Owner,
    /// Knows a secret, with the session that was stored with it.
    Guest(Option<Value>),
}

impl Keys {
    pub(crate) fn new(options: &ServiceOptions) -> Self {
        let keys = options.keys.iter().filter(|key| !key.is_empty());
        let keys: Vec<Hash> = keys.map(|key| hash(key)).collect();
        let open = options.loopback && options.keys.is_empty();
        Self {
            keys,
            open,
            secrets: Mutex::default(),
        }
    }

    /// Anybody with the key or a live secret.
    pub(crate) fn visitor(&self, headers: &HeaderMap) -> Result<Visitor, Failure> {
        let bearer = bearer(headers).map(hash);
        if let Some(session) = bearer.and_then(|bearer| self.guest(&bearer)) {
            return Ok(Visitor::Guest(session));
        }
        self.owner(headers).map(|()| Visitor::Owner)
    }

    /// The key itself: a secret mints no secrets.
    pub(crate) fn owner(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let bearer = bearer(headers).map(hash);
        let known = bearer.is_some_and(|bearer| any_equal(self.keys.iter(), &bearer));
        if known || self.open {
            return Ok(());
        }
        let (code, message) = match bearer {
            None => (
                "missing_api_key",
                "This server needs a key: send 'Authorization: Bearer <key>'.",
            ),
            Some(_) => (
                "invalid_api_key",
                "The key is not this server's, or the secret has expired.",
            ),
        };
        Err(Failure::new(StatusCode::UNAUTHORIZED, code, message))
    }

    fn guest(&self, bearer: &Hash) -> Option<Option<Value>> {
        let mut secrets = self.secrets();
        forget_expired(&mut secrets);
        // No early end: each hash is compared, whichever fits.
        let mut found = None;
        for secret in secrets.iter() {
            if equal(&secret.hash, bearer) {
                found = Some(secret.session.clone());
            }
        }
        found
    }

    /// A new secret: `ek_` and 256 random bits.
    pub(crate) fn mint(
        &self,
        session: Option<Value>,
        lifetime: Duration,
    ) -> Result<String, Failure> {
        let bytes = session
            .as_ref()
            .map_or(0, |session| session.to_string().len());
        let mut secrets = self.secrets();
        forget_expired(&mut secrets);
        let kept: usize = secrets.iter().map(|secret| secret.bytes).sum();
        if secrets.len() >= MOST_SECRETS || kept + bytes > LARGEST_SECRETS_BYTES {
            let message =
                "Too many client secrets are alive: let some expire, or ask for shorter lives.";
            return Err(Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                message,
            ));
        }
        let value = format!("ek_{}", hex(&rand::random::<[u8; 32]>()));
        let expires = Instant::now() + lifetime;
        secrets.push(Secret {
            hash: hash(&value),
            expires,
            session,
            bytes,
        });
        Ok(value)
    }

    /// A panic elsewhere leaves the list whole: each change is one push or one retain.
    fn secrets(&self) -> MutexGuard<'_, Vec<Secret>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_expired(secrets: &mut Vec<Secret>) {
    let now = Instant::now();
    secrets.retain(|secret| secret.expires > now);
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

fn equal(one: &Hash, other: &Hash) -> bool {
    let differences = one
        .iter()
        .zip(other)
        .fold(0, |all, (a, b)| black_box(all | (a ^ b)));
    differences == 0
}

fn any_equal<'a>(hashes: impl Iterator<Item = &'a Hash>, wanted: &Hash) -> bool {
    hashes.fold(false, |found, hash| equal(hash, wanted) | found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
