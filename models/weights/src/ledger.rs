//! What of a file has come, kept beside it so that a pull that was killed goes on where it stopped.

use crate::manifest::Origin;
use crate::pins::replace;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Ledger {
    repo: String,
    revision: String,
    path: String,
    pub(crate) total: u64,
    /// The server's mark of this version, where it gives one that can be relied on.
    pub(crate) version: Option<String>,
    pub(crate) parts: Vec<Part>,
}

/// Bytes `from..to` of the file, of which the first `done` are on the disk.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) done: u64,
}

impl Ledger {
    pub(crate) fn new(
        origin: &Origin,
        total: u64,
        version: Option<String>,
        part_bytes: u64,
    ) -> Self {
        let part_bytes = part_bytes.max(1);
        let part = |index: u64| Part {
            from: index * part_bytes,
            to: ((index + 1) * part_bytes).min(total),
            done: 0,
        };
        let Origin {
            repo,
            revision,
            path,
            ..
        } = origin.clone();
        let parts = (0..total.div_ceil(part_bytes)).map(part).collect();
        Self {
            repo,
            revision,
            path,
            total,
            version,
            parts,
        }
    }

    /// What a broken ledger says is not believed.
    pub(crate) fn read(file: &Path) -> Option<Self> {
        let ledger: Self = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        let mut next = 0;
        for part in &ledger.parts {
            let whole = part.to.checked_sub(part.from)?;
            if part.from != next || part.done > whole {
                return None;
            }
            next = part.to;
        }
        (next == ledger.total).then_some(ledger)
    }

    pub(crate) fn is_of(&self, origin: &Origin) -> bool {
        (&self.repo, &self.revision, &self.path) == (&origin.repo, &origin.revision, &origin.path)
    }

    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        replace(file, &serde_json::to_vec(self).map_err(io::Error::other)?)
    }

    pub(crate) fn done(&self) -> u64 {
        self.parts.iter().map(|part| part.done).sum()
    }
}
