//! The phrases that wait to be heard, in the order in which they were begun.

use std::collections::VecDeque;

/// Names a phrase: which reply, and which of its phrases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    pub reply: u32,
    pub phrase: u32,
}

/// More speech than this is refused: nobody listens so long, and an engine may run wild.
const MOST_WAITING_MS: u64 = 120_000;
/// The longest reply that is sensible has fewer phrases.
const MOST_PHRASES: usize = 256;

/// Kept as 16-bit samples, below the noise of the codec and half the memory.
pub(crate) struct Phrase {
    pub(crate) tag: Tag,
    /// Unknown until the first speech comes.
    pub(crate) rate: Option<u32>,
    pub(crate) ended: bool,
    speech: Vec<i16>,
    read: usize,
    /// All samples ever pushed.
    pub(crate) pushed: u64,
}

impl Phrase {
    pub(crate) fn new(tag: Tag) -> Self {
        Self {
            tag,
            rate: None,
            ended: false,
            speech: Vec::new(),
            read: 0,
            pushed: 0,
        }
    }

    pub(crate) fn unread(&self) -> usize {
        self.speech.len() - self.read
    }

    /// Moves up to `place.len()` samples out; says how many.
    pub(crate) fn take(&mut self, place: &mut [f32]) -> usize {
        let waiting = &self.speech[self.read..];
        let taken = waiting.len().min(place.len());
        for (sample, from) in place.iter_mut().zip(waiting) {
            *sample = f32::from(*from) / 32768.0;
        }
        self.read += taken;
        taken
    }

    pub(crate) fn append(&mut self, speech: &[f32]) {
        if self.read > self.speech.len() / 2 {
            self.speech.drain(..self.read);
            self.read = 0;
        }
        // The cast saturates, and makes 0 of what is not a number.
        let coarse = |sample: &f32| (sample * 32768.0).round() as i16;
        self.speech.extend(speech.iter().map(coarse));
        self.pushed += speech.len() as u64;
    }

    fn waiting_ms(&self) -> u64 {
        match self.rate {
            Some(rate) => self.unread() as u64 * 1000 / u64::from(rate),
            None => 0,
        }
    }
}

pub(crate) struct Phrases {
    waiting: VecDeque<Phrase>,
    /// This reply and all before it have been silenced: what still comes of them finds no home.
    silenced: Option<u32>,
}

impl Phrases {
    pub(crate) fn new() -> Self {
        Self {
            waiting: VecDeque::with_capacity(16),
            silenced: None,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn front(&mut self) -> Option<&mut Phrase> {
        self.waiting.front_mut()
    }

    pub(crate) fn drop_front(&mut self) {
        self.waiting.pop_front();
    }

    pub(crate) fn is_silenced(&self, tag: Tag) -> bool {
        self.silenced.is_some_and(|last| tag.reply <= last)
    }

    /// Finds the phrase, or gives it the last place. `None` when too many wait.
    pub(crate) fn begin(&mut self, tag: Tag) -> Option<&mut Phrase> {
        let found = self.waiting.iter().position(|phrase| phrase.tag == tag);
        let place = match found {
            Some(place) => place,
            None if self.waiting.len() < MOST_PHRASES => {
                self.waiting.push_back(Phrase::new(tag));
                self.waiting.len() - 1
            }
            None => return None,
        };
        self.waiting.get_mut(place)
    }

    /// All of it or nothing; `false` when it is too much, or not at the rate the phrase began with.
    pub(crate) fn push(&mut self, tag: Tag, rate: u32, speech: &[f32]) -> bool {
        let waiting_ms: u64 = self.waiting.iter().map(Phrase::waiting_ms).sum();
        let more_ms = speech.len() as u64 * 1000 / u64::from(rate);
        if waiting_ms + more_ms > MOST_WAITING_MS {
            return false;
        }
        let Some(phrase) = self.begin(tag) else {
            return false;
        };
        if phrase.ended || *phrase.rate.get_or_insert(rate) != rate {
            return false;
        }
        phrase.append(speech);
        true
    }

    pub(crate) fn end(&mut self, tag: Tag) {
        if let Some(phrase) = self.begin(tag) {
            phrase.ended = true;
        }
    }

    /// Drops a reply and whatever is older.
    pub(crate) fn silence(&mut self, reply: u32) {
        self.silenced = self.silenced.max(Some(reply));
        self.waiting.retain(|phrase| phrase.tag.reply > reply);
    }
}
