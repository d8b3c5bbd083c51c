//! One peer's lane through the shared sockets: the UDP socket that the crate believes it owns.

use crate::mux::Mux;
use crate::sniff::Kind;
use bytes::Bytes;
use futures_util::task::AtomicWaker;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// Half a second of everything a peer sends. What waits longer is too late to be speech.
const WAITING: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) fn of(address: &SocketAddr) -> Self {
        if address.is_ipv4() {
            Self::V4
        } else {
            Self::V6
        }
    }

    /// Where the crate binds a socket that we throw away: it wants an address of its own as a key.
    pub(crate) fn throwaway(self) -> SocketAddr {
        match self {
            Self::V4 => (Ipv4Addr::LOCALHOST, 0).into(),
            Self::V6 => (Ipv6Addr::LOCALHOST, 0).into(),
        }
    }
}

/// What the mux keeps of a peer.
pub(crate) struct Lane {
    pub(crate) ufrag: String,
    queues: [Queue; 2],
    /// Since the mux was bound, in milliseconds.
    last_heard: AtomicU64,
    goodbye: AtomicBool,
    /// The crate's driver has stopped, for whatever reason, without telling anyone.
    pub(crate) stopped: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<VecDeque<Datagram>>,
    reader: AtomicWaker,
}

struct Datagram {
    from: SocketAddr,
    is_media: bool,
    contents: Bytes,
}

impl Lane {
    pub(crate) fn new(ufrag: String) -> Self {
        Self {
            ufrag,
            queues: Default::default(),
            last_heard: AtomicU64::new(0),
            goodbye: AtomicBool::new(false),
            stopped: Notify::new(),
        }
    }

    /// Queues one datagram for the driver. True when an older one had to make room.
    pub(crate) fn deliver(
        &self,
        now: Duration,
        from: SocketAddr,
        kind: &Kind<'_>,
        contents: Bytes,
    ) -> bool {
        self.last_heard.store(millis(now), Ordering::Relaxed);
        if *kind == Kind::Goodbye {
            self.goodbye.store(true, Ordering::Relaxed);
        }
        let queue = self.queue(Family::of(&from));
        let datagram = Datagram {
            from,
            is_media: *kind == Kind::Media,
            contents,
        };
        let dropped = {
            let mut waiting = queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let full = waiting.len() >= WAITING;
            if full {
                make_room(&mut waiting);
            }
            waiting.push_back(datagram);
            full
        };
        queue.reader.wake();
        dropped
    }

    /// How long the peer has sent nothing at all.
    pub(crate) fn silence(&self, now: Duration) -> Duration {
        let heard = Duration::from_millis(self.last_heard.load(Ordering::Relaxed));
        now.saturating_sub(heard)
    }

    /// The peer sent an alert. Anyone can forge one, so it counts only with the silence after it.
    pub(crate) fn said_goodbye(&self) -> bool {
        self.goodbye.load(Ordering::Relaxed)
    }

    fn queue(&self, family: Family) -> &Queue {
        &self.queues[family as usize]
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The oldest media goes first: handshakes and checks matter more than late speech.
fn make_room(waiting: &mut VecDeque<Datagram>) {
    let oldest = waiting
        .iter()
        .position(|datagram| datagram.is_media)
        .unwrap_or(0);
    waiting.remove(oldest);
}

/// The virtual socket of one family.
pub(crate) struct LaneSocket {
    pub(crate) lane: Arc<Lane>,
    pub(crate) mux: Arc<Mux>,
    pub(crate) family: Family,
    /// The address of the socket that was thrown away: the crate's name for this one.
    pub(crate) name: SocketAddr,
}

impl fmt::Debug for LaneSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneSocket")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl AsyncUdpSocket for LaneSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.name)
    }

    /// Never waits: when the kernel's buffer is full the datagram is lost, as on any network.
    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.mux.send(transmit.destination, transmit.contents);
        Poll::Ready(Ok(transmit.contents.len()))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        metas: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let queue = self.lane.queue(self.family);
        // Register first: a datagram that comes between the look and the wait is not missed.
        queue.reader.register(cx.waker());
        let next = queue
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let (Some(datagram), Some(buffer), Some(meta)) =
            (next, buffers.first_mut(), metas.first_mut())
        else {
            return Poll::Pending;
        };
        let length = datagram.contents.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram.contents[..length]);
        *meta = RecvMeta::default();
        meta.addr = datagram.from;
        meta.len = length;
        meta.stride = length.max(1);
        Poll::Ready(Ok(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(n: u8) -> Bytes {
        Bytes::copy_from_slice(&[n])
    }

    #[test]
    fn a_full_lane_drops_the_oldest_media_and_keeps_the_handshake() {
        let lane = Lane::new("x".into());
        let from: SocketAddr = "127.0.0.1:9".parse().expect("an address");
        assert!(!lane.deliver(Duration::ZERO, from, &Kind::Dtls, datagram(0)));
        for n in 1..WAITING {
            assert!(!lane.deliver(Duration::ZERO, from, &Kind::Media, datagram(n as u8)));
        }
        assert!(lane.deliver(Duration::ZERO, from, &Kind::Media, datagram(200)));
        let waiting = lane.queue(Family::V4).waiting.lock().expect("not poisoned");
        let order: Vec<u8> = waiting
            .iter()
            .map(|datagram| datagram.contents[0])
            .collect();
        assert_eq!(order.len(), WAITING);
        assert_eq!(order[..2], [0, 2]);
        assert_eq!(order.last(), Some(&200));
    }

    #[test]
    fn a_goodbye_is_kept_and_silence_is_counted_from_the_last_datagram() {
        let lane = Lane::new("x".into());
        let from: SocketAddr = "[::1]:9".parse().expect("an address");
        lane.deliver(Duration::from_secs(3), from, &Kind::Goodbye, datagram(0));
        assert!(lane.said_goodbye());
        assert_eq!(lane.silence(Duration::from_secs(5)), Duration::from_secs(2));
    }
}
