//! What an engine says of itself, for the log and the page.

/// Where an engine comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Grade {
    /// Nothing downloaded: works on a bare machine.
    Builtin,
    /// Weights on this machine, in this process.
    Local,
    /// Another server.
    Remote,
    /// Fixed answers, for tests.
    Scripted,
}

impl Grade {
    pub fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Local => "local",
            Self::Remote => "remote",
            Self::Scripted => "scripted",
        }
    }
}

/// Something a session may ask for and not every engine can do. What is missing here is told to
/// the caller as a notice, never ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Ability {
    /// A language model that follows the session's instructions.
    Instructions,
    /// A language model that calls tools.
    Tools,
    /// A language model that ends after as many tokens as were asked for.
    Length,
    /// A recognizer that is helped by the words of a hint.
    Vocabulary,
    /// A recognizer that says words while the caller still speaks.
    Partials,
    /// A recognizer or voice for languages other than English.
    Languages,
    /// A synthesizer that obeys the speed asked for.
    Speed,
}

/// An engine's name, grade and abilities.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Card {
    /// As a person would write it: "PocketSphinx en-us", "flite slt".
    pub name: String,
    pub grade: Grade,
    pub abilities: Vec<Ability>,
}

impl Card {
    pub fn new(name: impl Into<String>, grade: Grade) -> Self {
        Self {
            name: name.into(),
            grade,
            abilities: Vec::new(),
        }
    }

    pub fn with(mut self, ability: Ability) -> Self {
        self.abilities.push(ability);
        self
    }

    pub fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
    }
}
