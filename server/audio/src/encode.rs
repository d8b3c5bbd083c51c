//! Frames into Opus packets, and silence into nothing.

use crate::{AudioError, FRAME_TICKS, WIRE_RATE};
use opus::{Application, Bandwidth, Bitrate, Channels, Signal};

pub(crate) const FRAME: usize = FRAME_TICKS as usize;
/// The largest packet that Opus makes of one frame.
pub(crate) const LARGEST_PACKET: usize = 1_275;
/// At complexity 1 this sounds as 32 kbit/s do at 5 (4.45 by PESQ either way), for less than half of the work:
/// see docs/benchmarks.md.
const BIT_RATE: i32 = 40_000;
const COMPLEXITY: i32 = 1;
/// Frames of silence that follow a voice. The first drives its end out of the encoder, which holds
/// 6.5 ms back; with the others the far end has nothing but silence to conceal the pause with.
const TRAIL: u32 = 3;
/// A packet this short says "silence follows". It is not sent: a decoder conceals at it as at a loss,
/// loses step with the encoder, and the next words come out some dB too low (measured: 2 to 13).
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
    /// Frames of silence that are still to follow the voice.
    trail: u32,
    /// The last frame left as a packet.
    flows: bool,
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
            trail: 0,
            flows: false,
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
        let sounds = voiced || self.trail > 0;
        self.trail = match voiced {
            true => TRAIL,
            false => self.trail.saturating_sub(1),
        };
        if sounds {
            self.encode(frame, packet);
        }
        if packet.is_empty() {
            self.flows = false;
            return Sent::Nothing;
        }
        let marker = !std::mem::replace(&mut self.flows, true);
        Sent::Packet { marker }
    }

    /// Leaves the packet empty when it is not worth sending.
    fn encode(&mut self, frame: &[f32; FRAME], packet: &mut Vec<u8>) {
        packet.resize(LARGEST_PACKET, 0);
        let length = self.opus.encode_float(frame, packet).unwrap_or(0);
        packet.truncate(length);
        if length <= REST_BYTES {
            packet.clear();
        }
    }
}
