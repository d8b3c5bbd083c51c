//! Native engines in a child of this program: what it is told, and what it loads.

use crate::config::{Config, Isolation, Language, Recognition, Synthesis};
use models_apart::{Aboard, Apart, Patience, Program};
use std::process::Command;

/// On Linux the very file that runs, even when another has taken its place on the disk.
const THIS: &str = "/proc/self/exe";

/// Starts the child where one is wanted and an engine belongs into it; waits until its engines are loaded.
pub(super) fn begin(config: &Config, remarks: &mut Vec<String>) -> Result<Option<Apart>, String> {
    let wanted = config.isolation == Isolation::Process;
    let held = recognizer(config).is_some()
        || language_model(config).is_some()
        || synthesizer(config).is_some();
    if !wanted || !held {
        return Ok(None);
    }
    let plan = serde_json::to_vec(config).map_err(|error| error.to_string())?;
    let program = Program {
        command: Box::new(command),
        plan,
        spare: Box::new(|_| false),
    };
    let apart = Apart::start(program, Patience::default())?;
    remarks.extend(apart.crew().remarks.iter().cloned());
    Ok(Some(apart))
}

fn command() -> Command {
    let this = match std::path::Path::new(THIS).exists() {
        true => THIS.into(),
        false => std::env::current_exe().unwrap_or_else(|_| "repartee".into()),
    };
    let mut command = Command::new(this);
    std::os::unix::process::CommandExt::arg0(&mut command, "repartee");
    command.arg("engines");
    // It is told what it needs; keys are none of it.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        let ours = told.starts_with("REPARTEE_") && told != "REPARTEE_WEIGHTS";
        if ours || told.starts_with("OPENAI_") {
            command.env_remove(name);
        }
    }
    command
}

/// The first of the line that lives in this machine, if there is one; the child holds that.
pub(super) fn recognizer(config: &Config) -> Option<Recognition> {
    let elsewhere = [Recognition::None, Recognition::Remote];
    let mut line = config.recognizers().into_iter();
    line.find(|kind| !elsewhere.contains(kind))
}

pub(super) fn language_model(config: &Config) -> Option<Language> {
    let native = [Language::Llama, Language::Scripted];
    let mut line = config.language_models().into_iter();
    line.find(|kind| native.contains(kind))
}

/// flite is a program of its own already.
pub(super) fn synthesizer(config: &Config) -> Option<Synthesis> {
    let native = [Synthesis::Kokoro, Synthesis::Scripted];
    let mut line = config.synthesizers().into_iter();
    line.find(|kind| native.contains(kind))
}

/// What the child does with what it is told.
pub(crate) fn load(plan: &[u8]) -> Result<Aboard, String> {
    let config: Config = serde_json::from_slice(plan).map_err(|error| error.to_string())?;
    let (mut aboard, mut remarks) = (Aboard::default(), Vec::new());
    if let Some(kind) = recognizer(&config) {
        // Its own remarks the server has made already.
        let knowledge = super::knowledge(&config, &mut Vec::new())?;
        aboard.recognizer = super::recognizer_here(kind, &config, &knowledge, &mut remarks)?;
    }
    if let Some(kind) = language_model(&config) {
        let (engine, threads, gauges) = super::language_model_here(kind, &config)?;
        aboard.language_model = Some((engine, threads));
        aboard.gauges = gauges;
    }
    if let Some(kind) = synthesizer(&config) {
        aboard.synthesizer = super::synthesizer_here(kind, &config, &mut remarks)?;
    }
    aboard.remarks = remarks;
    Ok(aboard)
}
