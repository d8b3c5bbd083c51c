//! A few threads around one engine, with a bounded queue in front.

use crate::figures::Figures;
use crate::health::Health;
use crate::job::Asker;
use crate::queue::{Fate, Next, Now, Priority, Queue, Refused, Terms};
use crate::watch::Watch;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a thread does with a job: with the engine, or without, when the job is never begun.
type Work<E> = Box<dyn FnOnce(Begin<'_, E>) + Send>;

pub(crate) enum Begin<'a, E: ?Sized> {
    Now(&'a E),
    /// Its deadline is past.
    Late,
    /// It was cancelled before it began.
    Left,
}

/// How many jobs run and how many may wait. Of one priority, jobs start in the order in which they came.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// What the threads are called, for a debugger.
    pub name: &'static str,
    pub threads: usize,
    /// Jobs beyond this many waiting are refused at once.
    pub waiting: usize,
}

/// The engine and its threads. They end when the last clone of the pool is dropped.
pub struct Pool<E: ?Sized> {
    engine: Arc<E>,
    shared: Arc<Shared<E>>,
    _closing: Arc<Closing<E>>,
    priority: Priority,
    deadline: Option<Instant>,
    /// Those that take a job over when this one fails, in their order.
    behind: Vec<Pool<E>>,
    health: Arc<Health>,
    keeps_time: bool,
    /// Of the line that begins here; none where nobody stands behind.
    watch: Option<Arc<Watch>>,
}

impl<E: ?Sized> Clone for Pool<E> {
    fn clone(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            shared: Arc::clone(&self.shared),
            _closing: Arc::clone(&self._closing),
            priority: self.priority,
            deadline: self.deadline,
            behind: self.behind.clone(),
            health: Arc::clone(&self.health),
            keeps_time: self.keeps_time,
            watch: self.watch.clone(),
        }
    }
}

struct Shared<E: ?Sized> {
    desk: Mutex<Desk<E>>,
    changed: Condvar,
    epoch: Instant,
}

struct Desk<E: ?Sized> {
    queue: Queue<Waiting<E>>,
    closed: bool,
}

struct Waiting<E: ?Sized> {
    work: Work<E>,
    asker: Asker,
}

/// Dropped with the last pool.
struct Closing<E: ?Sized>(Arc<Shared<E>>);

impl<E: ?Sized> Drop for Closing<E> {
    fn drop(&mut self) {
        self.0.desk().closed = true;
        self.0.changed.notify_all();
    }
}

