//! Weight files: which there are, fetching them, and knowing that they are whole.
//!
//! A file gets its name in the folder only when all of it has come and its SHA-256 is right; until then it is
//! `NAME.part`, beside a ledger of what has come, so that a pull that was killed goes on where it stopped.

mod digest;
mod fetch;
mod hub;
mod ledger;
mod manifest;
mod pins;
mod progress;
mod pull;
mod shelf;
mod size;
mod trouble;

pub use digest::Sha256Hash;
pub use hub::{Hub, HubOptions, Token};
pub use manifest::{Kind, Manifest, ManifestMistakes, Origin, Package, WeightFile, WeightSet};
pub use progress::{Progress, Silent, Step};
pub use pull::{PullOptions, Pulled};
pub use shelf::{Removed, Shelf, State, Verdict};
pub use size::size;
pub use trouble::Trouble;
