//! How a job may end without a result: cancelled, or failed with words for a person.

use std::fmt;

/// Why a job ended early. Being cancelled is not a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Stopped {
    Cancelled,
    Failed(Failure),
}

/// What went wrong inside an engine, in one sentence that a person can act upon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Failure {
    pub message: String,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl Stopped {
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Failure::new(message))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("cancelled"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for Stopped {}
