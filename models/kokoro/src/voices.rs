//! Voices: tables of style, one row for each count of phonemes, as raw files or in one archive; and their blends.

mod npz;

use models_engine::Failure;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Numbers in a row.
pub(crate) const STYLE: usize = 256;
const ROWS: usize = 510;
const BYTES: usize = ROWS * STYLE * 4;

/// Published sets have a hundred voices.
const MOST_VOICES: usize = 1_000;
/// More parts than this in a blend are not heard apart.
const MOST_PARTS: usize = 8;

/// The one that its authors recommend.
const FAVOURITE: &str = "af_heart";

#[derive(Debug)]
struct Voice {
    name: String,
    rows: Arc<[f32]>,
}

/// All voices there are; the default one may be a blend.
#[derive(Debug)]
pub(crate) struct Voices {
    voices: Vec<Voice>,
    default: Blend,
}

/// One voice, or several with their shares, which sum to one.
#[derive(Clone, Debug)]
pub(crate) struct Blend {
    pub(crate) name: String,
    parts: Vec<(Arc<[f32]>, f32)>,
}

impl Voices {
    /// Reads a folder of voices or one archive of them. `default` names a voice or a blend.
    pub(crate) fn load(place: &Path, default: Option<&str>) -> Result<Self, Failure> {
        let mut voices = Vec::new();
        if place.is_dir() {
            let told = |error| Failure::new(format!("{}: {error}", place.display()));
            for entry in fs::read_dir(place).map_err(told)? {
                let path = entry.map_err(told)?.path();
                if path
                    .extension()
                    .is_some_and(|end| end == "bin" || end == "npz")
                {
                    take(&path, &mut voices)?;
                }
            }
        } else {
            take(place, &mut voices)?;
        }
        voices.sort_by(|a, b| a.name.cmp(&b.name));
        voices.dedup_by(|a, b| a.name == b.name);
        if voices.is_empty() {
            return Err(Failure::new(format!(
                "{} holds no voice: files such as {FAVOURITE}.bin are wanted, or kokoro-onnx's archive of voices",
                place.display()
            )));
        }
        let favourite = voices.iter().position(|voice| voice.name == FAVOURITE);
        let favourite = one(&voices[favourite.unwrap_or(0)]);
        let mut voices = Self {
            voices,
            default: favourite,
        };
        if let Some(asked) = default {
            voices.default = voices.blend(asked)?;
        }
        Ok(voices)
    }

    /// The default one first.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = vec![self.default.name.clone()];
        let others = self.voices.iter().map(|voice| voice.name.clone());
        names.extend(others.filter(|name| *name != self.default.name));
        names
    }

    /// The voice or blend asked for; the default one where there is none such.
    pub(crate) fn choose(&self, asked: Option<&str>) -> Blend {
        let asked = asked.and_then(|asked| self.blend(asked).ok());
        asked.unwrap_or_else(|| self.default.clone())
    }

    /// "af_heart", or "af_heart:0.6+bm_george:0.4"; a part without a share has one.
    fn blend(&self, asked: &str) -> Result<Blend, Failure> {
        let mut parts = Vec::new();
        for part in asked.split('+').take(MOST_PARTS + 1) {
            let (name, share) = part.split_once(':').unwrap_or((part, "1"));
            let (name, share) = (name.trim(), share.trim().parse::<f32>());
            let share = share.ok().filter(|share| *share > 0.0 && share.is_finite());
            let share = share.ok_or_else(|| {
                Failure::new(format!(
                    "the voice {asked}: the share of {name} is no number above 0"
                ))
            })?;
            let voice = self.voices.iter().find(|voice| voice.name == name);
            let voice = voice.ok_or_else(|| self.unknown(name))?;
            parts.push((Arc::clone(&voice.rows), share));
        }
        if parts.len() > MOST_PARTS {
            return Err(Failure::new(format!(
                "the voice {asked} blends more than {MOST_PARTS} voices"
            )));
        }
        let all: f32 = parts.iter().map(|(_, share)| share).sum();
        parts.iter_mut().for_each(|(_, share)| *share /= all);
        Ok(Blend {
            name: asked.trim().to_owned(),
            parts,
        })
    }

    fn unknown(&self, name: &str) -> Failure {
        let some: Vec<&str> = self
            .voices
            .iter()
            .map(|voice| voice.name.as_str())
            .take(12)
            .collect();
        Failure::new(format!(
            "there is no voice {name}; there are {}",
            some.join(", ")
        ))
    }
}

fn one(voice: &Voice) -> Blend {
    Blend {
        name: voice.name.clone(),
        parts: vec![(Arc::clone(&voice.rows), 1.0)],
    }
}

impl Blend {
    /// The style for so many phonemes.
    pub(crate) fn style(&self, phonemes: usize) -> Vec<f32> {
        let at = phonemes.min(ROWS - 1) * STYLE;
        let mut style = vec![0.0; STYLE];
        for (rows, share) in &self.parts {
            for (sum, number) in style.iter_mut().zip(&rows[at..at + STYLE]) {
                *sum += share * number;
            }
        }
        style
    }

    /// Voices are named by their language first: "b" is British English.
    pub(crate) fn is_british(&self) -> bool {
        self.name.starts_with('b')
    }
}

/// Adds what a file holds.
fn take(path: &Path, voices: &mut Vec<Voice>) -> Result<(), Failure> {
    let name = path.display().to_string();
    let told = |error: std::io::Error| Failure::new(format!("{name}: {error}"));
    let size = fs::metadata(path).map_err(told)?.len();
    if size > (MOST_VOICES * BYTES) as u64 {
        return Err(Failure::new(format!("{name} is too large for voices")));
    }
    let bytes = fs::read(path).map_err(told)?;
    if bytes.starts_with(b"PK") {
        for (entry, content) in npz::entries(&name, &bytes)? {
            let rows = npz::table(&format!("{name}: {entry}"), content)?;
            voices.push(voice(&format!("{name}: {entry}"), entry, rows)?);
        }
        return Ok(());
    }
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.ok_or_else(|| Failure::new(format!("{name} has no readable name")))?;
    voices.push(voice(&name, stem.to_owned(), &bytes)?);
    Ok(())
}

fn voice(place: &str, name: String, bytes: &[u8]) -> Result<Voice, Failure> {
    if bytes.len() != BYTES {
        return Err(Failure::new(format!(
            "{place} is not a voice of Kokoro: {} bytes, and not {BYTES} ({ROWS} rows of {STYLE} numbers)",
            bytes.len()
        )));
    }
    let (words, _) = bytes.as_chunks();
    let rows: Arc<[f32]> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
    if rows.iter().any(|number| !number.is_finite()) {
        return Err(Failure::new(format!(
            "{place} is damaged: it holds numbers that are none"
        )));
    }
    Ok(Voice { name, rows })
}
