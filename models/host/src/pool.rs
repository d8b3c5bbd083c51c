//! A few threads around one engine, with a bounded queue in front.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

type Work<E> = Box<dyn FnOnce(&E) + Send>;

/// How many jobs run and how many may wait. Jobs start in the order in which they came.
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
    queue: SyncSender<Work<E>>,
    load: Load,
    /// Those that take a job over when this one fails, in their order.
    behind: Vec<Pool<E>>,
}

impl<E: ?Sized> Clone for Pool<E> {
    fn clone(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            queue: self.queue.clone(),
            load: self.load.clone(),
            behind: self.behind.clone(),
        }
    }
}

/// How many jobs run or wait, and how many can run.
#[derive(Clone)]
struct Load {
    jobs: Arc<AtomicUsize>,
    threads: usize,
}

/// One job, until it has ended or was never begun.
struct Loaded(Arc<AtomicUsize>);

impl Load {
    fn one_more(&self) -> Loaded {
        self.jobs.fetch_add(1, Ordering::Relaxed);
        Loaded(Arc::clone(&self.jobs))
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The queue is full: the server is busier than it was built to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl<E: ?Sized + Send + Sync + 'static> Pool<E> {
    pub fn new(engine: Arc<E>, options: PoolOptions) -> Self {
        let (queue, work) = sync_channel::<Work<E>>(options.waiting.max(1));
        let work = Arc::new(Mutex::new(work));
        let threads = options.threads.max(1);
        for number in 0..threads {
            let (engine, work) = (Arc::clone(&engine), Arc::clone(&work));
            thread::Builder::new()
                .name(format!("{}-{number}", options.name))
                .spawn(move || serve(&*engine, &work))
                .expect("the system gives a thread at start-up");
        }
        let jobs = Arc::default();
        Self {
            engine,
            queue,
            load: Load { jobs, threads },
            behind: Vec::new(),
        }
    }

    /// A job submitted now would begin at once.
    pub fn has_room(&self) -> bool {
        self.load.jobs.load(Ordering::Relaxed) < self.load.threads
    }

    /// What the engines so far cannot do, this one does: it stands at the end of the line.
    pub fn followed_by(mut self, next: Self) -> Self {
        self.behind.push(next);
        self
    }

    /// This pool and those behind it.
    pub(crate) fn line(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.behind)
    }

    pub fn engine(&self) -> &E {
        &self.engine
    }

    pub(crate) fn submit(&self, work: impl FnOnce(&E) + Send + 'static) -> Result<(), Full> {
        let loaded = self.load.one_more();
        let work = move |engine: &E| {
            let _loaded = loaded;
            work(engine);
        };
        match self.queue.try_send(Box::new(work)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Full),
        }
    }
}

/// One worker's life. A panic in an engine costs its job, never the thread: the job's own guard
/// reports the failure while unwinding.
fn serve<E: ?Sized>(engine: &E, work: &Mutex<Receiver<Work<E>>>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| work(engine))).is_err() {
            tracing::error!("an engine panicked; its job was reported as failed");
        }
    }
}
