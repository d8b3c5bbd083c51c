//! Hashes that nobody publishes, pinned at the first download and checked from then on.

use crate::digest::Sha256Hash;
use crate::trouble::Trouble;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) const FILE: &str = "pins.toml";

const HEAD: &str = "# SHA-256 of weights whose hash nobody publishes, as they came at their first download.\n\
                    # `repartee models` checks them against these lines from then on.\n\n";

/// By the file's name in the folder.
#[derive(Debug, Default)]
pub(crate) struct Pins(BTreeMap<String, Pin>);

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    sha256: Sha256Hash,
    from: String,
}

impl Pins {
    pub(crate) fn read(folder: &Path) -> Result<Self, Trouble> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Trouble::disk(path, error)),
        };
        let pins = toml::from_str(&text);
        pins.map(Self).map_err(|error| Trouble::Pins {
            path,
            why: error.to_string().trim_end().to_owned(),
        })
    }

    pub(crate) fn get(&self, file: &str) -> Option<Sha256Hash> {
        self.0.get(file).map(|pin| pin.sha256)
    }

    pub(crate) fn add(
        &mut self,
        folder: &Path,
        file: &str,
        sha256: Sha256Hash,
        from: String,
    ) -> Result<(), Trouble> {
        self.0.insert(file.to_owned(), Pin { sha256, from });
        let path = folder.join(FILE);
        let lines = toml::to_string(&self.0).map_err(|error| Trouble::Pins {
            path: path.clone(),
            why: error.to_string(),
        })?;
        replace(&path, format!("{HEAD}{lines}").as_bytes())
            .map_err(|error| Trouble::disk(path, error))
    }
}

/// A reader finds the old text or the new one, whole.
pub(crate) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut file = std::fs::File::create(&beside)?;
    io::Write::write_all(&mut file, text)?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}
