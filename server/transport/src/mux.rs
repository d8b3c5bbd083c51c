//! Every peer on the same UDP sockets: whose datagram is this, and by which way does one go back.

use crate::lane::{Family, Lane};
use crate::sniff::{self, Kind};
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::OwnedSemaphorePermit;
use webrtc::runtime::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};

/// The crate reads into 2000 bytes; no datagram of a peer is longer than a packet.
const LONGEST: usize = 2000;
/// A peer with more addresses than this is looking for trouble, not for a path.
const ADDRESSES_PER_PEER: usize = 32;
/// An address that its peer still uses is not given to another: a forged check takes no call away.
const IN_USE: Duration = Duration::from_secs(1);
/// Datagrams per system call, each maybe several joined by the kernel (at most 64 kB).
const BATCH: usize = 8;
const JOINED: usize = 65_536;
/// What the kernel may hold for us: half a second of a thousand callers.
const KERNEL_BUFFER: usize = 4 << 20;
/// Copies are cut from blocks of this size, so that a datagram costs no allocation of its own.
const BLOCK: usize = 16_384;

/// What the transport has thrown away since it was bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// From a source that no peer has proved, or of no kind that we know.
    pub strangers: u64,
    /// Dropped because a peer's queue was full.
    pub late: u64,
    /// Refused by the kernel on the way out.
    pub unsent: u64,
}

#[derive(Default)]
struct Tally {
    strangers: AtomicU64,
    late: AtomicU64,
    unsent: AtomicU64,
}

pub(crate) struct Mux {
    sockets: Vec<Socket>,
    reach: RwLock<Reach>,
    tables: Mutex<Tables>,
    tally: Tally,
    start: Instant,
}

struct Socket {
    io: UdpSocket,
    state: UdpSocketState,
    address: SocketAddr,
}

/// From where peers may check. We answer nobody else, so that nothing is sent elsewhere either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Everywhere,
    /// From these addresses of our own, and from loopback: within this machine.
    Within(Vec<IpAddr>),
}

impl Reach {
    fn covers(&self, source: &IpAddr) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Within(own) => source.is_loopback() || own.contains(source),
        }
    }
}

#[derive(Default)]
struct Tables {
    /// By the ICE name that we gave the peer.
    lanes: HashMap<String, Arc<Lane>>,
    /// By the address that the peer has checked from.
    routes: HashMap<(IpAddr, u16), Route>,
}

struct Route {
    lane: Arc<Lane>,
    /// The peer's address with its scope, as the kernel gave it.
    peer: SocketAddr,
    socket: usize,
    /// Which of our addresses it came to: the answer must come from there.
    ours: Option<IpAddr>,
    used: Duration,
}

/// A peer's place in the mux. Dropping it frees everything.
pub(crate) struct Place {
    pub(crate) lane: Arc<Lane>,
    mux: Arc<Mux>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut tables = self.mux.tables();
        tables.lanes.remove(&self.lane.ufrag);
        tables
            .routes
            .retain(|_, route| !Arc::ptr_eq(&route.lane, &self.lane));
    }
}

