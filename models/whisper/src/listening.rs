//! One utterance: words while it lasts, by listening again to all of it, and a judged transcript at its end.

use crate::Whisper;
use crate::audio::{audible, clean, quietest};
use crate::guards::judge;
use crate::partial::Partial;
use crate::running::{Found, Run, Slot};
use models_engine::{Cancel, Hint, Hypothesis, LISTENING_RATE, Listening, Stopped, Transcript};
use std::ffi::c_int;
use std::time::{Duration, Instant};
use whisper_rs::WhisperContext;

const RATE: usize = LISTENING_RATE as usize;

/// The words so far are looked for each time that so much has been said.
const LOOK: usize = RATE * 2 / 5;

/// Whisper hears 30 s at once; a longer utterance is cut in a pause before, and goes on.
const WINDOW: usize = 29 * RATE;

/// Five minutes; what is said after them is not heard.
const MAX_SAMPLES: usize = 300 * RATE;

/// One step of the encoder: 20 ms.
const STEP: usize = RATE / 50;

/// The encoder is given a little more than was said, and its steps in such portions: whole ones of 256 where flash
/// attention reads so many at once.
const MARGIN: usize = 16;
const PORTION: usize = 64;
const FLASH_PORTION: usize = 256;

/// So many tokens of the terms, and as many of what was said before, lead in what is said now. The model holds 448,
/// half of it for this.
const PROMPT_TOKENS: usize = 100;

/// Holds a slot and gives it back when dropped.
pub(crate) struct Utterance<'a> {
    whisper: &'a Whisper,
    /// `None` only while it is being given back.
    slot: Option<Slot>,
    language: Option<c_int>,
    prompt: Vec<c_int>,
    /// Since the last cut.
    sound: Vec<f32>,
    taken: usize,
    /// How much of `sound` the last look saw, what it took, and what it found.
    looked: usize,
    cost: Duration,
    found: Option<Found>,
    /// What was said before the last cut, and how sure, weighted by letters.
    before: String,
    sure: f32,
    partial: Partial,
}

impl<'a> Utterance<'a> {
    pub(crate) fn begin(whisper: &'a Whisper, slot: Slot, hint: &Hint) -> Self {
        let asked = hint.language.as_ref().or(whisper.options.language.as_ref());
        Self {
            whisper,
            slot: Some(slot),
            language: asked.and_then(|language| language_id(language)),
            prompt: prompt(whisper, hint.prompt.as_deref().unwrap_or_default()),
            sound: Vec::new(),
            taken: 0,
            looked: 0,
            cost: Duration::ZERO,
            found: None,
            before: String::new(),
            sure: 0.0,
            partial: Partial::default(),
        }
    }

    fn due(&self) -> bool {
        let new = self.sound.len() - self.looked;
        new >= LOOK
            && Duration::from_millis((new * 1000 / RATE) as u64)
                >= self.cost * self.whisper.options.rest
    }

    /// What is said in the first so many samples.
    fn look(&mut self, samples: usize, cancel: &Cancel) -> Result<Option<(String, f32)>, Stopped> {
        let sound = &self.sound[..samples];
        if !audible(sound) {
            return Ok(None);
        }
        let run = Run {
            sound,
            language: self.language,
            prompt: &self.prompt,
            audio_context: audio_context(self.whisper, samples),
            threads: self.whisper.options.threads,
        };
        let began = Instant::now();
        let slot = self.slot.as_mut().expect("a slot is held until the drop");
        let found = slot.run(&run, cancel)?;
        self.cost = began.elapsed();
        self.looked = samples;
        let judged = judge(&found, samples as f32 / RATE as f32);
        if judged.is_some() {
            // Found out once: the next look spares a pass of the encoder.
            self.language = self.language.or(found.language);
        }
        self.found = Some(found);
        Ok(judged)
    }

    /// The same, unless nothing was said since the last look.
    fn last_look(&mut self, cancel: &Cancel) -> Result<Option<(String, f32)>, Stopped> {
        match &self.found {
            Some(found) if !audible(&self.sound[self.looked..]) => {
                cancel.check()?;
                Ok(judge(found, self.looked as f32 / RATE as f32))
            }
            _ => self.look(self.sound.len(), cancel),
        }
    }

