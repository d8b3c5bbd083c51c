//! Everything we can order, and everything worth telling.

use crate::input::Place;
use crate::{LineId, Millis, Modality, PhraseId, ReplyId, Tool, ToolChoice, UtteranceId};

/// Carried out in order; the driver never looks back.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Output {
    /// Recognise the caller's sound from this media time on, pre-roll included.
    Listen {
        utterance: UtteranceId,
        from: Millis,
    },
    /// Ask the endpointer, `silence` after the last voice; answered by `HearingEvent::Judged`.
    Judge {
        utterance: UtteranceId,
        partial: String,
        silence: Millis,
        speech: Millis,
    },
    /// The words as though it ended here are wanted, and it goes on: answered by `HearingEvent::Settled` of
    /// the same `mark`, or not at all.
    Settle {
        utterance: UtteranceId,
        mark: u32,
    },
    /// No more sound belongs to it: answered by `Transcript` or `Failed`.
    Finish {
        utterance: UtteranceId,
    },
    /// It was nothing: no answer is wanted.
    Forget {
        utterance: UtteranceId,
    },
    /// Answered by `ReplyEvent::Found`.
    Search {
        reply: ReplyId,
        query: String,
        limit: usize,
    },
    /// Answered by `Text`*, `Cite`*, `Call`* with their `Arguments`*, then `Composed` or `Failed`.
    Compose {
        reply: ReplyId,
        prompt: Prompt,
    },
    /// Answered by `Speech`*, then `Spoken` or `Failed`; played in order of phrases.
    Speak {
        phrase: PhraseId,
        text: String,
        voice: Option<String>,
        speed: f32,
    },
    /// Lower the voice at once and hold playout: nothing is thrown away.
    Duck {
        reply: ReplyId,
    },
    /// Go on from where it was held.
    Restore {
        reply: ReplyId,
    },
    /// Throw away what was not played. Nothing of this reply is played after it.
    Silence {
        reply: ReplyId,
    },
    /// Stop every job of this reply: search, model, synthesis.
    Cancel {
        reply: ReplyId,
    },
    /// A reply to what may be the end of this utterance: its speech is made, and not played before `Release`.
    Hold {
        reply: ReplyId,
        utterance: UtteranceId,
    },
    /// It was the end: what was kept back is played, at once.
    Release {
        reply: ReplyId,
    },
    /// It was not: its jobs are stopped, and what was kept back is thrown away. So long was worked in vain.
    Discard {
        reply: ReplyId,
        worked: Millis,
    },
    Tell(Fact),
    /// The conversation is over: every job has been ended.
    End,
}

