//! Whether an engine is worth asking where another stands behind it: one that kept a caller waiting is left alone.

use models_engine::Failure;
use models_engine::breaker::{Breaker, Limits, Pass, Resting};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Of one pool. All is well with an engine whose jobs nobody else could take over: it is never asked how it is.
pub(crate) struct Health {
    state: Mutex<State>,
    threads: usize,
    /// The breaker's zero.
    began: Instant,
}

struct State {
    breaker: Breaker,
    /// Threads that are held by a job which took too long.
    stuck: usize,
    /// Since when that is all of them.
    all_since: Option<Instant>,
}

/// A job that was taken from an engine that is well takes a moment to end.
const MOMENT: Duration = Duration::from_secs(1);

impl Health {
    pub(crate) fn new(threads: usize) -> Self {
        // What a server refuses costs nobody time; here each failure is seconds of silence, and the first is enough.
        let limits = Limits {
            failures: 1,
            ..Limits::default()
        };
        Self {
            state: Mutex::new(State {
                breaker: Breaker::new(limits),
                stuck: 0,
                all_since: None,
            }),
            threads,
            began: Instant::now(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many threads are held by jobs which took too long.
    pub(crate) fn stuck(&self) -> usize {
        self.state().stuck
    }

    /// No thread is left for those who wait.
    #[cfg(test)]
    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck() >= self.threads
    }

    /// No thread is left for those who wait, and none is about to be.
    pub(crate) fn hangs(&self, now: Instant) -> bool {
        let since = self.state().all_since;
        since.is_some_and(|since| now.saturating_duration_since(since) >= MOMENT)
    }

    /// Why nothing is to be asked of it now.
    pub(crate) fn trouble(&self) -> Option<Failure> {
        let state = self.state();
        let rests = state.breaker.look(self.began.elapsed()).is_err();
        (rests || state.stuck >= self.threads).then(left_alone)
    }

    /// A job begins.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Stay, Failure> {
        let entered = self.state().breaker.enter(self.began.elapsed());
        let pass = entered.map_err(|Resting(_)| left_alone())?;
        Ok(self.stay(pass))
    }

    /// A job begins that nobody else does, though the engine is to be left alone. If it answers, all is well again.
    pub(crate) fn enter_anyway(self: &Arc<Self>) -> Stay {
        self.stay(Pass::Usual)
    }

    fn stay(self: &Arc<Self>, pass: Pass) -> Stay {
        Stay {
            health: Arc::clone(self),
            pass,
            stuck: Mutex::new(false),
        }
    }
}

fn left_alone() -> Failure {
    Failure::new("the engine kept a caller waiting, and is left alone for a while")
}

/// A job's time with an engine, on one of its threads.
pub(crate) struct Stay {
    health: Arc<Health>,
    pass: Pass,
    stuck: Mutex<bool>,
}

impl Stay {
    /// The session was given something.
    pub(crate) fn answered(&self) {
        self.health.state().breaker.succeeded();
    }

    /// It takes too long; counted once. `failed`: by the engine's fault, and not because it waited for its turn.
    pub(crate) fn overstays(&self, now: Instant, failed: bool) {
        let mut stuck = self.stuck();
        let mut state = self.health.state();
        if std::mem::replace(&mut *stuck, true) {
            return;
        }
        state.stuck += 1;
        if state.stuck >= self.health.threads {
            state.all_since.get_or_insert(now);
        }
        let now = now.saturating_duration_since(self.health.began);
        match failed {
            true => state.breaker.failed(self.pass, now),
            false => state.breaker.abandoned(self.pass, now),
        }
    }

    /// The thread is free again. To be told once, whatever became of the job.
    pub(crate) fn ends(&self, done: bool) {
        let mut stuck = self.stuck();
        let mut state = self.health.state();
        if std::mem::replace(&mut *stuck, false) {
            state.stuck -= 1;
            state.all_since = None;
        } else if done {
            state.breaker.succeeded();
        } else {
            state
                .breaker
                .abandoned(self.pass, self.health.began.elapsed());
        }
    }

    fn stuck(&self) -> MutexGuard<'_, bool> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_whose_threads_all_hang_is_stuck_until_one_returns() {
        let health = Arc::new(Health::new(2));
        let enter = || health.enter().expect("all is well");
        let (one, other) = (enter(), enter());
        let later = Instant::now() + Duration::from_secs(3_600);
        one.overstays(later, false);
        one.overstays(later, false);
        assert!(!health.is_stuck(), "one is counted once");
        assert_eq!(health.trouble(), None, "it had waited for its turn");
        other.overstays(later, true);
        assert!(health.is_stuck());
        assert_eq!(health.trouble(), Some(left_alone()));
        one.ends(false);
        assert!(!health.is_stuck());
        assert_eq!(health.trouble(), Some(left_alone()), "it still rests");
        assert_eq!(health.enter().err(), Some(left_alone()));
    }

    #[test]
    fn what_is_asked_of_one_that_rests_ends_its_rest_or_changes_nothing() {
        let health = Arc::new(Health::new(1));
        let tomorrow = Instant::now() + Duration::from_secs(86_400);
        let stay = health.enter().expect("all is well");
        stay.overstays(tomorrow, true);
        stay.ends(false);
        for failed in [true, false] {
            let stay = health.enter_anyway();
            stay.overstays(tomorrow, failed);
            assert!(health.is_stuck(), "its thread is held like any other");
            stay.ends(false);
            assert_eq!(health.trouble(), Some(left_alone()));
        }
        health.enter_anyway().ends(true);
        assert_eq!(health.trouble(), None);
    }

    #[test]
    fn what_ends_by_itself_is_no_fault() {
        let health = Arc::new(Health::new(1));
        for done in [true, false] {
            health.enter().expect("all is well").ends(done);
            assert_eq!(health.trouble(), None);
        }
        let stay = health.enter().expect("all is well");
        stay.answered();
        stay.overstays(Instant::now(), true);
        assert_eq!(health.trouble(), Some(left_alone()), "in the middle, too");
    }
}
