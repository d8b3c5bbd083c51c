//! The places of sentences on disk, so that a second start computes none again.
//!
//! A line with the embedder's name, then records: 16 bytes of the text's hash, and the place as
//! little-endian floats. The file is a cache: broken or of another embedder, it counts as empty.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

type Key = [u8; 16];

/// More than `MOST_SENTENCES` ever take.
const LARGEST_FILE_BYTES: u64 = 64 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Places(HashMap<Key, Arc<[f32]>>);

/// What names a sentence under its heading.
pub(crate) fn key(heading: Option<&str>, sentence: &str) -> Key {
    let mut hash = Sha256::new();
    hash.update(heading.unwrap_or_default());
    hash.update([0]);
    hash.update(sentence);
    let whole: [u8; 32] = hash.finalize().into();
    let mut key = Key::default();
    key.copy_from_slice(&whole[..16]);
    key
}

impl Places {
    pub(crate) fn read(file: &Path, embedder: &str) -> Self {
        let large = fs::metadata(file).is_ok_and(|data| data.len() > LARGEST_FILE_BYTES);
        let bytes = if large { None } else { fs::read(file).ok() };
        bytes
            .and_then(|bytes| Self::parse(&bytes, embedder))
            .unwrap_or_default()
    }

    fn parse(bytes: &[u8], embedder: &str) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&bytes[..end]).ok()?;
        let (name, width) = line.strip_prefix(HEAD)?.rsplit_once(' ')?;
        let width: usize = width.parse().ok().filter(|width| *width <= 4_096)?;
        let records = bytes[end + 1..].chunks_exact(16 + 4 * width);
        if name != embedder || !records.remainder().is_empty() {
            return None;
        }
        let places = records.filter_map(|record| {
            let (key, place) = record.split_first_chunk::<16>()?;
            let (floats, _) = place.as_chunks();
            let place: Arc<[f32]> = floats.iter().map(|x| f32::from_le_bytes(*x)).collect();
            place.iter().all(|x| x.is_finite()).then_some((*key, place))
        });
        Some(Self(places.collect()))
    }

    /// Written beside and moved into place: a reader never sees half a file. Not being able to is no
    /// failure, only slower next time.
    pub(crate) fn write(&self, file: &Path, embedder: &str) {
        let beside = file.with_extension(format!("{}.new", std::process::id()));
        let made = file.parent().map_or(Ok(()), fs::create_dir_all);
        let written = made.and_then(|()| fs::write(&beside, self.bytes(embedder)));
        if written.and_then(|()| fs::rename(&beside, file)).is_err() {
            let _ = fs::remove_file(&beside);
        }
    }

    fn bytes(&self, embedder: &str) -> Vec<u8> {
        let width = self.0.values().next().map_or(0, |place| place.len());
        let mut bytes = format!("{HEAD}{embedder} {width}\n").into_bytes();
        for (key, place) in &self.0 {
            bytes.extend(key);
            bytes.extend(place.iter().flat_map(|x| x.to_le_bytes()));
        }
        bytes
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<[f32]>> {
        self.0.get(key).cloned()
    }

    pub(crate) fn insert(&mut self, key: Key, place: Arc<[f32]>) {
        self.0.insert(key, place);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

const HEAD: &str = "repartee places 1 ";

#[cfg(test)]
mod tests {
    use super::{Places, key};

    fn places() -> Places {
        let mut places = Places::default();
        places.insert(key(Some("Hours"), "We open at nine."), [0.5, -0.5].into());
        places.insert(key(None, "We open at nine."), [1.0, 0.0].into());
        places
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = places().bytes("tiny model");
        let read = Places::parse(&bytes, "tiny model").expect("it is whole");
        assert_eq!(read.len(), 2);
        let place = read.get(&key(Some("Hours"), "We open at nine."));
        assert_eq!(place.as_deref(), Some(&[0.5, -0.5][..]));
        assert_eq!(read.get(&key(None, "We open at ten.")), None);
    }

    #[test]
    fn a_broken_file_or_one_of_another_embedder_is_empty() {
        let bytes = places().bytes("tiny model");
        assert!(Places::parse(&bytes, "other model").is_none());
        assert!(Places::parse(&bytes[..bytes.len() - 1], "tiny model").is_none());
        assert!(Places::parse(b"", "tiny model").is_none());
        assert!(
            Places::parse(b"repartee places 1 tiny model 99999999999\n", "tiny model").is_none()
        );
        let mut spoilt = bytes.clone();
        let at = spoilt.len() - 4;
        spoilt[at..].copy_from_slice(&f32::NAN.to_le_bytes());
        let read = Places::parse(&spoilt, "tiny model").expect("the rest is whole");
        assert_eq!(read.len(), 1);
    }
}
