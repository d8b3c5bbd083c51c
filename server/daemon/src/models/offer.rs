//! What `make run` says of better engines. It fetches nothing, and nobody waits for it.

use super::machine::Machine;
use super::{hub_options, shelf};
use crate::config::{Config, Language, Recognition};
use crate::print;
use models_weights::{Hub, Shelf, WeightSet, size};
use std::time::Duration;

/// A hub that is slower than this is as good as none.
const PATIENCE: Duration = Duration::from_secs(2);

/// One line, where a set fits this machine and is here or can be had.
pub(crate) async fn offer(config: Config) {
    let builtin =
        config.recognizer == Recognition::PocketSphinx && config.language_model == Language::Quote;
    let tested = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    if !config.models_offer || !builtin || tested || !cfg!(feature = "native") {
        return;
    }
    let Ok(shelf) = shelf(config.models_manifest.as_deref()) else {
        return;
    };
    let mut sets = shelf.manifest().sets.iter();
    let here = sets.any(|set| shelf.is_whole_set(set));
    if !here && !reachable(&config, &shelf).await {
        return;
    }
    // Asked last: it wakes the GPUs.
    let Ok(machine) = tokio::task::spawn_blocking(Machine::this).await else {
        return;
    };
    let Some(set) = machine.best(shelf.manifest()) else {
        return;
    };
    if shelf.is_whole_set(set) {
        let name = &set.name;
        print(&format!(
            "  Better engines are here: REPARTEE_MODELS_SET={name} make run"
        ));
    } else if !here || reachable(&config, &shelf).await {
        print(&sentence(&shelf, set));
    }
}

async fn reachable(config: &Config, shelf: &Shelf) -> bool {
    let options = hub_options(None, false, config);
    let hub = Hub::new(&shelf.manifest().hub, &options);
    match hub {
        Ok(hub) => hub.answers(PATIENCE).await,
        Err(_) => false,
    }
}

fn sentence(shelf: &Shelf, set: &WeightSet) -> String {
    let (name, manifest) = (&set.name, shelf.manifest());
    let (bytes, memory) = (size(manifest.bytes_of(set)), size(manifest.memory_of(set)));
    let program = std::env::current_exe().unwrap_or_else(|_| "repartee".into());
    format!(
        "  Better engines fit this machine: the set {name}, {bytes} to fetch, about {memory} of memory. Nothing is \
         fetched unless you say so:\n    {} models pull {name}",
        program.display()
    )
}
