//! One job on its way to the child and back: what it says, or that the child was lost over it.

use crate::line::{Cut, Line};
use crate::wire::{JobId, Order, Said};
use models_engine::Cancel;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

/// Who waits for an answer looks so often whether it is still wanted.
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// A job is asked of so many children at most: one that kills each of them must not go on killing.
pub(crate) const TRIES: u32 = 5;

pub(crate) struct Errand {
    line: Arc<Line>,
    job: JobId,
    answers: Receiver<Said>,
    silent: Duration,
    ended: Cell<bool>,
}

/// Why nothing more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupted {
    Cancelled,
    /// The child is gone.
    Lost,
}

impl Errand {
    pub(crate) fn begin(line: Arc<Line>, silent: Duration) -> Self {
        let (job, answers) = line.job();
        Self {
            line,
            job,
            answers,
            silent,
            ended: Cell::new(false),
        }
    }

    pub(crate) fn id(&self) -> JobId {
        self.job
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    pub(crate) fn send(&self, order: &Order<'_>) -> Result<(), Cut> {
        self.line.send(order)
    }

    /// Waits for what the job says next. An engine that says nothing for too long is given up, and its child with it.
    pub(crate) fn next(&self, cancel: &Cancel) -> Result<Said, Interrupted> {
        let until = Instant::now() + self.silent;
        loop {
            if cancel.is_cancelled() {
                return Err(Interrupted::Cancelled);
            }
            match self.answers.recv_timeout(LOOK) {
                Ok(said) => return Ok(self.noted(said)),
                Err(RecvTimeoutError::Disconnected) => return Err(Interrupted::Lost),
                Err(RecvTimeoutError::Timeout) if Instant::now() > until => {
                    self.line.condemn();
                    return Err(Interrupted::Lost);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// What it has said by now, without waiting.
    pub(crate) fn said(&self) -> Result<Option<Said>, Interrupted> {
        match self.answers.try_recv() {
            Ok(said) => Ok(Some(self.noted(said))),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Interrupted::Lost),
        }
    }

    fn noted(&self, said: Said) -> Said {
        self.ended.set(self.ended.get() || said.is_end());
        said
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if !self.ended.get() {
            self.line.leave(self.job);
        }
    }
}
