//! What a run of the bench found, raw and summed up.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::contender::Kind;
use super::fill::Filled;
use super::judge::{Comparison, Fault, Range, compare, ratio};
use super::load::Load;
use super::machine::Machine;
use super::talk::Talked;
use crate::crowd::ChurnReport;
use crate::measure::percentile;

/// Everything, for the file that is kept.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    pub machine: Machine,
    pub load_average_before: Vec<f64>,
    pub load_average_after: Vec<f64>,
    /// As the caller of the bench told them.
    pub versions: BTreeMap<String, String>,
    pub settings: Settings,
    pub rounds: Vec<Round>,
    pub filled: Option<Filled>,
    pub figures: Vec<Figure>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Settings {
    pub window_ms: u64,
    pub calls: usize,
    pub exchanges: usize,
    pub storm: usize,
    pub at_once: usize,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Round {
    pub load_average: Vec<f64>,
    pub found: BTreeMap<Kind, Found>,
}

/// Of one server in one round.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Found {
    pub memory_kb_before: u64,
    pub talk: Option<Judged<Talked>>,
    pub load: Option<Judged<Load>>,
    pub storm: Option<Storm>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Judged<T> {
    pub found: T,
    /// None: it counts.
    pub faults: Vec<Fault>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Storm {
    pub cpu_ms_per_call: f64,
    pub report: ChurnReport,
}

/// One line of the summary: a value of ours beside another server's.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub name: String,
    pub unit: &'static str,
    pub values: BTreeMap<Kind, Range>,
    /// The other's value over ours (or what lies between), each round by itself.
    pub beside: BTreeMap<Kind, Comparison>,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Theirs over ours: less is better.
    TheirsOverOurs,
    /// Ours over theirs: more is better.
    OursOverTheirs,
    /// Theirs less ours.
    Difference,
}

type Values = dyn Fn(&Found) -> Option<Vec<f64>>;

impl Sheet {
    /// The lines that these rounds give.
    pub(crate) fn figures_of(rounds: &[Round]) -> Vec<Figure> {
        let talked = |part: fn(&Talked) -> Vec<f64>| {
            move |found: &Found| good(found.talk.as_ref()).map(part)
        };
        let loaded = |part: fn(&Load) -> f64| {
            move |found: &Found| good(found.load.as_ref()).map(|load| vec![part(load)])
        };
        let stormed = |part: fn(&Storm) -> Option<f64>| {
            move |found: &Found| found.storm.as_ref().and_then(part).map(|value| vec![value])
        };
        let lines: [(&str, &'static str, How, Box<Values>); 9] = [
            (
                "overhead over the window",
                "ms",
                How::Difference,
                Box::new(talked(Talked::all_overheads_ms)),
            ),
            (
                "of it, beyond what the grids of 32 and 20 ms ask for",
                "ms",
                How::Difference,
                Box::new(talked(|talked| talked.beyond_grids_ms.clone())),
            ),
            (
                "barge-in, 12 dB down",
                "ms",
                How::TheirsOverOurs,
                Box::new(talked(|talked| talked.down_ms.clone())),
            ),
            (
                "barge-in, silent",
                "ms",
                How::TheirsOverOurs,
                Box::new(talked(|talked| talked.silent_ms.clone())),
            ),
            (
                "CPU a talking call",
                "% of a core",
                How::TheirsOverOurs,
                Box::new(loaded(|load| load.cpu_percent_per_call)),
            ),
            (
                "memory a talking call",
                "kB",
                How::TheirsOverOurs,
                Box::new(loaded(|load| load.memory_kb_per_call)),
            ),
            (
                "calls accepted a second",
                "",
                How::OursOverTheirs,
                Box::new(stormed(|storm| Some(storm.report.calls_per_s))),
            ),
            (
                "offer to connected, p95",
                "ms",
                How::TheirsOverOurs,
                Box::new(stormed(|storm| storm.report.connected_p95_ms)),
            ),
            (
                "CPU a set-up",
                "ms",
                How::TheirsOverOurs,
                Box::new(stormed(|storm| Some(storm.cpu_ms_per_call))),
            ),
        ];
        lines
            .into_iter()
            .map(|(name, unit, how, values)| figure(rounds, name, unit, how, &*values))
            .filter(|figure| !figure.values.is_empty())
            .collect()
    }
}

fn good<T>(judged: Option<&Judged<T>>) -> Option<&T> {
    judged
        .filter(|judged| judged.faults.is_empty())
        .map(|judged| &judged.found)
}

fn figure(rounds: &[Round], name: &str, unit: &'static str, how: How, values: &Values) -> Figure {
    let of = |round: &Round, kind: Kind| round.found.get(&kind).and_then(values);
    let mut figure = Figure {
        name: name.to_owned(),
        unit,
        values: BTreeMap::new(),
        beside: BTreeMap::new(),
        how,
    };
    for kind in [Kind::Ours, Kind::Aiortc, Kind::Pipecat] {
        let all: Vec<f64> = rounds
            .iter()
            .filter_map(|round| of(round, kind))
            .flatten()
            .collect();
        figure
            .values
            .extend(Range::of(&all).map(|range| (kind, range)));
    }
    for kind in [Kind::Aiortc, Kind::Pipecat] {
        let met: Vec<&Round> = rounds
            .iter()
            .filter(|round| round.found.contains_key(&kind))
            .collect();
        let middle = |round: &Round, kind| percentile(&of(round, kind)?, 0.5);
        let pairs: Vec<Option<(f64, f64)>> = met
            .iter()
            .map(|round| middle(round, Kind::Ours).zip(middle(round, kind)))
            .collect();
        let found = compare(&pairs, |ours, theirs| match how {
            How::TheirsOverOurs => ratio(theirs, ours),
            How::OursOverTheirs => ratio(ours, theirs),
            How::Difference => Some(theirs - ours),
        });
        figure.beside.extend(found.map(|found| (kind, found)));
    }
    figure
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} × {}, load {:?} before and {:?} after, {} rounds",
            self.machine.cores,
            self.machine.processor,
            self.load_average_before,
            self.load_average_after,
            self.rounds.len()
        )?;
        self.figures.iter().try_for_each(|figure| figure.fmt(f))?;
        for (n, round) in self.rounds.iter().enumerate() {
            for (kind, found) in &round.found {
                told(f, n, *kind, found)?;
            }
        }
        match &self.filled {
            Some(filled) => filled.fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.name, self.unit)?;
        for (kind, range) in &self.values {
            write!(
                f,
                "  {:8} p50 {:9.2}  p95 {:9.2}  ({:.2} to {:.2}, {} values)",
                kind.name(),
                range.p50,
                range.p95,
                range.least,
                range.most,
                range.count
            )?;
            if let Some(beside) = self.beside.get(kind) {
                let how = match self.how {
                    How::TheirsOverOurs => "times ours",
                    How::OursOverTheirs => "times as many for us",
                    How::Difference => "more than ours",
                };
                write!(
                    f,
                    "   {:.2} {how} ({:.2} to {:.2}; {} rounds, {} thrown away)",
                    beside.median, beside.least, beside.most, beside.rounds, beside.thrown
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What spoils a round, and what went wrong without spoiling it.
fn told(f: &mut fmt::Formatter<'_>, n: usize, kind: Kind, found: &Found) -> fmt::Result {
    let name = kind.name();
    if let Some(talk) = &found.talk {
        for fault in &talk.faults {
            writeln!(f, "round {}, {name}, talk thrown away: {fault}", n + 1)?;
        }
        let (missing, ignored) = (talk.found.missing, talk.found.ignored);
        if missing + ignored > 0 {
            writeln!(
                f,
                "round {}, {name}: {missing} answers missing, {ignored} barge-ins without effect",
                n + 1
            )?;
        }
    }
    for fault in found.load.iter().flat_map(|load| &load.faults) {
        writeln!(f, "round {}, {name}, load thrown away: {fault}", n + 1)?;
    }
    Ok(())
}

impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(
                f,
                "{:4} calls on one core: {:5.1} % of it, {:.2} % of {} frames missed, {} of {} of ours late",
                step.calls,
                step.cpu_percent,
                step.stream.missed_percent(),
                step.stream.due,
                step.late_frames,
                step.sent_packets
            )?;
        }
        writeln!(f, "{} calls a core ({:?})", self.held, self.ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talked(overhead_ms: &[f64], faults: Vec<Fault>) -> Found {
        let found = Talked {
            overhead_ms: overhead_ms.to_vec(),
            ..Talked::default()
        };
        Found {
            talk: Some(Judged { found, faults }),
            ..Found::default()
        }
    }

    fn round(ours: Found, pipecat: Found) -> Round {
        Round {
            found: [(Kind::Ours, ours), (Kind::Pipecat, pipecat)].into(),
            ..Round::default()
        }
    }

    #[test]
    fn a_spoilt_side_spoils_its_round_and_only_its_own_values() {
        let late = vec![Fault::GeneratorLate { packets: 3 }];
        let rounds = [
            round(talked(&[1.0, 2.0, 9.0], vec![]), talked(&[100.0], vec![])),
            round(talked(&[500.0], late), talked(&[120.0], vec![])),
            round(talked(&[4.0], vec![]), talked(&[110.0], vec![])),
        ];
        let figures = Sheet::figures_of(&rounds);
        let ours = figures[0].values[&Kind::Ours];
        assert_eq!((ours.count, ours.p50, ours.most), (4, 2.0, 9.0));
        assert_eq!(figures[0].values[&Kind::Pipecat].count, 3);
        let beside = figures[0].beside[&Kind::Pipecat];
        assert_eq!(
            (beside.least, beside.median, beside.most),
            (98.0, 102.0, 106.0)
        );
        assert_eq!((beside.rounds, beside.thrown), (2, 1));
    }

    #[test]
    fn nobody_beside_us_is_told_alone() {
        let mut alone = round(talked(&[1.0], vec![]), Found::default());
        alone.found.remove(&Kind::Pipecat);
        let figures = Sheet::figures_of(&[alone]);
        assert!(figures[0].values.contains_key(&Kind::Ours));
        assert!(figures[0].beside.is_empty());
        assert!(Sheet::figures_of(&[]).is_empty());
    }
}
