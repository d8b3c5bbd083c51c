//! `repartee models`: weights listed, fetched, checked and removed.

mod bars;
mod chosen;
mod machine;
mod offer;
mod table;

pub(crate) use chosen::chosen;
pub(crate) use machine::available;
pub(crate) use offer::offer;

use crate::assemble::weights;
use crate::command_line::{List, Models, ModelsTask, Pull, Remove, Verify};
use crate::config::Config;
use crate::{print, read_config};
use bars::Bars;
use machine::Machine;
use models_weights::{
    HubOptions, Manifest, Progress, PullOptions, Shelf, State, Token, Trouble, Verdict, WeightFile,
    size,
};
use std::path::Path;

pub(crate) fn run(models: &Models) -> Result<(), String> {
    let config = read_config(models.config.as_deref(), |_, _| {})?;
    let manifest = models.manifest.as_ref().or(config.models_manifest.as_ref());
    let mut shelf = shelf(manifest.map(|path| path.as_path()))?;
    match &models.task {
        ModelsTask::List(list) => listed(list, &shelf),
        ModelsTask::Pull(pull) => pulled(pull, &config, &mut shelf),
        ModelsTask::Verify(verify) => verified(verify, &mut shelf),
        ModelsTask::Remove(remove) => removed(remove, &mut shelf),
    }
}

/// The manifest within, or one of the user's own.
pub(crate) fn manifest(own: Option<&Path>) -> Result<Manifest, String> {
    let Some(path) = own else {
        return Ok(Manifest::embedded());
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| format!("{name} cannot be read: {error}"))?;
    Manifest::parse(&name, &text).map_err(|mistakes| mistakes.to_string())
}

/// The folder that weights lie in.
fn shelf(own: Option<&Path>) -> Result<Shelf, String> {
    let folder =
        weights().ok_or("no folder for weights is known: name one with REPARTEE_WEIGHTS")?;
    Shelf::open(folder, manifest(own)?).map_err(said)
}

fn said(trouble: Trouble) -> String {
    trouble.to_string()
}

fn listed(list: &List, shelf: &Shelf) -> Result<(), String> {
    let machine = Machine::this();
    if list.json {
        print(&table::json(shelf, &machine));
    } else {
        print(table::text(shelf, &machine).trim_end());
    }
    Ok(())
}

fn pulled(pull: &Pull, config: &Config, shelf: &mut Shelf) -> Result<(), String> {
    let files = shelf.named(&pull.names).map_err(said)?;
    let files: Vec<&WeightFile> = files.iter().collect();
    let options = PullOptions {
        hub: hub_options(pull.mirror.clone(), pull.token_to_mirror, config),
        offline: pull.offline,
        ..PullOptions::default()
    };
    let bars = Bars::new();
    let pulled = shelf.pull(&files, &options, &bars).map_err(said)?;
    for name in &pulled.already {
        print(&format!("{name}: here, and right"));
    }
    for name in &pulled.fetched {
        print(&format!("{name}: fetched, and right"));
    }
    for (name, hash) in &pulled.pinned {
        print(&format!(
            "{name}: nobody publishes its SHA-256. It is {hash}, pinned in pins.toml, and checked from now on"
        ));
    }
    let mut sets = pull
        .names
        .iter()
        .filter(|name| shelf.manifest().set(name).is_some());
    if let Some(set) = sets.next_back() {
        print(&format!(
            "\nTo talk to it: REPARTEE_MODELS_SET={set} repartee serve   (or models.set in repartee.toml)"
        ));
    }
    Ok(())
}

/// Typed, else configured, else what the hub's own tools know.
fn hub_options(mirror: Option<String>, token_to_mirror: bool, config: &Config) -> HubOptions {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let mirror = mirror.or_else(|| config.models_mirror.clone());
    HubOptions {
        mirror: mirror.or_else(|| variable("HF_ENDPOINT")),
        token: variable("HF_TOKEN").as_deref().and_then(Token::new),
        token_to_mirror,
        ..HubOptions::default()
    }
}

fn verified(verify: &Verify, shelf: &mut Shelf) -> Result<(), String> {
    let here =
        |file: &&WeightFile| !matches!(shelf.state(file), State::Missing | State::Partial { .. });
    let files: Vec<WeightFile> = if verify.names.is_empty() {
        shelf
            .manifest()
            .files
            .iter()
            .filter(here)
            .cloned()
            .collect()
    } else {
        shelf.named(&verify.names).map_err(said)?
    };
    let (bars, mut wrong) = (Bars::new(), 0);
    for file in &files {
        let line = match shelf.verify(file, &bars) {
            Ok(Verdict::Whole) => format!("{}: right", file.name),
            Ok(Verdict::Unknown(hash)) => format!(
                "{}: nobody publishes its SHA-256, and it was not fetched by `repartee models`; it is {hash}",
                file.name
            ),
            Err(trouble) => {
                wrong += 1;
                format!("{}: {trouble}", file.name)
            }
        };
        print(&line);
    }
    match (files.len(), wrong) {
        (0, _) => print("No weights are here. `repartee models list` says which there are."),
        (_, 0) => {}
        (all, wrong) => {
            return Err(format!(
                "{wrong} of {all} weight files are missing or not right"
            ));
        }
    }
    Ok(())
}

fn removed(remove: &Remove, shelf: &mut Shelf) -> Result<(), String> {
    let removed = shelf.remove(&remove.names, remove.dry_run).map_err(said)?;
    if removed.is_empty() {
        print("Nothing of that is here.");
    }
    let did = if remove.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    for file in removed {
        let size = size(file.bytes);
        match file.needed_by {
            Some(set) => print(&format!("{}: stays, the set {set} needs it", file.name)),
            None => print(&format!("{}: {did} ({}, {size})", file.name, file.file)),
        }
    }
    Ok(())
}

/// For a server that starts: how far it is with reading a file that it has not seen before, in its log.
struct InTheLog;

impl Progress for InTheLog {
    fn begin(&self, file: &str, _: models_weights::Step, total_bytes: u64) {
        tracing::info!("checking {file} ({})", size(total_bytes));
    }
    fn at(&self, _: u64) {}
    fn end(&self) {}
    fn tell(&self, sentence: &str) {
        tracing::info!("{sentence}");
    }
}
