//! Everything that can happen.

use crate::output::{Passage, PromptLine};
use crate::pacing::Mark;
use crate::{LineId, Millis, Modality, PhraseId, ReplyId, Settings, Tool, ToolChoice, UtteranceId};

/// The caller's words arrive as `Hearing`, the agent's as `Reply` and `Phrase`; the rest is asked
/// for by the client. A `token` is the client's handle on what it asked: it comes back in
/// `Fact::Refused`, and for written lines in `Fact::LineAdded`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Input {
    /// The caller can hear us.
    Connected,
    Configure(Settings),
    /// A window of the caller's sound has been judged; `end` is where it ends in media time.
    Voice {
        probability: f32,
        /// How strongly it repeats itself at the pitch of a voice, 0 to 1.
        voicing: f32,
        /// That the sound so far is the beginning of something said, and no "mm-hm"; a half knows nothing.
        intent: f32,
        /// How loud it is.
        level_dbfs: f32,
        /// How loud the agent's own voice comes back from the caller's loudspeaker, as far as is known.
        echo_dbfs: f32,
        end: Millis,
    },
    /// A first look at the caller's sound, before its window is full: so loud its last instant was.
    Sound {
        level_dbfs: f32,
        echo_dbfs: f32,
        end: Millis,
    },
    /// While an utterance is open: so loud an instant of the caller's sound was, whether its window is full or not.
    Level {
        level_dbfs: f32,
        echo_dbfs: f32,
        end: Millis,
    },
    Hearing(UtteranceId, HearingEvent),
    /// A typed message that takes the floor as a voice would.
    Typed {
        token: u32,
        text: String,
    },
    /// Writes history, and nothing else.
    Write {
        token: u32,
        line: PromptLine,
        place: Place,
    },
    Delete {
        token: u32,
        line: LineId,
    },
    /// The client says that only this much of the agent's line was heard.
    Truncate {
        token: u32,
        line: LineId,
        heard: Millis,
    },
    /// The client asks for a reply.
    Respond {
        token: u32,
        request: ReplyRequest,
    },
    /// The client wants no more of this reply, or of whichever is being given.
    CancelReply {
        token: u32,
        reply: Option<ReplyId>,
    },
    /// What still waits to be played is to be thrown away.
    ClearPlayout {
        token: u32,
    },
    /// The caller's sound up to here is an utterance.
    Commit {
        token: u32,
    },
    /// The caller's sound up to here is to be forgotten.
    Clear {
        token: u32,
    },
    Reply(ReplyId, ReplyEvent),
    Phrase(PhraseId, PhraseEvent),
    /// The deadline of `poll_timeout` has passed.
    Elapsed,
    /// The house closes: the call is to end soon, with what is owed answered and goodbye said.
    Leave,
    HangUp,
}

/// From the recognizer and the endpointer.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum HearingEvent {
    /// The words so far; the first `stable` bytes stay.
    Partial {
        text: String,
        stable: usize,
    },
    /// The endpointer's answer to `Output::Judge`.
    Judged {
        finished: f32,
    },
    /// Answers `Output::Settle`: the words as though it had ended there.
    Settled {
        mark: u32,
        text: String,
    },
    /// The words of the whole; empty when it was no speech.
    Transcript {
        text: String,
        confidence: f32,
    },
    Failed {
        message: String,
    },
}

/// From the retriever and the language model.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum ReplyEvent {
    /// Answers `Output::Search`; none when nothing fits or the search failed.
    Found {
        passages: Vec<Passage>,
    },
    Text {
        text: String,
    },
    /// A call of this tool begins; it ends with the next one, with words, or with the reply.
    Call {
        tool: String,
    },
    /// More of the call's arguments.
    Arguments {
        text: String,
    },
    /// The reply rests on this passage of the prompt.
    Cite {
        passage: usize,
    },
    Composed,
    Failed {
        message: String,
    },
}

/// From the synthesizer and the playout.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum PhraseEvent {
    /// More of its speech is there; `total` so far.
    Speech {
        total: Millis,
    },
    /// When its words are said, as far as the voice knows.
    Marks {
        marks: Vec<Mark>,
    },
    /// All of its speech is there: so long it lasts.
    Spoken {
        total: Millis,
    },
    Failed {
        message: String,
    },
    /// This much of it has left for the caller; `done` when that was all.
    Played {
        total: Millis,
        done: bool,
    },
}

/// Where a written line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Place {
    First,
    After(LineId),
    Last,
}

/// What the client asks of one reply; `None` leaves it to the session's settings.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct ReplyRequest {
    pub instructions: Option<String>,
    pub modality: Option<Modality>,
    pub voice: Option<String>,
    pub max_tokens: Option<u32>,
    /// Beside the floor and not written to the history; always text to the client, never spoken.
    pub aside: bool,
    /// These lines in place of the history.
    pub lines: Option<Vec<PromptLine>>,
    pub tools: Option<Vec<Tool>>,
    pub tool_choice: Option<ToolChoice>,
}
