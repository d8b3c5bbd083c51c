//! The synthesizer's side here: a phrase that was cut off is spoken anew, without what was delivered.

use crate::errand::{Errand, Interrupted, TRIES};
use crate::keeper::Apart;
use crate::wire::{Order, Said};
use models_engine::{Cancel, Card, Script, Spoken, Stopped, Synthesizer};
use std::borrow::Cow;

pub(crate) struct ApartSynthesizer {
    apart: Apart,
    card: Card,
}

impl ApartSynthesizer {
    pub(crate) fn new(apart: Apart, card: Card) -> Self {
        Self { apart, card }
    }
}

impl Synthesizer for ApartSynthesizer {
    fn card(&self) -> Card {
        self.card.clone()
    }

    fn rate(&self) -> u32 {
        self.apart.crew().rate
    }

    fn voices(&self) -> Vec<String> {
        self.apart.crew().voices.clone()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        cancel.check()?;
        let shared = self.apart.shared();
        // Samples that the caller has; one voice says one phrase in one time, so they are the beginning of it again.
        let mut delivered = 0;
        for tried in 1..=TRIES {
            let errand = shared.ask(cancel, |job| Order::Speak {
                job,
                script: Cow::Borrowed(script),
            })?;
            if let Some(ended) = follow(&errand, &mut delivered, emit, cancel)? {
                return ended.map(|spoken| Spoken {
                    samples: delivered,
                    ..spoken
                });
            }
            if tried < TRIES {
                shared.once_more();
            }
        }
        shared.gave_up();
        Err(Stopped::failed("the voice broke down again and again"))
    }
}

/// `None` where the child was lost over it.
fn follow(
    errand: &Errand,
    delivered: &mut usize,
    emit: &mut dyn FnMut(&[f32]),
    cancel: &Cancel,
) -> Result<Option<Result<Spoken, Stopped>>, Stopped> {
    let mut skip = *delivered;
    loop {
        match errand.next(cancel) {
            Ok(Said::Speech(samples)) => {
                let known = skip.min(samples.len());
                skip -= known;
                if known < samples.len() {
                    cancel.check()?;
                    *delivered += samples.len() - known;
                    emit(&samples[known..]);
                }
            }
            Ok(Said::Spoken(ended)) => return Ok(Some(ended)),
            Ok(_) => {}
            Err(Interrupted::Cancelled) => return Err(Stopped::Cancelled),
            Err(Interrupted::Lost) => return Ok(None),
        }
    }
}
