//! Frames to Opus packets and back, with what a browser's receiver does about gaps.

use std::collections::BTreeMap;

use crate::level::{FRAME, RATE};
use crate::trouble::Trouble;

/// As much as a datagram may carry; a voice frame takes about 80 bytes.
const PACKET_LIMIT: usize = 1_275;
/// A gap is given up once this many later packets wait behind it.
const PATIENCE: usize = 4;
/// A longer gap is a pause or a new stream: nothing is made up for it.
const CONCEAL_LIMIT: u64 = 5;

/// So much silence in a row always encodes to the same packet.
const SILENT_FRAMES: u32 = 25;

/// Our microphone's encoder.
pub(crate) struct Microphone {
    encoder: opus::Encoder,
    packet: [u8; PACKET_LIMIT],
    length: usize,
    dtx: bool,
    /// Frames of digital silence in a row.
    silent: u32,
}

impl Microphone {
    /// With `dtx`, silence is not sent, but for one packet in 400 ms.
    pub(crate) fn new(dtx: bool) -> Result<Self, Trouble> {
        let encoder = || -> opus::Result<opus::Encoder> {
            let mut encoder =
                opus::Encoder::new(RATE, opus::Channels::Mono, opus::Application::Voip)?;
            encoder.set_inband_fec(true)?;
            encoder.set_packet_loss_perc(10)?;
            encoder.set_bitrate(opus::Bitrate::Bits(32_000))?;
            encoder.set_complexity(5)?;
            encoder.set_dtx(dtx)?;
            Ok(encoder)
        };
        Ok(Self {
            encoder: encoder().map_err(codec_trouble)?,
            packet: [0; PACKET_LIMIT],
            length: 0,
            dtx,
            silent: 0,
        })
    }

    /// The packet of one frame; `None` where silence is not sent.
    pub(crate) fn encode(&mut self, frame: &[f32; FRAME]) -> Option<&[u8]> {
        let silent = frame.iter().all(|sample| *sample == 0.0);
        self.silent = if silent {
            self.silent.saturating_add(1)
        } else {
            0
        };
        // A crowd of silent callers shall cost this machine nothing.
        if self.dtx || self.silent <= SILENT_FRAMES {
            self.length = self
                .encoder
                .encode_float(frame, &mut self.packet)
                .expect("960 samples at 48 kHz are a frame that Opus takes");
        }
        // An Opus packet of at most two bytes says "no transmission needed" (RFC 7587, 3.1.3).
        (self.length > 2).then(|| &self.packet[..self.length])
    }
}

/// Our loudspeaker's decoder: puts packets in order and fills gaps.
pub(crate) struct Earpiece {
    decoder: opus::Decoder,
    next: Option<u64>,
    waiting: BTreeMap<u64, Vec<u8>>,
    pub(crate) concealed: u64,
}

impl Earpiece {
    pub(crate) fn new() -> Result<Self, Trouble> {
        Ok(Self {
            decoder: opus::Decoder::new(RATE, opus::Channels::Mono).map_err(codec_trouble)?,
            next: None,
            waiting: BTreeMap::new(),
            concealed: 0,
        })
    }

    /// Takes a packet by its extended sequence number; hands out each frame that can now be heard.
    pub(crate) fn take(&mut self, number: u64, payload: &[u8], play: &mut dyn FnMut(&[f32])) {
        let next = *self.next.get_or_insert(number);
        if payload.is_empty() || payload.len() > PACKET_LIMIT || number < next {
            return;
        }
        self.waiting.insert(number, payload.to_vec());
        loop {
            self.play_in_order(play);
            if self.waiting.len() < PATIENCE {
                return;
            }
            self.bridge(play);
        }
    }

    fn play_in_order(&mut self, play: &mut dyn FnMut(&[f32])) {
        while let Some(payload) = self.next.and_then(|next| self.waiting.remove(&next)) {
            self.decode(&payload, false, play);
            self.next = self.next.map(|next| next + 1);
        }
    }

