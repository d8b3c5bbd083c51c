//! The recognizer's port: one utterance holds one thread, and the sound waits while none is free.

use crate::fail_over::listening::Utterance;
use crate::fail_over::{Errand, Taken};
use crate::job::{Job, Mailbox};
use crate::pool::Pool;
use models_engine::{Card, Hint, Hypothesis, Recognizer, Stopped, Transcript};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use tokio::sync::mpsc;

/// Sound is handed over in pieces of about 100 ms: fewer wake-ups, and no engine looks more often.
pub(crate) const HANDOVER: usize = models_engine::LISTENING_RATE as usize / 10;

/// Two minutes of sound may wait for a free recognizer, twice the longest utterance the core allows.
pub(crate) const WAITING: usize = 1200;

/// What a recognizer reports: words so far, words as though it had ended, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Taken(Taken),
    Partial(Hypothesis),
    Settled { mark: u32, text: String },
    Ended(Result<Transcript, Stopped>),
}

/// As many utterances are recognised at once as the pool has threads. Who comes later waits, in the
/// order of coming; the sound is kept meanwhile, and is caught up with faster than it was spoken.
#[derive(Clone)]
pub struct RecognizerPort(pub Pool<dyn Recognizer>);

pub(crate) enum Sound {
    More(Vec<f32>),
    Settle(u32),
    Finished,
}

/// One utterance on its way to the recognizer. Dropping it cancels.
pub struct Hearing {
    sound: SyncSender<Sound>,
    gathered: Vec<f32>,
    finished: Arc<AtomicBool>,
    _job: Job,
}

impl RecognizerPort {
    pub fn card(&self) -> Card {
        self.0.engine().card()
    }

    /// Of all that stand in line.
    pub fn cards(&self) -> Vec<Card> {
        self.0.line().map(|pool| pool.engine().card()).collect()
    }

    pub fn listen<T: Send + 'static>(
        &self,
        hint: Hint,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Heard) -> T + Send + Clone + 'static,
    ) -> Hearing {
        let (job, asker) = Job::new();
        let (sound, sounds) = sync_channel(WAITING);
        let utterance = Utterance::new(hint, sounds, self.0.line().count() > 1);
        let finished = utterance.finished();
        let mailbox = Mailbox::new(to.clone(), wrap.clone());
        let errand = Errand::new(&self.0, utterance, mailbox, asker);
        if let Err(stopped) = errand.submit() {
            Mailbox::<Heard>::immediate(to, wrap(Heard::Ended(Err(stopped))));
        }
        Hearing {
            sound,
            gathered: Vec::with_capacity(HANDOVER),
            finished,
            _job: job,
        }
    }
}

impl Hearing {
    /// Never waits. Sound beyond the bound is lost, as it would be on a line.
    pub fn push(&mut self, speech: &[f32]) {
        self.gathered.extend_from_slice(speech);
        if self.gathered.len() >= HANDOVER {
            self.hand_over();
        }
    }

    /// The words as though it were over here are wanted, under this mark.
    pub fn settle(&mut self, mark: u32) {
        self.hand_over();
        let _ = self.sound.try_send(Sound::Settle(mark));
    }

    /// The utterance is over: its transcript is wanted.
    pub fn finish(&mut self) {
        self.hand_over();
        let _ = self.sound.try_send(Sound::Finished);
        self.finished.store(true, Ordering::Release);
    }

    fn hand_over(&mut self) {
        if !self.gathered.is_empty() {
            let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(HANDOVER));
            let _ = self.sound.try_send(Sound::More(piece));
        }
    }
}
