//! The decode loop: one thread that owns the context and computes one step for all calls at a time.
//!
//! A step reads one token of every call that speaks, and a portion of the prompts of those that do not yet.

mod choosing;
mod pace;
mod steps;

use crate::calls::Grammar;
use crate::options::LlamaOptions;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use models_engine::{Cancel, Failure, Stopped};
use models_ggml::Ggml;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};
use steps::{Decoding, context};

/// Replies that may wait for a sequence, as many again as the host lets in.
const WAITING: usize = 256;

/// A reply to compose.
pub(crate) struct Request {
    pub(crate) tokens: Vec<LlamaToken>,
    /// So many of them are the conversation; the rest begins the reply.
    pub(crate) asked: usize,
    pub(crate) most: usize,
    /// Of the dice that choose its words.
    pub(crate) seed: u32,
    /// What the reply must hold to.
    pub(crate) grammar: Option<Grammar>,
    /// The asker wants no more.
    pub(crate) cancel: Cancel,
    /// The listener has all it wanted.
    pub(crate) enough: Cancel,
    /// Closed at the end, and how it ended stands in `ended` then: the loop never waits to say so.
    pub(crate) words: SyncSender<LlamaToken>,
    pub(crate) ended: Ended,
}

/// Empty where the loop broke down.
pub(crate) type Ended = Arc<OnceLock<Result<(), Stopped>>>;

impl Request {
    pub(crate) fn end(self, how: Result<(), Stopped>) {
        let _ = self.ended.set(how);
    }
}

/// What was computed since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tokens of prompts that were read.
    pub read: u64,
    /// Tokens of prompts that were held already.
    pub reused: u64,
    /// Tokens that were chosen.
    pub composed: u64,
    /// Steps of the loop.
    pub steps: u64,
    /// Calls that the steps computed for, all steps together; and the steps that computed for four or more.
    pub sequences: u64,
    pub fours: u64,
    /// The most calls that one step computed for.
    pub together: u64,
    /// The longest step, in microseconds: so long may the loop go on after an order to stop.
    pub longest_step_us: u64,
}

#[derive(Default)]
struct Counters {
    read: AtomicU64,
    reused: AtomicU64,
    composed: AtomicU64,
    steps: AtomicU64,
    sequences: AtomicU64,
    fours: AtomicU64,
    together: AtomicU64,
    longest_step_us: AtomicU64,
}

/// The handle on the loop's thread, which ends with it.
pub(crate) struct Loop {
    requests: Mutex<Option<SyncSender<Request>>>,
    counters: Arc<Counters>,
    thread: Option<JoinHandle<()>>,
}

impl Loop {
    pub(crate) fn start(
        ggml: &'static Ggml,
        model: Arc<LlamaModel>,
        options: &LlamaOptions,
    ) -> Result<Self, Failure> {
        let (requests, inbox) = sync_channel(WAITING);
        let (ready, readiness) = sync_channel(1);
        let counters = Arc::new(Counters::default());
        let (counted, options) = (Arc::clone(&counters), options.clone());
        let run = move || match context(ggml, &model, &options) {
            Ok(context) => {
                let _ = ready.send(Ok(()));
                Decoding::new(context, &model, options, counted).run(&inbox);
            }
            Err(failure) => {
                let _ = ready.send(Err(failure));
            }
        };
        let thread = Builder::new()
            .name("llama".to_owned())
            .spawn(run)
            .map_err(|error| Failure::new(format!("the system gives no thread: {error}")))?;
        let broken = || Failure::new("the language model broke down while it was loaded");
        readiness.recv().map_err(|_| broken())??;
        Ok(Self {
            requests: Mutex::new(Some(requests)),
            counters,
            thread: Some(thread),
        })
    }

    pub(crate) fn submit(&self, request: Request) -> Result<(), Failure> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = requests.as_ref().expect("the sender goes with the loop");
        requests.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => {
                Failure::new("too many replies are waiting for the language model")
            }
            TrySendError::Disconnected(_) => Failure::new("the language model has broken down"),
        })
    }

    pub(crate) fn counts(&self) -> Counts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            read: count(&self.counters.read),
            reused: count(&self.counters.reused),
            composed: count(&self.counters.composed),
            steps: count(&self.counters.steps),
            sequences: count(&self.counters.sequences),
            fours: count(&self.counters.fours),
            together: count(&self.counters.together),
            longest_step_us: count(&self.counters.longest_step_us),
        }
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
