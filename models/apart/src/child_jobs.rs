//! What the child does at once: a thread for each job, which says its end whatever becomes of it.

use crate::child::{Aboard, Gauges};
use crate::seats::Seats;
use crate::wire::{self, Answer, JobId, Order, SAMPLES, Said};
use models_engine::{
    Cancel, Hint, LanguageModel, Prompt, Recognizer, Script, Stopped, Synthesizer, Transcript,
};
use std::collections::HashMap;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

/// Jobs at once. The server asks for as many as its pools have threads, far fewer.
const MOST: usize = 2_048;

/// Frames of one utterance that may wait for its recognizer: two minutes and more.
const SOUNDS: usize = 2_048;

/// The engines, once they are loaded.
pub(crate) struct Engines {
    recognizer: Option<Manned<dyn Recognizer>>,
    language_model: Option<Manned<dyn LanguageModel>>,
    synthesizer: Option<Manned<dyn Synthesizer>>,
    pub(crate) gauges: Option<Gauges>,
}

/// An engine, and how many jobs it does at once. The server asks for no more, but it has done with a job as soon as
/// nobody wants it; here native code may not have looked yet.
struct Manned<E: ?Sized> {
    engine: Arc<E>,
    seats: Seats,
}

impl<E: ?Sized> From<(Arc<E>, usize)> for Manned<E> {
    fn from((engine, seats): (Arc<E>, usize)) -> Self {
        let seats = Seats::new(seats);
        Self { engine, seats }
    }
}

impl From<Aboard> for Engines {
    fn from(aboard: Aboard) -> Self {
        Self {
            recognizer: aboard.recognizer.map(Manned::from),
            language_model: aboard.language_model.map(Manned::from),
            synthesizer: aboard.synthesizer.map(Manned::from),
            gauges: aboard.gauges,
        }
    }
}

/// The way back to the server, which all jobs share.
pub(crate) struct Voice(Mutex<UnixStream>);

impl Voice {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self(Mutex::new(stream))
    }

    /// A server that is gone hears nothing, and the reader notices it.
    pub(crate) fn say(&self, answer: &Answer) {
        if let Ok(frame) = wire::frame(answer) {
            let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = stream.write_all(&frame);
        }
    }
}

enum Sound {
    More(Vec<f32>),
    Settle,
    Finished,
}

struct Running {
    cancel: Cancel,
    sound: Option<SyncSender<Sound>>,
}

type Table = Arc<Mutex<HashMap<JobId, Running>>>;

pub(crate) struct Jobs {
    voice: Arc<Voice>,
    engines: Arc<OnceLock<Engines>>,
    running: Table,
}

impl Jobs {
    pub(crate) fn new(voice: Arc<Voice>, engines: Arc<OnceLock<Engines>>) -> Self {
        Self {
            voice,
            engines,
            running: Table::default(),
        }
    }

    /// Never waits.
    pub(crate) fn obey(&mut self, order: Order<'_>) {
        match order {
            Order::Listen { job, hint } => self.listen(job, hint.into_owned()),
            Order::Sound { job, speech } => self.sound(job, Sound::More(speech.into_owned())),
            Order::Settle { job } => self.sound(job, Sound::Settle),
            Order::Finish { job } => self.sound(job, Sound::Finished),
            Order::Compose { job, prompt } => self.compose(job, prompt.into_owned()),
            Order::Speak { job, script } => self.speak(job, script.into_owned()),
            Order::Cancel { job } => {
                if let Some(running) = held(&self.running).remove(&job) {
                    running.cancel.cancel();
                }
            }
            Order::Load { .. } | Order::Ping { .. } => {}
        }
    }

    fn listen(&self, job: JobId, hint: Hint) {
        let (sound, sounds) = sync_channel(SOUNDS);
        self.run(job, Some(sound), Said::Heard, move |aboard, say, cancel| {
            let Manned { engine, seats } = aboard.recognizer.as_ref().ok_or_else(absent)?;
            let _seat = seats.take(cancel)?;
            hear(&**engine, &hint, &sounds, say, cancel)
        });
    }

