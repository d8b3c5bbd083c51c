//! The agent's audio on its way out: frames become packets of one stream.

use crate::line::Frame;
use rtc::rtp::{Header, Packet};
use server_session::peer::Gone;
use std::sync::Arc;
use tokio::sync::mpsc;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

pub(crate) struct Voice {
    track: Arc<TrackLocalStaticRTP>,
    stream: Stream,
}

/// The numbers of one RTP stream; first sequence and timestamp are random (RFC 3550).
struct Stream {
    payload_type: u8,
    ssrc: u32,
    sequence: u16,
    offset: u32,
}

impl Voice {
    pub(crate) fn new(track: Arc<TrackLocalStaticRTP>, payload_type: u8, ssrc: u32) -> Self {
        // Low at first: a receiver that wraps within its first packets loses count of loss.
        let sequence = rand::random_range(0..1 << 15);
        Self {
            track,
            stream: Stream {
                payload_type,
                ssrc,
                sequence,
                offset: rand::random(),
            },
        }
    }

    pub(crate) async fn run(mut self, mut frames: mpsc::Receiver<Frame>) -> Option<Gone> {
        while let Some(frame) = frames.recv().await {
            if self.track.write_rtp(self.stream.next(frame)).await.is_err() {
                return Some(Gone::Vanished);
            }
        }
        None
    }
}

impl Stream {
    fn next(&mut self, frame: Frame) -> Packet {
        let sequence_number = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        Packet {
            header: Header {
                version: 2,
                marker: frame.marker,
                payload_type: self.payload_type,
                sequence_number,
                timestamp: self.offset.wrapping_add(frame.timestamp),
                ssrc: self.ssrc,
                ..Header::default()
            },
            payload: frame.payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn every_packet_follows_the_last_and_wraps() {
        let mut stream = Stream {
            payload_type: 111,
            ssrc: 9,
            sequence: 65_535,
            offset: u32::MAX,
        };
        let frame = |timestamp| Frame {
            timestamp,
            marker: false,
            payload: Bytes::new(),
        };
        let first = stream.next(frame(0)).header;
        let second = stream.next(frame(960)).header;
        assert_eq!((first.sequence_number, first.timestamp), (65_535, u32::MAX));
        assert_eq!((second.sequence_number, second.timestamp), (0, 959));
        assert_eq!((second.payload_type, second.ssrc), (111, 9));
    }
}
