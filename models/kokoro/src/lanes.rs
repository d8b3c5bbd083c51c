//! So many runs at once; who comes later waits in the order of coming, and gives way after each clause.

use models_engine::{Cancel, Stopped};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How soon one who waits sees a cancel.
const GLANCE: Duration = Duration::from_millis(5);

pub(crate) struct Lanes {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    free: usize,
    waiting: VecDeque<u64>,
    comers: u64,
}

/// Leave to run; given back when dropped.
pub(crate) struct Lane<'a>(&'a Lanes);

impl Lanes {
    pub(crate) fn new(lanes: usize) -> Self {
        Self {
            state: Mutex::new(State {
                free: lanes.max(1),
                waiting: VecDeque::new(),
                comers: 0,
            }),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn enter(&self, cancel: &Cancel) -> Result<Lane<'_>, Stopped> {
        let mut state = self.state();
        let comer = state.comers;
        state.comers += 1;
        state.waiting.push_back(comer);
        loop {
            if let Err(stopped) = cancel.check() {
                state.waiting.retain(|waiting| *waiting != comer);
                self.changed.notify_all();
                return Err(stopped);
            }
            if state.free > 0 && state.waiting.front() == Some(&comer) {
                state.waiting.pop_front();
                state.free -= 1;
                self.changed.notify_all();
                return Ok(Lane(self));
            }
            let waited = self.changed.wait_timeout(state, GLANCE);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    #[cfg(test)]
    pub(crate) fn nobody_waits(&self) -> bool {
        self.state().waiting.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counts and a list are whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        self.0.state().free += 1;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_comes_before_who_has_just_run() {
        let lanes = Lanes::new(1);
        let order = Mutex::new(Vec::new());
        let note = |who| order.lock().expect("nobody panics").push(who);
        let queued = |count| {
            while lanes.state().waiting.len() < count {
                std::thread::yield_now();
            }
        };
        std::thread::scope(|scope| {
            let lane = lanes.enter(&Cancel::new());
            scope.spawn(|| {
                let _lane = lanes.enter(&Cancel::new());
                note("second");
            });
            queued(1);
            scope.spawn(|| {
                let _lane = lanes.enter(&Cancel::new());
                note("third");
            });
            queued(2);
            note("first");
            drop(lane);
        });
        assert_eq!(
            *order.lock().expect("nobody panics"),
            ["first", "second", "third"]
        );
    }

    #[test]
    fn one_who_waits_can_be_cancelled() {
        let lanes = Lanes::new(1);
        let _lane = lanes.enter(&Cancel::new());
        let cancel = Cancel::new();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| lanes.enter(&cancel).err());
            while lanes.state().waiting.is_empty() {
                std::thread::yield_now();
            }
            cancel.cancel();
            assert_eq!(waiting.join().expect("it ends"), Some(Stopped::Cancelled));
        });
        assert!(lanes.state().waiting.is_empty());
    }
}