/// What a language model is told.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Prompt {
    pub instructions: String,
    pub lines: Vec<PromptLine>,
    pub passages: Vec<Passage>,
    pub max_tokens: Option<u32>,
    pub tools: Vec<Tool>,
    pub tool_choice: ToolChoice,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct PromptLine {
    pub author: Author,
    pub text: String,
    /// The agent was cut here.
    pub cut: bool,
    /// The agent's line is this call, and its text the arguments; a tool's line is what came of it.
    pub call: Option<Call>,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Call {
    pub id: String,
    pub tool: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Author {
    System,
    Caller,
    Agent,
    Tool,
}

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Passage {
    pub source: String,
    pub heading: String,
    pub text: String,
    pub score: f32,
    /// What the retriever told of each sentence: the language model is told it, too.
    pub likeness: Vec<f32>,
}

/// What the client is told. A dialect turns these into its own words.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Fact {
    Floor {
        from: FloorName,
        to: FloorName,
    },
    /// The caller has begun; `start` in media time, pre-roll included. `line` is where it will stand.
    SpeechStarted {
        utterance: UtteranceId,
        line: LineId,
        start: Millis,
    },
    SpeechStopped {
        utterance: UtteranceId,
        line: LineId,
        end: Millis,
    },
    /// It is an utterance: it will stand in the history at this place.
    Committed {
        utterance: UtteranceId,
        line: LineId,
        place: Place,
    },
    Cleared,
    /// The caller has been silent for the session's `idle` time: the silence is a line of theirs, without words.
    Idle {
        line: LineId,
        place: Place,
        start: Millis,
        end: Millis,
    },
    /// The words so far, while they form.
    Partial {
        utterance: UtteranceId,
        line: LineId,
        text: String,
        stable: usize,
    },
    Transcript {
        utterance: UtteranceId,
        line: LineId,
        text: String,
    },
    TranscriptFailed {
        utterance: UtteranceId,
        line: LineId,
        message: String,
    },
    /// A line stands in the history. `token`: of the client that wrote or typed it.
    LineAdded {
        line: LineId,
        place: Place,
        kind: LineKind,
        text: String,
        token: Option<u32>,
    },
    LineDeleted {
        line: LineId,
    },
    /// The agent's line was cut back to what was heard.
    LineCut {
        line: LineId,
        heard: String,
        heard_for: Millis,
    },
    /// A reply begins. `line` is where it stands; none for an aside. `token`: of the client that asked.
    ReplyStarted {
        reply: ReplyId,
        line: Option<LineId>,
        modality: Modality,
        token: Option<u32>,
        answers: Option<UtteranceId>,
    },
    /// The reply's next words, as composed.
    ReplyText {
        reply: ReplyId,
        text: String,
    },
    /// The reply rests on this.
    Cited {
        reply: ReplyId,
        source: String,
        heading: String,
        text: String,
    },
    /// The reply begins to call a tool. `line` is where the call will stand; none for an aside.
    CallStarted {
        reply: ReplyId,
        line: Option<LineId>,
        call: Call,
    },
    CallArguments {
        reply: ReplyId,
        call: String,
        text: String,
    },
    /// The call is complete: the client is to make it. Without this it is not to be made.
    Called {
        reply: ReplyId,
        call: String,
        arguments: String,
        place: Place,
    },
    /// All its words are known; for a text reply this is the end.
    ReplyComposed {
        reply: ReplyId,
        text: String,
    },
    /// Its first sound leaves.
    PlayoutStarted {
        reply: ReplyId,
    },
    /// The caller has now heard this prefix of the reply's text, `heard` bytes long.
    Heard {
        reply: ReplyId,
        heard: usize,
    },
    /// All of it was played.
    PlayoutStopped {
        reply: ReplyId,
    },
    /// The rest was thrown away.
    PlayoutCleared {
        reply: ReplyId,
    },
    ReplyEnded {
        reply: ReplyId,
        ending: Ending,
        text: String,
    },
    /// When a stage of the reply ended, counted from the caller's last voice (or from the request).
    Reached {
        reply: ReplyId,
        stage: Stage,
        after: Millis,
    },
    /// The reply was begun before the end of the utterance was certain: `began` after the caller's last voice,
    /// which `gained` so much time.
    Speculated {
        reply: ReplyId,
        began: Millis,
        gained: Millis,
    },
    /// What the client asked cannot be done.
    Refused {
        token: u32,
        refusal: Refusal,
    },
    /// Something the people should know; the session lives on.
    Trouble {
        message: String,
    },
}

impl Fact {
    /// The reply that it is about.
    pub fn reply(&self) -> Option<ReplyId> {
        match self {
            Self::ReplyStarted { reply, .. }
            | Self::ReplyText { reply, .. }
            | Self::Cited { reply, .. }
            | Self::CallStarted { reply, .. }
            | Self::CallArguments { reply, .. }
            | Self::Called { reply, .. }
            | Self::ReplyComposed { reply, .. }
            | Self::PlayoutStarted { reply }
            | Self::Heard { reply, .. }
            | Self::PlayoutStopped { reply }
            | Self::PlayoutCleared { reply }
            | Self::ReplyEnded { reply, .. }
            | Self::Reached { reply, .. }
            | Self::Speculated { reply, .. } => Some(*reply),
            Self::Floor { .. }
            | Self::SpeechStarted { .. }
            | Self::SpeechStopped { .. }
            | Self::Committed { .. }
            | Self::Cleared
            | Self::Idle { .. }
            | Self::Partial { .. }
            | Self::Transcript { .. }
            | Self::TranscriptFailed { .. }
            | Self::LineAdded { .. }
            | Self::LineDeleted { .. }
            | Self::LineCut { .. }
            | Self::Refused { .. }
            | Self::Trouble { .. } => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum FloorName {
    Open,
    Caller,
    Awaiting,
    Agent,
    Contested,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum LineKind {
    Written(Author),
    Typed,
    Spoken,
    Agent(Modality),
}

/// How a reply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Ending {
    Completed,
    /// The caller took the floor.
    BargedIn,
    /// The client asked for it.
    Cancelled,
    Failed {
        message: String,
    },
}

/// Points on the way from the caller's last voice to the first sound of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Stage {
    Endpointing,
    Recognition,
    Retrieval,
    FirstWord,
    FirstSpeech,
    FirstSound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Refusal {
    /// Only one reply at a time may hold the floor.
    ReplyActive,
    NoReplyActive,
    NoSuchLine,
    NothingToCommit,
    /// The cut lies behind the end of what was spoken.
    BeyondSpeech,
    NotSpoken,
    TooMuch,
}
