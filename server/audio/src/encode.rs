//! Frames into Opus packets, and silence into nothing.

use crate::{AudioError, FRAME_TICKS, WIRE_RATE};
use opus::{Application, Bandwidth, Bitrate, Channels, Signal};

pub(crate) const FRAME: usize = FRAME_TICKS as usize;
/// The largest packet that Opus makes of one frame.
pub(crate) const LARGEST_PACKET: usize = 1_275;
const BIT_RATE: i32 = 32_000;
/// 5 with in-band correction is half the cost of 10, and nobody hears the difference in speech.
const COMPLEXITY: i32 = 5;
/// Two frames of silence drive the end of a voice out of the encoder (it holds 6.5 ms back).
const TRAIL: u32 = 2;
/// A packet this short says "silence follows" and need not be sent twice.
const REST_BYTES: usize = 2;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Nothing,
    Packet { marker: bool },
}

pub(crate) struct Encoder {
    opus: opus::Encoder,
    loss_percent: i32,
    bandwidth: Bandwidth,
    /// The first byte of the last packet: how a packet that says "silence" must begin.
    shape: u8,
    /// Packets that are still to follow the voice: frames of silence, then the sign that it stays so.
    trail: u32,
    /// The last frame left as a packet.
    flows: bool,
    /// The last packet said that silence follows.
    rests: bool,
}

impl Encoder {
    pub(crate) fn new() -> Result<Self, AudioError> {
        let mut opus = opus::Encoder::new(WIRE_RATE, Channels::Mono, Application::Voip)?;
        opus.set_bitrate(Bitrate::Bits(BIT_RATE))?;
        opus.set_complexity(COMPLEXITY)?;
        opus.set_signal(Signal::Voice)?;
        opus.set_inband_fec(true)?;
        opus.set_dtx(true)?;
        Ok(Self {
            opus,
            loss_percent: 0,
            bandwidth: Bandwidth::Fullband,
            shape: 0,
            trail: 0,
            flows: false,
            rests: false,
        })
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.trail == 0
    }

    /// The encoder spends bits on recovery only from some declared loss on, and a declared 15 to
    /// 20 % helps at any real loss above 2 %: hence steps, with some play between them.
    pub(crate) fn set_loss(&mut self, share: f32) {
        let percent = match (share, self.loss_percent) {
            (share, 0) if share < 0.02 => 0,
            (share, _) if share < 0.01 => 0,
            (share, 20) if share >= 0.04 => 20,
            (share, _) if share >= 0.05 => 20,
            _ => 15,
        };
        if percent != self.loss_percent && self.opus.set_packet_loss_perc(percent).is_ok() {
            self.loss_percent = percent;
        }
    }

    /// No bits for frequencies that the voice does not have.
    pub(crate) fn set_voice_rate(&mut self, rate: u32) {
        let bandwidth = match rate {
            0..=16_000 => Bandwidth::Wideband,
            16_001..=24_000 => Bandwidth::Superwideband,
            _ => Bandwidth::Fullband,
        };
        if bandwidth != self.bandwidth && self.opus.set_max_bandwidth(bandwidth).is_ok() {
            self.bandwidth = bandwidth;
        }
    }

    /// Encodes a frame, of voice or of silence between voices.
    pub(crate) fn frame(
        &mut self,
        frame: &[f32; FRAME],
        voiced: bool,
        packet: &mut Vec<u8>,
    ) -> Sent {
        packet.clear();
        if voiced {
            self.trail = TRAIL + 1;
        } else if self.trail == 0 {
            return self.nothing();
        } else {
            self.trail -= 1;
        }
        if !voiced && self.trail == 0 {
            packet.push(self.shape);
        } else if !self.encode(frame, packet) {
            return self.nothing();
        }
        self.send(packet)
    }

    fn encode(&mut self, frame: &[f32; FRAME], packet: &mut Vec<u8>) -> bool {
        packet.resize(LARGEST_PACKET, 0);
        let length = self.opus.encode_float(frame, packet).unwrap_or(0);
        packet.truncate(length);
        if let Some(first) = packet.first() {
            // The same mode, bandwidth and duration, with one frame in it: an empty one.
            self.shape = first & 0xFC;
        }
        length > 0
    }

    fn send(&mut self, packet: &mut Vec<u8>) -> Sent {
        let rests = packet.len() <= REST_BYTES;
        if rests && self.rests {
            packet.clear();
            return self.nothing();
        }
        self.rests = rests;
        let marker = !std::mem::replace(&mut self.flows, true);
        Sent::Packet { marker }
    }

    fn nothing(&mut self) -> Sent {
        self.flows = false;
        Sent::Nothing
    }
}
