//! More and more callers on one core of the server's, until it misses frames.

use std::process::Command;
use std::time::Duration;

use serde::Serialize;

use super::contender::{Contender, Running};
use super::load::{Crew, Crowded, Load, WARM_UP};
use super::machine;
use crate::trouble::Trouble;

/// So many missed frames are too many.
const MOST_MISSED_PERCENT: f64 = 0.5;
/// The generator was not able to ask for more where it was late with so many packets.
const MOST_LATE_PERCENT: f64 = 0.5;
/// Each step is measured for so long.
const LENGTH: Duration = Duration::from_secs(5);
/// No step is tried beyond.
const MOST_CALLS: usize = 300;

/// How it went, step by step.
#[derive(Clone, Debug, Serialize)]
pub struct Filled {
    pub steps: Vec<Load>,
    /// The most callers at which no more than 0.5 % of the frames were missed.
    pub held: usize,
    pub ended: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The server missed frames.
    Full,
    /// We could not send more in time: the server may hold more.
    GeneratorLate,
    /// The steps were over.
    Open,
}

/// The server has the first core, we have the others; begins with so many callers.
pub(crate) async fn fill(
    contender: &Contender,
    key: Option<&str>,
    folder: &std::path::Path,
    crew: &Crew,
    first: usize,
) -> Result<Filled, Trouble> {
    let others = machine::cores() - 1;
    let crew = &Crew {
        length: LENGTH,
        ..crew.clone()
    };
    let server = contender.start(key, folder, Some("0")).await?;
    pin(&format!("1-{others}"))?;
    let filled = steps(contender, &server, crew, first).await;
    pin(&format!("0-{others}"))?;
    filled
}

async fn steps(
    contender: &Contender,
    server: &Running,
    crew: &Crew,
    first: usize,
) -> Result<Filled, Trouble> {
    let before = server.cost()?;
    let mut crowd = Crowded::new(contender, crew);
    let mut filled = Filled {
        steps: Vec::new(),
        held: 0,
        ended: End::Open,
    };
    let mut calls = first.max(1);
    while calls <= MOST_CALLS {
        crowd.grow(server, calls).await?;
        tokio::time::sleep(WARM_UP).await;
        let mut load = crowd.measure(server, before).await?;
        if end_of(&load) == Some(End::Full) {
            // The machine may have had a hiccup: a server that is full is full the next time, too.
            load = crowd.measure(server, before).await?;
        }
        let end = end_of(&load);
        filled.steps.push(load);
        if let Some(end) = end {
            filled.ended = end;
            break;
        }
        filled.held = calls;
        calls = next(
            calls,
            filled.steps.last().map_or(0.0, |step| step.cpu_percent),
        );
    }
    // Whoever is too busy to say goodbye is about to be ended.
    crowd.leave().await.ok();
    Ok(filled)
}

/// In leaps to where four fifths of the core should be in use, and then by one caller in sixteen.
fn next(calls: usize, cpu_percent: f64) -> usize {
    let leap = (80.0 / cpu_percent.max(1.0)).min(1.5);
    let leapt = (calls as f64 * leap) as usize;
    leapt.max(calls + (calls / 16).max(1))
}

fn end_of(load: &Load) -> Option<End> {
    let late_percent = load.late_frames as f64 * 100.0 / load.sent_packets.max(1) as f64;
    if late_percent > MOST_LATE_PERCENT {
        return Some(End::GeneratorLate);
    }
    // Nothing that was due is a server that answers nobody.
    let silent = load.stream.due == 0;
    (silent || load.stream.missed_percent() > MOST_MISSED_PERCENT).then_some(End::Full)
}

/// This process's threads onto these cores.
fn pin(cores: &str) -> Result<(), Trouble> {
    let this = std::process::id().to_string();
    let output = Command::new("taskset")
        .args(["-a", "-c", "-p", cores, &this])
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(err) => Err(err.to_string()),
    }
    .map_err(|reason| Trouble::Local {
        what: "cores of their own for server and generator (taskset)",
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::super::steady::Steadiness;
    use super::*;

    fn step(due: u64, missed: u64, late_frames: u64) -> Load {
        Load {
            calls: 10,
            seconds: 10.0,
            cpu_percent: 90.0,
            cpu_percent_per_call: 9.0,
            memory_kb_per_call: 0.0,
            least_packets_per_s: 0.0,
            most_packets_per_s: 0.0,
            late_frames,
            sent_packets: 5_000,
            speaking_percent: 40.0,
            hearing_percent: 40.0,
            stream: Steadiness { due, missed },
        }
    }

    #[test]
    fn it_is_full_when_more_than_one_frame_in_two_hundred_is_missed() {
        assert_eq!(end_of(&step(2_000, 10, 0)), None);
        assert_eq!(end_of(&step(2_000, 11, 0)), Some(End::Full));
        assert_eq!(end_of(&step(0, 0, 0)), Some(End::Full));
    }

    #[test]
    fn steps_are_wide_where_there_is_room_and_small_near_the_end() {
        assert_eq!(next(32, 20.0), 48);
        assert_eq!(next(40, 64.0), 50);
        assert_eq!(next(64, 79.0), 68);
        assert_eq!(next(64, 99.0), 68);
        assert_eq!(next(1, 0.0), 2);
    }

    #[test]
    fn a_late_generator_ends_it_without_a_verdict() {
        assert_eq!(end_of(&step(2_000, 500, 26)), Some(End::GeneratorLate));
        assert_eq!(end_of(&step(2_000, 0, 25)), None);
    }
}
