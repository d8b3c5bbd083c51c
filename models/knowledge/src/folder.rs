//! The files of a knowledge folder, read with every limit and every complaint named.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A file larger than this is a data dump, not a document.
const LARGEST_FILE_BYTES: u64 = 2 * 1024 * 1024;
/// More than this in all would not be read aloud in a lifetime, and costs memory.
const LARGEST_FOLDER_BYTES: u64 = 64 * 1024 * 1024;
const MOST_FILES: usize = 5_000;
/// A deeper tree is more likely a mistake, such as a mounted disk.
const DEEPEST: usize = 16;
const MOST_WARNINGS: usize = 100;

/// One document as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// The path inside the folder, with forward slashes.
    pub(crate) source: String,
    pub(crate) text: String,
}

/// Something that was left out, and why. Never fatal by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file or folder, inside the knowledge folder.
    pub source: String,
    pub reason: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.reason)
    }
}

/// Reads every Markdown and text file below `root`, in order of their paths.
pub(crate) fn read(root: &Path) -> std::io::Result<(Vec<Document>, Vec<Warning>)> {
    let mut reading = Reading {
        root: root.to_owned(),
        ..Reading::default()
    };
    reading.folder(fs::read_dir(root)?, 0);
    Ok((reading.documents, reading.warnings))
}

#[derive(Default)]
struct Reading {
    root: PathBuf,
    documents: Vec<Document>,
    warnings: Vec<Warning>,
    bytes: u64,
}

impl Reading {
    fn folder(&mut self, entries: fs::ReadDir, depth: usize) {
        let mut paths: Vec<PathBuf> = entries
            .take(MOST_FILES * 4)
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        paths.sort();
        for path in paths {
            self.entry(&path, depth);
        }
    }

    fn entry(&mut self, path: &Path, depth: usize) {
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            return;
        }
        let Ok(meta) = fs::symlink_metadata(path) else {
            return self.warn(path, "cannot be looked at; left out");
        };
        if meta.is_symlink() {
            self.warn(
                path,
                "is a symbolic link; left out, since it may lead out of the folder",
            );
        } else if meta.is_dir() {
            self.subfolder(path, depth + 1);
        } else if is_document(path) {
            self.document(path, &meta);
        }
    }

    fn subfolder(&mut self, path: &Path, depth: usize) {
        if depth > DEEPEST {
            return self.warn(
                path,
                &format!("lies more than {DEEPEST} folders deep; left out"),
            );
        }
        match fs::read_dir(path) {
            Ok(entries) => self.folder(entries, depth),
            Err(error) => self.warn(path, &format!("cannot be opened ({error}); left out")),
        }
    }

    fn document(&mut self, path: &Path, meta: &fs::Metadata) {
        if !meta.is_file() {
            return self.warn(path, "is not a plain file; left out");
        }
        if self.documents.len() >= MOST_FILES {
            return self.warn(
                path,
                &format!("comes after the first {MOST_FILES} files; left out"),
            );
        }
        if meta.len() > LARGEST_FILE_BYTES {
            let limit = LARGEST_FILE_BYTES / 1024 / 1024;
            return self.warn(path, &format!("is larger than {limit} MiB; left out"));
        }
        if self.bytes + meta.len() > LARGEST_FOLDER_BYTES {
            let limit = LARGEST_FOLDER_BYTES / 1024 / 1024;
            return self.warn(path, &format!("goes past {limit} MiB in all; left out"));
        }
        match fs::read(path) {
            Ok(bytes) => self.keep(path, bytes),
            Err(error) => self.warn(path, &format!("cannot be read ({error}); left out")),
        }
    }

    fn keep(&mut self, path: &Path, bytes: Vec<u8>) {
        self.bytes += bytes.len() as u64;
        // Half of UTF-16 are zeros, which UTF-8 would let through.
        if bytes.contains(&0) {
            let reason = "is not text in UTF-8 (if it is UTF-16, save it as UTF-8); left out";
            return self.warn(path, reason);
        }
        let bytes = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .map_or(bytes.clone(), <[u8]>::to_vec);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let bad = text.matches('\u{fffd}').count();
                if bad * 20 > text.chars().count() {
                    return self.warn(path, "is not text in UTF-8; left out");
                }
                self.warn(path, "is not wholly UTF-8; the bad bytes were left out");
                text.replace('\u{fffd}', "")
            }
        };
        if text.trim().is_empty() {
            return self.warn(path, "is empty; left out");
        }
        let source = self.name(path);
        self.documents.push(Document { source, text });
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    }

    fn warn(&mut self, path: &Path, reason: &str) {
        if self.warnings.len() < MOST_WARNINGS {
            self.warnings.push(Warning {
                source: self.name(path),
                reason: reason.to_owned(),
            });
        }
    }
}

fn is_document(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| {
            ["md", "markdown", "txt"].contains(&extension.to_ascii_lowercase().as_str())
        })
}