    /// The packets before the first waiting one will not come any more.
    fn bridge(&mut self, play: &mut dyn FnMut(&[f32])) {
        let (Some(next), Some((&first, payload))) = (self.next, self.waiting.first_key_value())
        else {
            return;
        };
        let payload = payload.clone();
        let missing = first - next;
        if missing <= CONCEAL_LIMIT {
            for _ in 1..missing {
                self.decode(&[], false, play);
            }
            self.decode(&payload, true, play);
            self.concealed += missing;
        }
        self.next = Some(first);
    }

    fn decode(&mut self, payload: &[u8], fec: bool, play: &mut dyn FnMut(&[f32])) {
        // 120 ms is the longest packet that Opus knows; concealment asks for one frame.
        let mut samples = [0.0; FRAME * 6];
        let room = if fec || payload.is_empty() {
            FRAME
        } else {
            samples.len()
        };
        match self
            .decoder
            .decode_float(payload, &mut samples[..room], fec)
        {
            Ok(length) => samples[..length].chunks(FRAME).for_each(play),
            Err(err) => tracing::debug!(%err, "a packet that Opus cannot read"),
        }
    }
}

fn codec_trouble(err: opus::Error) -> Trouble {
    Trouble::Local {
        what: "Opus codec",
        reason: err.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::dbfs;
    use crate::speech::Speech;

    fn packets(speech: &Speech) -> Vec<Vec<u8>> {
        let mut microphone = Microphone::new(false).expect("Opus is linked in");
        let frames = (0..).map_while(|n| speech.frame(n));
        frames
            .filter_map(|frame| microphone.encode(&frame).map(<[u8]>::to_vec))
            .collect()
    }

    fn heard(packets: &[(u64, &Vec<u8>)]) -> (Vec<f32>, u64) {
        let mut earpiece = Earpiece::new().expect("Opus is linked in");
        let mut levels = Vec::new();
        for (number, packet) in packets {
            earpiece.take(*number, packet, &mut |frame| levels.push(dbfs(frame)));
        }
        (levels, earpiece.concealed)
    }

    #[test]
    fn what_goes_in_comes_out() {
        let packets = packets(&Speech::tone(440.0, 400));
        let numbered: Vec<_> = (0..).zip(&packets).collect();
        let (levels, concealed) = heard(&numbered);
        assert_eq!((levels.len(), concealed), (20, 0));
        assert!(
            levels[5..].iter().all(|level| (level + 13.5).abs() < 2.0),
            "{levels:?}"
        );
    }

    #[test]
    fn swapped_and_doubled_packets_are_put_right() {
        let packets = packets(&Speech::tone(440.0, 400));
        let mut numbered: Vec<_> = (0..).zip(&packets).collect();
        numbered.swap(7, 8);
        numbered.insert(12, numbered[11]);
        let (levels, concealed) = heard(&numbered);
        assert_eq!((levels.len(), concealed), (20, 0));
    }

    #[test]
    fn a_lost_packet_is_made_up_and_a_long_gap_is_not() {
        let packets = packets(&Speech::tone(440.0, 800));
        let mut numbered: Vec<_> = (0..).zip(&packets).collect();
        numbered.remove(20);
        let (levels, concealed) = heard(&numbered);
        assert_eq!((levels.len(), concealed), (40, 1));
        assert!(levels[20] > -20.0, "{}", levels[20]);

        numbered.drain(10..30);
        let (levels, concealed) = heard(&numbered);
        assert_eq!((levels.len(), concealed), (19, 0));
    }

    #[test]
    fn silence_is_hardly_sent_with_dtx_and_garbage_is_not_heard() {
        let mut microphone = Microphone::new(true).expect("Opus is linked in");
        let sent = (0..100)
            .filter(|_| microphone.encode(&[0.0; FRAME]).is_some())
            .count();
        assert!(sent < 30, "{sent}");

        let mut earpiece = Earpiece::new().expect("Opus is linked in");
        for number in 0..50 {
            earpiece.take(number, &[0xff; 3], &mut |_| ());
            earpiece.take(number, &[], &mut |_| ());
        }
    }
}
