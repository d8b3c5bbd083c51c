//! Where an errand lies while an engine is at it: within reach of the one who takes it away when that takes too long.

use super::{Errand, Found, Started, Task, late};
use crate::pool::Begin;
use models_engine::Stopped;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Instant;

/// Empty once it is over, or another engine has it. Whoever still works for it then is heard by nobody.
pub(super) struct Held<E: ?Sized, T: Task<E>>(Arc<Mutex<Option<Errand<E, T>>>>);

impl<E: ?Sized, T: Task<E>> Clone for Held<E, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: ?Sized + Send + Sync + 'static, T: Task<E>> Held<E, T> {
    pub(super) fn of(errand: Errand<E, T>) -> Self {
        Self(Arc::new(Mutex::new(Some(errand))))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Errand<E, T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self) -> Option<Errand<E, T>> {
        self.lock().take()
    }

    pub(super) fn begin(&self, begin: Begin<'_, E>) {
        match begin {
            Begin::Now(engine) => self.run(engine),
            Begin::Left => self.end(Stopped::Cancelled),
            Begin::Late => self.end(late()),
        }
    }

    fn end(&self, stopped: Stopped) {
        if let Some(errand) = self.take() {
            errand.end(stopped);
        }
    }

    /// None where another engine has it. Who looks meanwhile finds it locked, and looks again.
    fn start(&self) -> Option<Started<T::Left>> {
        let mut held = self.lock();
        let (errand, started) = held.take()?.start()?;
        *held = Some(errand);
        Some(started)
    }

    fn run(&self, engine: &E) {
        let Some(Started { left, cancel, stay }) = self.start() else {
            return;
        };
        let mut out = |report: T::Report| {
            let mut held = self.lock();
            held.as_mut().is_some_and(|errand| errand.report(report))
        };
        // A panic is a failure like others.
        let worked = catch_unwind(AssertUnwindSafe(|| {
            cancel.check()?;
            T::work(left, engine, &mut out, &cancel)
        }));
        let ended = worked.unwrap_or_else(|_| {
            tracing::error!(engine = T::name(engine), "an engine panicked");
            Err(Stopped::failed("the engine broke down"))
        });
        let errand = self.take();
        if let Some(stay) = stay {
            stay.ends(ended.is_ok());
        }
        let Some(mut errand) = errand else {
            return;
        };
        match ended {
            Ok(end) => {
                errand.report(end);
            }
            Err(Stopped::Failed(failure)) => {
                if errand.may_pass_on() {
                    let engine = T::name(engine);
                    tracing::warn!(engine, %failure, "an engine failed; the next one takes over");
                }
                errand.pass_on(failure);
            }
            Err(Stopped::Cancelled) => errand.end(Stopped::Cancelled),
        }
    }

    /// Takes it away from an engine that is late. Never waits; false once there is nothing more to look at.
    pub(super) fn look(&self, now: Instant) -> bool {
        let mut held = match self.0.try_lock() {
            Ok(held) => held,
            // It reports at this moment.
            Err(TryLockError::WouldBlock) => return true,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let Some(mut errand) = held.take() else {
            return false;
        };
        let settled = match errand.look(now) {
            Found::InTime => false,
            Found::Settled => true,
            Found::Overdue => {
                // Given back, it is tried again: room may come.
                *held = errand.pass_over(now);
                return held.is_some();
            }
        };
        *held = Some(errand);
        !settled
    }
}
