//! Our server beside others: the same callers, the same sounds, in turns within one run.

mod contender;
mod fill;
mod judge;
mod load;
mod machine;
mod sheet;
mod steady;
mod talk;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use contender::{Contender, Kind};
pub use sheet::{Settings, Sheet};

use crate::call::CallOptions;
use crate::crowd::{Churn, churn};
use crate::level::FRAME_MS;
use crate::pressing::Pressing;
use crate::speech::Speech;
use crate::trouble::Trouble;
use contender::Running;
use fill::{Filled, fill};
use judge::{faults_of_load, faults_of_talk};
use load::{Crew, load};
use sheet::{Found, Judged, Round, Storm};
use talk::{Talk, talk};

/// A caller under load says something and listens, again each so many milliseconds.
const CYCLE_MS: u64 = 5_000;
/// Measured for two of those.
const LENGTH: Duration = Duration::from_millis(2 * CYCLE_MS);
/// The end of a question is sharp: what fades out below this is cut off, for everybody alike.
const SHARP_DBFS: f32 = -35.0;

/// What to measure.
pub struct Beside {
    pub contenders: Vec<Contender>,
    /// Of our own server.
    pub key: Option<String>,
    /// For the one caller, about a second each.
    pub questions: Vec<Speech>,
    /// For callers under load, about two seconds.
    pub speech: Speech,
    pub rounds: usize,
    pub settings: Settings,
    /// Whether to look for the most calls on one core, too.
    pub fill: bool,
    /// For the servers' logs.
    pub folder: PathBuf,
    pub versions: BTreeMap<String, String>,
}

/// Runs all rounds, each server in its turn. Whoever does not come up or breaks off ends it.
pub async fn beside(plan: &Beside) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet {
        machine: machine::Machine::here(),
        load_average_before: machine::load_average(),
        load_average_after: Vec::new(),
        versions: plan.versions.clone(),
        settings: plan.settings,
        rounds: Vec::new(),
        filled: None,
        figures: Vec::new(),
    };
    let questions: Vec<Speech> = plan.questions.iter().map(sharp).collect();
    let crew = crew(plan)?;
    for _ in 0..plan.rounds {
        let mut round = Round {
            load_average: machine::load_average(),
            ..Round::default()
        };
        for contender in &plan.contenders {
            let found = visit(plan, contender, &questions, &crew).await?;
            round.found.insert(contender.kind, found);
        }
        sheet.rounds.push(round);
    }
    sheet.filled = filled(plan, &crew, &sheet.rounds).await?;
    sheet.load_average_after = machine::load_average();
    sheet.figures = Sheet::figures_of(&sheet.rounds);
    Ok(sheet)
}

fn sharp(speech: &Speech) -> Speech {
    speech.trimmed(SHARP_DBFS)
}

fn crew(plan: &Beside) -> Result<Crew, Trouble> {
    let speech = sharp(&plan.speech);
    let pause = Speech::silence(CYCLE_MS.saturating_sub(speech.length_ms()));
    let frames = CYCLE_MS / FRAME_MS;
    let pressing = Pressing::of(&speech.then(&pause))?;
    if pressing.frames() as u64 > frames + 1 {
        return Err(Trouble::Incomplete {
            what: format!("What callers under load say is longer than {CYCLE_MS} ms."),
        });
    }
    Ok(Crew {
        pressing,
        calls: plan.settings.calls,
        length: LENGTH,
        window_ms: plan.settings.window_ms,
    })
}

/// A server's turn: fresh, one caller, many callers, a storm of callers, and gone again.
async fn visit(
    plan: &Beside,
    contender: &Contender,
    questions: &[Speech],
    crew: &Crew,
) -> Result<Found, Trouble> {
    let server = contender
        .start(key_for(plan, contender), &plan.folder, None)
        .await?;
    let mut found = Found::default();
    let options = contender.options(plan.settings.window_ms);
    if contender.kind.converses() {
        // The first call of a process finds everything cold.
        let warm_up = told(plan, questions, 2);
        talk(&server.door, &options, &warm_up).await?;
        let talked = told(plan, questions, plan.settings.exchanges);
        let talked = talk(&server.door, &options, &talked).await?;
        let faults = faults_of_talk(&talked);
        found.talk = Some(Judged {
            found: talked,
            faults,
        });
    } else {
        storm(&server, &options, 1, 1).await?;
    }
    found.memory_kb_before = server.cost()?.memory_kb;
    if crew.calls > 0 {
        let loaded = load(contender, &server, crew).await?;
        let faults = faults_of_load(contender.kind, &loaded, machine::cores());
        found.load = Some(Judged {
            found: loaded,
            faults,
        });
    }
    if contender.kind != Kind::Pipecat && plan.settings.storm > 0 {
        let Settings {
            storm: calls,
            at_once,
            ..
        } = plan.settings;
        found.storm = Some(storm(&server, &options, calls, at_once).await?);
    }
    Ok(found)
}

fn told<'a>(plan: &Beside, questions: &'a [Speech], exchanges: usize) -> Talk<'a> {
    Talk {
        questions,
        exchanges,
        window_ms: plan.settings.window_ms,
    }
}

fn key_for<'a>(plan: &'a Beside, contender: &Contender) -> Option<&'a str> {
    plan.key.as_deref().filter(|_| contender.kind == Kind::Ours)
}

/// So many calls, some of them at once, each gone as soon as it stands.
async fn storm(
    server: &Running,
    options: &CallOptions,
    calls: usize,
    at_once: usize,
) -> Result<Storm, Trouble> {
    let before = server.cost()?;
    let plan = Churn {
        door: server.door.clone(),
        options: CallOptions {
            deaf: true,
            ..options.clone()
        },
        cycles: calls,
        at_once,
        pid: None,
    };
    let report = churn(&plan).await;
    report.verdict()?;
    let cpu_s = server.cost()?.cpu_s - before.cpu_s;
    Ok(Storm {
        cpu_ms_per_call: cpu_s * 1000.0 / calls.max(1) as f64,
        report,
    })
}

/// Begins at two thirds of what a core should hold by what calls have cost so far.
async fn filled(plan: &Beside, crew: &Crew, rounds: &[Round]) -> Result<Option<Filled>, Trouble> {
    let ours = plan.contenders.iter().find(|one| one.kind == Kind::Ours);
    let Some(ours) = ours.filter(|_| plan.fill && machine::cores() > 1) else {
        return Ok(None);
    };
    let costs = rounds.iter().filter_map(|round| {
        let load = round.found.get(&Kind::Ours)?.load.as_ref()?;
        Some(load.found.cpu_percent_per_call)
    });
    let costs: Vec<f64> = costs.collect();
    let cost = judge::median(&costs).unwrap_or(2.0).max(0.1);
    let first = (66.0 / cost) as usize;
    let key = key_for(plan, ours);
    fill(ours, key, &plan.folder, crew, first).await.map(Some)
}
