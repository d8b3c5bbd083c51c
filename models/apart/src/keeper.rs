//! Keeps a child alive: what the server holds of its engines' process.

use crate::berth::{BERTHS, Returns, State};
use crate::crew::{Crew, Gauge};
use crate::errand::Errand;
use crate::language::ApartLanguage;
use crate::line::Line;
use crate::recognizer::ApartRecognizer;
use crate::synthesizer::ApartSynthesizer;
use crate::watch;
use crate::wire::{JobId, Order};
use models_engine::{Cancel, LanguageModel, Recognizer, Stopped, Synthesizer};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How the child is begun, and what it is told to load. Its standard input becomes the socket.
pub struct Program {
    pub command: Box<dyn Fn() -> Command + Send + Sync>,
    pub plan: Vec<u8>,
    /// Whether a second one is to stand by, loaded, beside one that is such a crew: it takes over at once. Asked
    /// whenever there is none.
    pub spare: Box<dyn Fn(&Crew) -> bool + Send + Sync>,
}

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Between two heartbeats while the child works; it idles with fewer.
    pub beat: Duration,
    /// A child at work is looked at so often, for whether it was stopped. An idle one with each heartbeat.
    pub look: Duration,
    /// Heartbeats in a row without an answer, after which a child hangs. They are counted and not timed: a server that was
    /// itself suspended kills nobody.
    pub missed: u32,
    /// A job that says nothing for so long hangs, and its child with it. Also a job that was cancelled.
    pub silent: Duration,
    /// Weights come from slow disks; a child that is not up by then hangs.
    pub loading: Duration,
    /// So long a job waits for a child that is being begun anew.
    pub away: Duration,
    /// So many deaths ...
    pub deaths: usize,
    /// ... within this time, and no job done since the first of them: what is begun anew would only die again.
    pub within: Duration,
    /// The first rest then; each further one is twice as long, to a minute.
    pub rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            beat: Duration::from_millis(250),
            look: Duration::from_millis(50),
            missed: 4,
            silent: Duration::from_secs(30),
            loading: Duration::from_secs(600),
            away: Duration::from_secs(15),
            deaths: 8,
            within: Duration::from_secs(60),
            rest: Duration::from_secs(2),
        }
    }
}

/// What became of the child and its jobs so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The child that serves now, or is about to.
    pub pid: Option<u32>,
    /// The child that stands by, loaded.
    pub spare: Option<u32>,
    /// Children that died or were killed because they hung.
    pub deaths: u64,
    /// Jobs that were asked of a new child once more.
    pub again: u64,
    /// Jobs that a death cost for good.
    pub lost: u64,
    /// From the last sign of life of a child that served to another that does.
    pub returns: Returns,
    /// What the engines count, by their own names.
    pub gauges: Vec<Gauge>,
}

