//! Short phrases that were spoken before, the least lately used dropped first.

use std::sync::Arc;

/// Fixed phrases are few and short; answers are long and rarely come twice.
const MOST_PHRASES: usize = 64;
/// Six seconds: 64 of them are 37 MB.
const MOST_SAMPLES: usize = 24_000 * 6;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) voice: String,
    /// The speed, 100 being the voice's own.
    pub(crate) percent: u32,
    pub(crate) text: String,
}

/// What was said of it, and where each of its words ends.
#[derive(Clone)]
pub(crate) struct Speech {
    pub(crate) samples: Arc<[f32]>,
    pub(crate) words: Arc<[usize]>,
}

/// In the order of their last use; so few that a walk is fast.
#[derive(Default)]
pub(crate) struct Cache(Vec<(Phrase, Speech)>);

impl Cache {
    pub(crate) fn find(&mut self, phrase: &Phrase) -> Option<Speech> {
        let place = self.0.iter().position(|(kept, _)| kept == phrase)?;
        let found = self.0.remove(place);
        let speech = found.1.clone();
        self.0.push(found);
        Some(speech)
    }

    pub(crate) fn keep(&mut self, phrase: Phrase, samples: &[f32], words: &[usize]) {
        if samples.len() > MOST_SAMPLES || self.0.iter().any(|(kept, _)| *kept == phrase) {
            return;
        }
        if self.0.len() == MOST_PHRASES {
            self.0.remove(0);
        }
        let speech = Speech {
            samples: samples.into(),
            words: words.into(),
        };
        self.0.push((phrase, speech));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: String) -> Phrase {
        Phrase {
            voice: "af_heart".to_owned(),
            percent: 100,
            text,
        }
    }

    #[test]
    fn what_was_not_used_for_long_is_dropped_and_what_is_long_not_kept() {
        let mut cache = Cache::default();
        for n in 0..MOST_PHRASES {
            cache.keep(phrase(n.to_string()), &[0.5], &[1]);
        }
        assert!(cache.find(&phrase("0".to_owned())).is_some());
        cache.keep(phrase("one more".to_owned()), &[0.5], &[1]);
        assert!(cache.find(&phrase("0".to_owned())).is_some());
        assert!(cache.find(&phrase("1".to_owned())).is_none());
        assert_eq!(cache.0.len(), MOST_PHRASES);
        cache.keep(
            phrase("long".to_owned()),
            &vec![0.0; MOST_SAMPLES + 1],
            &[1],
        );
        assert!(cache.find(&phrase("long".to_owned())).is_none());
    }
}
