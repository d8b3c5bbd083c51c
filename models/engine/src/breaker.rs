//! Leaves an engine alone that fails again and again, and tries now and then whether it is back. Told the time.

use std::time::Duration;

/// When to give up, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Failures in a row.
    pub failures: u32,
    /// The first rest; each trial in vain doubles it ...
    pub rest: Duration,
    /// ... up to this.
    pub longest_rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            failures: 3,
            rest: Duration::from_secs(5),
            longest_rest: Duration::from_secs(60),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Duration,
        rest: Duration,
    },
    /// One job is on its way to find out.
    Trial {
        rest: Duration,
        number: u32,
    },
}

/// What a job was let through with; it is shown again at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Usual,
    /// Numbered: an old trial says nothing of a new one.
    Trial(u32),
}

/// Not now; ask again after so long at the soonest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting(pub Duration);

#[derive(Debug)]
pub struct Breaker {
    limits: Limits,
    state: State,
    trials: u32,
}

impl Breaker {
    pub fn new(limits: Limits) -> Self {
        let state = State::Closed { failures: 0 };
        Self {
            limits,
            state,
            trials: 0,
        }
    }

    /// May a job begin? Every pass must come back by one of the three ways below.
    pub fn enter(&mut self, now: Duration) -> Result<Pass, Resting> {
        self.look(now)?;
        match self.state {
            State::Open { rest, .. } => {
                self.trials = self.trials.wrapping_add(1);
                let number = self.trials;
                self.state = State::Trial { rest, number };
                Ok(Pass::Trial(number))
            }
            State::Closed { .. } | State::Trial { .. } => Ok(Pass::Usual),
        }
    }

    /// Would a job be let through?
    pub fn look(&self, now: Duration) -> Result<(), Resting> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, .. } if until <= now => Ok(()),
            State::Open { until, .. } => Err(Resting(until - now)),
            State::Trial { rest, .. } => Err(Resting(rest)),
        }
    }

    /// The server did what it was asked, whoever asked it: it is well.
    pub fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    pub fn failed(&mut self, pass: Pass, now: Duration) {
        self.state = match (self.state, pass) {
            (State::Closed { failures }, _) if failures + 1 < self.limits.failures => {
                State::Closed {
                    failures: failures + 1,
                }
            }
            (State::Closed { .. }, _) => self.resting(now, self.limits.rest),
            (State::Trial { rest, number }, Pass::Trial(mine)) if mine == number => {
                self.resting(now, (rest * 2).min(self.limits.longest_rest))
            }
            // It began before the server was given up: that is known.
            (known, _) => known,
        };
    }

    /// The job ended before anything was known of the server. The next one may try at once.
    pub fn abandoned(&mut self, pass: Pass, now: Duration) {
        if let (State::Trial { rest, number }, Pass::Trial(mine)) = (self.state, pass)
            && mine == number
        {
            self.state = State::Open { until: now, rest };
        }
    }

    fn resting(&self, now: Duration, rest: Duration) -> State {
        let until = now + rest;
        State::Open { until, rest }
    }
}

#[cfg(test)]
mod tests;
