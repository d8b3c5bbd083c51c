//! Who is served next, and who not at all: a queue that is told the time and asks for nothing.

use crate::figures::Figures;
use std::collections::VecDeque;
use std::time::Duration;

/// Time since the queue was made.
pub type Now = Duration;

/// Whom others wait for. Within one priority jobs are begun in the order in which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody waits in silence: the words of a reply, or its first clause.
    #[default]
    First,
    /// A later clause, while an earlier one is still being heard.
    Later,
    /// Nobody has asked yet.
    Speculative,
}

/// How a job is to be treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    pub priority: Priority,
    /// After this it is of no use: it is not begun any more.
    pub deadline: Option<Now>,
    /// Refused when it would have to wait for longer than this. `None`: it waits as long as it takes. Zero: it is taken only
    /// where a thread is free.
    pub longest_wait: Option<Duration>,
}

/// Why a job was refused when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Full,
    /// So long it would have waited, as things stand.
    Slow(Duration),
}

/// A job whose time has come.
#[derive(Debug, PartialEq, Eq)]
pub struct Next<W> {
    pub work: W,
    pub fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// To be run, and then `done`.
    Begin,
    /// Its deadline is past.
    Late,
    /// Nobody wants it.
    Left,
}

struct Waiting<W> {
    work: W,
    since: Now,
    deadline: Option<Now>,
}

/// Over so long the load is taken; a call is some tens of seconds.
const WINDOW: Duration = Duration::from_secs(10);

/// How much the newest job counts in the mean: about the last ten are remembered.
const NEWEST: f64 = 0.1;

/// In seconds: no job counts for more in the mean, or than twice the mean where that is more. One that hung for minutes
/// would else foretell waits that nobody is let in for, and only jobs that are let in could tell otherwise. Where jobs do
/// take so long, the mean gets there all the same.
const TELLING: f64 = 10.0;

/// Where no thread is free a wait is said to be at least so long, however little is known of it ...
const SHORTEST: Duration = Duration::from_millis(1);

/// ... and never longer than this.
const LONGEST: Duration = Duration::from_secs(3_600);

pub struct Queue<W> {
    bands: [VecDeque<Waiting<W>>; 3],
    room: usize,
    figures: Figures,
    /// Threads that hang: each is with a job, and serves nobody.
    lost: usize,
    /// A job's running mean, in seconds; `None` before the first.
    cost: Option<f64>,
    /// Used share of the threads' time, decaying over the window, as it was at `at`.
    load: f64,
    at: Now,
}

impl<W> Queue<W> {
    /// For so many threads, with room for so many that wait.
    pub fn new(threads: usize, room: usize) -> Self {
        let figures = Figures {
            threads: threads.max(1),
            ..Figures::default()
        };
        Self {
            bands: [const { VecDeque::new() }; 3],
            room: room.max(1),
            figures,
            lost: 0,
            cost: None,
            load: 0.0,
            at: Now::ZERO,
        }
    }

    pub fn offer(&mut self, now: Now, terms: Terms, work: W) -> Result<(), (Refused, W)> {
        if self.figures.waiting >= self.room {
            self.figures.full += 1;
            return Err((Refused::Full, work));
        }
        let wait = self.predicted(terms.priority);
        if terms.longest_wait.is_some_and(|longest| wait > longest) {
            self.figures.slow += 1;
            return Err((Refused::Slow(wait), work));
        }
        self.bands[terms.priority as usize].push_back(Waiting {
            work,
            since: now,
            deadline: terms.deadline,
        });
        self.figures.waiting += 1;
        Ok(())
    }

    /// Those that nobody had asked for when they came, and for which somebody waits by now, stand with those that were
    /// waited for from the first, in the order in which all of them came.
    pub fn raise(&mut self, confirmed: impl Fn(&W) -> bool) {
        let [first, _, speculative] = &mut self.bands;
        let is_next = |waiting: &Waiting<W>| confirmed(&waiting.work);
        while let Some(at) = speculative.iter().position(is_next) {
            let raised = speculative.remove(at).expect("it is among them");
            let place = first.partition_point(|other| other.since <= raised.since);
            first.insert(place, raised);
        }
    }

    /// The next one, for a thread that has nothing to do. `wanted` says whether somebody still waits for it.
    pub fn next(&mut self, now: Now, wanted: impl Fn(&W) -> bool) -> Option<Next<W>> {
        let waiting = self.bands.iter_mut().find_map(VecDeque::pop_front)?;
        self.figures.waiting -= 1;
        let fate = match waiting.deadline {
            _ if !wanted(&waiting.work) => Fate::Left,
            Some(deadline) if deadline < now => Fate::Late,
            _ => Fate::Begin,
        };
        match fate {
            Fate::Left => self.figures.left += 1,
            Fate::Late => self.figures.late += 1,
            Fate::Begin => {
                self.settle(now);
                self.figures.running += 1;
                let waited = now.saturating_sub(waiting.since);
                self.figures.waited.note(waited);
            }
        }
        let work = waiting.work;
        Some(Next { work, fate })
    }

    /// A job that was begun is over.
    pub fn done(&mut self, began: Now, now: Now) {
        self.settle(now);
        self.figures.running = self.figures.running.saturating_sub(1);
        let ran = now.saturating_sub(began);
        self.figures.ran.note(ran);
        let ran = ran.as_secs_f64();
        self.cost = Some(match self.cost {
            Some(mean) => mean + NEWEST * (ran.min(TELLING.max(2.0 * mean)) - mean),
            None => ran.min(TELLING),
        });
    }

    /// So many of the threads hang now.
    pub(crate) fn lose(&mut self, now: Now, lost: usize) {
        self.settle(now);
        self.lost = lost;
    }

    fn serving(&self) -> usize {
        self.figures.threads.saturating_sub(self.lost)
    }

    /// A job that comes now begins at once.
    pub fn has_room(&self) -> bool {
        self.figures.running + self.figures.waiting < self.figures.threads
    }

    /// How long a job that comes now will wait, if things go on as they did. Zero only where a thread is free.
    pub fn predicted(&self, priority: Priority) -> Duration {
        let ahead = &self.bands[..=priority as usize];
        let ahead: usize = ahead.iter().map(VecDeque::len).sum();
        if self.figures.running + ahead < self.figures.threads {
            return Duration::ZERO;
        }
        let serving = self.serving();
        if serving == 0 {
            return LONGEST;
        }
        let rounds = (ahead + 1) as f64 / serving as f64;
        let seconds = self.cost.unwrap_or(0.0) * rounds;
        Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())).max(SHORTEST)
    }

    /// The share of the time of the threads that serve that was used over the last seconds; all of it where none does.
    pub fn load(&mut self, now: Now) -> f64 {
        self.settle(now);
        self.load
    }

    pub fn figures(&mut self, now: Now) -> Figures {
        let load_permille = (self.load(now) * 1_000.0) as u32;
        Figures {
            load_permille,
            ..self.figures
        }
    }

    /// Brings the load up to now: it moves towards what runs.
    fn settle(&mut self, now: Now) {
        let passed = now.saturating_sub(self.at).as_secs_f64() / WINDOW.as_secs_f64();
        let used = match self.serving() {
            0 => 1.0,
            serving => self.figures.running.saturating_sub(self.lost) as f64 / serving as f64,
        };
        self.load = used + (self.load - used) * (-passed).exp();
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests;
