//! The ports of the engines that answer one request at a time: retrieval, language, speech.

use crate::fail_over::composing::Composition;
use crate::fail_over::speaking::Phrase;
use crate::fail_over::{Errand, LONGEST_WAIT, Taken, late};
use crate::job::{Job, Mailbox};
use crate::pool::{Begin, Pool};
use crate::queue::Priority;
use models_engine::{
    Cancel, Card, Endpointer, LanguageModel, Passage, Piece, Probability, Prompt, Query, Retriever,
    Script, Spoken, Stopped, Synthesizer,
};
use std::time::Instant;
use tokio::sync::mpsc;

/// What a language model reports: pieces, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Composing {
    Taken(Taken),
    Piece(Piece),
    Ended(Result<(), Stopped>),
}

/// What a synthesizer reports: samples at its rate, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Speaking {
    Taken(Taken),
    Speech { rate: u32, samples: Vec<f32> },
    Ended(Result<Spoken, Stopped>),
}

#[derive(Clone)]
pub struct RetrieverPort(pub Pool<dyn Retriever>);

#[derive(Clone)]
pub struct LanguagePort(pub Pool<dyn LanguageModel>);

#[derive(Clone)]
pub struct SynthesizerPort(pub Pool<dyn Synthesizer>);

/// For an endpointer that listens; what it says of words is asked in place.
#[derive(Clone)]
pub struct EndpointerPort(pub Pool<dyn Endpointer>);

impl EndpointerPort {
    /// None where it cannot tell, or is too busy: then the words must do.
    pub fn listen<T: Send + 'static>(
        &self,
        speech: Vec<f32>,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Option<Probability>) -> T + Send + Clone + 'static,
    ) -> Job {
        run(
            &self.0,
            to,
            wrap,
            |_| None,
            move |engine, end, _| {
                end(engine.listen(&speech));
            },
        )
    }
}

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

    pub fn passages(&self) -> usize {
        self.0.engine().passages()
    }

    /// Of all that stand in line.
    pub fn cards(&self) -> Vec<Card> {
        self.0.line().map(|pool| pool.engine().card()).collect()
    }

    pub fn compose<T: Send + 'static>(
        &self,
        prompt: Prompt,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Composing) -> T + Send + Clone + 'static,
    ) -> Job {
        let (job, asker) = Job::new();
        let mailbox = Mailbox::new(to.clone(), wrap.clone());
        let errand = Errand::new(&self.0, Composition::new(prompt), mailbox, asker);
        if let Err(stopped) = errand.submit() {
            Mailbox::<Composing>::immediate(to, wrap(Composing::Ended(Err(stopped))));
        }
        job
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

    /// Of all that stand in line.
    pub fn cards(&self) -> Vec<Card> {
        self.0.line().map(|pool| pool.engine().card()).collect()
    }

    /// Of the first in line.
    pub fn voices(&self) -> Vec<String> {
        self.0.engine().voices()
    }

    /// Of each in line.
    pub fn all_voices(&self) -> Vec<Vec<String>> {
        self.0.line().map(|pool| pool.engine().voices()).collect()
    }

    pub fn speak<T: Send + 'static>(
        &self,
        script: Script,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Speaking) -> T + Send + Clone + 'static,
    ) -> Job {
        self.speak_from(0, script, to, wrap)
    }

    /// As `speak`, but those before this place in line are not asked: a reply that changed its voice keeps the new one.
    pub fn speak_from<T: Send + 'static>(
        &self,
        place: usize,
        script: Script,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Speaking) -> T + Send + Clone + 'static,
    ) -> Job {
        let (job, asker) = Job::new();
        let mailbox = Mailbox::new(to.clone(), wrap.clone());
        let errand = Errand::new(&self.0, Phrase::new(script), mailbox, asker);
        let errand = errand.starting_at(place);
        if let Err(stopped) = errand.submit() {
            Mailbox::<Speaking>::immediate(to, wrap(Speaking::Ended(Err(stopped))));
        }
        job
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
    let (job, asker) = Job::new();
    let mailbox = Mailbox::new(to.clone(), wrap.clone());
    let cancel = asker.cancel.clone();
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
                guard.mailbox.report(failed(late()));
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
