//! A caller on another WebRTC stack, so that the transport is not tested against itself.
#![allow(dead_code, reason = "each test file uses its part")]

use server_session::peer::{AudioPacket, FromPeer, Gone, Peer};
use server_transport::{Transport, TransportOptions};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;

/// Only a hang reaches this: no test says how long anything takes.
pub(crate) const HANG: Duration = Duration::from_secs(30);

pub(crate) async fn transport(listen: &[&str], max_peers: usize) -> Arc<Transport> {
    let listen = listen
        .iter()
        .map(|address| address.parse().expect("an address"))
        .collect();
    Transport::bind(TransportOptions {
        listen,
        public: Vec::new(),
        max_peers,
    })
    .await
    .expect("loopback can be bound")
}

pub(crate) async fn loopback() -> Arc<Transport> {
    transport(&["127.0.0.1:0"], 1000).await
}

/// What the caller wants in its offer.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    pub(crate) direction: Direction,
    pub(crate) video_first: bool,
    pub(crate) second_audio: bool,
    pub(crate) channels: usize,
}

impl Default for Wants {
    fn default() -> Self {
        Self {
            direction: Direction::SendRecv,
            video_first: false,
            second_audio: false,
            channels: 1,
        }
    }
}

pub(crate) struct Caller {
    pub(crate) rtc: Rtc,
    pub(crate) socket: UdpSocket,
    pub(crate) audio: Mid,
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) is_connected: bool,
    pub(crate) open: Vec<ChannelId>,
    pub(crate) heard: Vec<(u16, u32, Vec<u8>)>,
    pub(crate) messages: Vec<(ChannelId, String)>,
    /// Every datagram is sent three times.
    pub(crate) replays: bool,
    /// Of the audio that comes in, every second packet is lost.
    pub(crate) loses: bool,
    lost_last: bool,
    pending: Option<SdpPendingOffer>,
    sequence: u64,
}

impl Caller {
    /// A caller and its offer. Offers name no candidate, as the official clients' do.
    pub(crate) async fn new(wants: Wants) -> (Self, String) {
        Self::on("127.0.0.1:0", wants).await
    }

    pub(crate) async fn on(address: &str, wants: Wants) -> (Self, String) {
        str0m::crypto::from_feature_flags().install_process_default();
        let socket = UdpSocket::bind(address).await.expect("a port is free");
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(wants.video_first)
            .set_rtcp_report_interval_audio(Duration::from_millis(200))
            .build(Instant::now());
        let mut change = rtc.sdp_api();
        if wants.video_first {
            change.add_media(MediaKind::Video, Direction::SendRecv, None, None, None);
        }
        let audio = change.add_media(MediaKind::Audio, wants.direction, None, None, None);
        if wants.second_audio {
            change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        }
        let channels = (0..wants.channels)
            .map(|n| change.add_channel(format!("channel {n}")))
            .collect();
        let (offer, pending) = change.apply().expect("there is something to offer");
        let local = socket.local_addr().expect("bound");
        rtc.add_local_candidate(Candidate::host(local, "udp").expect("a host candidate"));
        let caller = Self {
            rtc,
            socket,
            audio,
            channels,
            is_connected: false,
            open: Vec::new(),
            heard: Vec::new(),
            messages: Vec::new(),
            replays: false,
            loses: false,
            lost_last: false,
            pending: Some(pending),
            sequence: 1000,
        };
        (caller, offer.to_sdp_string())
    }

    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("the answer is SDP");
        let pending = self.pending.take().expect("accepted once");
        self.rtc
            .sdp_api()
            .accept_answer(pending, answer)
            .expect("the answer fits the offer");
    }

    /// Runs until `done`, or fails with `what`.
    pub(crate) async fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let run = async { while !self.step(&mut done).await {} };
        assert!(
            tokio::time::timeout(HANG, run).await.is_ok(),
            "never happened: {what}"
        );
    }

    /// Runs for as long as it is polled.
    pub(crate) async fn live(&mut self) {
        while !self.step(&mut |_| false).await {}
    }

    pub(crate) async fn connect(&mut self) {
        self.until("the caller connects", |caller| caller.is_connected)
            .await;
    }

    async fn step(&mut self, done: &mut impl FnMut(&mut Self) -> bool) -> bool {
        // What the test did must go out before it is looked at.
        let deadline = self.drain().await;
        if done(self) {
            self.drain().await;
            return true;
        }
        let deadline = self.drain().await.min(deadline);
        let mut buffer = [0; 2000];
        tokio::select! {
            received = self.socket.recv_from(&mut buffer) => {
                let (length, source) = received.expect("loopback works");
                if self.is_lost(&buffer[..length]) {
                    return false;
                }
                let to = self.socket.local_addr().expect("bound");
                if let Ok(packet) = Receive::new(Protocol::Udp, source, to, &buffer[..length]) {
                    let input = Input::Receive(Instant::now(), packet);
                    self.rtc.handle_input(input).expect("the server sends what is right");
                }
            }
            () = tokio::time::sleep_until(deadline.into()) => {
                self.rtc.handle_input(Input::Timeout(Instant::now())).expect("time passes");
            }
        }
        false
    }

    fn is_lost(&mut self, datagram: &[u8]) -> bool {
        // Not RTCP, which shares the first byte with RTP.
        let is_audio = matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind));
        if is_audio {
            self.lost_last = self.loses && !self.lost_last;
        }
        is_audio && self.lost_last
    }

    async fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().expect("the caller is sound") {
                Output::Timeout(deadline) => return deadline,
                Output::Transmit(packet) => {
                    let _ = self
                        .socket
                        .send_to(&packet.contents, packet.destination)
                        .await;
                }
                Output::Event(event) => self.on_event(event),
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::ChannelOpen(id, _) => self.open.push(id),
            Event::ChannelData(data) => {
                let text = String::from_utf8(data.data).expect("we send text");
                self.messages.push((data.id, text));
            }
            Event::RtpPacket(packet) => {
                let header = &packet.header;
                self.heard.push((
                    header.sequence_number,
                    header.timestamp,
                    packet.payload.to_vec(),
                ));
            }
            _ => {}
        }
    }

    /// Sends one packet of 20 ms.
    pub(crate) fn speak(&mut self, payload: &[u8]) {
        let pt = self.payload_type();
        let sequence = self.sequence;
        self.sequence += 1;
        let mut direct = self.rtc.direct_api();
        let stream = direct
            .stream_tx_by_mid(self.audio, None)
            .expect("the audio is sent");
        let time = (sequence * 960) as u32;
        stream.write_rtp(RtpWrite::new(
            pt,
            sequence.into(),
            time,
            Instant::now(),
            payload,
        ));
    }

    fn payload_type(&self) -> str0m::media::Pt {
        let media = self.rtc.media(self.audio).expect("the audio was agreed");
        *media.remote_pts().first().expect("with Opus")
    }

    pub(crate) fn say(&mut self, channel: ChannelId, is_binary: bool, text: &[u8]) -> bool {
        let Some(mut channel) = self.rtc.channel(channel) else {
            return false;
        };
        channel.write(is_binary, text).unwrap_or(false)
    }
}

