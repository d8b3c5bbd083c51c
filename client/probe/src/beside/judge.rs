//! The arithmetic of the bench: which rounds count, and what they say in the middle and at the edges.

use std::fmt;

use serde::Serialize;

use super::contender::Kind;
use super::load::Load;
use super::talk::Talked;
use crate::measure::percentile;

/// Packets a second of a stream that never pauses.
const STEADY: std::ops::RangeInclusive<f64> = 49.5..=50.5;
/// A server that uses more of the machine than this leaves the generator too little.
const MOST_OF_MACHINE_PERCENT: f64 = 60.0;

/// Why a round's figures are thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// We sent packets more than 20 ms late.
    GeneratorLate {
        packets: u64,
    },
    Unsteady {
        least_per_s: f64,
        most_per_s: f64,
    },
    MachineFull {
        percent: f64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GeneratorLate { packets } => {
                write!(
                    f,
                    "the generator sent {packets} packets more than 20 ms late"
                )
            }
            Self::Unsteady {
                least_per_s,
                most_per_s,
            } => write!(
                f,
                "{least_per_s:.1} to {most_per_s:.1} packets a second came"
            ),
            Self::MachineFull { percent } => {
                write!(f, "the server used {percent:.0} % of the machine")
            }
        }
    }
}

pub(crate) fn faults_of_talk(talked: &Talked) -> Vec<Fault> {
    late(talked.late_frames).into_iter().collect()
}

pub(crate) fn faults_of_load(kind: Kind, load: &Load, cores: usize) -> Vec<Fault> {
    let (least_per_s, most_per_s) = (load.least_packets_per_s, load.most_packets_per_s);
    let steady = STEADY.contains(&least_per_s) && STEADY.contains(&most_per_s);
    let percent = load.cpu_percent / cores.max(1) as f64;
    let unsteady = (kind.sends_always() && !steady).then_some(Fault::Unsteady {
        least_per_s,
        most_per_s,
    });
    let full = (percent > MOST_OF_MACHINE_PERCENT).then_some(Fault::MachineFull { percent });
    [late(load.late_frames), unsteady, full]
        .into_iter()
        .flatten()
        .collect()
}

fn late(packets: u64) -> Option<Fault> {
    (packets > 0).then_some(Fault::GeneratorLate { packets })
}

/// Single values, over all rounds that count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Range {
    pub count: usize,
    pub p50: f64,
    pub p95: f64,
    pub least: f64,
    pub most: f64,
}

impl Range {
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        Some(Self {
            count: values.len(),
            p50: percentile(values, 0.5)?,
            p95: percentile(values, 0.95)?,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// How two servers compare, each round by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub median: f64,
    pub least: f64,
    pub most: f64,
    /// That count.
    pub rounds: usize,
    /// That were thrown away.
    pub thrown: usize,
}

/// Over rounds of a pair of values each, or of nothing where either side does not count.
pub(crate) fn compare(
    rounds: &[Option<(f64, f64)>],
    how: impl Fn(f64, f64) -> Option<f64>,
) -> Option<Comparison> {
    let each: Vec<f64> = rounds
        .iter()
        .filter_map(|pair| pair.and_then(|(one, other)| how(one, other)))
        .collect();
    Some(Comparison {
        median: median(&each)?,
        least: each.iter().copied().fold(f64::INFINITY, f64::min),
        most: each.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        rounds: each.len(),
        thrown: rounds.len() - each.len(),
    })
}

/// Of something of which both need some.
pub(crate) fn ratio(one: f64, other: f64) -> Option<f64> {
    (one > 0.0 && other > 0.0).then(|| one / other)
}

/// Between the two in the middle, where there are two.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let above = *sorted.get(sorted.len() / 2)?;
    let below = sorted[(sorted.len() - 1) / 2];
    Some((above + below) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::steady::Steadiness;
    use super::*;

    fn good() -> Load {
        Load {
            calls: 5,
            seconds: 10.0,
            cpu_percent: 50.0,
            cpu_percent_per_call: 10.0,
            memory_kb_per_call: 1_000.0,
            least_packets_per_s: 49.9,
            most_packets_per_s: 50.1,
            late_frames: 0,
            sent_packets: 2_500,
            speaking_percent: 40.0,
            hearing_percent: 40.0,
            stream: Steadiness::default(),
        }
    }

    #[test]
    fn a_good_round_has_no_fault() {
        assert!(faults_of_load(Kind::Aiortc, &good(), 2).is_empty());
        assert!(faults_of_talk(&Talked::default()).is_empty());
    }

    #[test]
    fn one_late_packet_spoils_a_round() {
        let late = Load {
            late_frames: 1,
            ..good()
        };
        let fault = Fault::GeneratorLate { packets: 1 };
        assert_eq!(faults_of_load(Kind::Ours, &late, 2), [fault]);
        let talked = Talked {
            late_frames: 1,
            ..Talked::default()
        };
        assert_eq!(faults_of_talk(&talked), [fault]);
    }

    #[test]
    fn an_unsteady_stream_spoils_a_round_where_it_should_be_steady() {
        for (least, most) in [(49.4, 50.0), (50.0, 50.6)] {
            let unsteady = Load {
                least_packets_per_s: least,
                most_packets_per_s: most,
                ..good()
            };
            for kind in [Kind::Aiortc, Kind::Pipecat] {
                assert_eq!(
                    faults_of_load(kind, &unsteady, 2).len(),
                    1,
                    "{kind:?} {least}"
                );
            }
            assert!(faults_of_load(Kind::Ours, &unsteady, 2).is_empty());
        }
    }

    #[test]
    fn a_server_may_use_sixty_percent_of_all_cores() {
        let load = |cpu_percent| Load {
            cpu_percent,
            ..good()
        };
        assert!(faults_of_load(Kind::Ours, &load(120.0), 2).is_empty());
        assert_eq!(
            faults_of_load(Kind::Ours, &load(121.0), 2),
            [Fault::MachineFull { percent: 60.5 }]
        );
        assert_eq!(faults_of_load(Kind::Ours, &load(61.0), 1).len(), 1);
    }

    #[test]
    fn each_round_is_compared_with_itself_and_the_middle_is_told() {
        let rounds = [
            Some((8.0, 1.0)),
            None,
            Some((30.0, 3.0)),
            Some((6.0, 1.0)),
            Some((14.0, 2.0)),
        ];
        let wanted = Comparison {
            median: 7.5,
            least: 6.0,
            most: 10.0,
            rounds: 4,
            thrown: 1,
        };
        assert_eq!(compare(&rounds, ratio), Some(wanted));
        let apart = compare(&rounds, |one, other| Some(one - other)).expect("some count");
        assert_eq!((apart.median, apart.least, apart.most), (9.5, 5.0, 27.0));
    }

    #[test]
    fn rounds_that_say_nothing_are_thrown_and_none_is_no_figure() {
        assert_eq!(compare(&[None, None], ratio), None);
        assert_eq!(compare(&[], ratio), None);
        let found = compare(&[Some((1.0, 0.0)), Some((4.0, 2.0))], ratio).expect("one counts");
        assert_eq!((found.median, found.rounds, found.thrown), (2.0, 1, 1));
    }

    #[test]
    fn the_middle_of_an_even_number_lies_between() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
        let range = Range::of(&[3.0, -1.0, 2.0]).expect("there are values");
        assert_eq!((range.least, range.p50, range.most), (-1.0, 2.0, 3.0));
    }
}
