//! One job, several engines: where the first fails the next takes over, and the session sees one job that ends once.

pub(crate) mod composing;
mod going_on;
pub(crate) mod listening;
pub(crate) mod speaking;

use crate::job::{Asker, Mailbox};
use crate::pool::{Begin, Pool};
use models_engine::{Cancel, Failure, Stopped};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Who would wait for longer is told at once that the server is too busy: nobody holds a line in silence for so long.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Said ahead of an engine's first report, where several stand in line: this one does the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its place in the line.
    pub by: usize,
    /// Why not the first one.
    pub why: Option<Failure>,
}

/// What is to be done, and how far it is done: all that the next engine needs to go on.
pub(crate) trait Task<E: ?Sized>: Send + 'static {
    type Report: 'static;

    /// Refused where it would have to wait for longer.
    const LONGEST_WAIT: Option<Duration> = Some(LONGEST_WAIT);

    /// Does what is left, or fails. What came before belongs to the engines before this one.
    fn work(
        &mut self,
        engine: &E,
        out: &mut dyn FnMut(Self::Report) -> bool,
        cancel: &Cancel,
    ) -> Result<Self::Report, Stopped>;

    /// False where what an engine has begun cannot be gone on with by another.
    fn may_pass_on(&self) -> bool {
        true
    }

    fn stopped(stopped: Stopped) -> Self::Report;
    fn taken(taken: Taken) -> Self::Report;
    fn name(engine: &E) -> String;
}

/// A task on its way along the line.
pub(crate) struct Errand<E: ?Sized, T: Task<E>> {
    task: T,
    line: Arc<[Pool<E>]>,
    at: usize,
    mailbox: Mailbox<T::Report>,
    asker: Asker,
    /// What the first engine failed at.
    why: Option<Failure>,
}

impl<E: ?Sized + Send + Sync + 'static, T: Task<E>> Errand<E, T> {
    pub(crate) fn new(pool: &Pool<E>, task: T, mailbox: Mailbox<T::Report>, asker: Asker) -> Self {
        Self {
            task,
            line: pool.line().collect(),
            at: 0,
            mailbox,
            asker,
            why: None,
        }
    }

    /// Begins with this engine of the line, as long as there is one.
    pub(crate) fn starting_at(mut self, place: usize) -> Self {
        self.at = place.min(self.line.len() - 1);
        self
    }

    /// Queues the task for the engine that it has come to, or for the next one that has room. Never waits.
    pub(crate) fn submit(self) -> Result<(), Stopped> {
        match self.queue() {
            Ok(()) => Ok(()),
            Err(errand) => Err(Stopped::Failed(errand.reason())),
        }
    }

    fn queue(self) -> Result<(), Self> {
        let line = Arc::clone(&self.line);
        let (first, asker) = (self.at, self.asker.clone());
        // A queue that is full does not give back what it was handed.
        let held = Arc::new(Mutex::new(Some(self)));
        for (at, pool) in line.iter().enumerate().skip(first) {
            let taken = Arc::clone(&held);
            let submitted = pool.submit(T::LONGEST_WAIT, asker.clone(), move |begin| {
                if let Some(errand) = take(&taken) {
                    errand.begin(begin);
                }
            });
            if submitted.is_ok() {
                return Ok(());
            }
            let mut errand = take(&held).expect("no worker has it: it was not queued");
            errand.why.get_or_insert_with(busy);
            errand.at = at + 1;
            *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(errand);
        }
        Err(take(&held).expect("nobody has queued it"))
    }

    fn begin(self, begin: Begin<'_, E>) {
        match begin {
            Begin::Now(engine) => self.run(engine),
            Begin::Left => self.end(T::stopped(Stopped::Cancelled)),
            Begin::Late => self.end(T::stopped(late())),
        }
    }

    fn run(mut self, engine: &E) {
        let failure = match self.attempt(engine) {
            Ok(()) => return,
            Err(Stopped::Failed(failure)) => failure,
            Err(cancelled) => return self.end(T::stopped(cancelled)),
        };
        let next = self.at + 1;
        let goes_on = next < self.line.len() && self.task.may_pass_on();
        if !goes_on || self.asker.cancel.is_cancelled() {
            let failure = self.why.take().unwrap_or(failure);
            return self.end(T::stopped(Stopped::Failed(failure)));
        }
        tracing::warn!(engine = T::name(engine), %failure, "an engine failed; the next one takes over");
        self.why.get_or_insert(failure);
        self.at = next;
        if let Err(errand) = self.queue() {
            let failure = errand.reason();
            errand.end(T::stopped(Stopped::Failed(failure)));
        }
    }

    /// Has the engine do it, and reports the end where it did; a panic is a failure like others.
    fn attempt(&mut self, engine: &E) -> Result<(), Stopped> {
        let (task, mailbox, cancel) = (&mut self.task, &self.mailbox, &self.asker.cancel);
        cancel.check()?;
        let mut news = (self.line.len() > 1).then(|| Taken {
            by: self.at,
            why: self.why.clone(),
        });
        let mut out = |report| {
            let told = news
                .take()
                .is_none_or(|news| mailbox.report(T::taken(news)));
            told && mailbox.report(report)
        };
        let worked = catch_unwind(AssertUnwindSafe(|| task.work(engine, &mut out, cancel)));
        let end = worked.unwrap_or_else(|_| {
            tracing::error!(engine = T::name(engine), "an engine panicked");
            Err(Stopped::failed("the engine broke down"))
        })?;
        out(end);
        Ok(())
    }

    fn end(self, report: T::Report) {
        self.mailbox.report(report);
    }

    fn reason(&self) -> Failure {
        self.why.clone().unwrap_or_else(busy)
    }
}

fn take<T>(held: &Mutex<Option<T>>) -> Option<T> {
    held.lock().unwrap_or_else(PoisonError::into_inner).take()
}

pub(crate) fn late() -> Stopped {
    Stopped::failed("this came too late to be of use")
}

fn busy() -> Failure {
    Failure::new("too many requests are waiting for this engine")
}
