//! Native engines in a child of this program: what it is told, and what it loads.

use crate::config::{Config, Isolation, Language, Recognition, Synthesis};
use models_apart::{Aboard, Apart, Patience, Program};
use std::process::Command;

/// On Linux the very file that runs, even when another has taken its place on the disk.
const THIS: &str = "/proc/self/exe";

/// Starts the child where one is wanted and an engine belongs into it; waits until its engines are loaded.
pub(super) fn begin(config: &Config, remarks: &mut Vec<String>) -> Result<Option<Apart>, String> {
    let wanted = config.isolation == Isolation::Process;
    if !wanted
        || !(holds_recognizer(config) || holds_language_model(config) || holds_synthesizer(config))
    {
        return Ok(None);
    }
    let plan = serde_json::to_vec(config).map_err(|error| error.to_string())?;
    let command = Box::new(command);
    let apart = Apart::start(Program { command, plan }, Patience::default())?;
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

fn holds_recognizer(config: &Config) -> bool {
    config.recognizer != Recognition::None
}

fn holds_language_model(config: &Config) -> bool {
    matches!(config.language_model, Language::Llama | Language::Scripted)
}

/// flite is a program of its own already.
pub(super) fn holds_synthesizer(config: &Config) -> bool {
    matches!(config.synthesizer, Synthesis::Kokoro | Synthesis::Scripted)
}

/// What the child does with what it is told.
pub(crate) fn load(plan: &[u8]) -> Result<Aboard, String> {
    let config: Config = serde_json::from_slice(plan).map_err(|error| error.to_string())?;
    let (mut aboard, mut remarks) = (Aboard::default(), Vec::new());
    if holds_recognizer(&config) {
        // Its own remarks the server has made already.
        let knowledge = super::knowledge(&config, &mut Vec::new())?;
        aboard.recognizer = super::recognizer_here(&config, &knowledge, &mut remarks)?;
    }
    if holds_language_model(&config) {
        let (engine, threads, gauges) = super::language_model_here(&config)?;
        aboard.language_model = Some((engine, threads));
        aboard.gauges = gauges;
    }
    if holds_synthesizer(&config) {
        aboard.synthesizer = super::synthesizer_here(&config, &mut remarks)?;
    }
    aboard.remarks = remarks;
    Ok(aboard)
}