    /// Settles what was said up to a pause, and keeps the rest.
    fn cut(&mut self, cancel: &Cancel) -> Result<(), Stopped> {
        let place = quietest(&self.sound).max(1);
        if let Some((text, sure)) = self.look(place, cancel)? {
            self.settle(&text, sure);
            self.prompt = prompt(self.whisper, &self.before);
        }
        self.sound.drain(..place);
        (self.looked, self.found) = (0, None);
        Ok(())
    }

    fn settle(&mut self, text: &str, sure: f32) {
        let (old, new) = (self.before.len() as f32, text.len() as f32);
        self.sure = (self.sure * old + sure * new) / (old + new).max(1.0);
        self.before = joined(&self.before, text);
    }
}

impl Listening for Utterance<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        let mut news = None;
        let mut rest = &speech[..speech.len().min(MAX_SAMPLES - self.taken)];
        while !rest.is_empty() {
            cancel.check()?;
            let (head, tail) = rest.split_at(rest.len().min(LOOK));
            self.sound.extend(head.iter().map(|sample| clean(*sample)));
            self.taken += head.len();
            rest = tail;
            if self.sound.len() >= WINDOW {
                self.cut(cancel)?;
            } else if self.due() {
                let judged = self.look(self.sound.len(), cancel)?;
                // A look at nothing counts too, else each push would look again.
                self.looked = self.sound.len();
                let text = judged.map(|(text, _)| text).unwrap_or_default();
                news = self.partial.look(&joined(&self.before, &text)).or(news);
            }
        }
        cancel.check()?;
        Ok(news)
    }

    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        cancel.check()?;
        let judged = self.last_look(cancel)?;
        let text = judged.map(|(text, _)| text).unwrap_or_default();
        Ok(Some(joined(&self.before, &text)))
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        cancel.check()?;
        if let Some((text, sure)) = self.last_look(cancel)? {
            self.settle(&text, sure);
        }
        let text = std::mem::take(&mut self.before);
        Ok(Transcript {
            text,
            confidence: self.sure,
        })
    }
}

impl Drop for Utterance<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.whisper.idle().push(slot);
        }
    }
}

fn joined(before: &str, text: &str) -> String {
    [before, text]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "en-GB" is "en" to Whisper. What it does not know it finds out itself.
fn language_id(language: &str) -> Option<c_int> {
    let first = language
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let known = !first.is_empty() && first.chars().all(|letter| letter.is_ascii_alphabetic());
    known.then(|| whisper_rs::get_lang_id(&first)).flatten()
}

/// What is likely: the terms of the knowledge, then what was said last.
fn prompt(whisper: &Whisper, said: &str) -> Vec<c_int> {
    let mut said = tokens(&whisper.context, said);
    let surplus = said.len().saturating_sub(PROMPT_TOKENS);
    said.drain(..surplus);
    [whisper.terms.clone(), said].concat()
}

pub(crate) fn terms(context: &WhisperContext, terms: &str) -> Vec<c_int> {
    let mut terms = tokens(context, terms);
    terms.truncate(PROMPT_TOKENS);
    terms
}

fn tokens(context: &WhisperContext, text: &str) -> Vec<c_int> {
    let text = text.replace('\0', " ");
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    // With a space before it, as in the middle of speech. No token is shorter than a byte: whisper-rs takes the answer
    // "too little room" for a length.
    let most = text.len() + 8;
    context
        .tokenize(&format!(" {text}"), most)
        .unwrap_or_default()
}

fn audio_context(whisper: &Whisper, samples: usize) -> usize {
    let portion = if whisper.flash {
        FLASH_PORTION
    } else {
        PORTION
    };
    let wanted = (samples / STEP + MARGIN).max(whisper.options.least_audio_context);
    let most = usize::try_from(whisper.context.n_audio_ctx()).unwrap_or(1500);
    wanted.next_multiple_of(portion).min(most)
}
