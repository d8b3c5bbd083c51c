//! The phrase that is being spoken: where it stands, and how it begins and ends.

use crate::fade::{FALL, RETURN, RISE, falling, rising};
use crate::phrases::{Phrase, Tag};
use crate::upsample::Upsampler;
use crate::{FRAME_TICKS, WIRE_RATE};

const FRAME: usize = FRAME_TICKS as usize;
/// A phrase whose speech ran dry goes on when this much is there again, so that it does not stutter.
const ENOUGH_TO_GO_ON: usize = 2 * FRAME;

pub(crate) struct Voicing {
    tag: Option<Tag>,
    /// At the wire's rate, made but not yet spoken, from `start` on.
    ready: Vec<f32>,
    start: usize,
    made: u64,
    spoken: u64,
    /// Still to be faded in, of how much.
    rise: (usize, usize),
    /// How much must be there before the voice sets in; `None` while it sounds.
    awaits: Option<usize>,
}

impl Voicing {
    pub(crate) fn new() -> Self {
        Self {
            tag: None,
            ready: Vec::with_capacity(ENOUGH_TO_GO_ON),
            start: 0,
            made: 0,
            spoken: 0,
            rise: (0, 1),
            awaits: None,
        }
    }

    pub(crate) fn tag(&self) -> Option<Tag> {
        self.tag
    }

    /// Makes room for the longest block of a rate, so that no frame allocates.
    pub(crate) fn reserve(&mut self, block: usize) {
        let wanted = ENOUGH_TO_GO_ON + block;
        self.ready.reserve(wanted.saturating_sub(self.ready.len()));
    }

    pub(crate) fn start(&mut self, tag: Tag, upsampler: &mut Upsampler) {
        upsampler.start();
        self.stop();
        self.tag = Some(tag);
        self.rise = (RISE, RISE);
        self.awaits = Some(FRAME);
    }

    pub(crate) fn stop(&mut self) {
        self.tag = None;
        self.ready.clear();
        self.start = 0;
        self.made = 0;
        self.spoken = 0;
    }

    pub(crate) fn is_sounding(&self) -> bool {
        self.tag.is_some() && self.awaits.is_none()
    }

    pub(crate) fn spoken_ms(&self) -> u64 {
        self.spoken * 1000 / u64::from(WIRE_RATE)
    }

    pub(crate) fn is_done(&self, phrase: &Phrase) -> bool {
        whole(phrase).is_some_and(|whole| self.spoken == whole)
    }

    /// The held voice comes back gently, at the sample where it was held.
    pub(crate) fn come_back(&mut self) {
        if self.spoken > 0 {
            self.rise = (RETURN, RETURN);
        }
    }

    /// What would be spoken next, without speaking it.
    pub(crate) fn peek(&mut self, phrase: &mut Phrase, upsampler: &mut Upsampler) -> &[f32] {
        self.make(FALL, phrase, upsampler);
        let end = self.ready.len().min(self.start + FALL);
        &self.ready[self.start..end]
    }

    /// Speaks into `place`; says how much. Less than all of it when the phrase ends or runs dry.
    pub(crate) fn speak(
        &mut self,
        place: &mut [f32],
        phrase: &mut Phrase,
        upsampler: &mut Upsampler,
    ) -> usize {
        let wanted = self.awaits.unwrap_or(0).max(place.len() + FALL);
        self.make(wanted, phrase, upsampler);
        let there = self.ready.len() - self.start;
        if self.awaits.is_some_and(|enough| there < enough) && !phrase.ended {
            return 0;
        }
        self.awaits = None;
        let length = there.min(place.len());
        let from = &self.ready[self.start..self.start + length];
        place[..length].copy_from_slice(from);
        // With less than a fall left for the next frame, the voice must fall in this one.
        let dry = there < place.len() + FALL;
        self.shape(&mut place[..length], phrase, dry);
        self.start += length;
        self.spoken += length as u64;
        length
    }

    /// Fades in what begins, and out what ends or runs dry.
    fn shape(&mut self, speech: &mut [f32], phrase: &Phrase, dry: bool) {
        let (left, of) = self.rise;
        for (sample, at) in speech.iter_mut().zip(of - left..of) {
            *sample *= rising(at, of);
        }
        self.rise.0 = left.saturating_sub(speech.len());
        let length = speech.len();
        let to_its_end = match whole(phrase) {
            Some(whole) => (whole - self.spoken) as usize,
            None if dry => length,
            None => return,
        };
        for (at, sample) in speech.iter_mut().enumerate() {
            let left = to_its_end - at;
            if left <= FALL {
                *sample *= falling(FALL - left, FALL);
            }
        }
        if whole(phrase).is_none() {
            self.awaits = Some(ENOUGH_TO_GO_ON);
            self.rise = (RISE, RISE);
        }
    }

    /// Makes speech until `wanted` samples are ready, or all that can be made.
    fn make(&mut self, wanted: usize, phrase: &mut Phrase, upsampler: &mut Upsampler) {
        self.ready.drain(..self.start);
        self.start = 0;
        while self.ready.len() < wanted && whole(phrase) != Some(self.made) {
            let Some(block) = upsampler.pull(phrase) else {
                return;
            };
            // While the phrase goes on, its end cannot lie within what has been pushed.
            let room = whole(phrase).map_or(block.len() as u64, |whole| whole - self.made);
            let length = (block.len() as u64).min(room) as usize;
            self.ready.extend_from_slice(&block[..length]);
            self.made += length as u64;
        }
    }
}

/// How long the phrase is at the wire's rate, once that is known.
fn whole(phrase: &Phrase) -> Option<u64> {
    let rate = u64::from(phrase.rate.unwrap_or(WIRE_RATE));
    phrase
        .ended
        .then(|| phrase.pushed * u64::from(WIRE_RATE) / rate)
}
