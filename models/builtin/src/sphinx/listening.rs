//! One utterance on one decoder: partial words while it lasts, a judged transcript at its end.

use super::Sphinx;
use super::callers::Measure;
use super::decoder::{Decoder, Word};
use super::level::{self, Loudness, WIDTH};
use super::noise::Span;
use super::words::{said, tidy};
use models_engine::{
    CallerId, Cancel, Failure, Hypothesis, LISTENING_RATE, Listening, Stopped, Transcript,
};

/// Speech is heard in steps of 100 ms, however it is sliced; after each the words so far are looked at.
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
    /// What has come since the last whole step.
    step: Vec<f32>,
    partial: Partial,
    /// What was heard, until the mean is measured.
    kept: Vec<f32>,
    loudness: Loudness,
    span: Span,
    caller: Option<CallerId>,
    /// What was known of the caller before, and what this utterance adds.
    known: Measure,
    added: Measure,
    /// What the decoder began with.
    mean: [f32; WIDTH],
}

impl<'a> Utterance<'a> {
    pub(super) fn begin(
        sphinx: &'a Sphinx,
        decoder: Decoder,
        caller: Option<CallerId>,
    ) -> Result<Self, Failure> {
        let known = caller.and_then(|caller| sphinx.callers().find(caller).cloned());
        let known = known.unwrap_or_default();
        let mean = level::mean(&known.measure).unwrap_or(level::USUAL);
        let mut utterance = Self {
            sphinx,
            decoder: Some(decoder),
            heard: 0,
            step: Vec::with_capacity(STEP),
            partial: Partial::default(),
            kept: Vec::new(),
            loudness: known.loudness,
            span: Span::new(),
            caller,
            known: known.measure,
            added: Measure::default(),
            mean,
        };
        utterance.decoder().begin(&mean)?;
        Ok(utterance)
    }

    fn decoder(&mut self) -> &mut Decoder {
        self.decoder
            .as_mut()
            .expect("a decoder is held until the drop")
    }

    /// Begins again with the caller's own mean, and hears what was heard so far once more.
    fn settle(&mut self) -> Result<(), Failure> {
        let kept = self.loudness.turned_down(&std::mem::take(&mut self.kept));
        let Some(mean) = level::mean(&self.known.with(&self.added)) else {
            return Ok(());
        };
        self.mean = mean;
        let decoder = self.decoder();
        decoder.begin(&mean)?;
        decoder.feed(&kept)
    }

    fn measure(&mut self) {
        let mean = self.mean;
        let measured = self.decoder().cepstra(&mean);
        if let Some(added) = measured.and_then(|(sum, frames)| Measure::of(&sum, frames)) {
            self.added = added;
        }
    }

    fn hear_step(&mut self) -> Result<(), Failure> {
        let step = std::mem::take(&mut self.step);
        self.loudness.see(&step);
        self.span.see(&step);
        let turned_down = self.loudness.turned_down(&step);
        self.decoder().feed(&turned_down)?;
        let before = self.heard;
        self.heard += step.len();
        if self.heard <= level::MEASURABLE {
            self.measure();
        }
        if before < level::MEASURED_AT && !level::is_well_known(&self.known) {
            self.kept.extend_from_slice(&step);
            if self.heard >= level::MEASURED_AT {
                self.settle()?;
            }
        }
        self.step = step;
        self.step.clear();
        Ok(())
    }

    fn look(&mut self) -> Option<Hypothesis> {
        let text = tidy(&self.decoder().hypothesis());
        self.partial.look(text)
    }
}

impl Listening for Utterance<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        let mut news = None;
        let mut rest = &speech[..speech.len().min(MAX_SAMPLES.saturating_sub(self.heard))];
        while !rest.is_empty() {
            cancel.check()?;
            let (head, tail) = rest.split_at(rest.len().min(STEP - self.step.len()));
            self.step.extend_from_slice(head);
            rest = tail;
            if self.step.len() == STEP {
                self.hear_step().map_err(Stopped::Failed)?;
                news = self.look().or(news);
            }
        }
        cancel.check()?;
        Ok(news)
    }

    /// The words so far, all of the sound heard.
    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        cancel.check()?;
        self.hear_step().map_err(Stopped::Failed)?;
        Ok(Some(tidy(&self.decoder().hypothesis())))
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        cancel.check()?;
        self.hear_step().map_err(Stopped::Failed)?;
        let decoder = self.decoder();
        decoder.end();
        let words = decoder.words();
        let text = said(&words);
        if text.is_empty() {
            return Ok(Transcript::default());
        }
        let confidence = confidence(&words) * self.span.clarity();
        if let Some(caller) = self.caller {
            let (added, loudness) = (&self.added, self.loudness);
            self.sphinx.callers().learn(caller, added, loudness);
        }
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
}
