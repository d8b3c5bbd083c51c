//! One thread beside a line of engines, which looks now and then who keeps whom waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// So often it is looked, while there is anything to look at.
const LOOK: Duration = Duration::from_millis(100);

/// Told the time; false when there is nothing more to see.
type Look = Box<dyn FnMut(Instant) -> bool + Send>;

/// The thread ends with it.
#[derive(Default)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    round: Mutex<Round>,
    changed: Condvar,
}

#[derive(Default)]
struct Round {
    looks: Vec<Look>,
    over: bool,
}

impl Watch {
    pub(crate) fn begin() -> Arc<Self> {
        let watch = Self::default();
        let shared = Arc::clone(&watch.shared);
        thread::Builder::new()
            .name("engines-watch".to_owned())
            .spawn(move || keep(&shared))
            .expect("the system gives a thread at start-up");
        Arc::new(watch)
    }

    /// It must not wait for anything.
    pub(crate) fn add(&self, look: impl FnMut(Instant) -> bool + Send + 'static) {
        self.shared.round().looks.push(Box::new(look));
        self.shared.changed.notify_one();
    }

    /// For tests, which have a time of their own.
    #[cfg(test)]
    pub(crate) fn look(&self, now: Instant) {
        self.shared.look(now);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.round().over = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Without the lock, for a look may bring another one.
    fn look(&self, now: Instant) {
        let mut looks = std::mem::take(&mut self.round().looks);
        looks.retain_mut(|look| catch_unwind(AssertUnwindSafe(|| look(now))).unwrap_or(false));
        self.round().looks.append(&mut looks);
    }
}

fn keep(shared: &Shared) {
    let mut clock = Clock::started();
    let mut round = shared.round();
    while !round.over {
        let idle = round.looks.is_empty();
        round = match idle {
            true => {
                let waited = shared.changed.wait(round);
                waited.unwrap_or_else(PoisonError::into_inner)
            }
            false => {
                let waited = shared.changed.wait_timeout(round, LOOK);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        drop(round);
        shared.look(clock.read(Instant::now(), idle));
        round = shared.round();
    }
}

/// A server that was suspended itself finds nobody late.
struct Clock {
    shown: Instant,
    read: Instant,
}

impl Clock {
    fn started() -> Self {
        let now = Instant::now();
        Self {
            shown: now,
            read: now,
        }
    }

    /// `idle`: nothing was looked at before.
    fn read(&mut self, now: Instant, idle: bool) -> Instant {
        let passed = now.saturating_duration_since(self.read);
        self.read = now;
        self.shown = match idle {
            true => now,
            false => self.shown + passed.min(5 * LOOK),
        };
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn it_looks_until_there_is_nothing_more_to_see() {
        let watch = Watch::begin();
        let (seen, looks) = sync_channel(3);
        let mut left = 3;
        watch.add(move |_| {
            left -= 1;
            seen.send(left).is_ok() && left > 0
        });
        // The sender goes with the look.
        assert_eq!(looks.iter().collect::<Vec<_>>(), [2, 1, 0]);
    }

    #[test]
    fn time_in_which_the_server_was_suspended_does_not_count() {
        let mut clock = Clock::started();
        let begun = clock.shown;
        let at = |ms| begun + Duration::from_millis(ms);
        assert_eq!(clock.read(at(100), false), at(100));
        assert_eq!(clock.read(at(60_000), false), at(600));
        assert_eq!(clock.read(at(60_100), false), at(700));
        assert_eq!(clock.read(at(70_000), true), at(70_000));
    }
}
