//! Which files were read, and what they were: so that a start does not read five gigabytes each time.

use crate::digest::Sha256Hash;
use crate::pins::replace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const FILE: &str = ".seen.json";

/// By the file's name in the folder. A cache: without it files are read again, and that is all.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<String, Sighting>);

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Sighting {
    sha256: Sha256Hash,
    mark: Mark,
}

/// Changes whenever a file is written, replaced, or moved into its place.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Mark {
    bytes: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Mark {
    fn of(found: &Metadata) -> Self {
        Self {
            bytes: found.len(),
            inode: found.ino(),
            modified: (found.mtime(), found.mtime_nsec()),
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }
}

impl Seen {
    pub(super) fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join(FILE)).unwrap_or_default();
        Self(serde_json::from_slice(&text).unwrap_or_default())
    }

    pub(super) fn hash(&self, file: &str, found: &Metadata) -> Option<Sha256Hash> {
        let sighting = self.0.get(file)?;
        (sighting.mark == Mark::of(found)).then_some(sighting.sha256)
    }

    pub(super) fn note(&mut self, folder: &Path, file: &str, found: &Metadata, sha256: Sha256Hash) {
        let mark = Mark::of(found);
        let sighting = Sighting { sha256, mark };
        if self.0.insert(file.to_owned(), sighting) != Some(sighting) {
            // A folder that cannot be written to is read from all the same.
            let text = serde_json::to_vec(&self.0).unwrap_or_default();
            replace(&folder.join(FILE), &text).ok();
        }
    }

    pub(super) fn forget(&mut self, file: &str) {
        self.0.remove(file);
    }
}