    fn compose(&self, job: JobId, prompt: Prompt) {
        self.run(job, None, Said::Composed, move |aboard, say, cancel| {
            let Manned { engine, seats } = aboard.language_model.as_ref().ok_or_else(absent)?;
            let _seat = seats.take(cancel)?;
            engine.compose(&prompt, &mut |piece| say(Said::Piece(piece)), cancel)
        });
    }

    fn speak(&self, job: JobId, script: Script) {
        self.run(job, None, Said::Spoken, move |aboard, say, cancel| {
            let Manned { engine, seats } = aboard.synthesizer.as_ref().ok_or_else(absent)?;
            let _seat = seats.take(cancel)?;
            let mut emit = |samples: &[f32]| {
                for part in samples.chunks(SAMPLES) {
                    say(Said::Speech(part.to_vec()));
                }
            };
            engine.speak(&script, &mut emit, cancel)
        });
    }

    fn sound(&self, job: JobId, sound: Sound) {
        let mut running = held(&self.running);
        let Some(Running {
            sound: Some(to), ..
        }) = running.get(&job)
        else {
            return;
        };
        // Sound beyond the bound would leave a gap in what is heard: the utterance fails instead.
        if to.try_send(sound).is_err() {
            running.remove(&job);
        }
    }

    fn run<T: 'static>(
        &self,
        job: JobId,
        sound: Option<SyncSender<Sound>>,
        end: fn(Result<T, Stopped>) -> Said,
        work: impl FnOnce(&Engines, &mut dyn FnMut(Said), &Cancel) -> Result<T, Stopped>
        + Send
        + 'static,
    ) {
        let cancel = Cancel::new();
        let (voice, engines) = (Arc::clone(&self.voice), Arc::clone(&self.engines));
        let mut running = held(&self.running);
        let full = running.len() >= MOST;
        if !full {
            let cancel = cancel.clone();
            running.insert(job, Running { cancel, sound });
        }
        drop(running);
        let table = Arc::clone(&self.running);
        let works = move || {
            let mut say = |said| voice.say(&Answer::Job { job, said });
            let run = || match engines.get() {
                Some(aboard) if !full => work(aboard, &mut say, &cancel),
                Some(_) => Err(Stopped::failed("the engines do too much at once")),
                None => Err(absent()),
            };
            let broken = |_| Err(Stopped::failed("the engine broke down"));
            let ended = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(broken);
            held(&table).remove(&job);
            voice.say(&Answer::Job {
                job,
                said: end(ended),
            });
        };
        let thread = thread::Builder::new().name("engines-job".to_owned());
        if thread.spawn(works).is_err() {
            held(&self.running).remove(&job);
            let said = end(Err(Stopped::failed("the engines do too much at once")));
            self.voice.say(&Answer::Job { job, said });
        }
    }
}

fn held(table: &Table) -> std::sync::MutexGuard<'_, HashMap<JobId, Running>> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

fn absent() -> Stopped {
    Stopped::failed("this engine is not aboard")
}

/// Follows one utterance from its first sound to its transcript.
fn hear(
    engine: &dyn Recognizer,
    hint: &Hint,
    sounds: &Receiver<Sound>,
    say: &mut dyn FnMut(Said),
    cancel: &Cancel,
) -> Result<Transcript, Stopped> {
    let mut listening = engine.listen(hint)?;
    loop {
        let sound = sounds.recv().map_err(|_| match cancel.is_cancelled() {
            true => Stopped::Cancelled,
            false => Stopped::failed("more sound came than the recognizer could follow"),
        })?;
        cancel.check()?;
        match sound {
            Sound::More(speech) => {
                if let Some(words) = listening.push(&speech, cancel)? {
                    say(Said::Partial(words));
                }
            }
            Sound::Settle => say(Said::Settled(listening.settle(cancel)?)),
            Sound::Finished => return listening.finish(cancel),
        }
    }
}
