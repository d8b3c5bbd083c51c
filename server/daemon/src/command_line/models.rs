//! `repartee models`: what can be typed of weights.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Weights of better engines: list, fetch, check and remove them.
///
/// whisper.cpp, llama.cpp and Kokoro need weights, which are fetched from a model hub only when you say so. They lie
/// in the cache folder, or where REPARTEE_WEIGHTS says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  repartee models list                     what there is, and which set fits this machine
  repartee models pull small               fetch a set; once more goes on where it stopped
  REPARTEE_MODELS_SET=small repartee serve talk to it
  repartee models verify                   read every file again, compare its SHA-256
  repartee models remove small             what other sets need stays")]
pub(crate) struct Models {
    #[command(subcommand)]
    pub(crate) task: ModelsTask,
    /// Another list of weights than the one within [default: models.manifest of the configuration]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) manifest: Option<PathBuf>,
    /// Configuration file [default: repartee.toml, where there is one]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsTask {
    List(List),
    Pull(Pull),
    Verify(Verify),
    Remove(Remove),
}

/// Sets and files: size, memory needed, licence, and what is here.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// For programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Fetch sets or single files, and check them.
///
/// A file gets its name only when all of it has come and its SHA-256 is right. HTTPS_PROXY is respected; HF_TOKEN
/// is shown to the hub alone.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  repartee models pull small
  repartee models pull whisper-small.en qwen3-8b
  repartee models pull standard --mirror https://hub.example.com/models")]
pub(crate) struct Pull {
    /// Sets or files, as `repartee models list` names them
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Takes the hub's place for every file [default: models.mirror of the configuration, else HF_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub(crate) mirror: Option<String>,
    /// Show HF_TOKEN to the mirror, too
    #[arg(long)]
    pub(crate) token_to_mirror: bool,
    /// Fetch nothing: fail where something is missing
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Read files again and compare their SHA-256.
#[derive(Debug, Args)]
#[command(after_help = "Example:  repartee models verify small")]
pub(crate) struct Verify {
    /// Sets or files [default: all that are here]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// Remove sets or single files.
///
/// Of a set, what another set needs that is here whole stays; a file that is named itself is removed.
#[derive(Debug, Args)]
#[command(after_help = "Example:  repartee models remove standard --dry-run")]
pub(crate) struct Remove {
    /// Sets or files, as `repartee models list` names them
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Only say what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}
