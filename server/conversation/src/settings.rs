//! What a session asks of its conversation. Replaced whole by `Input::Configure`.

use crate::Millis;

#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Settings {
    pub instructions: String,
    pub modality: Modality,
    /// Spoken when the caller arrives, if there is one.
    pub greeting: Option<String>,
    pub voice: Option<String>,
    /// 0.25 to 1.5.
    pub speed: f32,
    pub endpointing: Endpointing,
    pub ears: Ears,
    pub max_tokens: Option<u32>,
    /// Passages asked of the knowledge base for each reply; 0 asks for none.
    pub passages: usize,
    pub tools: Vec<Tool>,
    pub tool_choice: ToolChoice,
    /// One reply may call several tools.
    pub parallel_calls: bool,
    /// A caller who was hardly understood is asked to say it again.
    pub ask_again: bool,
    /// A likely end of an utterance is acted on before it is certain; what comes of it is kept back.
    #[cfg_attr(feature = "journal", serde(default))]
    pub speculation: bool,
}

/// Something that the client can do for the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Tool {
    pub name: String,
    pub description: String,
    /// What it takes: a JSON schema.
    pub parameters: String,
    pub effect: Effect,
}

/// What a call of a tool does to the world. A tool that does not say is one that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Effect {
    /// Nothing.
    Reads,
    /// As much the second time as the first.
    Repeats,
    /// Something more each time: called only when all that was said before is heard, and not again until
    /// the caller has heard what came of it.
    Writes,
}

/// Whether the agent is to call a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum ToolChoice {
    #[default]
    Auto,
    Never,
    /// Some tool.
    Always,
    This(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Modality {
    Audio,
    Text,
}

/// Who says that the caller has finished.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Endpointing {
    /// We do, after a silence.
    Automatic {
        /// The shortest silence that may end an utterance which the endpointer finds complete.
        shortest: Millis,
        /// The silence that ends one when nothing is known.
        usual: Millis,
        /// The silence that ends any.
        longest: Millis,
        /// After this silence since the last reply, the caller is asked whether they are there.
        idle: Option<Millis>,
        /// A committed utterance is answered without being asked.
        respond: bool,
        /// The caller may cut in by voice.
        interrupt: bool,
    },
    /// The client does, by `Input::Commit`; answers come when it asks.
    Manual,
}

/// How speech is told from noise.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Ears {
    /// Probability from which a window counts as voice.
    pub threshold: f32,
    /// How much sound before the first voice belongs to the utterance.
    pub preroll: Millis,
    /// False when no recognizer is there: the conversation is typed.
    pub listening: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            instructions: String::new(),
            modality: Modality::Audio,
            greeting: None,
            voice: None,
            speed: 1.0,
            endpointing: Endpointing::Automatic {
                shortest: Millis(300),
                usual: Millis(500),
                longest: Millis(900),
                idle: None,
                respond: true,
                interrupt: true,
            },
            ears: Ears {
                threshold: 0.5,
                preroll: Millis(300),
                listening: true,
            },
            max_tokens: None,
            passages: 5,
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            parallel_calls: true,
            ask_again: true,
            speculation: false,
        }
    }
}
