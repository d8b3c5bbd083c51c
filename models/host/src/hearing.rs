//! The recognizer's port: one utterance holds one thread, and the sound waits while none is free.

use crate::job::{Job, Mailbox};
use crate::pool::{Begin, Pool};
use models_engine::{Cancel, Card, Hint, Hypothesis, Recognizer, Stopped, Transcript};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tokio::sync::mpsc;

/// Sound is handed over in pieces of about 100 ms: fewer wake-ups, and no engine looks more often.
const HANDOVER: usize = models_engine::LISTENING_RATE as usize / 10;

/// Two minutes of sound may wait for a free recognizer, twice the longest utterance the core allows.
const WAITING: usize = 1200;

/// What a recognizer reports: words so far, then how it ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Partial(Hypothesis),
    Ended(Result<Transcript, Stopped>),
}

/// As many utterances are recognised at once as the pool has threads. Who comes later waits, in the
/// order of coming; the sound is kept meanwhile, and is caught up with faster than it was spoken.
#[derive(Clone)]
pub struct RecognizerPort(pub Pool<dyn Recognizer>);

enum Sound {
    More(Vec<f32>),
    Finished,
}

/// One utterance on its way to the recognizer. Dropping it cancels.
pub struct Hearing {
    sound: SyncSender<Sound>,
    gathered: Vec<f32>,
    _job: Job,
}

impl RecognizerPort {
    pub fn card(&self) -> Card {
        self.0.engine().card()
    }

    pub fn listen<T: Send + 'static>(
        &self,
        hint: Hint,
        to: &mpsc::Sender<T>,
        wrap: impl Fn(Heard) -> T + Send + Clone + 'static,
    ) -> Hearing {
        let (job, cancel) = Job::new();
        let (sound, sounds) = sync_channel(WAITING);
        let mailbox = Mailbox::new(to.clone(), wrap.clone());
        let asker = cancel.clone();
        // A recognizer is held for as long as somebody speaks: how long others wait for it no mean foretells, and their sound
        // is kept meanwhile.
        let submitted = self.0.submit(None, asker, move |begin| {
            let mut guard = EndGuard {
                mailbox,
                ended: None,
            };
            guard.ended = Some(match begin {
                Begin::Now(engine) => attend(engine, &hint, &sounds, &guard.mailbox, &cancel),
                Begin::Left | Begin::Late => Err(Stopped::Cancelled),
            });
        });
        if submitted.is_err() {
            let busy = Stopped::failed("too many callers are waiting to be understood");
            Mailbox::<Heard>::immediate(to, wrap(Heard::Ended(Err(busy))));
        }
        Hearing {
            sound,
            gathered: Vec::with_capacity(HANDOVER),
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

    /// The utterance is over: its transcript is wanted.
    pub fn finish(&mut self) {
        self.hand_over();
        let _ = self.sound.try_send(Sound::Finished);
    }

    fn hand_over(&mut self) {
        if !self.gathered.is_empty() {
            let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(HANDOVER));
            let _ = self.sound.try_send(Sound::More(piece));
        }
    }
}

/// Follows one utterance from its first sound to its transcript.
fn attend(
    engine: &dyn Recognizer,
    hint: &Hint,
    sounds: &Receiver<Sound>,
    mailbox: &Mailbox<Heard>,
    cancel: &Cancel,
) -> Result<Transcript, Stopped> {
    cancel.check()?;
    let mut listening = engine.listen(hint)?;
    loop {
        // The sender goes with its `Hearing`: then nobody wants the words.
        let sound = sounds.recv().map_err(|_| Stopped::Cancelled)?;
        cancel.check()?;
        match sound {
            Sound::More(speech) => {
                if let Some(hypothesis) = listening.push(&speech, cancel)? {
                    mailbox.report(Heard::Partial(hypothesis));
                }
            }
            Sound::Finished => return listening.finish(cancel),
        }
    }
}

/// Reports the end, or a failure when unwound by a panic.
struct EndGuard {
    mailbox: Mailbox<Heard>,
    ended: Option<Result<Transcript, Stopped>>,
}

impl Drop for EndGuard {
    fn drop(&mut self) {
        let broken = || Err(Stopped::failed("the recognizer broke down"));
        self.mailbox
            .report(Heard::Ended(self.ended.take().unwrap_or_else(broken)));
    }
}
