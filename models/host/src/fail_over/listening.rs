//! An utterance on its way along the line of recognizers: its sound is kept for the next one.

use super::{Taken, Task};
use crate::hearing::{HANDOVER, Heard, Sound, WAITING};
use models_engine::{Cancel, Hint, Hypothesis, Listening, Recognizer, Stopped, Transcript};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Kept for the next recognizer, and no more: as much as may wait for the first.
const KEPT: usize = WAITING * HANDOVER;

pub(crate) struct Utterance {
    hint: Hint,
    sound: Arc<Mutex<Arriving>>,
    /// The caller has said all of it, and waits for the words.
    finished: Arc<AtomicBool>,
    /// Another recognizer has begun it: what that one held for stable is not.
    again: bool,
}

impl Utterance {
    /// `keeps`: another recognizer stands behind the first.
    pub(crate) fn new(hint: Hint, sounds: Receiver<Sound>, keeps: bool) -> Self {
        let sound = Arriving {
            sounds,
            ahead: VecDeque::new(),
            kept: keeps.then(Vec::new),
            over: false,
        };
        Self {
            hint,
            sound: Arc::new(Mutex::new(sound)),
            finished: Arc::default(),
            again: false,
        }
    }

    /// To be raised when the last of it is on its way.
    pub(crate) fn finished(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.finished)
    }
}

/// The sound of an utterance, for whichever recognizer listens to it.
struct Arriving {
    sounds: Receiver<Sound>,
    /// Taken from `sounds`, and not listened to yet.
    ahead: VecDeque<Sound>,
    /// Where somebody could take over: what was listened to so far.
    kept: Option<Vec<f32>>,
    over: bool,
}

impl Arriving {
    /// What comes next for one who has heard so many samples; waits for it.
    fn next(&mut self, heard: usize) -> Result<Sound, Stopped> {
        let kept = self.kept.as_ref().filter(|kept| heard < kept.len());
        if let Some(kept) = kept {
            let end = kept.len().min(heard + HANDOVER);
            return Ok(Sound::More(kept[heard..end].to_vec()));
        }
        if self.over {
            return Ok(Sound::Finished);
        }
        loop {
            let sound = self.receive()?;
            match &sound {
                Sound::More(speech) => self.keep(speech),
                Sound::Settle(_) if self.is_overtaken() => continue,
                Sound::Settle(_) => {}
                Sound::Finished => self.over = true,
            }
            return Ok(sound);
        }
    }

    fn receive(&mut self) -> Result<Sound, Stopped> {
        if let Some(sound) = self.ahead.pop_front() {
            return Ok(sound);
        }
        // The sender goes with its `Hearing`: then nobody wants the words.
        self.sounds.recv().map_err(|_| Stopped::Cancelled)
    }

    fn keep(&mut self, speech: &[f32]) {
        if let Some(kept) = &mut self.kept {
            let room = KEPT.saturating_sub(kept.len());
            kept.extend_from_slice(&speech[..speech.len().min(room)]);
        }
    }

    /// Later words, or all of them, are wanted by now: a recognizer that is behind does not look for those of a pause
    /// that is past.
    fn is_overtaken(&mut self) -> bool {
        self.ahead.extend(self.sounds.try_iter());
        self.ahead
            .iter()
            .any(|sound| matches!(sound, Sound::Settle(_) | Sound::Finished))
    }
}

/// One recognizer's part.
pub(crate) struct Following {
    hint: Hint,
    sound: Arc<Mutex<Arriving>>,
    again: bool,
}

impl Following {
    fn next(&self, heard: usize) -> Result<Sound, Stopped> {
        let mut sound = self.sound.lock().unwrap_or_else(PoisonError::into_inner);
        sound.next(heard)
    }

    /// Follows the utterance from its first sound to its transcript, catching up with what was kept.
    fn follow<'a>(
        &self,
        mut listening: Box<dyn Listening + 'a>,
        out: &mut dyn FnMut(Heard) -> bool,
        cancel: &Cancel,
    ) -> Result<Transcript, Stopped> {
        let (again, mut heard) = (self.again, 0);
        let mut so_far = SoFar {
            again,
            text: String::new(),
        };
        loop {
            // What it waits for is another's, where that one has taken over.
            cancel.check()?;
            let sound = self.next(heard)?;
            cancel.check()?;
            match sound {
                Sound::More(speech) => {
                    heard += speech.len();
                    so_far.hear(listening.push(&speech, cancel)?, out);
                }
                Sound::Settle(mark) => {
                    let settled = listening.settle(cancel)?;
                    let text = settled.unwrap_or_else(|| so_far.text.clone());
                    out(Heard::Settled { mark, text });
                }
                Sound::Finished => return listening.finish(cancel),
            }
        }
    }
}

/// The words of one recognizer.
struct SoFar {
    /// It is not the first: it may change what that one held for stable.
    again: bool,
    text: String,
}

impl SoFar {
    fn hear(&mut self, words: Option<Hypothesis>, out: &mut dyn FnMut(Heard) -> bool) {
        if let Some(mut words) = words {
            words.stable = if self.again { 0 } else { words.stable };
            self.text.clone_from(&words.text);
            out(Heard::Partial(words));
        }
    }
}

impl Task<dyn Recognizer> for Utterance {
    type Report = Heard;
    type Left = Following;

    /// A recognizer is held for as long as somebody speaks: how long others wait for it no mean foretells, and their sound
    /// is kept meanwhile.
    const LONGEST_WAIT: Option<Duration> = None;

    /// Of 10 s, once all of it was said: a large model on a small machine is given its time.
    const PATIENCE: Duration = Duration::from_secs(7);

    fn left(&mut self) -> Following {
        Following {
            hint: self.hint.clone(),
            sound: Arc::clone(&self.sound),
            again: std::mem::replace(&mut self.again, true),
        }
    }

    fn work(
        left: Following,
        engine: &dyn Recognizer,
        out: &mut dyn FnMut(Heard) -> bool,
        cancel: &Cancel,
    ) -> Result<Heard, Stopped> {
        let listening = engine.listen(&left.hint)?;
        let transcript = left.follow(listening, out, cancel)?;
        Ok(Heard::Ended(Ok(transcript)))
    }

    /// Words before its end are no answer.
    fn note(&mut self, _: &Heard) -> bool {
        false
    }

    fn is_awaited(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    fn stopped(stopped: Stopped) -> Heard {
        Heard::Ended(Err(stopped))
    }

    fn taken(taken: Taken) -> Heard {
        Heard::Taken(taken)
    }

    fn name(engine: &dyn Recognizer) -> String {
        engine.card().name
    }
}
