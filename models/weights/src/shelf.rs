//! The folder that weights lie in: what is there, whether it is right, and who may change it.

mod seen;

use crate::digest::Sha256Hash;
use crate::manifest::{Manifest, WeightFile, WeightSet};
use crate::pins::Pins;
use crate::progress::{Progress, Step};
use crate::trouble::Trouble;
use seen::Seen;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const LOCK: &str = ".lock";

/// A folder of weights, and the manifest that says what they should be.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    manifest: Manifest,
    pins: Pins,
    seen: Seen,
}

/// What can be said of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Missing,
    /// So many bytes have come.
    Partial {
        done: u64,
    },
    /// It was looked at and is right, and has not been touched since.
    Verified,
    /// It is here, and nobody has looked at it.
    Unverified,
    Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Whole,
    /// No hash is known that it could be held against.
    Unknown(Sha256Hash),
}

/// What became of a file that was to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    pub name: String,
    pub file: String,
    pub bytes: u64,
    /// It stays: this set is here whole and needs it.
    pub needed_by: Option<String>,
}

/// Nobody else changes the folder while this lives. The system lets go of it when a process dies.
#[derive(Debug)]
pub(crate) struct Alone(#[allow(dead_code)] File);

impl Shelf {
    pub fn open(folder: impl Into<PathBuf>, manifest: Manifest) -> Result<Self, Trouble> {
        let folder = folder.into();
        let (pins, seen) = (Pins::read(&folder)?, Seen::read(&folder));
        Ok(Self {
            folder,
            manifest,
            pins,
            seen,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub fn path(&self, file: &WeightFile) -> PathBuf {
        self.folder.join(&file.file)
    }

    pub(crate) fn part(&self, file: &WeightFile) -> PathBuf {
        self.folder.join(format!("{}.part", file.file))
    }

    pub(crate) fn ledger(&self, file: &WeightFile) -> PathBuf {
        self.folder.join(format!("{}.ledger", file.file))
    }

    /// The files that these names of sets and files mean, each once.
    pub fn named(&self, names: &[String]) -> Result<Vec<WeightFile>, Trouble> {
        let mut found: Vec<WeightFile> = Vec::new();
        for name in names {
            let files = match self.manifest.set(name) {
                Some(set) => self.manifest.files_of(set),
                None => vec![self.manifest.file(name).ok_or_else(|| self.unknown(name))?],
            };
            for file in files {
                if !found.iter().any(|other| other.name == file.name) {
                    found.push(file.clone());
                }
            }
        }
        Ok(found)
    }

    fn unknown(&self, name: &str) -> Trouble {
        let sets = self.manifest.sets.iter().map(|set| set.name.as_str());
        let files = self.manifest.files.iter().map(|file| file.name.as_str());
        let known = sets.chain(files).collect::<Vec<_>>().join(", ");
        Trouble::Unknown {
            name: name.to_owned(),
            known,
        }
    }

    /// What it should be: the published hash, else the pinned one.
    pub(crate) fn right(&self, file: &WeightFile) -> Option<Sha256Hash> {
        file.sha256.or_else(|| self.pins.get(&file.file))
    }

    pub fn state(&self, file: &WeightFile) -> State {
        let Ok(found) = self.path(file).metadata() else {
            let done = crate::ledger::Ledger::read(&self.ledger(file)).map_or(0, |l| l.done());
            return if done > 0 {
                State::Partial { done }
            } else {
                State::Missing
            };
        };
        if file.bytes.is_some_and(|right| right != found.len()) {
            return State::Wrong;
        }
        match (self.seen.hash(&file.file, &found), self.right(file)) {
            (Some(is), Some(right)) if is == right => State::Verified,
            (Some(_), Some(_)) => State::Wrong,
            _ => State::Unverified,
        }
    }

    pub fn is_whole_set(&self, set: &WeightSet) -> bool {
        let files = self.manifest.files_of(set);
        let here =
            |file: &&WeightFile| matches!(self.state(file), State::Verified | State::Unverified);
        files.iter().all(here)
    }

    /// Reads all of it, whatever was known of it before.
    pub fn verify(
        &mut self,
        file: &WeightFile,
        progress: &dyn Progress,
    ) -> Result<Verdict, Trouble> {
        self.seen.forget(&file.file);
        self.check(file, progress)
    }

    /// Whether it is right. It is read only if it has changed since it was last looked at.
    pub fn check(
        &mut self,
        file: &WeightFile,
        progress: &dyn Progress,
    ) -> Result<Verdict, Trouble> {
        let path = self.path(file);
        let found = match path.metadata() {
            Ok(found) => found,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let name = file.name.clone();
                return Err(Trouble::Absent { name, path });
            }
            Err(error) => return Err(Trouble::disk(path, error)),
        };
        if let Some(right) = file.bytes.filter(|right| *right != found.len()) {
            let (file, is) = (file.file.clone(), found.len());
            return Err(Trouble::WrongSize { file, is, right });
        }
        let is = match self.seen.hash(&file.file, &found) {
            Some(is) => is,
            None => self.digest(&path, file, progress)?,
        };
        self.seen.note(&self.folder, &file.file, &found, is);
        let Some(right) = self.right(file) else {
            return Ok(Verdict::Unknown(is));
        };
        if is == right {
            return Ok(Verdict::Whole);
        }
        let file = file.file.clone();
        Err(Trouble::WrongHash {
            file,
            is,
            right,
            kept: true,
        })
    }

    /// Before a file is loaded: one in this folder that is known must be right. Others are not ours to judge.
    pub fn vouch(&mut self, path: &Path, progress: &dyn Progress) -> Result<(), Trouble> {
        let known = self.known(path);
        known.map_or(Ok(()), |file| self.check(&file, progress).map(|_| ()))
    }

    fn known(&self, path: &Path) -> Option<WeightFile> {
        let (within, name) = (path.parent()?.canonicalize().ok()?, path.file_name()?);
        let ours = |file: &&WeightFile| {
            let own = self.path(file);
            // Names first: a folder is looked up only for the few that may be it.
            own.file_name() == Some(name)
                && own
                    .parent()
                    .and_then(|own| own.canonicalize().ok())
                    .as_ref()
                    == Some(&within)
        };
        self.manifest.files.iter().find(ours).cloned()
    }

    pub(crate) fn digest(
        &self,
        path: &Path,
        file: &WeightFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Hash, Trouble> {
        let length = path.metadata().map_or(0, |found| found.len());
        progress.begin(&file.file, Step::Checking, length);
        let digest = Sha256Hash::of_file(path, &mut |done| progress.at(done));
        progress.end();
        digest.map_err(|error| Trouble::disk(path, error))
    }

    pub(crate) fn pin(
        &mut self,
        file: &WeightFile,
        sha256: Sha256Hash,
        from: String,
    ) -> Result<(), Trouble> {
        self.pins.add(&self.folder, &file.file, sha256, from)
    }

    /// It was read just now, and this is what it is.
    pub(crate) fn note(&mut self, file: &WeightFile, sha256: Sha256Hash) {
        if let Ok(found) = self.path(file).metadata() {
            self.seen.note(&self.folder, &file.file, &found, sha256);
        }
    }

    /// Makes the folder where there is none, and keeps everybody else from changing it.
    pub(crate) fn alone(&self) -> Result<Alone, Trouble> {
        let wrong = |error| Trouble::NoFolder {
            path: self.folder.clone(),
            error,
        };
        std::fs::create_dir_all(&self.folder).map_err(wrong)?;
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(self.folder.join(LOCK)).map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let (folder, mut by) = (self.folder.clone(), String::new());
                // Who holds it says so in it; whether that can be read changes nothing.
                (&lock).take(20).read_to_string(&mut by).ok();
                let by = by.trim();
                let by = if by.is_empty() {
                    String::new()
                } else {
                    format!(" (process {by})")
                };
                return Err(Trouble::Busy { folder, by });
            }
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .ok();
        Ok(Alone(lock))
    }

    /// Removes files, but those that a set needs which is here whole and is not to be removed itself.
    pub fn remove(&mut self, names: &[String], dry_run: bool) -> Result<Vec<Removed>, Trouble> {
        let files = self.named(names)?;
        let _alone = if dry_run { None } else { Some(self.alone()?) };
        let staying = self.manifest.sets.iter();
        let staying: Vec<WeightSet> = staying
            .filter(|set| !names.contains(&set.name) && self.is_whole_set(set))
            .cloned()
            .collect();
        let mut removed = Vec::new();
        for file in files {
            // A file that is named itself is meant, whoever needs it.
            let meant = names.contains(&file.name);
            let needs = |set: &&WeightSet| !meant && set.files.contains(&file.name);
            let needed_by = staying.iter().find(needs).map(|set| set.name.clone());
            let places = [self.path(&file), self.part(&file), self.ledger(&file)];
            let lengths = places.iter().filter_map(|place| place.metadata().ok());
            let bytes = lengths.map(|found| found.len()).sum();
            if bytes == 0 {
                continue;
            }
            if needed_by.is_none() && !dry_run {
                for place in places.iter().filter(|place| place.exists()) {
                    std::fs::remove_file(place).map_err(|error| Trouble::disk(place, error))?;
                }
                self.seen.forget(&file.file);
            }
            removed.push(Removed {
                name: file.name,
                file: file.file,
                bytes,
                needed_by,
            });
        }
        Ok(removed)
    }
}
