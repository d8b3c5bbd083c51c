//! One utterance on one decoder: partial words while it lasts, a judged transcript at its end.

use super::Sphinx;
use super::decoder::{Decoder, Word};
use super::level;
use super::words::{said, tidy};
use models_engine::{Cancel, Failure, Hypothesis, LISTENING_RATE, Listening, Stopped, Transcript};

/// How often the words so far are looked at, and cancel with them: 100 ms.
const STEP: usize = LISTENING_RATE as usize / 10;

/// A longer utterance is not heard further: the decoder's memory grows with it. A minute and a half.
const MAX_SAMPLES: usize = 90 * LISTENING_RATE as usize;

/// How many looks in a row words must stand unchanged to be called stable.
const STABLE_LOOKS: u32 = 4;

/// Holds a decoder of the pool and gives it back when dropped.
pub(super) struct Utterance<'a> {
    sphinx: &'a Sphinx,
    /// `None` only while it is being given back.
    decoder: Option<Decoder>,
    heard: usize,
    since_look: usize,
    partial: Partial,
    /// What was heard, until the mean is measured.
    kept: Vec<i16>,
}

impl<'a> Utterance<'a> {
    pub(super) fn begin(sphinx: &'a Sphinx, decoder: Decoder) -> Result<Self, Failure> {
        let mut utterance = Self {
            sphinx,
            decoder: Some(decoder),
            heard: 0,
            since_look: 0,
            partial: Partial::default(),
            kept: Vec::new(),
        };
        utterance.decoder().begin(&level::USUAL)?;
        Ok(utterance)
    }

    fn decoder(&mut self) -> &mut Decoder {
        self.decoder
            .as_mut()
            .expect("a decoder is held until the drop")
    }

    /// Begins again with the caller's own mean, and hears what was heard so far once more.
    fn settle(&mut self) -> Result<(), Failure> {
        let kept = std::mem::take(&mut self.kept);
        let decoder = self.decoder();
        let measured = decoder.cepstra(&level::USUAL);
        let mean = measured.and_then(|(sum, frames)| level::measured(&sum, frames));
        if let Some(mean) = mean {
            decoder.begin(&mean)?;
            decoder.feed(&kept)?;
        }
        Ok(())
    }

    fn hear(&mut self, samples: &[i16]) -> Result<(), Failure> {
        self.decoder().feed(samples)?;
        let before = self.heard;
        self.heard += samples.len();
        self.since_look += samples.len();
        if before < level::MEASURED_AT {
            self.kept.extend_from_slice(samples);
            if self.heard >= level::MEASURED_AT {
                self.settle()?;
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Option<Hypothesis> {
        self.since_look = 0;
        let text = tidy(&self.decoder().hypothesis());
        self.partial.look(text)
    }
}

impl Listening for Utterance<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        let mut news = None;
        let free = MAX_SAMPLES.saturating_sub(self.heard);
        for step in speech[..speech.len().min(free)].chunks(STEP) {
            cancel.check()?;
            let samples: Vec<i16> = step.iter().map(|s| to_i16(*s)).collect();
            self.hear(&samples).map_err(Stopped::Failed)?;
            if self.since_look >= STEP {
                news = self.look().or(news);
            }
        }
        cancel.check()?;
        Ok(news)
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        cancel.check()?;
        let decoder = self.decoder();
        decoder.end();
        let words = decoder.words();
        let text = said(&words);
        if text.is_empty() {
            return Ok(Transcript::default());
        }
        let confidence = confidence(&words);
        Ok(Transcript { text, confidence })
    }
}

/// How sure the decoder is of the words, on average.
fn confidence(words: &[Word]) -> f32 {
    let spoken = words.iter().filter(|word| !tidy(&word.text).is_empty());
    let (sum, count) = spoken.fold((0.0, 0.0), |(sum, count), word| {
        (sum + word.posterior, count + 1.0)
    });
    if count == 0.0 {
        0.0
    } else {
        (sum / count).clamp(0.0, 1.0) as f32
    }
}

impl Drop for Utterance<'_> {
    fn drop(&mut self) {
        if let Some(mut decoder) = self.decoder.take() {
            decoder.end();
            self.sphinx.idle().push(decoder);
        }
    }
}

fn to_i16(sample: f32) -> i16 {
    // A cast from a float saturates, and makes 0 of what is no number.
    (sample * 32767.0) as i16
}

/// The words so far, and how long they have stood.
#[derive(Default)]
struct Partial {
    text: String,
    /// For each word, how many looks in a row it and all before it were the same.
    looks: Vec<u32>,
    stable: usize,
}

impl Partial {
    /// The new words where they differ from those before.
    fn look(&mut self, text: String) -> Option<Hypothesis> {
        let same = same_words(&self.text, &text);
        let words = text.split_whitespace().count();
        self.looks.truncate(same);
        for looks in &mut self.looks {
            *looks += 1;
        }
        self.looks.resize(words, 0);
        if text == self.text {
            return None;
        }
        // What was called stable stays so, even if the decoder thinks better of it later.
        if !text.starts_with(&self.text[..self.stable]) {
            return None;
        }
        let settled = self
            .looks
            .iter()
            .take_while(|l| **l >= STABLE_LOOKS)
            .count();
        self.stable = self.stable.max(end_of_word(&text, settled));
        self.text = text;
        Some(Hypothesis {
            text: self.text.clone(),
            stable: self.stable,
        })
    }
}

fn same_words(a: &str, b: &str) -> usize {
    let pairs = a.split_whitespace().zip(b.split_whitespace());
    pairs.take_while(|(a, b)| a == b).count()
}

/// How many bytes the first `words` words take.
fn end_of_word(text: &str, words: usize) -> usize {
    let lengths = text.split(' ').take(words).map(|word| word.len() + 1);
    lengths.sum::<usize>().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stand_become_stable() {
        let mut partial = Partial::default();
        let mut look = |text: &str| partial.look(text.to_owned());
        let stable = |h: Option<Hypothesis>| h.map(|h| h.stable);
        assert_eq!(look(""), None);
        assert_eq!(stable(look("what")), Some(0));
        assert_eq!(stable(look("what is")), Some(0));
        assert_eq!(look("what is"), None);
        assert_eq!(stable(look("what is a")), Some(0));
        assert_eq!(stable(look("what is a duck")), Some("what".len()));
        assert_eq!(stable(look("what is the dock")), Some("what is".len()));
        // A change of what was stable is not told.
        assert_eq!(look("watt is the dock"), None);
        assert_eq!(stable(look("what is the dock now")), Some("what is".len()));
    }

    #[test]
    fn samples_saturate() {
        assert_eq!(
            [0.0, 2.0, -2.0, f32::NAN].map(to_i16),
            [0, 32767, -32768, 0]
        );
    }
}
