//! Speech in, words out, while it is being spoken.

use crate::{Cancel, Card, Probability, Stopped};

/// Who speaks, for as long as the process lives: one caller is one voice on one line, and a recognizer
/// may keep what it has learnt of them from one utterance to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct CallerId(pub u64);

/// What a session can tell a recognizer before the first sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Hint {
    /// BCP 47, such as "en"; `None`: whatever is spoken.
    pub language: Option<String>,
    /// Words that are likely, from the conversation or the client.
    pub prompt: Option<String>,
    /// `None`: somebody.
    pub caller: Option<CallerId>,
}

/// The words so far. The first `stable` bytes will not change any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Hypothesis {
    pub text: String,
    pub stable: usize,
}

/// The words of a whole utterance; empty text when no speech was found in it.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Transcript {
    pub text: String,
    pub confidence: Probability,
}

pub trait Recognizer: Send + Sync {
    fn card(&self) -> Card;

    /// Begins one utterance. The listening stays on the thread that began it.
    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped>;
}

/// One utterance being recognised.
pub trait Listening {
    /// Takes samples at [`crate::LISTENING_RATE`]; answers when the words so far have changed.
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped>;

    /// The words as though it were over here; it may go on. Where nothing but silence follows, `finish` finds
    /// the same, and spares what was done for it. `None`: no better than the words so far.
    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        cancel.check()?;
        Ok(None)
    }

    /// The utterance is over.
    fn finish(self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped>;
}
