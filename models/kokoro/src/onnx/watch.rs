//! One thread that sees a run's cancel and stops it: the run itself is deep in a library.

use models_engine::Cancel;
use ort::session::RunOptions;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How soon a cancel is seen.
const GLANCE: Duration = Duration::from_millis(2);

pub(super) struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    runs: Vec<(u64, Cancel, Arc<RunOptions>)>,
    begun: u64,
    over: bool,
}

/// A run that is watched, until it is dropped.
pub(super) struct Watched<'a> {
    shared: &'a Shared,
    number: u64,
}

impl Watch {
    pub(super) fn new() -> Self {
        let shared = Arc::new(Shared::default());
        let watching = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("kokoro-watch".to_owned())
            .spawn(move || watching.watch())
            .expect("the system gives a thread at start-up");
        Self {
            shared,
            thread: Some(thread),
        }
    }

    pub(super) fn over(&self, cancel: &Cancel, run: &Arc<RunOptions>) -> Watched<'_> {
        let mut state = self.shared.state();
        let number = state.begun;
        state.begun += 1;
        state.runs.push((number, cancel.clone(), Arc::clone(run)));
        self.shared.changed.notify_one();
        Watched {
            shared: &self.shared,
            number,
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A list is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut state = self.state();
        while !state.over {
            state.runs.retain(|(_, cancel, run)| {
                // A run that cannot be told to stop is cancelled at its end.
                !(cancel.is_cancelled() && run.terminate().is_ok())
            });
            state = if state.runs.is_empty() {
                let woken = self.changed.wait(state);
                woken.unwrap_or_else(PoisonError::into_inner)
            } else {
                let woken = self.changed.wait_timeout(state, GLANCE);
                woken.unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.runs.retain(|(number, ..)| *number != self.number);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It holds nothing that could panic.
            thread.join().ok();
        }
    }
}
