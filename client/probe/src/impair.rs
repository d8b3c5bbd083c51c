//! A bad network in user space: seeded loss, jitter and reordering of datagrams in one direction.
//!
//! Kernels without `netem` can do none of this, and a seed makes a run repeatable. Time is passed in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A datagram that is this much late is overtaken by the next two frames of 20 ms.
const OVERTAKEN: Duration = Duration::from_millis(45);
/// Datagrams in flight at most; a further one is lost, as in a router.
const LIMIT: usize = 1024;

/// How bad.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Impairment {
    /// Part of the datagrams that vanish, in per cent.
    pub loss_percent: f64,
    /// Each datagram waits from 0 to twice this, evenly, in order.
    pub jitter_ms: u64,
    /// Part of the datagrams that arrive after their successors, in per cent.
    pub reorder_percent: f64,
    pub seed: u64,
}

impl Impairment {
    pub fn is_clean(&self) -> bool {
        self.loss_percent <= 0.0 && self.jitter_ms == 0 && self.reorder_percent <= 0.0
    }
}

/// One direction of a bad network.
pub(crate) struct Lane<T> {
    impairment: Impairment,
    dice: StdRng,
    /// By due time, then by number: two datagrams due at once keep their order.
    flight: BTreeMap<(Instant, u64), T>,
    count: u64,
    last_due: Option<Instant>,
    lost: u64,
    reordered: u64,
}

impl<T> Lane<T> {
    /// `direction` keeps both directions of one seed from losing the same datagrams.
    pub(crate) fn new(impairment: Impairment, direction: u64) -> Self {
        let seed = impairment.seed.wrapping_mul(2).wrapping_add(direction);
        Self {
            impairment,
            dice: StdRng::seed_from_u64(seed),
            flight: BTreeMap::new(),
            count: 0,
            last_due: None,
            lost: 0,
            reordered: 0,
        }
    }

    pub(crate) fn push(&mut self, now: Instant, datagram: T) {
        // Both dice are thrown for every datagram, so that one setting does not shift the other's luck.
        let lost = self.throw(self.impairment.loss_percent);
        let overtaken = self.throw(self.impairment.reorder_percent);
        let wait = self.wait();
        if lost || self.flight.len() >= LIMIT {
            self.lost += 1;
            return;
        }
        let due = if overtaken {
            self.reordered += 1;
            now + wait + OVERTAKEN
        } else {
            let due = self
                .last_due
                .map_or(now + wait, |last| last.max(now + wait));
            self.last_due = Some(due);
            due
        };
        self.flight.insert((due, self.count), datagram);
        self.count += 1;
    }

    /// The next datagram that has arrived by `now`.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<T> {
        let entry = self.flight.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.flight.first_key_value().map(|((due, _), _)| *due)
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    pub(crate) fn reordered(&self) -> u64 {
        self.reordered
    }

    fn throw(&mut self, percent: f64) -> bool {
        self.dice.random::<f64>() * 100.0 < percent
    }

    fn wait(&mut self) -> Duration {
        let part = self.dice.random::<f64>();
        Duration::from_micros((part * 2000.0 * self.impairment.jitter_ms as f64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes one datagram each 20 ms and collects (number, arrival in ms after sending).
    fn carry(impairment: Impairment, count: u64) -> Vec<(u64, u64)> {
        let mut lane = Lane::new(impairment, 0);
        let start = Instant::now();
        let mut arrived = Vec::new();
        for ms in 0..count * 20 + 1000 {
            let now = start + Duration::from_millis(ms);
            if ms % 20 == 0 && ms / 20 < count {
                lane.push(now, ms / 20);
            }
            while let Some(number) = lane.pop(now) {
                arrived.push((number, ms - number * 20));
            }
        }
        assert_eq!(lane.next_due(), None);
        assert_eq!(lane.lost() + arrived.len() as u64, count);
        arrived
    }

    #[test]
    fn a_clean_lane_passes_everything_at_once_and_in_order() {
        let arrived = carry(Impairment::default(), 500);
        assert!(
            arrived
                .iter()
                .enumerate()
                .all(|(n, got)| *got == (n as u64, 0))
        );
    }

    #[test]
    fn loses_about_what_was_asked_for() {
        let impairment = Impairment {
            loss_percent: 5.0,
            seed: 7,
            ..Impairment::default()
        };
        let lost = 10_000 - carry(impairment, 10_000).len();
        assert!((400..600).contains(&lost), "{lost}");
    }

    #[test]
    fn jitter_spreads_arrivals_and_keeps_their_order() {
        let impairment = Impairment {
            jitter_ms: 30,
            seed: 7,
            ..Impairment::default()
        };
        let arrived = carry(impairment, 5_000);
        assert!(arrived.is_sorted());
        let waits: Vec<u64> = arrived.iter().map(|(_, wait)| *wait).collect();
        assert!(waits.iter().any(|wait| *wait < 5) && waits.iter().any(|wait| *wait > 50));
        assert!(waits.iter().all(|wait| *wait <= 61));
    }

    #[test]
    fn reorders_about_what_was_asked_for() {
        let impairment = Impairment {
            reorder_percent: 5.0,
            seed: 7,
            ..Impairment::default()
        };
        let arrived = carry(impairment, 10_000);
        let overtaken = arrived
            .windows(2)
            .filter(|pair| pair[1].0 < pair[0].0)
            .count();
        assert!((400..600).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn one_seed_is_one_network_and_another_is_another() {
        let with = |seed| {
            carry(
                Impairment {
                    loss_percent: 5.0,
                    jitter_ms: 30,
                    reorder_percent: 5.0,
                    seed,
                },
                1_000,
            )
        };
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut lane = Lane::new(
            Impairment {
                jitter_ms: 1000,
                ..Impairment::default()
            },
            0,
        );
        let now = Instant::now();
        (0..LIMIT * 2).for_each(|n| lane.push(now, n));
        assert_eq!(lane.lost(), LIMIT as u64);
    }
}
