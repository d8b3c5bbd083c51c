//! Who may speak now. Each state holds its own data, so that no flag can disagree with it.

use crate::reply::Reply;
use crate::utterance::Utterance;
use crate::{FloorName, Millis};

#[derive(Debug)]
pub(crate) enum Floor {
    /// Nobody speaks.
    Open { since: Millis },
    /// The caller speaks, or pauses.
    Caller { utterance: Box<Utterance> },
    /// The caller has finished; nothing of the answer was heard yet.
    Awaiting {
        /// None while the words of the last utterance are being recognised.
        reply: Option<Box<Reply>>,
        /// Said meanwhile, where the caller may not cut in by voice.
        overheard: Option<Box<Utterance>>,
    },
    /// The agent speaks. What is `overheard` does not cut: it may not, or it was a backchannel.
    Agent {
        reply: Box<Reply>,
        overheard: Option<Box<Utterance>>,
    },
    /// Someone made a sound while the agent speaks; the voice is held while we decide.
    Contested {
        reply: Box<Reply>,
        utterance: Box<Utterance>,
        since: Millis,
    },
}

impl Floor {
    pub(crate) fn name(&self) -> FloorName {
        match self {
            Self::Open { .. } => FloorName::Open,
            Self::Caller { .. } => FloorName::Caller,
            Self::Awaiting { .. } => FloorName::Awaiting,
            Self::Agent { .. } => FloorName::Agent,
            Self::Contested { .. } => FloorName::Contested,
        }
    }

    /// The utterance that is being said, whoever holds the floor.
    pub(crate) fn utterance(&self) -> Option<&Utterance> {
        match self {
            Self::Open { .. } => None,
            Self::Caller { utterance } | Self::Contested { utterance, .. } => Some(utterance),
            Self::Awaiting { overheard, .. } | Self::Agent { overheard, .. } => {
                overheard.as_deref()
            }
        }
    }

    pub(crate) fn utterance_mut(&mut self) -> Option<&mut Utterance> {
        match self {
            Self::Open { .. } => None,
            Self::Caller { utterance } | Self::Contested { utterance, .. } => Some(utterance),
            Self::Awaiting { overheard, .. } | Self::Agent { overheard, .. } => {
                overheard.as_deref_mut()
            }
        }
    }

    /// The reply that holds the floor, or is about to.
    pub(crate) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Open { .. } | Self::Caller { .. } => None,
            Self::Awaiting { reply, .. } => reply.as_deref(),
            Self::Agent { reply, .. } | Self::Contested { reply, .. } => Some(reply),
        }
    }

    pub(crate) fn reply_mut(&mut self) -> Option<&mut Reply> {
        match self {
            Self::Open { .. } | Self::Caller { .. } => None,
            Self::Awaiting { reply, .. } => reply.as_deref_mut(),
            Self::Agent { reply, .. } | Self::Contested { reply, .. } => Some(reply),
        }
    }

    /// Takes it apart.
    pub(crate) fn into_parts(self) -> (Option<Box<Reply>>, Option<Box<Utterance>>) {
        match self {
            Self::Open { .. } => (None, None),
            Self::Caller { utterance } => (None, Some(utterance)),
            Self::Awaiting { reply, overheard } => (reply, overheard),
            Self::Agent { reply, overheard } => (Some(reply), overheard),
            Self::Contested {
                reply, utterance, ..
            } => (Some(reply), Some(utterance)),
        }
    }
}
