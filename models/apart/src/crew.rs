//! Who came up in the engines' process, and what it counts.

use models_engine::Card;
use serde::{Deserialize, Serialize};

/// Why a child is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Start {
    /// The first of the server: whatever does not work is to be found out now.
    First,
    /// Another has died, and callers wait.
    Again,
    /// Beside one that serves.
    Beside,
}

/// The engines of the child, as it names them once all are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    pub recognizer: Option<Seat>,
    pub language_model: Option<Seat>,
    pub synthesizer: Option<Seat>,
    /// Samples a second of the synthesizer.
    pub rate: u32,
    /// The synthesizer's voices, the default one first.
    pub voices: Vec<String>,
    /// Sentences for the log: what is missing, what stands in for it.
    pub remarks: Vec<String>,
    /// Memory that no other child shares; weights that are mapped are shared. 0 where it is not known.
    pub memory_bytes: u64,
    /// Some of it is a GPU's, of which this says nothing.
    pub gpu: bool,
}

impl Crew {
    /// The same engines to whoever asks them, whatever else was remarked while they were loaded.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let seats = |crew: &Self| {
            let seats = [&crew.recognizer, &crew.language_model, &crew.synthesizer];
            seats.map(|seat| seat.as_ref().map(|seat| seat.card.clone()))
        };
        seats(self) == seats(other) && self.rate == other.rate && self.voices == other.voices
    }
}

/// One engine, and how many jobs it takes at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub card: Card,
    pub threads: usize,
}

/// A number that an engine counts, by the name that it has among the metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauge {
    pub name: String,
    pub value: u64,
}
