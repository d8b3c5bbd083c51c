//! Speech of a reply that is made before it is known whether it is wanted: it lies beside the playout, not in it.

use crate::speaking::tag;
use server_audio::Outbound;
use server_conversation::{PhraseId, ReplyId};

/// No phrase lasts so long, in samples: half a minute at 48 kHz.
const MOST: usize = 30 * 48_000;

pub(crate) struct Kept {
    reply: ReplyId,
    phrases: Vec<KeptPhrase>,
}

pub(crate) struct KeptPhrase {
    pub(crate) id: PhraseId,
    rate: u32,
    speech: Vec<f32>,
    ended: bool,
}

impl Kept {
    pub(crate) fn new(reply: ReplyId) -> Self {
        let phrases = Vec::new();
        Self { reply, phrases }
    }

    pub(crate) fn reply(&self) -> ReplyId {
        self.reply
    }

    pub(crate) fn begin(&mut self, id: PhraseId) {
        self.phrases.push(KeptPhrase {
            id,
            rate: 0,
            speech: Vec::new(),
            ended: false,
        });
    }

    fn phrase(&mut self, id: PhraseId) -> Option<&mut KeptPhrase> {
        self.phrases.iter_mut().find(|phrase| phrase.id == id)
    }

    /// False when it is more than is kept.
    pub(crate) fn push(&mut self, id: PhraseId, rate: u32, samples: &[f32]) -> bool {
        let Some(phrase) = self.phrase(id) else {
            return true;
        };
        let one_rate = phrase.speech.is_empty() || phrase.rate == rate;
        if !one_rate || phrase.speech.len() + samples.len() > MOST {
            return false;
        }
        phrase.rate = rate;
        phrase.speech.extend_from_slice(samples);
        true
    }

    pub(crate) fn end(&mut self, id: PhraseId) {
        if let Some(phrase) = self.phrase(id) {
            phrase.ended = true;
        }
    }

    pub(crate) fn into_phrases(self) -> Vec<KeptPhrase> {
        self.phrases
    }
}

impl KeptPhrase {
    /// Into the playout; false when there is no room.
    pub(crate) fn hand_over(self, outbound: &mut Outbound) -> bool {
        let tag = tag(self.id);
        outbound.begin(tag);
        let pushed = self.speech.is_empty() || outbound.push(tag, self.rate, &self.speech);
        if self.ended {
            outbound.end(tag);
        }
        pushed
    }
}
