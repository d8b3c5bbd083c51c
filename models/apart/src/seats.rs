//! How many jobs an engine does at once: one that comes while another is still being let go waits for its seat.

use crate::errand::LOOK;
use models_engine::{Cancel, Stopped};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) struct Seats {
    free: Mutex<usize>,
    changed: Condvar,
}

/// Given back when it is dropped.
pub(crate) struct Seated<'a>(&'a Seats);

impl Seats {
    pub(crate) fn new(seats: usize) -> Self {
        Self {
            free: Mutex::new(seats.max(1)),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn take(&self, cancel: &Cancel) -> Result<Seated<'_>, Stopped> {
        let mut free = self.free();
        while *free == 0 {
            cancel.check()?;
            let waited = self.changed.wait_timeout(free, LOOK);
            free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Ok(Seated(self))
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seated<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_waited_for_until_nobody_wants_it() {
        let (seats, wanted) = (Seats::new(1), Cancel::new());
        let first = seats.take(&wanted).expect("it is free");
        let left = Cancel::new();
        left.cancel();
        assert_eq!(seats.take(&left).err(), Some(Stopped::Cancelled));
        std::thread::scope(|scope| {
            let second = scope.spawn(|| seats.take(&wanted).is_ok());
            drop(first);
            assert!(second.join().expect("it gets the seat"));
        });
        assert_eq!(*seats.free(), 1);
    }
}
