//! A job's handle, and the way its reports travel.

use models_engine::Cancel;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;

/// A running job. Dropping it cancels: nothing that it still reports is wanted.
#[derive(Debug)]
pub struct Job(Asker);

impl Job {
    pub(crate) fn new() -> (Self, Asker) {
        let asker = Asker::default();
        (Self(asker.clone()), asker)
    }

    /// It was `Speculative`, and now somebody waits for it: it goes before those that still are.
    pub fn confirm(&self) {
        self.0.confirmed.store(true, Ordering::Release);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.0.cancel.cancel();
    }
}

/// What is known, where the job waits, of who asked for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker {
    pub(crate) cancel: Cancel,
    confirmed: Arc<AtomicBool>,
}

impl Asker {
    /// For one engine, which may be stopped alone where the job goes on with another.
    pub(crate) fn below(&self) -> Self {
        Self {
            cancel: self.cancel.below(),
            confirmed: Arc::clone(&self.confirmed),
        }
    }

    pub(crate) fn has_confirmed(&self) -> bool {
        self.confirmed.load(Ordering::Acquire)
    }
}

/// Where a job reports to: the session's mailbox, with the session's own word for the job around
/// each report.
pub struct Mailbox<R> {
    deliver: Box<dyn Fn(R) -> bool + Send>,
}

impl<R: 'static> Mailbox<R> {
    /// Reports are wrapped by `wrap` and sent to `to`. A full mailbox holds up the engine's thread, not
    /// the session; a closed one ends the job.
    pub fn new<T: Send + 'static>(
        to: mpsc::Sender<T>,
        wrap: impl Fn(R) -> T + Send + 'static,
    ) -> Self {
        Self {
            deliver: Box::new(move |report| to.blocking_send(wrap(report)).is_ok()),
        }
    }

    /// For those who refuse a job before it reaches a thread: must not wait.
    pub(crate) fn immediate<T: Send + 'static>(to: &mpsc::Sender<T>, report: T) {
        if let Err(mpsc::error::TrySendError::Full(report)) = to.try_send(report) {
            let to = to.clone();
            tokio::spawn(async move { to.send(report).await });
        }
    }

    /// False when nobody listens any more.
    pub(crate) fn report(&self, report: R) -> bool {
        (self.deliver)(report)
    }
}
