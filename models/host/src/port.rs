//! The ports of the engines that answer one request at a time: retrieval, language, speech.

use crate::job::{Job, Mailbox};
use crate::pool::{Begin, Pool};
use crate::queue::Priority;
use models_engine::{
    Cancel, Card, LanguageModel, Passage, Piece, Prompt, Query, Retriever, Script, Spoken, Stopped,
    Synthesizer,
};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Who would wait for longer is told at once that the server is too busy: nobody holds a line in silence for so long.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What a language model reports: pieces, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Composing {
    Piece(Piece),
    Ended(Result<(), Stopped>),
}

/// What a synthesizer reports: samples at its rate, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Speaking {
    Speech { rate: u32, samples: Vec<f32> },
    Ended(Result<Spoken, Stopped>),
}

#[derive(Clone)]
pub struct RetrieverPort(pub Pool<dyn Retriever>);

#[derive(Clone)]
pub struct LanguagePort(pub Pool<dyn LanguageModel>);

#[derive(Clone)]
pub struct SynthesizerPort(pub Pool<dyn Synthesizer>);

impl RetrieverPort {
    pub fn card(&self) -> Card {
        self.0.engine().card()
    }

    pub fn retrieve<T: Send + 'static>(
        &self,
        query: Query,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Result<Vec<Passage>, Stopped>) -> T + Send + Clone + 'static,
    ) -> Job {
        run(&self.0, to, wrap, Err, move |engine, end, cancel| {
            end(engine.retrieve(&query, cancel));
        })
    }
}

impl LanguagePort {
    /// The same port, for jobs of this priority that are of no use after the deadline.
    pub fn urged(&self, priority: Priority, deadline: Option<Instant>) -> Self {
        Self(self.0.urged(priority, deadline))
    }

    pub fn card(&self) -> Card {
        self.0.engine().card()
    }

    pub fn compose<T: Send + 'static>(
        &self,
        prompt: Prompt,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Composing) -> T + Send + Clone + 'static,
    ) -> Job {
        let failed = |stopped| Composing::Ended(Err(stopped));
        run(&self.0, to, wrap, failed, move |engine, report, cancel| {
            let mut emit = |piece| {
                if !report(Composing::Piece(piece)) {
                    cancel.cancel();
                }
            };
            let ended = engine.compose(&prompt, &mut emit, cancel);
            report(Composing::Ended(ended));
        })
    }
}

impl SynthesizerPort {
    /// The same port, for jobs of this priority that are of no use after the deadline.
    pub fn urged(&self, priority: Priority, deadline: Option<Instant>) -> Self {
        Self(self.0.urged(priority, deadline))
    }

    pub fn card(&self) -> Card {
        self.0.engine().card()
    }

    pub fn voices(&self) -> Vec<String> {
        self.0.engine().voices()
    }

    pub fn speak<T: Send + 'static>(
        &self,
        script: Script,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Speaking) -> T + Send + Clone + 'static,
    ) -> Job {
        let failed = |stopped| Speaking::Ended(Err(stopped));
        run(&self.0, to, wrap, failed, move |engine, report, cancel| {
            let rate = engine.rate();
            let mut emit = |samples: &[f32]| {
                if !report(Speaking::Speech {
                    rate,
                    samples: samples.to_vec(),
                }) {
                    cancel.cancel();
                }
            };
            let ended = engine.speak(&script, &mut emit, cancel);
            report(Speaking::Ended(ended));
        })
    }
}

/// Submits a job. Whatever becomes of it, a refusal or a panic included, its end is reported once.
fn run<E, R, T>(
    pool: &Pool<E>,
    to: &mpsc::Sender<T>,
    wrap: impl Fn(R) -> T + Send + Clone + 'static,
    failed: fn(Stopped) -> R,
    work: impl FnOnce(&E, &dyn Fn(R) -> bool, &Cancel) + Send + 'static,
) -> Job
where
    E: ?Sized + Send + Sync + 'static,
    R: 'static,
    T: Send + 'static,
{
    let (job, cancel) = Job::new();
    let mailbox = Mailbox::new(to.clone(), wrap.clone());
    let asker = cancel.clone();
    let submitted = pool.submit(Some(LONGEST_WAIT), asker, move |begin| {
        let mut guard = EndGuard {
            mailbox,
            failed,
            armed: true,
        };
        match begin {
            Begin::Now(engine) => {
                work(engine, &|report| guard.mailbox.report(report), &cancel);
            }
            Begin::Left => {
                guard.mailbox.report(failed(Stopped::Cancelled));
            }
            Begin::Late => {
                let late = Stopped::failed("this came too late to be of use");
                guard.mailbox.report(failed(late));
            }
        }
        guard.armed = false;
    });
    if submitted.is_err() {
        let busy = Stopped::failed("too many requests are waiting for this engine");
        Mailbox::<R>::immediate(to, wrap(failed(busy)));
    }
    job
}

/// Reports a failure when its job is unwound by a panic.
struct EndGuard<R: 'static> {
    mailbox: Mailbox<R>,
    failed: fn(Stopped) -> R,
    armed: bool,
}

impl<R: 'static> Drop for EndGuard<R> {
    fn drop(&mut self) {
        if self.armed {
            self.mailbox
                .report((self.failed)(Stopped::failed("the engine broke down")));
        }
    }
}
