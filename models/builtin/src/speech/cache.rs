//! Phrases that were spoken before, the least lately used dropped first.

use std::sync::Arc;

/// Fixed phrases are few and short; answers are long and rarely come twice.
const MAX_PHRASES: usize = 64;
const MAX_SAMPLES: usize = 22_050 * 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) voice: &'static str,
    /// The speed, 100 being the voice's own.
    pub(super) percent: u32,
    pub(super) text: String,
}

/// In the order of their last use; so few that a walk is fast.
pub(super) struct Cache(Vec<(Phrase, Arc<[f32]>)>);

impl Cache {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(MAX_PHRASES))
    }

    pub(super) fn find(&mut self, phrase: &Phrase) -> Option<Arc<[f32]>> {
        let place = self.0.iter().position(|(kept, _)| kept == phrase)?;
        let found = self.0.remove(place);
        let samples = Arc::clone(&found.1);
        self.0.push(found);
        Some(samples)
    }

    pub(super) fn keep(&mut self, phrase: Phrase, samples: &Arc<[f32]>) {
        if samples.len() > MAX_SAMPLES || self.0.iter().any(|(kept, _)| *kept == phrase) {
            return;
        }
        if self.0.len() == MAX_PHRASES {
            self.0.remove(0);
        }
        self.0.push((phrase, Arc::clone(samples)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str) -> Phrase {
        Phrase {
            voice: "slt",
            percent: 100,
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_was_not_used_for_long_is_dropped() {
        let mut cache = Cache::new();
        let samples: Arc<[f32]> = Arc::from([0.5]);
        for n in 0..MAX_PHRASES {
            cache.keep(phrase(&n.to_string()), &samples);
        }
        assert!(cache.find(&phrase("0")).is_some());
        cache.keep(phrase("one more"), &samples);
        assert!(cache.find(&phrase("0")).is_some());
        assert!(cache.find(&phrase("1")).is_none());
        assert_eq!(cache.0.len(), MAX_PHRASES);
    }

    #[test]
    fn a_long_answer_is_not_kept() {
        let mut cache = Cache::new();
        cache.keep(phrase("long"), &Arc::from(vec![0.0; MAX_SAMPLES + 1]));
        assert!(cache.find(&phrase("long")).is_none());
    }
}