impl Mux {
    pub(crate) fn new(sockets: Vec<std::net::UdpSocket>, reach: Reach) -> io::Result<Self> {
        let sockets = sockets
            .into_iter()
            .map(Socket::new)
            .collect::<io::Result<Vec<_>>>()?;
        Ok(Self {
            sockets,
            reach: RwLock::new(reach),
            tables: Mutex::default(),
            tally: Tally::default(),
            start: Instant::now(),
        })
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|socket| socket.address).collect()
    }

    pub(crate) fn families(&self) -> Vec<Family> {
        let mut families = Vec::new();
        for socket in &self.sockets {
            let family = Family::of(&socket.address);
            if !families.contains(&family) {
                families.push(family);
            }
        }
        families
    }

    /// Interfaces come and go, and what is within the machine with them. A list that could not be
    /// read is empty, and changes nothing.
    pub(crate) fn follow(&self, interfaces: &[IpAddr]) {
        let mut reach = self.reach.write().unwrap_or_else(PoisonError::into_inner);
        if let (Reach::Within(own), false) = (&mut *reach, interfaces.is_empty()) {
            *own = interfaces.to_vec();
        }
    }

    pub(crate) fn covers(&self, source: &IpAddr) -> bool {
        let reach = self.reach.read().unwrap_or_else(PoisonError::into_inner);
        reach.covers(source)
    }

    pub(crate) fn peers(&self) -> usize {
        self.tables().lanes.len()
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            strangers: self.tally.strangers.load(Ordering::Relaxed),
            late: self.tally.late.load(Ordering::Relaxed),
            unsent: self.tally.unsent.load(Ordering::Relaxed),
        }
    }

    /// Opens a lane for the peer that will check with this name.
    pub(crate) fn open(self: &Arc<Self>, ufrag: String, permit: OwnedSemaphorePermit) -> Place {
        let lane = Arc::new(Lane::new(ufrag.clone()));
        self.tables().lanes.insert(ufrag, lane.clone());
        Place {
            lane,
            mux: self.clone(),
            _permit: permit,
        }
    }

    /// Sends to an address that has checked with us before. We send to no other.
    pub(crate) fn send(&self, to: SocketAddr, contents: &[u8]) {
        let way = self
            .tables()
            .routes
            .get(&key(&to))
            .map(|route| (route.socket, route.peer, route.ours));
        let sent = way.is_some_and(|(socket, peer, ours)| {
            self.sockets[socket].send(peer, ours, contents).is_ok()
        });
        if !sent {
            self.tally.unsent.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Reads one socket until the task is ended.
    pub(crate) async fn receive(self: Arc<Self>, socket: usize) {
        let mut buffers = vec![vec![0; JOINED]; BATCH];
        let mut metas = [RecvMeta::default(); BATCH];
        let mut block = BytesMut::new();
        loop {
            let Ok(count) = self.sockets[socket].receive(&mut buffers, &mut metas).await else {
                // An error is about one peer (its port is closed), not about the socket.
                tokio::task::yield_now().await;
                continue;
            };
            tokio::task::consume_budget().await;
            let now = self.now();
            for (buffer, meta) in buffers.iter().zip(&metas[..count]) {
                for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                    self.dispatch(now, socket, meta, datagram, &mut block);
                }
            }
        }
    }

    fn dispatch(
        &self,
        now: Duration,
        socket: usize,
        meta: &RecvMeta,
        datagram: &[u8],
        block: &mut BytesMut,
    ) {
        let kind = sniff::kind(datagram);
        let lane = match &kind {
            _ if datagram.len() > LONGEST => None,
            Kind::Unknown => None,
            _ if !self.covers(&meta.addr.ip()) => None,
            Kind::Check { ufrag, .. } => self.tables().check(now, socket, meta, ufrag),
            _ => self.tables().route(now, socket, meta),
        };
        let Some(lane) = lane else {
            self.tally.strangers.fetch_add(1, Ordering::Relaxed);
            return;
        };
        // The crate answers to addresses without scope; the route remembers the whole one.
        let from = SocketAddr::new(meta.addr.ip(), meta.addr.port());
        if lane.deliver(now, from, &kind, copy(block, datagram)) {
            self.tally.late.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    /// A check names its peer. The first from an address opens the way back.
    fn check(
        &mut self,
        now: Duration,
        socket: usize,
        meta: &RecvMeta,
        ufrag: &str,
    ) -> Option<Arc<Lane>> {
        let lane = self.lanes.get(ufrag)?.clone();
        let address = key(&meta.addr);
        match self.routes.get(&address) {
            Some(route) if Arc::ptr_eq(&route.lane, &lane) => {}
            Some(route) if now.saturating_sub(route.used) < IN_USE => return None,
            _ => self.make_room_for(&lane),
        }
        let route = Route {
            lane: lane.clone(),
            peer: meta.addr,
            socket,
            ours: meta.dst_ip,
            used: now,
        };
        self.routes.insert(address, route);
        Some(lane)
    }

    fn route(&mut self, now: Duration, socket: usize, meta: &RecvMeta) -> Option<Arc<Lane>> {
        let route = self.routes.get_mut(&key(&meta.addr))?;
        // The peer may use several of our addresses: answer on the one it used last.
        route.socket = socket;
        route.ours = meta.dst_ip;
        route.used = now;
        Some(route.lane.clone())
    }

    fn make_room_for(&mut self, lane: &Arc<Lane>) {
        let theirs = || {
            self.routes
                .iter()
                .filter(|(_, route)| Arc::ptr_eq(&route.lane, lane))
        };
        if theirs().count() < ADDRESSES_PER_PEER {
            return;
        }
        let oldest = theirs()
            .min_by_key(|(_, route)| route.used)
            .map(|(address, _)| *address);
        if let Some(oldest) = oldest {
            self.routes.remove(&oldest);
        }
    }
}

fn key(address: &SocketAddr) -> (IpAddr, u16) {
    (address.ip(), address.port())
}

fn copy(block: &mut BytesMut, datagram: &[u8]) -> Bytes {
    if block.capacity() < datagram.len() {
        block.reserve(BLOCK);
    }
    block.extend_from_slice(datagram);
    block.split().freeze()
}

impl Socket {
    fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let io = UdpSocket::from_std(socket)?;
        let state = UdpSocketState::new(UdpSockRef::from(&io))?;
        // The kernel gives what it allows; less is no reason not to start.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&io), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&io), KERNEL_BUFFER);
        Ok(Self {
            address: io.local_addr()?,
            io,
            state,
        })
    }

    fn send(&self, peer: SocketAddr, ours: Option<IpAddr>, contents: &[u8]) -> io::Result<()> {
        let transmit = Transmit {
            destination: peer,
            ecn: None,
            contents,
            segment_size: None,
            src_ip: ours.filter(|_| self.address.ip().is_unspecified()),
        };
        self.io.try_io(Interest::WRITABLE, || {
            self.state.try_send(UdpSockRef::from(&self.io), &transmit)
        })
    }

    async fn receive(&self, buffers: &mut [Vec<u8>], metas: &mut [RecvMeta]) -> io::Result<usize> {
        loop {
            self.io.readable().await?;
            let read = self.io.try_io(Interest::READABLE, || {
                let mut slices: [IoSliceMut<'_>; BATCH] = {
                    let mut each = buffers.iter_mut();
                    std::array::from_fn(|_| {
                        IoSliceMut::new(each.next().expect("BATCH buffers were made"))
                    })
                };
                self.state
                    .recv(UdpSockRef::from(&self.io), &mut slices, metas)
            });
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_within_the_machine_ends_at_its_own_addresses() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let within = Reach::Within(vec![ip("192.168.1.7")]);
        for (source, covered) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("192.168.1.7", true),
            ("192.168.1.8", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(within.covers(&ip(source)), covered, "{source}");
            assert!(Reach::Everywhere.covers(&ip(source)));
        }
    }
}
