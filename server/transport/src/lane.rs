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

/// Handshake flights that come before the path is chosen. One has up to a few datagrams.
const EARLY: usize = 8;

/// A peer that still sends so long after a goodbye has not gone.
const LIVES_ON_MS: u64 = 1_000;
/// No goodbye has come, or none that still counts.
const NEVER: u64 = u64::MAX;

/// What the mux keeps of a peer.
pub(crate) struct Lane {
    pub(crate) ufrag: String,
    queues: [Queue; 2],
    /// Since the mux was bound, in milliseconds.
    last_heard: AtomicU64,
    /// When it came, on the same clock, or `NEVER`.
    goodbye: AtomicU64,
    has_path: AtomicBool,
    early: Mutex<Early>,
    /// The crate's driver has stopped, for whatever reason, without telling anyone.
    pub(crate) stopped: Notify,
}

/// What the crate would throw away because it came too early, and the peer then repeats only
/// after half a second (a nomination) or a whole one (the handshake).
#[derive(Default)]
struct Early {
    nomination: Option<Datagram>,
    handshake: VecDeque<Datagram>,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<VecDeque<Datagram>>,
    reader: AtomicWaker,
}

#[derive(Clone)]
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
            goodbye: AtomicU64::new(NEVER),
            has_path: AtomicBool::new(false),
            early: Mutex::default(),
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
        let heard = millis(now);
        self.last_heard.store(heard, Ordering::Relaxed);
        // Else any later second without a datagram would end a call that lives.
        if heard.saturating_sub(self.goodbye.load(Ordering::Relaxed)) >= LIVES_ON_MS {
            self.goodbye.store(NEVER, Ordering::Relaxed);
        }
        if *kind == Kind::Goodbye {
            self.goodbye();
        }
        let datagram = Datagram {
            from,
            is_media: *kind == Kind::Media,
            contents,
        };
        if self.has_path.load(Ordering::Acquire) {
            return self.queue(Family::of(&from)).push(datagram);
        }
        self.deliver_early(kind, datagram)
    }

    /// Keeps what the crate cannot use yet, and repeats a nomination once it can.
    fn deliver_early(&self, kind: &Kind<'_>, datagram: Datagram) -> bool {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        // The path may have been found while we waited for the lock.
        let has_path = self.has_path.load(Ordering::Acquire);
        let queue = self.queue(Family::of(&datagram.from));
        match kind {
            Kind::Dtls if !has_path => {
                let full = early.handshake.len() == EARLY;
                if !full {
                    early.handshake.push_back(datagram);
                }
                full
            }
            Kind::Check {
                nominates: true, ..
            } => {
                early.nomination = Some(datagram.clone());
                queue.push(datagram)
            }
            // Our own check has succeeded: now the crate accepts what it was asked before.
            Kind::Stun => {
                let from = datagram.from;
                let again = early
                    .nomination
                    .take_if(|nomination| nomination.from == from);
                queue.push(datagram) | again.is_some_and(|again| queue.push(again))
            }
            _ => queue.push(datagram),
        }
    }

    /// The crate has chosen a path: what waited for it goes in.
    pub(crate) fn found_path(&self) {
        let mut early = self.early.lock().unwrap_or_else(PoisonError::into_inner);
        for datagram in early.handshake.drain(..) {
            self.queue(Family::of(&datagram.from)).push(datagram);
        }
        early.nomination = None;
        self.has_path.store(true, Ordering::Release);
    }

    /// The peer says that it goes: by an alert, which anyone can forge, or by RTCP, which also
    /// means a stream that was only replaced. So it counts with the silence after it. It came with
    /// the datagram that was heard last.
    pub(crate) fn goodbye(&self) {
        let heard = self.last_heard.load(Ordering::Relaxed);
        self.goodbye.store(heard, Ordering::Relaxed);
    }

    /// How long the peer has sent nothing at all.
    pub(crate) fn silence(&self, now: Duration) -> Duration {
        let heard = Duration::from_millis(self.last_heard.load(Ordering::Relaxed));
        now.saturating_sub(heard)
    }

    pub(crate) fn said_goodbye(&self) -> bool {
        self.goodbye.load(Ordering::Relaxed) != NEVER
    }

    fn queue(&self, family: Family) -> &Queue {
        &self.queues[family as usize]
    }
}

impl Queue {
    /// True when an older one had to make room.
    fn push(&self, datagram: Datagram) -> bool {
        let full = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let full = waiting.len() >= WAITING;
            if full {
                make_room(&mut waiting);
            }
            waiting.push_back(datagram);
            full
        };
        self.reader.wake();
        full
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
        lane.found_path();
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

    #[test]
    fn a_goodbye_is_forgotten_once_the_peer_lives_on() {
        let lane = Lane::new("x".into());
        let from: SocketAddr = "[::1]:9".parse().expect("an address");
        let deliver = |at_ms, kind| {
            lane.deliver(Duration::from_millis(at_ms), from, &kind, datagram(0));
            lane.said_goodbye()
        };
        assert!(deliver(3_000, Kind::Goodbye));
        assert!(deliver(3_999, Kind::Media), "it was still on its way");
        assert!(!deliver(4_000, Kind::Media));
        assert!(deliver(9_000, Kind::Goodbye), "another one counts again");
        assert!(
            deliver(10_000, Kind::Goodbye),
            "so does one that repeats it"
        );
    }

    fn waiting(lane: &Lane) -> Vec<u8> {
        let waiting = lane.queue(Family::V4).waiting.lock().expect("not poisoned");
        waiting
            .iter()
            .map(|datagram| datagram.contents[0])
            .collect()
    }

    #[test]
    fn what_comes_before_the_path_waits_for_it_and_a_nomination_is_repeated() {
        let lane = Lane::new("x".into());
        let from: SocketAddr = "127.0.0.1:9".parse().expect("an address");
        let deliver = |kind: Kind<'_>, n| lane.deliver(Duration::ZERO, from, &kind, datagram(n));
        deliver(
            Kind::Check {
                ufrag: "x",
                nominates: true,
            },
            1,
        );
        deliver(Kind::Dtls, 2);
        assert_eq!(waiting(&lane), [1]);
        deliver(Kind::Stun, 3);
        assert_eq!(
            waiting(&lane),
            [1, 3, 1],
            "the nomination comes again, once"
        );
        deliver(Kind::Stun, 4);
        assert_eq!(waiting(&lane), [1, 3, 1, 4]);
        lane.found_path();
        assert_eq!(waiting(&lane), [1, 3, 1, 4, 2]);
        deliver(Kind::Dtls, 5);
        deliver(
            Kind::Check {
                ufrag: "x",
                nominates: true,
            },
            6,
        );
        deliver(Kind::Stun, 7);
        assert_eq!(waiting(&lane), [1, 3, 1, 4, 2, 5, 6, 7]);
    }

    #[test]
    fn an_early_flood_of_handshakes_is_bounded() {
        let lane = Lane::new("x".into());
        let from: SocketAddr = "127.0.0.1:9".parse().expect("an address");
        let kept = (0..100)
            .filter(|n| !lane.deliver(Duration::ZERO, from, &Kind::Dtls, datagram(*n)))
            .count();
        assert_eq!(kept, EARLY);
    }
}
