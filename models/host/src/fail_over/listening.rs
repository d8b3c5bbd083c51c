//! An utterance on its way along the line of recognizers: its sound is kept for the next one.

use super::{Taken, Task};
use crate::hearing::{HANDOVER, Heard, Sound, WAITING};
use models_engine::{Cancel, Hint, Hypothesis, Listening, Recognizer, Stopped, Transcript};
use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// Kept for the next recognizer, and no more: as much as may wait for the first.
const KEPT: usize = WAITING * HANDOVER;

pub(crate) struct Utterance {
    hint: Hint,
    sounds: Receiver<Sound>,
    /// Taken from `sounds`, and not listened to yet.
    ahead: VecDeque<Sound>,
    /// Where somebody could take over: what was listened to so far.
    kept: Option<Vec<f32>>,
    over: bool,
    /// Another recognizer has begun it: what that one held for stable is not.
    again: bool,
}

impl Utterance {
    /// `keeps`: another recognizer stands behind the first.
    pub(crate) fn new(hint: Hint, sounds: Receiver<Sound>, keeps: bool) -> Self {
        Self {
            hint,
            sounds,
            ahead: VecDeque::new(),
            kept: keeps.then(Vec::new),
            over: false,
            again: false,
        }
    }

    fn keep(&mut self, speech: &[f32]) {
        if let Some(kept) = &mut self.kept {
            let room = KEPT.saturating_sub(kept.len());
            kept.extend_from_slice(&speech[..speech.len().min(room)]);
        }
    }

    /// Follows the utterance from its first sound to its transcript, catching up with what was kept.
    fn follow<'a>(
        &mut self,
        mut listening: Box<dyn Listening + 'a>,
        out: &mut dyn FnMut(Heard) -> bool,
        cancel: &Cancel,
    ) -> Result<Transcript, Stopped> {
        let again = std::mem::replace(&mut self.again, true);
        let mut so_far = SoFar {
            again,
            text: String::new(),
        };
        for speech in self.kept.iter().flat_map(|kept| kept.chunks(HANDOVER)) {
            cancel.check()?;
            so_far.hear(listening.push(speech, cancel)?, out);
        }
        while !self.over {
            let sound = self.next()?;
            cancel.check()?;
            match sound {
                Sound::More(speech) => {
                    self.keep(&speech);
                    so_far.hear(listening.push(&speech, cancel)?, out);
                }
                Sound::Settle(_) if self.is_overtaken() => {}
                Sound::Settle(mark) => {
                    let settled = listening.settle(cancel)?;
                    let text = settled.unwrap_or_else(|| so_far.text.clone());
                    out(Heard::Settled { mark, text });
                }
                Sound::Finished => self.over = true,
            }
        }
        listening.finish(cancel)
    }

    fn next(&mut self) -> Result<Sound, Stopped> {
        if let Some(sound) = self.ahead.pop_front() {
            return Ok(sound);
        }
        // The sender goes with its `Hearing`: then nobody wants the words.
        self.sounds.recv().map_err(|_| Stopped::Cancelled)
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

    /// A recognizer is held for as long as somebody speaks: how long others wait for it no mean foretells, and their sound
    /// is kept meanwhile.
    const LONGEST_WAIT: Option<Duration> = None;

    fn work(
        &mut self,
        engine: &dyn Recognizer,
        out: &mut dyn FnMut(Heard) -> bool,
        cancel: &Cancel,
    ) -> Result<Heard, Stopped> {
        let hint = self.hint.clone();
        let listening = engine.listen(&hint)?;
        let transcript = self.follow(listening, out, cancel)?;
        Ok(Heard::Ended(Ok(transcript)))
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
