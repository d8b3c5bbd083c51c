//! What must hold in a manifest, beyond its form.

use super::raw::{RawFile, RawManifest, RawSet, line_of};
use super::{Kind, Manifest, Origin, Package, WeightFile, WeightSet};
use crate::digest::Sha256Hash;
use crate::hub;
use std::collections::BTreeSet;
use toml::Spanned;

const PLAIN: &str = "letters, digits, '.', '-' and '_', and begin with a letter or digit";
const A_MEGABYTE: u64 = 1_000_000;

type Mistakes = Vec<(usize, String)>;

/// Reads on after a mistake, so that all are named at once.
struct Reader<'a> {
    text: &'a str,
    mistakes: Mistakes,
}

pub(super) fn check(text: &str, raw: RawManifest) -> Result<Manifest, Mistakes> {
    let mistakes = Vec::new();
    let mut reader = Reader { text, mistakes };
    reader.references(&raw);
    let hub = reader.hub(&raw.hub);
    let files: Vec<WeightFile> = raw
        .files
        .into_iter()
        .map(|file| reader.file(file))
        .collect();
    let sets: Vec<WeightSet> = raw.sets.into_iter().map(|set| reader.set(set)).collect();
    let manifest = Manifest { hub, sets, files };
    if reader.mistakes.is_empty() {
        return Ok(manifest);
    }
    reader.mistakes.sort();
    Err(reader.mistakes)
}

