//! The recognizer's side here: the sound of an utterance is kept, and told again to a new child.

use crate::errand::{Errand, Interrupted, TRIES};
use crate::keeper::Apart;
use crate::wire::{JobId, Order, SAMPLES, Said};
use models_engine::{
    Cancel, Card, Hint, Hypothesis, LISTENING_RATE, Listening, Recognizer, Stopped, Transcript,
};
use std::borrow::Cow;

/// Two minutes of sound are kept, twice the longest utterance that the core allows.
const KEPT: usize = 120 * LISTENING_RATE as usize;

pub(crate) struct ApartRecognizer {
    apart: Apart,
    card: Card,
}

impl ApartRecognizer {
    pub(crate) fn new(apart: Apart, card: Card) -> Self {
        Self { apart, card }
    }
}

impl Recognizer for ApartRecognizer {
    fn card(&self) -> Card {
        self.card.clone()
    }

    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        Ok(Box::new(ApartListening {
            apart: &self.apart,
            hint: hint.clone(),
            errand: None,
            kept: Vec::new(),
            forgotten: false,
            tries: 0,
            asked: None,
            told: Hypothesis::default(),
            untold: None,
        }))
    }
}

struct ApartListening<'a> {
    apart: &'a Apart,
    hint: Hint,
    /// None before the first sound, and when its child was lost.
    errand: Option<Errand>,
    kept: Vec<f32>,
    /// More sound came than is kept: it cannot be told again.
    forgotten: bool,
    tries: u32,
    /// What is waited for; another child is asked for it, too.
    asked: Option<Asked>,
    /// The words that the session knows of.
    told: Hypothesis,
    /// Words that came while others were waited for.
    untold: Option<Hypothesis>,
}

type Asked = fn(JobId) -> Order<'static>;

impl Listening for ApartListening<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        cancel.check()?;
        if self.kept.len() + speech.len() > KEPT {
            self.forgotten = true;
            self.kept = Vec::new();
        } else if !self.forgotten {
            self.kept.extend_from_slice(speech);
        }
        match &self.errand {
            Some(errand) if sound(errand, speech).is_ok() => {}
            Some(_) => self.errand = None,
            None if self.forgotten => return Err(too_long()),
            None => {}
        }
        if self.errand.is_none() {
            self.tell_again(cancel)?;
        }
        self.latest()
    }

    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        cancel.check()?;
        self.ask(|job| Order::Settle { job }, cancel)?;
        let settled = self.settled(cancel);
        self.asked = None;
        if settled.is_err() {
            // Whatever this child still says of it answers nobody.
            self.errand = None;
        }
        settled
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        cancel.check()?;
        self.ask(|job| Order::Finish { job }, cancel)?;
        loop {
            if let Said::Heard(ended) = self.next(cancel)? {
                return ended.map(sane);
            }
        }
    }
}

impl ApartListening<'_> {
    fn ask(&mut self, order: Asked, cancel: &Cancel) -> Result<(), Stopped> {
        self.asked = Some(order);
        let asked = self
            .errand
            .as_ref()
            .is_some_and(|errand| errand.send(&order(errand.id())).is_ok());
        match asked {
            true => Ok(()),
            false => self.tell_again(cancel),
        }
    }

    /// What the job says next, of whichever child lives.
    fn next(&mut self, cancel: &Cancel) -> Result<Said, Stopped> {
        loop {
            let errand = self.errand.as_ref().ok_or_else(broken)?;
            match errand.next(cancel) {
                Ok(said) => return Ok(said),
                Err(Interrupted::Cancelled) => return Err(Stopped::Cancelled),
                Err(Interrupted::Lost) => self.tell_again(cancel)?,
            }
        }
    }

    fn settled(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        loop {
            match self.next(cancel)? {
                Said::Partial(words) => self.untold = Some(words),
                // The session does not know these words yet, which are the best there are.
                Said::Settled(None) => {
                    return Ok(self.untold.as_ref().map(|words| words.text.clone()));
                }
                Said::Settled(settled) => return Ok(settled),
                Said::Heard(Err(stopped)) => return Err(stopped),
                Said::Heard(Ok(_)) => return Err(broken()),
                _ => {}
            }
        }
    }

    /// Begins at a child that lives, with all the sound so far.
    fn tell_again(&mut self, cancel: &Cancel) -> Result<(), Stopped> {
        let shared = self.apart.shared();
        loop {
            self.errand = None;
            if self.forgotten || self.tries >= TRIES {
                shared.gave_up();
                return Err(if self.forgotten { too_long() } else { broken() });
            }
            if self.tries > 0 {
                shared.once_more();
            }
            self.tries += 1;
            let hint = Cow::Borrowed(&self.hint);
            let errand = shared.ask(cancel, |job| Order::Listen {
                job,
                hint: hint.clone(),
            })?;
            let mut told = sound(&errand, &self.kept);
            if let Some(order) = self.asked {
                told = told.and_then(|()| errand.send(&order(errand.id())));
            }
            if told.is_ok() {
                self.errand = Some(errand);
                return Ok(());
            }
        }
    }

    /// The last of the words that have come by now; what a lost child did not say the next one will.
    fn latest(&mut self) -> Result<Option<Hypothesis>, Stopped> {
        let mut latest = self.untold.take();
        while let Some(errand) = &self.errand {
            match errand.said() {
                Ok(Some(Said::Partial(words))) => latest = Some(words),
                Ok(Some(Said::Heard(Err(stopped)))) => return Err(stopped),
                // The end before the end of the sound: an engine that does not know what it does.
                Ok(Some(Said::Heard(Ok(_)))) => return Err(broken()),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => self.errand = None,
            }
        }
        let Some(words) = latest
            .map(whole)
            .filter(|words| words.text != self.told.text)
        else {
            return Ok(None);
        };
        self.told = words.clone();
        Ok(Some(words))
    }
}

fn sound(errand: &Errand, speech: &[f32]) -> Result<(), crate::line::Cut> {
    speech.chunks(SAMPLES).try_for_each(|part| {
        errand.send(&Order::Sound {
            job: errand.id(),
            speech: Cow::Borrowed(part),
        })
    })
}

/// Another process may have lost its mind: what it counts must at least be letters.
fn whole(mut words: Hypothesis) -> Hypothesis {
    words.stable = words.text.floor_char_boundary(words.stable);
    words
}

fn sane(mut words: Transcript) -> Transcript {
    words.confidence = match words.confidence.is_finite() {
        true => words.confidence.clamp(0.0, 1.0),
        false => 0.0,
    };
    words
}

fn too_long() -> Stopped {
    Stopped::failed("the recognizer broke down in an utterance too long to be heard again")
}

fn broken() -> Stopped {
    Stopped::failed("the recognizer broke down again and again")
}
