//! The manifest as it is written, with the place of each thing that can be wrong.

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawManifest {
    pub(super) hub: Spanned<String>,
    #[serde(default)]
    pub(super) sets: Vec<Spanned<RawSet>>,
    #[serde(default)]
    pub(super) files: Vec<Spanned<RawFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSet {
    pub(super) name: Spanned<String>,
    #[serde(rename = "for")]
    pub(super) purpose: String,
    #[serde(default)]
    pub(super) gpu: bool,
    pub(super) files: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub(super) name: Spanned<String>,
    pub(super) kind: Spanned<String>,
    pub(super) file: Spanned<String>,
    pub(super) repo: Option<Spanned<String>>,
    pub(super) revision: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub(super) pinned: bool,
    pub(super) path: Option<Spanned<String>>,
    pub(super) package: Option<RawPackage>,
    pub(super) bytes: Option<Spanned<u64>>,
    pub(super) about_mb: Option<u64>,
    pub(super) sha256: Option<Spanned<String>>,
    pub(super) licence: Spanned<String>,
    pub(super) memory_mb: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPackage {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) path: String,
}

fn yes() -> bool {
    true
}

/// A mistake of form is told with its line, as those of sense are.
pub(super) fn read(text: &str) -> Result<RawManifest, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        (line_of(text, start), error.message().trim().to_owned())
    })
}

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}
