//! One job, several engines: where the first fails, or keeps a caller waiting for too long, the next takes over, and
//! the session sees one job that ends once.

pub(crate) mod composing;
mod going_on;
mod held;
pub(crate) mod listening;
pub(crate) mod speaking;
#[cfg(test)]
mod tests;

use crate::health::Stay;
use crate::job::{Asker, Mailbox};
use crate::pool::Pool;
use crate::watch::Watch;
use held::Held;
use models_engine::{Cancel, Failure, Stopped};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who would wait for longer is told at once that the server is too busy: nobody holds a line in silence for so long.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Who comes behind an engine that took its time has at least so long, where yet another one stands behind.
const LEAST: Duration = Duration::from_secs(2);

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
    /// What an engine is asked for.
    type Left;

    /// Refused where it would have to wait for longer.
    const LONGEST_WAIT: Option<Duration> = Some(LONGEST_WAIT);

    /// So long a caller waits for its first report, and for each further one, before another engine is asked. It lies
    /// below the conversation's own patience, as the deadlines of a server of others do.
    const PATIENCE: Duration;

    /// All that is left to do. What came before belongs to the engines before this one.
    fn left(&mut self) -> Self::Left;

    /// Does it, or fails. The task itself lies elsewhere meanwhile: an engine may never come back.
    fn work(
        left: Self::Left,
        engine: &E,
        out: &mut dyn FnMut(Self::Report) -> bool,
        cancel: &Cancel,
    ) -> Result<Self::Report, Stopped>;

    /// The session is told this. True where a caller has waited for it.
    fn note(&mut self, report: &Self::Report) -> bool;

    /// False where it is the engine that waits, for what the caller says.
    fn is_awaited(&self) -> bool {
        true
    }

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
    watch: Option<Arc<Watch>>,
    at: usize,
    /// Those that were left alone, and not asked so far.
    resting: VecDeque<usize>,
    mailbox: Mailbox<T::Report>,
    asker: Asker,
    /// What the first engine failed at.
    why: Option<Failure>,
    /// By then something must be reported; none while nobody waits, and when something just was.
    due: Option<Instant>,
    turn: Turn,
}

/// An engine's time with it, from when it came to that engine's queue.
struct Turn {
    asker: Asker,
    /// Nobody else does it: the engine is asked though it rests, and nobody after it.
    last: bool,
    /// To be said ahead of the first report.
    news: Option<Taken>,
    /// Where it may be taken from this engine: since when that one is at it.
    stay: Option<Arc<Stay>>,
    since: Option<Instant>,
    /// It was given its least time.
    granted: bool,
}

impl Turn {
    fn of(asker: &Asker) -> Self {
        Self {
            asker: asker.below(),
            last: false,
            news: None,
            stay: None,
            since: None,
            granted: false,
        }
    }
}

/// What a look at it finds.
enum Found {
    InTime,
    Overdue,
    /// It needs no further look.
    Settled,
}

