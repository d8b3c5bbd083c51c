//! Work that was asked of an engine.

use server_conversation::{PhraseId, ReplyId, UtteranceId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    Listen(UtteranceId),
    Search(ReplyId),
    Compose(ReplyId),
    Speak(PhraseId),
}

/// The work is for this reply.
pub(crate) fn of(reply: ReplyId, job: &Job) -> bool {
    match job {
        Job::Listen(_) => false,
        Job::Search(id) | Job::Compose(id) => *id == reply,
        Job::Speak(phrase) => phrase.reply == reply,
    }
}
