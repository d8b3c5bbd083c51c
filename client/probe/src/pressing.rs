//! Sound encoded once, so that many callers can say it again and again at next to no cost of their own.

use std::sync::Arc;

use crate::codec::Microphone;
use crate::level::dbfs;
use crate::speech::Speech;
use crate::trouble::Trouble;

/// Packets in a ring; cheap to clone.
#[derive(Clone)]
pub struct Pressing {
    frames: Arc<[Pressed]>,
}

/// One frame of 20 ms.
#[derive(Clone)]
pub(crate) struct Pressed {
    pub(crate) packet: Vec<u8>,
    pub(crate) level_dbfs: f32,
}

impl Pressing {
    /// Silence is encoded, too: a packet for each frame.
    pub fn of(speech: &Speech) -> Result<Self, Trouble> {
        let mut microphone = Microphone::new(false)?;
        let frames = (0..).map_while(|index| speech.frame(index));
        let frames: Vec<Pressed> = frames
            .filter_map(|samples| {
                let packet = microphone.encode(&samples)?.to_vec();
                let level_dbfs = dbfs(&samples);
                Some(Pressed { packet, level_dbfs })
            })
            .collect();
        if frames.is_empty() {
            return Err(Trouble::Local {
                what: "sound to repeat",
                reason: "there is none in it".to_owned(),
            });
        }
        Ok(Self {
            frames: frames.into(),
        })
    }

    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Goes round.
    pub(crate) fn frame(&self, index: usize) -> &Pressed {
        &self.frames[index % self.frames.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::VOICED_DBFS;

    #[test]
    fn every_frame_is_pressed_and_the_ring_goes_round() {
        let speech = Speech::tone(440.0, 400).then(&Speech::silence(600));
        let pressing = Pressing::of(&speech).expect("Opus is linked in");
        assert_eq!(pressing.frames(), 50);
        let voiced = (0..100).filter(|n| pressing.frame(*n).level_dbfs > VOICED_DBFS);
        assert_eq!(voiced.count(), 40);
        assert_eq!(pressing.frame(3).packet, pressing.frame(53).packet);
        assert!((0..50).all(|n| pressing.frame(n).packet.len() > 2));
    }

    #[test]
    fn nothing_cannot_be_repeated() {
        assert!(Pressing::of(&Speech::silence(0)).is_err());
    }
}