impl<E: ?Sized + Send + Sync + 'static, T: Task<E>> Errand<E, T> {
    pub(crate) fn new(pool: &Pool<E>, task: T, mailbox: Mailbox<T::Report>, asker: Asker) -> Self {
        Self {
            task,
            line: pool.line().collect(),
            watch: pool.watch(),
            at: 0,
            resting: VecDeque::new(),
            mailbox,
            turn: Turn::of(&asker),
            asker,
            why: None,
            due: None,
        }
    }

    /// Begins with this engine of the line, as long as there is one.
    pub(crate) fn starting_at(mut self, place: usize) -> Self {
        self.at = place.min(self.line.len() - 1);
        self
    }

    /// Queues the task for the engine that it has come to, or for the next one that has room, those that rest last of all.
    /// Never waits.
    pub(crate) fn submit(self) -> Result<(), Stopped> {
        match self.queue() {
            None => Ok(()),
            Some(errand) => Err(Stopped::Failed(errand.reason())),
        }
    }

    /// Given back where nobody takes it.
    fn queue(mut self) -> Option<Self> {
        let line = Arc::clone(&self.line);
        for (at, pool) in line.iter().enumerate().skip(self.at) {
            match pool.health().trouble() {
                Some(trouble) => {
                    self.why.get_or_insert(trouble);
                    self.resting.push_back(at);
                }
                None => self = self.hand_to(at, false)?,
            }
        }
        // Who rests is better than nobody where a caller waits, but not behind a thread that may hang. Room is looked for
        // first: what is refused is counted, and a job that is late may come here at every look.
        let wanted = !line[0].is_speculative() || self.asker.has_confirmed();
        while let Some(at) = self.resting.pop_front() {
            if wanted && line[at].has_room() {
                self = self.hand_to(at, true)?;
            }
        }
        Some(self)
    }

    /// Given back where this engine does not take it.
    fn hand_to(mut self, at: usize, last: bool) -> Option<Self> {
        let line = Arc::clone(&self.line);
        self.at = at;
        self.turn = Turn {
            last,
            ..Turn::of(&self.asker)
        };
        let longest_wait = match last {
            true => Some(Duration::ZERO),
            false => T::LONGEST_WAIT,
        };
        let asker = self.turn.asker.clone();
        let watch = self.watch.clone().filter(|_| self.is_watched());
        // A queue that is full does not give back what it was handed.
        let held = Held::of(self);
        let taken = held.clone();
        // Looked at before any thread is at it.
        if let Some(watch) = watch {
            let held = held.clone();
            watch.add(move |now| held.look(now));
        }
        let submitted = line[at].submit(longest_wait, asker, move |begin| taken.begin(begin));
        if submitted.is_ok() {
            return None;
        }
        // None where it was passed over by now.
        let mut errand = held.take()?;
        errand.why.get_or_insert_with(busy);
        Some(errand)
    }

    fn has_next(&self) -> bool {
        !self.turn.last && self.at + 1 < self.line.len()
    }

    /// How long this engine takes is looked at: another stands behind it, or it is known to hang.
    fn is_watched(&self) -> bool {
        self.turn.last || self.has_next()
    }

    /// An engine begins with it. None where that one has come to be left alone meanwhile, and another takes it.
    fn start(mut self) -> Option<(Self, Started<T::Left>)> {
        let line = Arc::clone(&self.line);
        let mut stay = None;
        if self.is_watched() && !line[self.at].keeps_time() {
            let health = line[self.at].health();
            let entered = match health.enter() {
                Ok(stay) => stay,
                Err(left_alone) => {
                    if self.has_next() {
                        self.resting.push_back(self.at);
                        self = self.hand_on(left_alone)?;
                        self.resting.pop_back();
                    }
                    health.enter_anyway()
                }
            };
            stay = Some(Arc::new(entered));
        }
        self.turn.stay.clone_from(&stay);
        self.turn.news = (self.line.len() > 1).then(|| Taken {
            by: self.at,
            why: self.why.clone().filter(|_| self.at > 0),
        });
        let started = Started {
            left: self.task.left(),
            cancel: self.turn.asker.cancel.clone(),
            stay,
        };
        Some((self, started))
    }

    /// False when nobody listens any more.
    fn report(&mut self, report: T::Report) -> bool {
        if self.task.note(&report) {
            self.due = None;
            if let Some(stay) = &self.turn.stay {
                stay.answered();
            }
        }
        let news = self.turn.news.take();
        news.is_none_or(|news| self.mailbox.report(T::taken(news))) && self.mailbox.report(report)
    }

    fn look(&mut self, now: Instant) -> Found {
        let pool = &self.line[self.at];
        let begun = self.turn.stay.is_some();
        let unwanted = self.turn.asker.cancel.is_cancelled();
        // What has begun is looked at to its end: a thread that hangs is to be counted, whoever wants its work.
        if !begun && (unwanted || !self.task.may_pass_on()) {
            return Found::Settled;
        }
        if !begun && pool.health().hangs(now) {
            return Found::Overdue;
        }
        if begun {
            self.turn.since.get_or_insert(now);
        }
        let hurries = pool.is_urgent() || self.asker.has_confirmed();
        if !(begun || hurries) || !(unwanted || self.task.is_awaited()) {
            return Found::InTime;
        }
        // A later phrase, or a guess, may well take turns with others within its engine.
        let patience = if hurries {
            T::PATIENCE
        } else {
            T::PATIENCE * 2
        };
        let latest = now + patience;
        let mut due = self.due.map_or(latest, |due| due.min(latest));
        if !std::mem::replace(&mut self.turn.granted, true) {
            due = due.max(now + LEAST);
        }
        self.due = Some(due);
        match now < due || pool.keeps_time() {
            true => Found::InTime,
            false => Found::Overdue,
        }
    }

    /// Asks the next engine in place of this one. It is given back where that cannot be.
    fn pass_over(self, now: Instant) -> Option<Self> {
        let failure = match &self.turn.stay {
            Some(stay) => {
                // Time in its queue is no fault of the engine.
                let since = self.turn.since.unwrap_or(now);
                let had = now.saturating_duration_since(since);
                stay.overstays(now, had >= T::PATIENCE / 2);
                Failure::new("the engine kept a caller waiting for too long")
            }
            None => busy(),
        };
        if !self.has_next() || !self.may_pass_on() {
            return Some(self);
        }
        let engine = T::name(self.line[self.at].engine());
        let errand = self.hand_on(failure.clone());
        if errand.is_none() {
            tracing::warn!(engine, %failure, "an engine is late; the next one is asked");
        }
        errand
    }

    /// Asks those behind in place of this engine. Given back as it was where nobody takes it.
    fn hand_on(mut self, failure: Failure) -> Option<Self> {
        let (at, why, resting) = (self.at, self.why.clone(), self.resting.clone());
        let turn = std::mem::replace(&mut self.turn, Turn::of(&self.asker));
        self.why.get_or_insert(failure);
        self.at = at + 1;
        let Some(errand) = self.queue() else {
            turn.asker.cancel.cancel();
            return None;
        };
        Some(Self {
            at,
            why,
            resting,
            turn,
            ..errand
        })
    }

    /// What this engine has failed at, another one does.
    fn pass_on(mut self, failure: Failure) {
        if !self.may_pass_on() {
            let failure = self.why.take().unwrap_or(failure);
            return self.end(Stopped::Failed(failure));
        }
        self.why.get_or_insert(failure);
        self.at = match self.has_next() {
            true => self.at + 1,
            false => self.line.len(),
        };
        if let Some(errand) = self.queue() {
            let failure = errand.reason();
            errand.end(Stopped::Failed(failure));
        }
    }

    fn may_pass_on(&self) -> bool {
        let has_other = self.has_next() || !self.resting.is_empty();
        has_other && self.task.may_pass_on() && !self.turn.asker.cancel.is_cancelled()
    }

    fn end(self, stopped: Stopped) {
        self.mailbox.report(T::stopped(stopped));
    }

    fn reason(&self) -> Failure {
        self.why.clone().unwrap_or_else(busy)
    }
}

/// What an engine needs to begin.
struct Started<L> {
    left: L,
    cancel: Cancel,
    stay: Option<Arc<Stay>>,
}

pub(crate) fn late() -> Stopped {
    Stopped::failed("this came too late to be of use")
}

fn busy() -> Failure {
    Failure::new("too many requests are waiting for this engine")
}
