//! One Opus packet into speech, or speech into the place of one that is missing.

use crate::AudioError;
use models_engine::LISTENING_RATE;
use opus::Channels;

/// The longest that one packet may last: 120 ms.
pub(crate) const LONGEST: usize = LISTENING_RATE as usize / 1000 * 120;
/// Opus works in steps of 2.5 ms.
const STEP: usize = LISTENING_RATE as usize / 400;
/// The packet rate of nearly everyone, until the first packet says otherwise.
const USUAL: usize = LISTENING_RATE as usize / 50;

/// libopus decodes straight to the rate that is listened to: a third cheaper than 48 kHz and a
/// resampler behind it, without that one's 3 ms of delay.
pub(crate) struct Decoder {
    opus: opus::Decoder,
    speech: Vec<f32>,
    usual: usize,
}

impl Decoder {
    pub(crate) fn new() -> Result<Self, AudioError> {
        Ok(Self {
            opus: opus::Decoder::new(LISTENING_RATE, Channels::Mono)?,
            speech: vec![0.0; LONGEST],
            usual: USUAL,
        })
    }

    /// How long the last packet lasted, in samples: what a missing one is taken to have lasted.
    pub(crate) fn usual(&self) -> usize {
        self.usual
    }

    /// `None` when it is not Opus after all.
    pub(crate) fn packet(&mut self, payload: &[u8]) -> Option<&[f32]> {
        let length = self.opus.decode_float(payload, &mut self.speech, false);
        let length = length.ok().filter(|length| *length > 0)?;
        self.usual = length;
        Some(&self.speech[..length])
    }

    /// What the packet says of the one before it.
    pub(crate) fn recover(&mut self, payload: &[u8], samples: usize) -> Option<&[f32]> {
        let place = &mut self.speech[..samples.min(LONGEST) / STEP * STEP];
        let length = self.opus.decode_float(payload, place, true).ok()?;
        Some(&self.speech[..length])
    }

    /// Makes up what may have been there, in whole steps of 2.5 ms.
    pub(crate) fn conceal(&mut self, samples: usize) -> &[f32] {
        let place = &mut self.speech[..samples.min(LONGEST) / STEP * STEP];
        let made = match place.is_empty() {
            true => 0,
            false => self.opus.decode_float(&[], place, false).unwrap_or(0),
        };
        &self.speech[..made]
    }

    pub(crate) fn reset(&mut self) {
        // Fails only on an invalid state, and then the next packet says so.
        let _ = self.opus.reset_state();
        self.usual = USUAL;
    }
}

/// How many samples the packet lasts, `None` when it is not Opus.
pub(crate) fn length(payload: &[u8]) -> Option<usize> {
    opus::packet::get_nb_samples(payload, LISTENING_RATE)
        .ok()
        .filter(|length| (1..=LONGEST).contains(length))
}

/// How many samples of the packet before it this one carries a second time; 0 for most.
pub(crate) fn carried_again(payload: &[u8]) -> usize {
    let [first, rest @ ..] = payload else {
        return 0;
    };
    let frame = opus::packet::get_samples_per_frame(payload, LISTENING_RATE).unwrap_or(0);
    let (celt_only, stereo) = (first & 0x80 != 0, first & 0x04 != 0);
    let body = match first & 0x03 {
        0 | 1 => rest.first(),
        2 => rest.get(if rest.first() >= Some(&252) { 2 } else { 1 }),
        // Rare, and libopus finds the copy all the same: it is then counted as made up.
        _ => None,
    };
    let Some(body) = body.filter(|_| !celt_only) else {
        return 0;
    };
    // One bit of voice activity for each 20 ms, then the flag; the same again for the other channel.
    let parts = (frame / USUAL).max(1);
    let flag = |at: usize| at < 8 && body >> (7 - at) & 1 == 1;
    match flag(parts) || (stereo && flag(2 * parts + 1)) {
        true => frame,
        false => 0,
    }
}