pub(crate) struct Shared {
    pub(crate) program: Program,
    pub(crate) patience: Patience,
    pub(crate) state: Mutex<State>,
    pub(crate) changed: Condvar,
    pub(crate) deaths: AtomicU64,
    again: AtomicU64,
    lost: AtomicU64,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        at_most: Duration,
    ) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, at_most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Nobody needs the engines any more.
    fn end(&self) {
        self.state().over = true;
        self.changed.notify_all();
    }

    pub(crate) fn once_more(&self) {
        self.again.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn gave_up(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// The line to a child that is up, waiting for one that is being begun.
    pub(crate) fn line(&self, cancel: &Cancel) -> Result<Arc<Line>, Stopped> {
        let until = Instant::now() + self.patience.away;
        let mut state = self.state();
        loop {
            cancel.check()?;
            match (state.line(), &state.resting) {
                (Some(line), _) if line.is_sound() => return Ok(Arc::clone(line)),
                (None, Some(why)) => return Err(Stopped::failed(why.clone())),
                _ => {}
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || state.over {
                return Err(Stopped::failed("the engines are still being begun anew"));
            }
            state = self.wait(state, left.min(crate::errand::LOOK));
        }
    }

    /// Asks a child that is up. `Err` where none will be, or the asker has gone.
    pub(crate) fn ask<'a>(
        &self,
        cancel: &Cancel,
        order: impl Fn(JobId) -> Order<'a>,
    ) -> Result<Errand, Stopped> {
        loop {
            let line = self.line(cancel)?;
            let errand = Errand::begin(line, self.patience.silent);
            match errand.send(&order(errand.id())) {
                Ok(()) => return Ok(errand),
                // Nobody has begun it: this costs no try.
                Err(crate::line::Cut::Lost) => errand.line().close(),
                Err(cut) => return Err(cut.into()),
            }
        }
    }
}

/// Engines in a process of their own. The child ends with the last handle.
#[derive(Clone)]
pub struct Apart {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    crew: Crew,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Apart {
    /// Begins the child and waits until its engines are loaded. An error is a sentence that says what to do.
    pub fn start(program: Program, patience: Patience) -> Result<Self, String> {
        let shared = Arc::new(Shared {
            program,
            patience,
            state: Mutex::default(),
            changed: Condvar::new(),
            deaths: AtomicU64::new(0),
            again: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        for place in 0..BERTHS {
            let keeping = Arc::clone(&shared);
            // A child dies with the thread that began it: these live as long as the server.
            let begun = std::thread::Builder::new()
                .name(format!("engines-keeper-{place}"))
                .spawn(move || watch::keep(&keeping, place));
            if let Err(error) = begun {
                shared.end();
                return Err(format!("no thread keeps the engines: {error}"));
            }
        }
        let mut state = shared.state();
        loop {
            if let Some(why) = state.resting.clone() {
                drop(state);
                shared.end();
                return Err(why);
            }
            if let (true, Some(crew)) = (state.serves(), state.crew.clone()) {
                drop(state);
                let inner = Arc::new(Inner { shared, crew });
                return Ok(Self { inner });
            }
            state = shared.wait(state, Duration::from_secs(1));
        }
    }

    pub fn crew(&self) -> &Crew {
        &self.inner.crew
    }

    /// The recognizer, and how many utterances it takes at once.
    pub fn recognizer(&self) -> Option<(Arc<dyn Recognizer>, usize)> {
        let seat = self.crew().recognizer.as_ref()?;
        let engine = ApartRecognizer::new(self.clone(), seat.card.clone());
        Some((Arc::new(engine), seat.threads))
    }

    /// The language model, and how many replies it composes at once.
    pub fn language_model(&self) -> Option<(Arc<dyn LanguageModel>, usize)> {
        let seat = self.crew().language_model.as_ref()?;
        let engine = ApartLanguage::new(self.clone(), seat.card.clone());
        Some((Arc::new(engine), seat.threads))
    }

    /// The synthesizer, and how many phrases it speaks at once.
    pub fn synthesizer(&self) -> Option<(Arc<dyn Synthesizer>, usize)> {
        let seat = self.crew().synthesizer.as_ref()?;
        let engine = ApartSynthesizer::new(self.clone(), seat.card.clone());
        Some((Arc::new(engine), seat.threads))
    }

    /// Why nothing can be asked of the engines now; `None` while all is well, or will be in a moment.
    pub fn trouble(&self) -> Option<String> {
        let state = self.shared().state();
        state.resting.clone().filter(|_| !state.serves())
    }

    pub fn account(&self) -> Account {
        let shared = self.shared();
        let state = shared.state();
        Account {
            pid: state.pid(),
            spare: state.standing_by(),
            deaths: shared.deaths.load(Ordering::Relaxed),
            again: shared.again.load(Ordering::Relaxed),
            lost: shared.lost.load(Ordering::Relaxed),
            returns: state.returns,
            gauges: state.line().map(|line| line.gauges()).unwrap_or_default(),
        }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }
}
