//! What a session says and is told, in no particular vocabulary.
//!
//! Ids are the conversation's own numbers. A `token` names a command; a refusal of it carries it back.

use serde::{Deserialize, Serialize};

pub type Line = u32;
pub type Reply = u32;
pub type Utterance = u32;
pub type Token = u32;

/// From the client, parsed and checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Configure {
        token: Token,
        settings: Settings,
    },
    /// A typed message that takes the floor as a voice would.
    Type {
        token: Token,
        text: String,
    },
    /// Writes history, and nothing else.
    Write {
        token: Token,
        said: Said,
        place: Place,
    },
    Delete {
        token: Token,
        line: Line,
    },
    Truncate {
        token: Token,
        line: Line,
        heard_ms: u64,
    },
    Respond {
        token: Token,
        request: ReplyRequest,
    },
    Cancel {
        token: Token,
        reply: Option<Reply>,
    },
    ClearPlayout {
        token: Token,
    },
    Commit {
        token: Token,
    },
    Clear {
        token: Token,
    },
}

/// The effective settings of the session, every field present.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub instructions: String,
    pub modality: Modality,
    pub voice: Option<String>,
    pub speed: f32,
    pub endpointing: Endpointing,
    /// `None`: any.
    pub language: Option<String>,
    /// Words that the client says are likely.
    pub vocabulary: Option<String>,
    pub tools: Vec<Tool>,
    pub tool_choice: ToolChoice,
    pub parallel_calls: bool,
    pub max_tokens: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    Audio,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Endpointing {
    /// After a fixed silence.
    Silence {
        threshold: f32,
        preroll_ms: u32,
        silence_ms: u32,
        idle_ms: Option<u32>,
        respond: bool,
        interrupt: bool,
    },
    /// When the words sound complete.
    Meaning {
        eagerness: Eagerness,
        respond: bool,
        interrupt: bool,
    },
    /// The client says when.
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eagerness {
    Low,
    Medium,
    High,
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    System,
    Caller,
    Agent,
    Tool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    First,
    After(Line),
    Last,
}

/// What the client asks of one reply; `None` leaves it to the session's settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplyRequest {
    pub instructions: Option<String>,
    pub modality: Option<Modality>,
    pub voice: Option<String>,
    pub max_tokens: Option<u32>,
    /// Beside the floor and not written to the history (`conversation: "none"`).
    pub aside: bool,
    /// These lines in place of the history.
    pub lines: Option<Vec<Said>>,
    pub tools: Option<Vec<Tool>>,
    pub tool_choice: Option<ToolChoice>,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub author: Author,
    pub text: String,
    /// The agent's line is this call, and its text the arguments; a tool's line is what came of it.
    pub call: Option<Call>,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub id: String,
    pub tool: String,
}

/// Something that the client can do for the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    pub name: String,
    pub description: String,
    /// What it takes: a JSON schema.
    pub parameters: String,
    pub effect: Effect,
}

/// What a call of a tool does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Reads,
    Repeats,
    Writes,
}

/// Whether the agent is to call a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolChoice {
    #[default]
    Auto,
    Never,
    /// Some tool.
    Always,
    This(String),
}

/// To the client. Mirrors the conversation's facts; the session adds engines, notices and its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first event on a channel.
    Hello {
        engines: Vec<Engine>,
    },
    Floor {
        from: Floor,
        to: Floor,
    },
    SpeechStarted {
        line: Line,
        start_ms: u64,
    },
    SpeechStopped {
        line: Line,
        end_ms: u64,
    },
    Committed {
        line: Line,
        place: Place,
    },
    Cleared,
    Idle {
        line: Line,
        place: Place,
        start_ms: u64,
        end_ms: u64,
    },
    Partial {
        line: Line,
        text: String,
        stable: usize,
    },
    Transcript {
        line: Line,
        text: String,
        seconds: f32,
    },
    TranscriptFailed {
        line: Line,
        message: String,
    },
    LineAdded {
        line: Line,
        place: Place,
        kind: LineKind,
        text: String,
        token: Option<Token>,
    },
    LineDeleted {
        line: Line,
    },
    LineCut {
        line: Line,
        heard: String,
        heard_ms: u64,
    },
    ReplyStarted {
        reply: Reply,
        line: Option<Line>,
        modality: Modality,
        token: Option<Token>,
    },
    ReplyText {
        reply: Reply,
        text: String,
    },
    Cited {
        reply: Reply,
        source: String,
        heading: String,
        text: String,
    },
    /// The reply begins to call a tool. `line` is where the call will stand; none for an aside.
    CallStarted {
        reply: Reply,
        line: Option<Line>,
        call: Call,
    },
    CallArguments {
        reply: Reply,
        call: String,
        text: String,
    },
    /// The call is complete: the client is to make it.
    Called {
        reply: Reply,
        call: String,
        arguments: String,
        place: Place,
    },
    /// All words are known; `text` is the whole.
    ReplyComposed {
        reply: Reply,
        text: String,
    },
    PlayoutStarted {
        reply: Reply,
    },
    /// The first `heard` bytes of the reply's text have reached the caller.
    Heard {
        reply: Reply,
        heard: usize,
    },
    PlayoutStopped {
        reply: Reply,
    },
    PlayoutCleared {
        reply: Reply,
    },
    ReplyEnded {
        reply: Reply,
        ending: Ending,
        text: String,
    },
    /// A stage on the way to the reply's first sound, counted from the caller's last voice.
    Reached {
        reply: Reply,
        stage: Stage,
        after_ms: u64,
        /// Of `Speculation`: how much sooner the reply is heard for it.
        gained_ms: Option<u64>,
    },
    Refused {
        token: Token,
        refusal: Refusal,
    },
    /// Something asked for that an engine here cannot do, or that went wrong; the session lives on.
    Notice {
        code: String,
        message: String,
    },
    /// Another engine works for this session from here on: the one before failed, or an earlier one is back.
    EngineChanged {
        from: Engine,
        to: Engine,
        why: String,
    },
    /// The server is about to hang up.
    Goodbye {
        reason: String,
    },
}

/// An engine that fills a seam of this session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// voice_detector, endpointer, recognizer, retriever, language_model or synthesizer.
    pub seam: String,
    pub name: String,
    /// builtin, local, remote, scripted, or none where the seam is empty.
    pub grade: String,
    /// For the synthesizer; empty elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Floor {
    Open,
    Caller,
    Awaiting,
    Agent,
    Contested,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Written(Author),
    Typed,
    Spoken,
    Agent(Modality),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Completed,
    BargedIn,
    Cancelled,
    Failed { message: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The reply was begun before it was certain that the caller had finished.
    Speculation,
    Endpointing,
    Recognition,
    Retrieval,
    FirstWord,
    FirstSpeech,
    FirstSound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    ReplyActive,
    NoReplyActive,
    NoSuchLine,
    NothingToCommit,
    BeyondSpeech,
    NotSpoken,
    TooMuch,
}