impl<E: ?Sized> Shared<E> {
    fn desk(&self) -> MutexGuard<'_, Desk<E>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        self.epoch.elapsed()
    }

    /// Waits for a job; none once the pool is closed and everything is done.
    fn take(&self) -> Option<(Next<Waiting<E>>, Now)> {
        let mut desk = self.desk();
        loop {
            let now = self.now();
            desk.queue.raise(|waiting| waiting.asker.has_confirmed());
            let wanted = |waiting: &Waiting<E>| !waiting.asker.cancel.is_cancelled();
            if let Some(next) = desk.queue.next(now, wanted) {
                return Some((next, now));
            }
            if desk.closed {
                return None;
            }
            let waited = self.changed.wait(desk);
            desk = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<E: ?Sized + Send + Sync + 'static> Pool<E> {
    pub fn new(engine: Arc<E>, options: PoolOptions) -> Self {
        let threads = options.threads.max(1);
        let shared = Arc::new(Shared {
            desk: Mutex::new(Desk {
                queue: Queue::new(threads, options.waiting),
                closed: false,
            }),
            changed: Condvar::new(),
            epoch: Instant::now(),
        });
        for number in 0..threads {
            let (engine, shared) = (Arc::clone(&engine), Arc::clone(&shared));
            thread::Builder::new()
                .name(format!("{}-{number}", options.name))
                .spawn(move || serve(&*engine, &shared))
                .expect("the system gives a thread at start-up");
        }
        Self {
            engine,
            _closing: Arc::new(Closing(Arc::clone(&shared))),
            shared,
            priority: Priority::default(),
            deadline: None,
            behind: Vec::new(),
            health: Arc::new(Health::new(threads)),
            keeps_time: false,
            watch: None,
        }
    }

    /// What the engines so far cannot do, or not in time, this one does: it stands at the end of the line.
    pub fn followed_by(mut self, next: Self) -> Self {
        self.watch.get_or_insert_with(Watch::begin);
        self.behind.push(next);
        self
    }

    /// The engine has deadlines of its own, at which it fails by itself: no job is taken from it.
    pub fn keeping_time(self) -> Self {
        Self {
            keeps_time: true,
            ..self
        }
    }

    /// This pool and those behind it, all as urgent as this one.
    pub(crate) fn line(&self) -> impl Iterator<Item = Self> {
        let behind = self
            .behind
            .iter()
            .map(|pool| pool.urged(self.priority, self.deadline));
        std::iter::once(self.clone()).chain(behind)
    }

    /// The first of the line that is not left alone.
    pub(crate) fn asked(&self) -> &Self {
        let mut line = std::iter::once(self).chain(&self.behind);
        let asked = line.find(|pool| pool.health.trouble().is_none());
        asked.unwrap_or(self)
    }

    /// A job submitted now would begin at once.
    pub fn has_room(&self) -> bool {
        self.shared.desk().queue.has_room()
    }

    /// The desk, which is told how many of the threads hang.
    fn desk(&self) -> MutexGuard<'_, Desk<E>> {
        let mut desk = self.shared.desk();
        desk.queue.lose(self.shared.now(), self.health.stuck());
        desk
    }

    pub fn engine(&self) -> &E {
        &self.engine
    }

    pub(crate) fn health(&self) -> &Arc<Health> {
        &self.health
    }

    pub(crate) fn keeps_time(&self) -> bool {
        self.keeps_time
    }

    /// Somebody waits in silence for what is asked here.
    pub(crate) fn is_urgent(&self) -> bool {
        self.priority == Priority::First
    }

    /// Nobody has asked yet for what is asked here.
    pub(crate) fn is_speculative(&self) -> bool {
        self.priority == Priority::Speculative
    }

    pub(crate) fn watch(&self) -> Option<Arc<Watch>> {
        self.watch.clone()
    }

    /// By a test, which looks itself.
    #[cfg(test)]
    pub(crate) fn watched_by(self, watch: &Arc<Watch>) -> Self {
        Self {
            watch: Some(Arc::clone(watch)),
            ..self
        }
    }

    /// The same pool, for jobs of this priority that are of no use after the deadline.
    pub fn urged(&self, priority: Priority, deadline: Option<Instant>) -> Self {
        Self {
            priority,
            deadline,
            ..self.clone()
        }
    }

    /// The load is that of whoever in the line is asked now: what calls would use of an engine that is left alone, they
    /// use of the next.
    pub fn figures(&self) -> Figures {
        let own = |pool: &Self| pool.desk().queue.figures(pool.shared.now());
        Figures {
            load_permille: own(self.asked()).load_permille,
            ..own(self)
        }
    }

    /// How long a job of this priority that comes now is likely to wait.
    pub fn predicted_wait(&self) -> Duration {
        self.desk().queue.predicted(self.priority)
    }

    pub(crate) fn submit(
        &self,
        longest_wait: Option<Duration>,
        asker: Asker,
        work: impl FnOnce(Begin<'_, E>) + Send + 'static,
    ) -> Result<(), Refused> {
        let work = Box::new(work);
        let terms = Terms {
            priority: self.priority,
            deadline: self
                .deadline
                .map(|deadline| deadline.saturating_duration_since(self.shared.epoch)),
            longest_wait,
        };
        let now = self.shared.now();
        let offered = self.desk().queue.offer(now, terms, Waiting { work, asker });
        self.shared.changed.notify_one();
        // The work itself is dropped here, without the lock: it may report.
        offered.map_err(|(refused, _)| refused)
    }
}

/// One worker's life. A panic in an engine costs its job, never the thread: the job's own guard
/// reports the failure while unwinding.
fn serve<E: ?Sized>(engine: &E, shared: &Shared<E>) {
    while let Some((Next { work, fate }, began)) = shared.take() {
        let begin = match fate {
            Fate::Begin => Begin::Now(engine),
            Fate::Late => Begin::Late,
            Fate::Left => Begin::Left,
        };
        let work = work.work;
        if catch_unwind(AssertUnwindSafe(|| work(begin))).is_err() {
            tracing::error!("an engine panicked; its job was reported as failed");
        }
        if fate == Fate::Begin {
            shared.desk().queue.done(began, shared.now());
        }
    }
}
