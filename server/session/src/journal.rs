//! The last inputs of a conversation, so that any call can be replayed.

use serde::{Deserialize, Serialize};
use server_conversation::{Conversation, Input, Millis, Output, Settings};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;

/// Bytes of inputs that are kept, half an hour of talk: 31 windows a second and 100 instants while the caller speaks,
/// of a hundred bytes each. Older inputs fall out, and the journal says so.
const KEPT: usize = 16 << 20;
/// What an input holds; raised when a journal of before could not be replayed.
const VERSION: u32 = 4;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    journal: u32,
    settings: Settings,
    /// Inputs that fell out at the front. With any, the journal can be read but not replayed.
    lost: u64,
    /// Digest of all outputs, in order.
    outputs: String,
}

/// All that a header of any version has.
#[derive(Deserialize)]
struct Numbered {
    journal: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry<'a> {
    at: Millis,
    input: Cow<'a, Input>,
}

/// What a conversation was told, and a digest of what it answered.
pub struct Journal {
    settings: Settings,
    /// Each as a line of JSON: what they hold is as long as the client likes.
    entries: VecDeque<String>,
    bytes: usize,
    lost: u64,
    digest: Digest,
}

impl Journal {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            entries: VecDeque::new(),
            bytes: 0,
            lost: 0,
            digest: Digest::new(),
        }
    }

    pub(crate) fn input(&mut self, at: Millis, input: &Input) {
        let input = Cow::Borrowed(input);
        let entry = line(&Entry { at, input });
        self.bytes += entry.len();
        self.entries.push_back(entry);
        while self.bytes > KEPT
            && let Some(oldest) = self.entries.pop_front()
        {
            self.bytes -= oldest.len();
            self.lost += 1;
        }
    }

    pub(crate) fn output(&mut self, output: &Output) {
        self.digest.add(output);
    }

    /// One JSON value a line: a header, then the inputs.
    pub fn to_text(&self) -> String {
        let header = Header {
            journal: VERSION,
            settings: self.settings.clone(),
            lost: self.lost,
            outputs: self.digest.name(),
        };
        let mut text = line(&header);
        text.extend(self.entries.iter().map(String::as_str));
        text
    }
}

/// A journal told again to a fresh conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    pub inputs: usize,
    /// Every output, one JSON value a line.
    pub outputs: String,
    /// The digest at the time of the call, and now. Same inputs, same outputs, byte for byte.
    pub then: String,
    pub now: String,
}

impl Replay {
    pub fn agrees(&self) -> bool {
        self.then == self.now
    }

    pub fn of(text: &str) -> Result<Self, JournalError> {
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let (_, first) = lines.next().ok_or(JournalError::Empty)?;
        let Numbered { journal } = parse(1, first)?;
        if journal != VERSION {
            return Err(JournalError::Version { journal });
        }
        let header: Header = parse(1, first)?;
        if header.lost > 0 {
            return Err(JournalError::Truncated { lost: header.lost });
        }
        let mut conversation = Conversation::new(header.settings);
        let (mut digest, mut outputs, mut inputs) = (Digest::new(), String::new(), 0);
        for (index, text) in lines {
            let Entry { at, input } = parse(index + 1, text)?;
            inputs += 1;
            conversation.handle(at, input.into_owned());
            while let Some(output) = conversation.poll_output() {
                digest.add(&output);
                outputs.push_str(&line(&output));
            }
        }
        Ok(Self {
            inputs,
            outputs,
            then: header.outputs,
            now: digest.name(),
        })
    }
}

/// Why a journal cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    Empty,
    Version { journal: u32 },
    Line { number: usize, message: String },
    Truncated { lost: u64 },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the journal is empty"),
            Self::Version { journal } => write!(
                f,
                "the journal's version is {journal}, and this build replays version {VERSION}: take the build that wrote it"
            ),
            Self::Line { number, message } => write!(f, "line {number}: {message}"),
            Self::Truncated { lost } => write!(
                f,
                "the journal's first {lost} inputs fell out of its ring: it can be read, not replayed"
            ),
        }
    }
}

impl std::error::Error for JournalError {}

fn parse<T: serde::de::DeserializeOwned>(number: usize, text: &str) -> Result<T, JournalError> {
    serde_json::from_str(text).map_err(|error| JournalError::Line {
        number,
        message: error.to_string(),
    })
}

fn line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("plain data always has a JSON form");
    text.push('\n');
    text
}

/// FNV-1a over the outputs' JSON: an aid to comparison, not a seal.
struct Digest(u64);

impl Digest {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, output: &Output) {
        serde_json::to_writer(&mut *self, output).expect("plain data always has a JSON form");
    }

    fn name(&self) -> String {
        format!("{:016x}", self.0)
    }
}

impl std::io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_makes_long_pushes_older_inputs_out() {
        let mut journal = Journal::new(Settings::default());
        let long = Settings {
            instructions: "x".repeat(1 << 20),
            ..Settings::default()
        };
        let configured = Input::Configure(long);
        (0..40).for_each(|at| journal.input(Millis(at), &configured));
        let text = journal.to_text();
        assert!((15 << 20..17 << 20).contains(&text.len()), "{}", text.len());
        let truncated = Replay::of(&text);
        assert_eq!(truncated, Err(JournalError::Truncated { lost: 25 }));
    }
}
