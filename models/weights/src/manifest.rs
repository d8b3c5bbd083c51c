//! The list of weight files and of the sets that they make, read from `models/manifest.toml`.

mod raw;
mod rules;

use crate::digest::Sha256Hash;
use std::fmt;

/// Shipped within the program.
const EMBEDDED: &str = include_str!("../../manifest.toml");

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Where the files come from, without a slash at the end.
    pub hub: String,
    pub sets: Vec<WeightSet>,
    pub files: Vec<WeightFile>,
}

/// Files that make a whole: a recognizer, a language model and a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightSet {
    pub name: String,
    /// The machine that it is for, in words.
    pub purpose: String,
    /// Without one it would answer too slowly.
    pub gpu: bool,
    pub files: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightFile {
    /// Said on the command line and in the configuration.
    pub name: String,
    pub kind: Kind,
    /// What it is called in the folder, perhaps within one folder more.
    pub file: String,
    /// On the hub.
    pub origin: Option<Origin>,
    /// On PyPI.
    pub package: Option<Package>,
    /// `None` where only the approximate size is known.
    pub bytes: Option<u64>,
    pub about_bytes: u64,
    /// `None` where nobody publishes it: pinned at the first download.
    pub sha256: Option<Sha256Hash>,
    pub licence: String,
    /// Estimated, with what the engine computes with.
    pub memory_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Whisper,
    Llama,
    Kokoro,
    KokoroVoice,
    /// Used by the built-in engines, which check it themselves.
    Builtin,
}

/// A file in a repository of the hub, at a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub repo: String,
    /// A commit, or a branch where `pinned` is false.
    pub revision: String,
    pub pinned: bool,
    pub path: String,
}

/// A file in a wheel on PyPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub path: String,
}

/// What is wrong with a manifest: every mistake, each with its line and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestMistakes {
    pub source: String,
    pub mistakes: Vec<(usize, String)>,
}

impl Manifest {
    /// The one that the program carries.
    pub fn embedded() -> Self {
        Self::parse("models/manifest.toml", EMBEDDED)
            .expect("a test holds the shipped manifest to its rules")
    }

    /// `source` names the file in what is said of its mistakes.
    pub fn parse(source: &str, text: &str) -> Result<Self, ManifestMistakes> {
        let wrong = |mistakes| ManifestMistakes {
            source: source.to_owned(),
            mistakes,
        };
        let raw = raw::read(text).map_err(|mistake| wrong(vec![mistake]))?;
        rules::check(text, raw).map_err(wrong)
    }

    pub fn file(&self, name: &str) -> Option<&WeightFile> {
        self.files.iter().find(|file| file.name == name)
    }

    pub fn set(&self, name: &str) -> Option<&WeightSet> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// The files of a set, in its order.
    pub fn files_of(&self, set: &WeightSet) -> Vec<&WeightFile> {
        let files = set.files.iter().filter_map(|name| self.file(name));
        files.collect()
    }

    pub fn bytes_of(&self, set: &WeightSet) -> u64 {
        self.files_of(set).iter().map(|file| file.size()).sum()
    }

    pub fn memory_of(&self, set: &WeightSet) -> u64 {
        let files = self.files_of(set);
        files.iter().map(|file| file.memory_bytes).sum()
    }
}

impl WeightFile {
    /// The exact size where it is known, else the approximate one.
    pub fn size(&self) -> u64 {
        self.bytes.unwrap_or(self.about_bytes)
    }
}

impl Kind {
    pub const ALL: [(&'static str, Self); 5] = [
        ("whisper", Self::Whisper),
        ("llama", Self::Llama),
        ("kokoro", Self::Kokoro),
        ("kokoro-voice", Self::KokoroVoice),
        ("builtin", Self::Builtin),
    ];

    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, kind)| *kind == self);
        found.map_or("builtin", |(name, _)| name)
    }
}

impl fmt::Display for ManifestMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (line, sentence)) in self.mistakes.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{} line {line}: {sentence}", self.source)?;
        }
        Ok(())
    }
}

impl std::error::Error for ManifestMistakes {}