/// A caller and its peer, connected.
pub(crate) async fn call(transport: &Arc<Transport>, wants: Wants) -> (Caller, Peer) {
    let (mut caller, offer) = Caller::new(wants).await;
    let peer = answer(transport, &mut caller, &offer).await;
    connected(caller, peer).await
}

pub(crate) async fn answer(transport: &Arc<Transport>, caller: &mut Caller, offer: &str) -> Peer {
    use server_session::peer::Answerer;
    let (answer, peer) = transport.answer(offer).await.expect("the offer is good");
    caller.accept(&answer);
    peer
}

pub(crate) async fn connected(mut caller: Caller, mut peer: Peer) -> (Caller, Peer) {
    let (event, ()) = tokio::join!(next(&mut peer), caller.connect());
    assert!(
        matches!(event, FromPeer::Connected),
        "first of all, media flows: {event:?}"
    );
    (caller, peer)
}

pub(crate) async fn next(peer: &mut Peer) -> FromPeer {
    tokio::time::timeout(HANG, peer.events.recv())
        .await
        .expect("the peer goes on")
        .expect("an end is told before the events end")
}

pub(crate) async fn next_audio(peer: &mut Peer) -> AudioPacket {
    loop {
        match next(peer).await {
            FromPeer::Audio(packet) => return packet,
            FromPeer::Gone(gone) => panic!("gone: {gone:?}"),
            _ => {}
        }
    }
}

pub(crate) async fn next_message(peer: &mut Peer) -> String {
    loop {
        match next(peer).await {
            FromPeer::Message(text) => return text,
            FromPeer::Gone(gone) => panic!("gone: {gone:?}"),
            _ => {}
        }
    }
}

pub(crate) async fn gone(peer: &mut Peer) -> Gone {
    loop {
        if let FromPeer::Gone(gone) = next(peer).await {
            return gone;
        }
    }
}

/// Waits until the transport has as many peers as that.
pub(crate) async fn peers(transport: &Transport, count: usize) {
    let settled = async {
        while transport.peers() != count {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        tokio::time::timeout(HANG, settled).await.is_ok(),
        "{} peers stay, not {count}",
        transport.peers()
    );
}

pub(crate) fn port_of(transport: &Transport) -> SocketAddr {
    *transport.local_addrs().first().expect("it listens")
}
