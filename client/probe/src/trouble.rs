//! Why a call did not go as scripted, each in one sentence that says what to do next.

use std::fmt;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The address is not one that a call could be placed to.
    Url { url: String, reason: String },
    /// Nothing answered HTTP.
    Unreachable { url: String, reason: String },
    /// The server answered with an error of its own.
    Refused { status: u16, message: String },
    /// The server answered, but not with what the protocol promises.
    Answer { reason: String },
    /// The answer came, and then no way through for packets.
    NoPath { waited_s: u64 },
    /// The call stood and broke.
    Lost { reason: String },
    /// Something awaited did not come.
    Waited { what: String, waited_s: u64 },
    /// A sound file that cannot be said.
    Wav { path: PathBuf, reason: String },
    /// A sound file that cannot be written.
    Record { path: PathBuf, reason: String },
    /// This machine refused a socket, a codec or the like.
    Local { what: &'static str, reason: String },
    /// The calls went through, but fewer replies were heard than asked for.
    Incomplete { what: String },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url { url, reason } => write!(
                f,
                "{url} is no address to call ({reason}). Give one like --url http://127.0.0.1:8080."
            ),
            Self::Unreachable { url, reason } => write!(
                f,
                "Nothing answers at {url} ({reason}). Start the server with `repartee serve`, or give its address with --url."
            ),
            Self::Refused {
                status: 401 | 403,
                message,
            } => write!(
                f,
                "The server did not let the call in: {message} Give its key with --key or in REPARTEE_KEY."
            ),
            Self::Refused {
                status: 503 | 429,
                message,
            } => write!(
                f,
                "The server takes no call now: {message} Look at its /readyz, and try again or with fewer calls."
            ),
            Self::Refused { status, message } => write!(
                f,
                "The server refused the call with HTTP {status}: {message} Its log says more."
            ),
            Self::Answer { reason } => write!(
                f,
                "The server's answer cannot be used: {reason}. Check that --url points at a Repartee server of this version."
            ),
            Self::NoPath { waited_s } => write!(
                f,
                "The server answered, but no media path opened within {waited_s} s. Open its UDP port (the same number as HTTP unless set otherwise), and set its public address if it is behind NAT or in a container."
            ),
            Self::Lost { reason } => write!(
                f,
                "The call broke off: {reason}. See the server's log at that time."
            ),
            Self::Waited { what, waited_s } => write!(
                f,
                "No {what} within {waited_s} s. Run with --json to see which events came, or give more time with --timeout."
            ),
            Self::Wav { path, reason } => write!(
                f,
                "{} cannot be said: {reason}. Give a WAV of 8 to 48 kHz, for example from `flite -t \"hello\" -o hello.wav`.",
                path.display()
            ),
            Self::Record { path, reason } => write!(
                f,
                "{} cannot be written: {reason}. Give --record a path in a folder that you may write to.",
                path.display()
            ),
            Self::Local { what, reason } => write!(
                f,
                "This machine gave no {what}: {reason}. Check its limits (`ulimit -n`) and its network."
            ),
            Self::Incomplete { what } => write!(
                f,
                "{what} Look at /readyz and at the server's CPU, or ask for fewer calls."
            ),
        }
    }
}

impl std::error::Error for Trouble {}
