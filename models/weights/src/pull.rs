//! Pulling files into the folder: what is missing, whether it fits, and when it gets its name.

use crate::digest::Sha256Hash;
use crate::fetch::Fetch;
use crate::hub::{Hub, HubOptions};
use crate::manifest::{Origin, WeightFile};
use crate::progress::Progress;
use crate::shelf::{Shelf, State};
use crate::size::size;
use crate::trouble::Trouble;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// A disk that is filled to its last byte helps nobody.
const ROOM_LEFT_BYTES: u64 = 64 << 20;

#[derive(Clone, Debug)]
pub struct PullOptions {
    pub hub: HubOptions,
    /// Only say what is missing.
    pub offline: bool,
    /// Parts of a file at once.
    pub parallel: usize,
    pub part_bytes: u64,
    /// Tries at one part, the first one included.
    pub attempts: u32,
    /// Before the second try; twice as long before each one after it.
    pub backoff: Duration,
}

impl Default for PullOptions {
    fn default() -> Self {
        Self {
            hub: HubOptions::default(),
            offline: false,
            parallel: 4,
            // Each part is asked for anew, and hubs count requests.
            part_bytes: 64 << 20,
            attempts: 6,
            backoff: Duration::from_millis(500),
        }
    }
}

/// What a pull did, by the names of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    pub fetched: Vec<String>,
    pub already: Vec<String>,
    /// Hashes that nobody publishes, as they came.
    pub pinned: Vec<(String, Sha256Hash)>,
}

impl Shelf {
    /// Fetches what is missing of these, one after the other; what has come whole stays if a later one fails.
    pub fn pull(
        &mut self,
        files: &[&WeightFile],
        options: &PullOptions,
        progress: &dyn Progress,
    ) -> Result<Pulled, Trouble> {
        let _alone = self.alone()?;
        let mut pulled = Pulled::default();
        let mut missing = Vec::new();
        for file in files {
            if self.is_whole(file, progress)? {
                pulled.already.push(file.name.clone());
            } else {
                missing.push(*file);
            }
        }
        if missing.is_empty() {
            return Ok(pulled);
        }
        if options.offline {
            let missing = missing.iter().map(|file| file.name.clone()).collect();
            return Err(Trouble::Offline { missing });
        }
        let hub = Hub::new(&self.manifest().hub, &options.hub)?;
        let origins = self.origins(&missing, &hub)?;
        let to_come = self.has_room(&missing)?;
        let folder = self.folder().display();
        progress.tell(&format!(
            "{} to fetch from {} into {folder}",
            size(to_come),
            hub.host()
        ));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Trouble::NoClient {
                why: error.to_string(),
            })?;
        for (file, origin) in missing.into_iter().zip(&origins) {
            let fetch = Fetch {
                hub: &hub,
                file,
                origin,
                right: self.right(file),
                part: self.part(file),
                ledger: self.ledger(file),
                options,
                progress,
            };
            std::fs::create_dir_all(within(&fetch.part))
                .map_err(|error| Trouble::disk(&fetch.part, error))?;
            runtime.block_on(fetch.run())?;
            let pinned = self.accept(&fetch)?;
            pulled
                .pinned
                .extend(pinned.map(|hash| (file.name.clone(), hash)));
            pulled.fetched.push(file.name.clone());
        }
        Ok(pulled)
    }

    /// Whether it is here and right. One that is not right is fetched anew.
    fn is_whole(&mut self, file: &WeightFile, progress: &dyn Progress) -> Result<bool, Trouble> {
        if matches!(self.state(file), State::Missing | State::Partial { .. }) {
            return Ok(false);
        }
        match self.check(file, progress) {
            Ok(_) => Ok(true),
            Err(Trouble::WrongHash { .. } | Trouble::WrongSize { .. }) => {
                progress.tell(&format!(
                    "{} is not what it should be: it is fetched anew",
                    file.file
                ));
                Ok(false)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Before the first byte: whether each can be fetched at all.
    fn origins(&self, missing: &[&WeightFile], hub: &Hub) -> Result<Vec<Origin>, Trouble> {
        let origin = |file: &&WeightFile| {
            let name = file.name.clone();
            let Some(origin) = file.origin.clone() else {
                let package = file.package.as_ref();
                let package =
                    package.map(|package| format!("{} {}", package.name, package.version));
                return Err(Trouble::NotOnHub {
                    name,
                    package: package.unwrap_or_default(),
                });
            };
            if self.right(file).is_none() && !hub.is_secure() {
                return Err(Trouble::PlainMirror {
                    host: hub.host(),
                    name,
                });
            }
            Ok(origin)
        };
        missing.iter().map(origin).collect()
    }

    /// How much is to come, if there is room for it.
    fn has_room(&self, missing: &[&WeightFile]) -> Result<u64, Trouble> {
        let to_come = missing.iter().map(|file| match self.state(file) {
            State::Partial { done } => file.size().saturating_sub(done),
            _ => file.size(),
        });
        let to_come = to_come.fold(0_u64, u64::saturating_add);
        room(self.folder(), to_come)?;
        Ok(to_come)
    }

    /// All of it has come: it is looked at, and only then gets its name. A hash that is new is pinned.
    fn accept(&mut self, fetch: &Fetch<'_>) -> Result<Option<Sha256Hash>, Trouble> {
        let (file, part) = (fetch.file, &fetch.part);
        let disk = |error| Trouble::disk(part, error);
        let is = self.digest(part, file, fetch.progress)?;
        if let Some(right) = fetch.right.filter(|right| *right != is) {
            fetch.forget();
            let file = file.file.clone();
            return Err(Trouble::WrongHash {
                file,
                is,
                right,
                kept: false,
            });
        }
        File::open(part)
            .and_then(|part| part.sync_all())
            .map_err(disk)?;
        if fetch.right.is_none() {
            let from = format!("{}/{}", fetch.hub.host(), fetch.origin.repo);
            self.pin(file, is, from)?;
        }
        std::fs::rename(part, self.path(file)).map_err(disk)?;
        File::open(within(part))
            .and_then(|folder| folder.sync_all())
            .map_err(disk)?;
        std::fs::remove_file(&fetch.ledger).ok();
        self.note(file, is);
        Ok(fetch.right.is_none().then_some(is))
    }
}

/// Whether so much more fits into this folder.
pub(crate) fn room(folder: &Path, bytes: u64) -> Result<(), Trouble> {
    let room = rustix::fs::statvfs(folder).map_err(|error| Trouble::disk(folder, error.into()))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    let needed = bytes.saturating_add(ROOM_LEFT_BYTES);
    if needed > free {
        let folder = folder.to_owned();
        return Err(Trouble::NoRoom {
            folder,
            needed,
            free,
        });
    }
    Ok(())
}

pub(crate) fn within(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}
