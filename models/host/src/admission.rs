//! Whether one more call would still be served as the others are: by what a call has cost of late.

use crate::queue::Now;
use std::time::Duration;

/// Over so long calls are counted; the queues' load is taken over the same time, so that both lag alike and what one call
/// costs is right even while more and more come.
const WINDOW: Duration = Duration::from_secs(10);

/// Fewer calls tell too little of what one costs ...
const FEWEST: f64 = 2.0;

/// ... unless that is said to be so much that no more are let in: after an engine hung, with its time all used and the
/// calls gone, nothing would ever tell otherwise.
const FEWEST_OF_ALL: f64 = 0.5;

/// How fast the cost of a call is learnt.
const NEWEST: f64 = 0.1;

/// Told the time, how many calls there are, and how busy the busiest engine is.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The share of the engines' time that calls may use, 0 to 1.
    limit: f64,
    calls: f64,
    at: Now,
    /// The share that one call uses; `None` before enough were seen.
    cost: Option<f64>,
    load: f64,
}

impl Admission {
    pub fn new(limit: f64) -> Self {
        Self {
            limit,
            calls: 0.0,
            at: Now::ZERO,
            cost: None,
            load: 0.0,
        }
    }

    /// To be told every second or so.
    pub fn note(&mut self, now: Now, calls: usize, load: f64) {
        let passed = now.saturating_sub(self.at).as_secs_f64() / WINDOW.as_secs_f64();
        let calls = calls as f64;
        self.calls = calls + (self.calls - calls) * (-passed).exp();
        self.at = self.at.max(now);
        self.load = load;
        let hardly_opens = |cost: f64| cost * (FEWEST + 1.0) > self.limit;
        let fewest = match self.cost.is_some_and(hardly_opens) {
            true => FEWEST_OF_ALL,
            false => FEWEST,
        };
        if self.calls >= fewest {
            let cost = load / self.calls;
            self.cost = Some(match self.cost {
                Some(mean) => mean + NEWEST * (cost - mean),
                None => cost,
            });
        }
    }

    /// Whether one more may come to the `calls` that there are. Calls that were let in a moment ago count in full, though
    /// they have used nothing yet. Who comes to none makes nobody wait.
    pub fn lets_in(&self, calls: usize) -> bool {
        let cost = self.cost.filter(|_| calls > 0);
        let foretold = cost.map_or(0.0, |cost| cost * (calls + 1) as f64);
        foretold.max(self.load) <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn what_one_call_costs_is_learnt_while_they_come() {
        let mut door = Admission::new(0.7);
        assert!(door.lets_in(1_000), "nothing is known yet");
        // Each call uses a hundredth; the load lags as the door's own count does.
        let mut load = 0.0_f64;
        for second in 1..=30 {
            let calls = second as usize * 2;
            let used = calls as f64 / 100.0;
            load = used + (load - used) * (-0.1_f64).exp();
            door.note(s(second), calls, load);
        }
        assert!(load < 0.5, "the load itself is far behind: {load}");
        assert!(door.lets_in(68));
        assert!(!door.lets_in(72));
    }

    /// It stands alone, so nobody takes its calls: they end, and all of its time is used meanwhile.
    #[test]
    fn after_an_engine_hung_the_door_opens_as_before() {
        for limit in [0.3, 0.7] {
            let (mut door, mut calls, mut load) = (Admission::new(limit), 10_usize, 0.0_f64);
            for second in 1..=480_u64 {
                let hangs = (120..300).contains(&second);
                let used = if hangs { 1.0 } else { calls as f64 * 0.015 };
                load = used + (load - used) * (-0.1_f64).exp();
                door.note(s(second), calls, load);
                if hangs && second % 4 == 0 {
                    calls = calls.saturating_sub(1);
                } else if !hangs && calls < 10 && door.lets_in(calls) {
                    calls += 1;
                }
                assert!(second != 299 || calls == 0 && !door.lets_in(0));
            }
            assert_eq!(calls, 10, "at a limit of {limit}");
        }
    }

    #[test]
    fn busy_engines_let_nobody_in_whatever_a_call_costs() {
        let mut door = Admission::new(0.7);
        door.note(s(1), 1, 0.8);
        assert!(!door.lets_in(1));
        door.note(s(60), 1, 0.1);
        assert!(door.lets_in(1));
    }
}
