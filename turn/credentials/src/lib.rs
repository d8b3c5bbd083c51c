//! Short-lived HMAC credentials of the relay: minted by the server, checked by coturn without a word between them.
//!
//! The scheme is coturn's `use-auth-secret`: the user name is `expiry:name`, the password is the
//! base64 of HMAC-SHA1 over that user name. Whoever holds the secret can judge a credential; nobody
//! has to store one. Time is an argument here as everywhere in the pure crates.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Longest user name that is looked at: far above what we mint, far below what could hurt.
const USERNAME_LIMIT_BYTES: usize = 512;

/// What a caller hands to the relay, as `iceServers` of a browser wants it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `expiry:name`, the expiry in seconds since 1970.
    pub username: String,
    pub credential: String,
}

/// The password stays out of logs, as every secret does.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Why a credential opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The user name is not `expiry:name`.
    Malformed,
    /// Minted with another secret, or not minted at all.
    Forged,
    /// Genuine, but its time is over.
    Expired,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the relay user name is not of the form expiry:name",
            Self::Forged => "the relay credential was not minted with this secret",
            Self::Expired => "the relay credential has expired",
        })
    }
}

impl std::error::Error for Refused {}

/// Makes a credential that holds until `expires_unix_s`.
///
/// Relays cut a user name at the first colon only, so `name` may hold any text, colons too.
pub fn mint(secret: &str, name: &str, expires_unix_s: u64) -> Credentials {
    let username = format!("{expires_unix_s}:{name}");
    let credential = STANDARD.encode(sign(secret.as_bytes(), username.as_bytes()));
    Credentials {
        username,
        credential,
    }
}

/// Judges a credential as the relay does at `now_unix_s`, and answers with the name in it.
///
/// Authenticity comes first: a forger learns nothing about expiry.
pub fn check<'a>(
    secret: &str,
    username: &'a str,
    credential: &str,
    now_unix_s: u64,
) -> Result<&'a str, Refused> {
    let (expires_unix_s, name) = parse(username)?;
    let claimed = STANDARD.decode(credential).map_err(|_| Refused::Forged)?;
    keyed(secret.as_bytes(), username.as_bytes())
        .verify_slice(&claimed)
        .map_err(|_| Refused::Forged)?;
    if now_unix_s >= expires_unix_s {
        return Err(Refused::Expired);
    }
    Ok(name)
}

fn parse(username: &str) -> Result<(u64, &str), Refused> {
    if username.len() > USERNAME_LIMIT_BYTES {
        return Err(Refused::Malformed);
    }
    let (expiry, name) = username.split_once(':').ok_or(Refused::Malformed)?;
    // `u64::from_str` takes a leading plus; a second spelling of one credential is not wanted.
    if !expiry.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::Malformed);
    }
    let expires_unix_s = expiry.parse().map_err(|_| Refused::Malformed)?;
    Ok((expires_unix_s, name))
}

fn sign(secret: &[u8], text: &[u8]) -> [u8; 20] {
    keyed(secret, text).finalize().into_bytes().into()
}

fn keyed(secret: &[u8], text: &[u8]) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(text);
    mac
}

#[cfg(test)]
mod tests;
