//! Which of several: the values of the keys that name a kind.

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum VoiceDetection {
    Silero,
    Earshot,
    Scripted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Ending {
    Rules,
    SmartTurn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Recognition {
    PocketSphinx,
    Whisper,
    Remote,
    None,
    Scripted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Language {
    Quote,
    Llama,
    Remote,
    Scripted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Synthesis {
    Flite,
    Kokoro,
    Remote,
    None,
    Scripted,
}

/// Where native code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Isolation {
    /// In the server's own process.
    None,
    /// In a child that may die.
    Process,
}

/// Whether a second child stands by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Spare {
    /// Where there is memory for it.
    Auto,
    Yes,
    No,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum KokoroRuntime {
    Auto,
    Rten,
    Ort,
}