impl Reader<'_> {
    fn wrong(&mut self, offset: usize, sentence: impl Into<String>) {
        let line = line_of(self.text, offset);
        self.mistakes.push((line, sentence.into()));
    }

    fn hub(&mut self, hub: &Spanned<String>) -> String {
        let text = hub.get_ref().trim_end_matches('/');
        if let Err(why) = hub::address(text) {
            self.wrong(hub.span().start, format!("hub: {why}"));
        } else if !hub::is_secure(text) {
            self.wrong(
                hub.span().start,
                format!("hub: \"{text}\" is not https, and not on this machine"),
            );
        }
        text.to_owned()
    }

    /// A name twice would never be found the second time, and a set of nothing is none.
    fn references(&mut self, raw: &RawManifest) {
        let (mut names, mut files) = (BTreeSet::new(), BTreeSet::new());
        for file in raw.files.iter().map(Spanned::get_ref) {
            for (seen, value) in [(&mut names, &file.name), (&mut files, &file.file)] {
                if !seen.insert(value.get_ref().as_str()) {
                    let sentence = format!("\"{}\" stands here twice", value.get_ref());
                    self.wrong(value.span().start, sentence);
                }
            }
        }
        for set in &raw.sets {
            let name = &set.get_ref().name;
            if !names.insert(name.get_ref().as_str()) {
                let sentence = format!("\"{}\" names something else already", name.get_ref());
                self.wrong(name.span().start, sentence);
            }
            if set.get_ref().files.is_empty() {
                self.wrong(name.span().start, "a set needs files");
            }
            let known = |name: &str| {
                raw.files
                    .iter()
                    .any(|file| file.get_ref().name.get_ref() == name)
            };
            for file in set
                .get_ref()
                .files
                .iter()
                .filter(|file| !known(file.get_ref()))
            {
                let sentence = format!("there is no file \"{}\" for this set", file.get_ref());
                self.wrong(file.span().start, sentence);
            }
        }
    }

    fn file(&mut self, file: Spanned<RawFile>) -> WeightFile {
        let start = file.span().start;
        let raw = file.into_inner();
        self.plain(&raw);
        let kind = self.kind(&raw.kind);
        let origin = self.origin(start, &raw);
        if origin.is_none() && raw.package.is_none() {
            self.wrong(
                start,
                "a file needs repo, revision and path, or a package, to come from",
            );
        }
        let bytes = raw.bytes.as_ref().map(|bytes| *bytes.get_ref());
        if bytes == Some(0) || (bytes.is_none() && raw.about_mb.is_none()) {
            self.wrong(
                start,
                "a file needs its size: bytes, or about_mb where it is not known exactly",
            );
        }
        if raw.licence.get_ref().trim().is_empty() {
            self.wrong(
                raw.licence.span().start,
                "licence: name it, for example \"Apache-2.0\"",
            );
        }
        WeightFile {
            kind,
            origin,
            bytes,
            about_bytes: raw.about_mb.unwrap_or_default().saturating_mul(A_MEGABYTE),
            sha256: self.hash(raw.sha256.as_ref()),
            licence: raw.licence.into_inner(),
            memory_bytes: raw.memory_mb.saturating_mul(A_MEGABYTE),
            package: raw.package.map(|package| Package {
                name: package.name,
                version: package.version,
                path: package.path,
            }),
            name: raw.name.into_inner(),
            file: raw.file.into_inner(),
        }
    }

    fn plain(&mut self, raw: &RawFile) {
        let name = raw.name.get_ref();
        if !is_plain(name) {
            let sentence = format!("name: \"{name}\" must be {PLAIN}");
            self.wrong(raw.name.span().start, sentence);
        }
        let file = raw.file.get_ref();
        let parts = file.split('/').collect::<Vec<_>>();
        if parts.len() > 2 || !parts.iter().all(|part| is_plain(part)) {
            let sentence =
                format!("file: \"{file}\" must be {PLAIN}, perhaps with one folder before it");
            self.wrong(raw.file.span().start, sentence);
        }
        if file == crate::pins::FILE || file.ends_with(".part") || file.ends_with(".ledger") {
            let sentence = format!("file: \"{file}\" is a name that the folder uses itself");
            self.wrong(raw.file.span().start, sentence);
        }
    }

    fn kind(&mut self, kind: &Spanned<String>) -> Kind {
        let text = kind.get_ref();
        let found = Kind::ALL.iter().find(|(name, _)| name == text);
        if found.is_none() {
            let names = Kind::ALL.map(|(name, _)| name).join(", ");
            self.wrong(
                kind.span().start,
                format!("kind: \"{text}\" is none of: {names}"),
            );
        }
        found.map_or(Kind::Builtin, |(_, kind)| *kind)
    }

    fn origin(&mut self, start: usize, raw: &RawFile) -> Option<Origin> {
        let (repo, revision, path) = match (&raw.repo, &raw.revision, &raw.path) {
            (Some(repo), Some(revision), Some(path)) => (repo, revision, path),
            (None, None, None) => return None,
            _ => {
                self.wrong(start, "repo, revision and path belong together");
                return None;
            }
        };
        let parts = repo.get_ref().split('/').collect::<Vec<_>>();
        if parts.len() != 2 || !parts.iter().all(|part| is_plain(part)) {
            let sentence = format!("repo: \"{}\" is not \"owner/name\"", repo.get_ref());
            self.wrong(repo.span().start, sentence);
        }
        if !path.get_ref().split('/').all(is_plain) {
            let sentence = format!("path: \"{}\" is not a path in a repository", path.get_ref());
            self.wrong(path.span().start, sentence);
        }
        let text = revision.get_ref();
        if raw.pinned && !is_commit(text) {
            self.wrong(
                revision.span().start,
                format!("revision: \"{text}\" is not a commit of 40 hexadecimal digits; a branch needs pinned = false"),
            );
        } else if !is_plain(text) {
            self.wrong(
                revision.span().start,
                format!("revision: \"{text}\" is no commit and no branch"),
            );
        }
        Some(Origin {
            repo: repo.get_ref().clone(),
            revision: text.clone(),
            pinned: raw.pinned,
            path: path.get_ref().clone(),
        })
    }

    fn hash(&mut self, hash: Option<&Spanned<String>>) -> Option<Sha256Hash> {
        let hash = hash?;
        let read = Sha256Hash::parse(hash.get_ref());
        if read.is_none() {
            self.wrong(
                hash.span().start,
                "sha256: 64 lower-case hexadecimal digits are needed; leave it out where nobody publishes it",
            );
        }
        read
    }

    fn set(&mut self, set: Spanned<RawSet>) -> WeightSet {
        let raw = set.into_inner();
        let name = raw.name.get_ref().clone();
        if !is_plain(&name) {
            self.wrong(
                raw.name.span().start,
                format!("name: \"{name}\" is no name"),
            );
        }
        WeightSet {
            name,
            purpose: raw.purpose,
            gpu: raw.gpu,
            files: raw.files.into_iter().map(Spanned::into_inner).collect(),
        }
    }
}

/// Nothing in a manifest decides where on the disk a file goes, or which server is asked.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain)
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}
