//! Native engines in a child of this program: what it is told, and what it loads.

use crate::config::{Config, Isolation, Language, Recognition, Spare, Synthesis};
use crate::models;
use models_apart::{Aboard, Apart, Crew, Patience, Program, Start, Warm};
use models_builtin::Quoter;
use std::process::Command;
use std::time::Instant;

/// On Linux the very file that runs, even when another has taken its place on the disk.
const THIS: &str = "/proc/self/exe";

/// Starts the child where one is wanted and an engine belongs into it; waits until its engines are loaded.
pub(super) fn begin(config: &Config, remarks: &mut Vec<String>) -> Result<Option<Apart>, String> {
    let apart = config.isolation == Isolation::Process;
    let held = recognizer(config).is_some()
        || language_model(config).is_some()
        || synthesizer(config).is_some();
    if !apart || !held {
        return Ok(None);
    }
    let plan = serde_json::to_vec(config).map_err(|error| error.to_string())?;
    let wanted = config.spare;
    let keys = key_variables(config);
    let program = Program {
        command: Box::new(move || command(&keys)),
        plan,
        spare: Box::new(move |crew| spare(wanted, crew, models::available())),
    };
    let apart = Apart::start(program, Patience::default())?;
    remarks.extend(apart.crew().remarks.iter().cloned());
    Ok(Some(apart))
}

/// Variables that hold keys, whatever they are called.
fn key_variables(config: &Config) -> Vec<String> {
    let named = [
        &config.llm_key_variable,
        &config.stt_key_variable,
        &config.tts_key_variable,
    ];
    let named = named.into_iter().flatten().cloned();
    named.chain(["HF_TOKEN".to_owned()]).collect()
}

fn command(keys: &[String]) -> Command {
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
    for key in keys {
        command.env_remove(key);
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

/// Whether a second child is to stand by. What it shares with the first costs nothing; of a GPU's memory nobody knows.
fn spare(wanted: Spare, crew: &Crew, available: Option<u64>) -> bool {
    let needed = crew.memory_bytes.saturating_mul(2);
    match wanted {
        Spare::Yes => true,
        Spare::No => false,
        Spare::Auto => needed > 0 && !crew.gpu && available.is_some_and(|free| free >= needed),
    }
}

/// What the child does with what it is told: each engine on a thread of its own, for callers may wait. Only the first one
/// of the server warms them before it says that they are there.
pub(crate) fn load(plan: &[u8], start: Start) -> Result<Aboard, String> {
    let config: Config = serde_json::from_slice(plan).map_err(|error| error.to_string())?;
    let (config, first) = (&config, start == Start::First);
    let (ears, words, (synthesizer, mut remarks)) = std::thread::scope(|scope| {
        let ears = scope.spawn(|| timed("the recognizer", || ears(config, first)));
        let words = scope.spawn(|| timed("the language model", || words(config, first)));
        let voice = timed("the voice", || voice(config, first))?;
        let broken = |_| Err("an engine broke down while loading".to_owned());
        let ears = ears.join().unwrap_or_else(broken)?;
        let broken = |_| Err("an engine broke down while loading".to_owned());
        Ok::<_, String>((ears, words.join().unwrap_or_else(broken)?, voice))
    })?;
    let (recognizer, remarked) = ears;
    remarks.extend(remarked);
    let (language_model, gauges) = match words {
        Some((engine, threads, gauges)) => (Some((engine, threads)), gauges),
        None => (None, None),
    };
    let mut aboard = Aboard {
        recognizer,
        language_model,
        synthesizer,
        remarks,
        gauges,
        gpu: super::native::has_gpu(config),
        warm: None,
    };
    aboard.warm = warm(&aboard, start);
    Ok(aboard)
}

/// Where callers wait their own jobs warm what they need; the voice has time until there are words. Who stands by has time for all.
fn warm(aboard: &Aboard, start: Start) -> Option<Warm> {
    let beside = start == Start::Beside;
    let ears = aboard.recognizer.clone().filter(|_| beside);
    let words = aboard.language_model.clone().filter(|_| beside);
    let voice = aboard.synthesizer.clone();
    let warm = move || {
        let voice = voice.map_or(Ok(()), |(voice, _)| super::warm::synthesizer(&*voice));
        let words = words.map_or(Ok(()), |(words, _)| super::warm::language_model(&*words));
        let ears = ears.map_or(Ok(()), |(ears, _)| super::warm::recognizer(&*ears));
        for trouble in [voice, words, ears].into_iter().filter_map(Result::err) {
            tracing::warn!("{trouble}");
        }
    };
    (start != Start::First).then(|| Box::new(warm) as Warm)
}

type Remarks = Vec<String>;

fn timed<T>(what: &str, load: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let loaded = load();
    let ms = begun.elapsed().as_millis() as u64;
    tracing::info!(ms, "{what} is loaded");
    loaded
}

fn ears(config: &Config, warm: bool) -> Result<(super::Ears, Remarks), String> {
    let Some(kind) = recognizer(config) else {
        return Ok((None, Remarks::new()));
    };
    // What the knowledge lacks the server has remarked already.
    let knowledge = super::knowledge(config, &mut Remarks::new())?;
    let mut remarks = Remarks::new();
    let ears = super::recognizer_here(kind, config, &knowledge, warm, &mut remarks)?;
    Ok((ears, remarks))
}

fn words(config: &Config, warm: bool) -> Result<Option<super::Words>, String> {
    let kind = language_model(config);
    kind.map(|kind| super::language_model_here(kind, config, &Quoter::new(), warm))
        .transpose()
}

fn voice(config: &Config, warm: bool) -> Result<(super::Voice, Remarks), String> {
    let mut remarks = Remarks::new();
    let voice = match synthesizer(config) {
        Some(kind) => super::synthesizer_here(kind, config, warm, &mut remarks)?,
        None => None,
    };
    Ok((voice, remarks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_child_is_told_no_key() {
        let config = Config {
            llm_key_variable: Some("GROQ_API_KEY".to_owned()),
            tts_key_variable: Some("VOICE_KEY".to_owned()),
            ..Config::default()
        };
        let command = command(&key_variables(&config));
        let told: Vec<_> = command.get_envs().collect();
        for key in ["GROQ_API_KEY", "VOICE_KEY", "HF_TOKEN"] {
            assert!(told.contains(&(key.as_ref(), None)), "{key}: {told:?}");
        }
    }

    #[test]
    fn a_second_child_stands_by_where_there_is_room() {
        const GB: u64 = 1 << 30;
        let crew = |memory_bytes, gpu| Crew {
            memory_bytes,
            gpu,
            ..Crew::default()
        };
        for (wanted, memory, gpu, free, stands_by) in [
            (Spare::Auto, GB, false, Some(2 * GB), true),
            (Spare::Auto, GB, false, Some(2 * GB - 1), false),
            (Spare::Auto, GB, true, Some(64 * GB), false),
            (Spare::Auto, 0, false, Some(64 * GB), false),
            (Spare::Auto, GB, false, None, false),
            (Spare::Yes, 64 * GB, true, None, true),
            (Spare::No, 1, false, Some(GB), false),
        ] {
            let found = spare(wanted, &crew(memory, gpu), free);
            assert_eq!(found, stands_by, "{wanted:?} {memory} {gpu} {free:?}");
        }
    }
}
