//! Speech in, 20 ms Opus frames out.

use crate::encode::{Encoder, FRAME, LARGEST_PACKET, Sent};
use crate::fade::Fall;
use crate::phrases::{Phrases, Tag};
use crate::played::{Played, Touched};
use crate::upsample::Upsampler;
use crate::voicing::Voicing;
use crate::{AudioError, level_dbfs};

/// Voices of more rates than this do not meet in one session.
const MOST_RATES: usize = 8;

/// What became of 20 ms.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// There is a packet to send.
    pub sent: bool,
    /// It is the first after silence.
    pub marker: bool,
    /// Of the frame before it was encoded.
    pub level_dbfs: f32,
    touched: Touched,
}

impl Frame {
    /// What of which phrase left with this frame.
    #[must_use]
    pub fn played(&self) -> &[Played] {
        self.touched.as_slice()
    }
}

pub struct Outbound {
    phrases: Phrases,
    /// One for each rate met so far.
    upsamplers: Vec<Upsampler>,
    voicing: Voicing,
    fall: Fall,
    held: bool,
    encoder: Encoder,
    mix: [f32; FRAME],
}

impl Outbound {
    pub fn new() -> Result<Self, AudioError> {
        Ok(Self {
            phrases: Phrases::new(),
            upsamplers: Vec::with_capacity(MOST_RATES),
            voicing: Voicing::new(),
            fall: Fall::new(),
            held: false,
            encoder: Encoder::new()?,
            mix: [0.0; FRAME],
        })
    }

    /// Gives a phrase its place in the order of speaking, before any of its speech is there.
    /// `false` when too many wait.
    pub fn begin(&mut self, tag: Tag) -> bool {
        self.phrases.is_silenced(tag) || self.phrases.begin(tag).is_some()
    }

    /// More speech of a phrase: mono at `rate`, in −1..1. Phrases are heard in the order in which they
    /// were first begun or pushed. All of it is taken, or `false`: two minutes wait, or the rate is
    /// none that speech has (8 to 96 kHz), or not the one that the phrase began with.
    pub fn push(&mut self, tag: Tag, rate: u32, speech: &[f32]) -> bool {
        if self.phrases.is_silenced(tag) {
            return true;
        }
        self.prepare(rate) && self.phrases.push(tag, rate, speech)
    }

    /// All of the phrase's speech has been pushed.
    pub fn end(&mut self, tag: Tag) {
        if !self.phrases.is_silenced(tag) {
            self.phrases.end(tag);
        }
    }

    /// The next 20 ms; `packet` holds what is to be sent, if anything is.
    pub fn frame(&mut self, packet: &mut Vec<u8>) -> Frame {
        packet.reserve(LARGEST_PACKET.saturating_sub(packet.len()));
        self.mix.fill(0.0);
        let mut touched = Touched::default();
        let fallen = self.fall.put(&mut self.mix);
        let spoken = match self.held {
            true => fallen,
            false => self.speak(fallen, &mut touched),
        };
        let sent = self.encoder.frame(&self.mix, spoken > 0, packet);
        Frame {
            sent: sent != Sent::Nothing,
            marker: sent == Sent::Packet { marker: true },
            level_dbfs: level_dbfs(&self.mix),
            touched,
        }
    }

    /// The last frame before it was encoded.
    #[must_use]
    pub fn said(&self) -> &[f32] {
        &self.mix
    }

    /// The voice falls silent within the next frame, and is held where it is.
    pub fn duck(&mut self) {
        if !self.held {
            self.fall_silent();
            self.held = true;
        }
    }

    /// A held voice goes on where it was held.
    pub fn restore(&mut self) {
        if std::mem::take(&mut self.held) {
            self.voicing.come_back();
        }
    }

    /// The voice falls silent within the next frame; what waits of this reply (and of older ones) is
    /// dropped, and so is what still comes of it. What comes after it is not held any more.
    pub fn silence(&mut self, reply: u32) {
        if self.voicing.tag().is_some_and(|tag| tag.reply <= reply) {
            if !self.held {
                self.fall_silent();
            }
            self.voicing.stop();
        }
        self.phrases.silence(reply);
        self.restore();
    }

    /// The share of our packets that gets lost, 0 to 1, as the far end reports it.
    pub fn set_loss(&mut self, share: f32) {
        self.encoder.set_loss(share);
    }

    /// Nothing is being said, or waits, or is held; all that was said has left.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.phrases.is_empty() && self.fall.is_over() && self.encoder.is_quiet()
    }

    /// Fills the frame from `at` on with what comes next; says where the speech in it ends.
    fn speak(&mut self, mut at: usize, touched: &mut Touched) -> usize {
        while at < FRAME && !touched.is_full() {
            let Some(phrase) = self.phrases.front() else {
                break;
            };
            let Some(upsampler) = upsampler(&mut self.upsamplers, phrase.rate) else {
                if !phrase.ended {
                    break;
                }
                touched.add(Played::nothing_of(phrase.tag));
                self.phrases.drop_front();
                continue;
            };
            if self.voicing.tag() != Some(phrase.tag) {
                self.voicing.start(phrase.tag, upsampler);
                self.encoder.set_voice_rate(upsampler.rate);
            }
            let length = self.voicing.speak(&mut self.mix[at..], phrase, upsampler);
            let done = self.voicing.is_done(phrase);
            if length > 0 || done {
                touched.add(Played {
                    tag: phrase.tag,
                    total_ms: self.voicing.spoken_ms(),
                    done,
                });
            }
            at += length;
            if !done {
                break;
            }
            self.voicing.stop();
            self.phrases.drop_front();
        }
        at
    }

    /// Keeps the next instant of the voice that sounds, to fade it out.
    fn fall_silent(&mut self) {
        if !self.voicing.is_sounding() {
            return;
        }
        let Some(phrase) = self.phrases.front() else {
            return;
        };
        if let Some(upsampler) = upsampler(&mut self.upsamplers, phrase.rate) {
            self.fall.begin(self.voicing.peek(phrase, upsampler));
        }
    }

    /// Everything that a rate needs is made before the first frame of it.
    fn prepare(&mut self, rate: u32) -> bool {
        if self.upsamplers.iter().any(|one| one.rate == rate) {
            return true;
        }
        if self.upsamplers.len() == MOST_RATES {
            return false;
        }
        let Some(new) = Upsampler::new(rate) else {
            return false;
        };
        self.voicing.reserve(new.block());
        self.upsamplers.push(new);
        true
    }
}

fn upsampler(all: &mut [Upsampler], rate: Option<u32>) -> Option<&mut Upsampler> {
    all.iter_mut().find(|one| Some(one.rate) == rate)
}

#[cfg(test)]
mod tests;
