//! The caller's audio on its way to the session: what is not his is dropped, what is old, too.

use crate::budget::Budget;
use rtc::rtp::Packet;
use server_session::peer::{AudioPacket, FromPeer, Gone};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// Half a second that the session did not take: older audio is worth nothing to it.
const WAITING: usize = 25;
/// 50 a second is usual, 100 with frames of 10 ms; retransmissions and bursts come on top.
const PACKETS_PER_SECOND: u32 = 400;
const PACKET_BURST: u32 = 1000;
/// Opus frames of 60 ms at full rate stay below this.
const LONGEST: usize = 1400;

/// Which packets are the caller's.
#[derive(Clone, Debug)]
pub(crate) struct Hears {
    pub(crate) payload_type: u8,
    /// What the offer declared; else the first source heard is the one.
    pub(crate) ssrc: Option<u32>,
}

impl Hears {
    fn is_theirs(&mut self, packet: &Packet) -> bool {
        packet.header.payload_type == self.payload_type
            && packet.payload.len() <= LONGEST
            && *self.ssrc.get_or_insert(packet.header.ssrc) == packet.header.ssrc
    }
}

pub(crate) async fn listen(
    track: Arc<dyn TrackRemote>,
    mut hears: Hears,
    events: mpsc::Sender<FromPeer>,
) -> Option<Gone> {
    let start = Instant::now();
    let mut budget = Budget::new(PACKETS_PER_SECOND, PACKET_BURST);
    let mut waiting: VecDeque<AudioPacket> = VecDeque::with_capacity(WAITING);
    let mut late: u64 = 0;
    loop {
        let event = tokio::select! {
            biased;
            room = events.reserve(), if !waiting.is_empty() => {
                let (Ok(room), Some(packet)) = (room, waiting.pop_front()) else { return None };
                room.send(FromPeer::Audio(packet));
                continue;
            }
            event = track.poll() => event,
        };
        match event {
            Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                if !budget.take(start.elapsed(), 1) {
                    return Some(Gone::Flooded);
                }
                if hears.is_theirs(&packet) {
                    late += u64::from(push(&mut waiting, packet));
                }
            }
            Some(TrackRemoteEvent::OnEnded) | None => break,
            Some(_) => {}
        }
    }
    if late > 0 {
        tracing::debug!(late, "a session was too slow for its caller's audio");
    }
    None
}

/// True when the oldest had to go.
fn push(waiting: &mut VecDeque<AudioPacket>, packet: Packet) -> bool {
    let full = waiting.len() == WAITING;
    if full {
        waiting.pop_front();
    }
    waiting.push_back(AudioPacket {
        sequence: packet.header.sequence_number,
        timestamp: packet.header.timestamp,
        payload: packet.payload,
    });
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use rtc::rtp::Header;

    fn packet(payload_type: u8, ssrc: u32, sequence_number: u16, length: usize) -> Packet {
        Packet {
            header: Header {
                payload_type,
                ssrc,
                sequence_number,
                ..Header::default()
            },
            payload: Bytes::from(vec![1; length]),
        }
    }

    #[test]
    fn only_the_agreed_type_and_one_source_are_heard() {
        let mut hears = Hears {
            payload_type: 111,
            ssrc: None,
        };
        assert!(!hears.is_theirs(&packet(8, 5, 0, 10)));
        assert!(hears.is_theirs(&packet(111, 7, 0, 10)));
        assert!(!hears.is_theirs(&packet(111, 5, 0, 10)));
        assert!(!hears.is_theirs(&packet(111, 7, 0, LONGEST + 1)));

        let mut declared = Hears {
            payload_type: 111,
            ssrc: Some(5),
        };
        assert!(!declared.is_theirs(&packet(111, 7, 0, 10)));
        assert!(declared.is_theirs(&packet(111, 5, 0, 10)));
    }

    #[test]
    fn a_slow_session_loses_the_oldest() {
        let mut waiting = VecDeque::new();
        let dropped = (0..30)
            .filter(|n| push(&mut waiting, packet(111, 1, *n, 10)))
            .count();
        assert_eq!(dropped, 5);
        assert_eq!(waiting.front().map(|packet| packet.sequence), Some(5));
        assert_eq!(waiting.len(), WAITING);
    }
}
