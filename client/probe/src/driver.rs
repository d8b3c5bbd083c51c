//! One call's task: owns the socket, the clock and the sans-IO connection, and writes the tape.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::channel::ChannelId;
use str0m::media::{Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Event, IceConnectionState, Input, Output, Rtc};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};

use crate::codec::{Earpiece, Microphone};
use crate::impair::Lane;
use crate::level::{FRAME, FRAME_MS, dbfs};
use crate::mouth::Mouth;
use crate::pressing::Pressing;
use crate::record::Recorder;
use crate::speech::Speech;
use crate::tape::{Arrival, Frame, Tape};
use crate::trouble::Trouble;

const FRAME_TIME: Duration = Duration::from_millis(FRAME_MS);
/// Events that wait for the data channel to take them.
const PENDING_LIMIT: usize = 256;
/// Datagrams taken from the socket before anything else gets its chance.
const BURST: usize = 32;

/// What a scripted caller does next.
pub(crate) enum Order {
    Say(Speech),
    /// This again and again from one of its frames on, in place of all else.
    Repeat(Pressing, usize),
    /// JSON text for the data channel.
    Send(String),
    /// Close as a browser does: tell the far end, then go.
    Close,
}

pub(crate) type Datagram = (SocketAddr, Vec<u8>);

pub(crate) struct Driver {
    pub(crate) rtc: Rtc,
    pub(crate) socket: UdpSocket,
    pub(crate) local: SocketAddr,
    pub(crate) mid: Mid,
    pub(crate) channel: ChannelId,
    pub(crate) tape: watch::Sender<Tape>,
    pub(crate) born: Instant,
    pub(crate) outbound: Lane<Datagram>,
    pub(crate) inbound: Lane<Datagram>,
    pub(crate) impaired: bool,
    pub(crate) microphone: Microphone,
    /// `None`: packets are counted, not heard.
    pub(crate) earpiece: Option<Earpiece>,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) mouth: Mouth,
    pub(crate) clock: SendClock,
    pub(crate) pending: VecDeque<String>,
    pub(crate) connected: bool,
}

/// The sender's RTP counters, and when the next frame is due.
#[derive(Default)]
pub(crate) struct SendClock {
    pt: Option<Pt>,
    next: Option<Instant>,
    number: u64,
    time: u32,
    silent: bool,
}

impl Driver {
    pub(crate) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let reason = match self.drive(&mut orders).await {
            Ok(reason) => reason,
            Err(trouble) => trouble.to_string(),
        };
        if let Some(recorder) = self.recorder.take() {
            recorder.finish();
        }
        self.count_traffic();
        self.tape.send_modify(|tape| {
            tape.ended.get_or_insert(reason);
        });
    }

    async fn drive(&mut self, orders: &mut mpsc::Receiver<Order>) -> Result<String, Trouble> {
        let mut buffer = vec![0; 2_048];
        loop {
            let timeout = self.drain()?;
            if !self.rtc.is_alive() {
                return Ok("hung up".to_owned());
            }
            self.deliver_outbound(Instant::now()).await;
            let wake = self.next_wake(timeout);
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(wake.into()) => {}
                received = self.socket.recv_from(&mut buffer) => self.arrive(received, &mut buffer)?,
                order = orders.recv() => match order {
                    Some(order) => self.obey(order)?,
                    None => return Ok("dropped".to_owned()),
                },
            }
            self.catch_up(timeout)?;
        }
    }

    /// The earliest of: the connection's own deadline, the next frame, the next impaired datagram.
    fn next_wake(&self, timeout: Instant) -> Instant {
        [
            self.clock.next,
            self.outbound.next_due(),
            self.inbound.next_due(),
        ]
        .into_iter()
        .flatten()
        .fold(timeout, Instant::min)
    }

    /// Does everything that is due by now.
    fn catch_up(&mut self, timeout: Instant) -> Result<(), Trouble> {
        let now = Instant::now();
        while let Some((source, datagram)) = self.inbound.pop(now) {
            self.receive(now, source, &datagram)?;
        }
        if timeout <= now {
            self.rtc.handle_input(Input::Timeout(now)).map_err(broken)?;
            self.drain()?;
        }
        while self.clock.next.is_some_and(|due| due <= now) {
            self.send_frame(now)?;
        }
        self.flush_pending()
    }

    /// Takes from the socket what lies there; on an impaired call it goes through the bad network.
    fn arrive(
        &mut self,
        first: std::io::Result<(usize, SocketAddr)>,
        buffer: &mut [u8],
    ) -> Result<(), Trouble> {
        let mut next = first.ok();
        for _ in 0..BURST {
            // An ICMP error of an earlier datagram ends up here too: the connection will notice by itself.
            let Some((length, source)) = next else { break };
            let now = Instant::now();
            if self.impaired && self.connected {
                self.inbound.push(now, (source, buffer[..length].to_vec()));
            } else {
                self.receive(now, source, &buffer[..length])?;
            }
            next = self.socket.try_recv_from(buffer).ok();
        }
        Ok(())
    }

    fn receive(
        &mut self,
        now: Instant,
        source: SocketAddr,
        datagram: &[u8],
    ) -> Result<(), Trouble> {
        let Ok(contents) = datagram.try_into() else {
            return Ok(());
        };
        let receive = Receive {
            proto: Protocol::Udp,
            source,
            destination: self.local,
            contents,
        };
        self.rtc
            .handle_input(Input::Receive(now, receive))
            .map_err(broken)?;
        self.drain().map(drop)
    }

    /// One mutation, then everything out: the rule of the sans-IO connection.
    fn drain(&mut self) -> Result<Instant, Trouble> {
        loop {
            match self.rtc.poll_output().map_err(broken)? {
                Output::Timeout(deadline) => return Ok(deadline),
                Output::Transmit(transmit) => {
                    let datagram = (transmit.destination, transmit.contents.to_vec());
                    self.transmit(datagram);
                }
                Output::Event(event) => self.note(event),
            }
        }
    }

    fn transmit(&mut self, datagram: Datagram) {
        if self.impaired && self.connected {
            self.outbound.push(Instant::now(), datagram);
        } else {
            // A full socket buffer is a lost packet, as anywhere on the way.
            self.socket.try_send_to(&datagram.1, datagram.0).ok();
        }
    }

    async fn deliver_outbound(&mut self, now: Instant) {
        while let Some((destination, datagram)) = self.outbound.pop(now) {
            self.socket.send_to(&datagram, destination).await.ok();
        }
    }

    fn note(&mut self, event: Event) {
        let at_ms = self.ms(Instant::now());
        match event {
            Event::Connected => {
                self.connected = true;
                self.clock.next = Some(Instant::now());
                self.tape
                    .send_modify(|tape| tape.connected_ms = Some(at_ms));
            }
            Event::ChannelOpen(id, _) if id == self.channel => {
                self.tape
                    .send_modify(|tape| tape.channel_open_ms = Some(at_ms));
            }
            Event::ChannelData(data) => {
                let body = serde_json::from_slice(&data.data).unwrap_or_default();
                self.tape.send_modify(|tape| tape.note_event(at_ms, body));
            }
            Event::RtpPacket(packet) => {
                let media_ms = packet.time.as_seconds() * 1000.0;
                let arrival = Arrival { at_ms, media_ms };
                self.hear(arrival, *packet.seq_no, &packet.payload);
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                self.end("the server stopped answering (ICE consent lost)");
            }
            Event::Closed => self.end("the server closed the connection"),
            _ => {}
        }
    }

    fn end(&mut self, reason: &str) {
        self.tape.send_modify(|tape| {
            tape.ended.get_or_insert_with(|| reason.to_owned());
        });
        self.rtc.disconnect();
    }

    fn hear(&mut self, arrival: Arrival, number: u64, payload: &[u8]) {
        let at_ms = arrival.at_ms;
        let recorder = &mut self.recorder;
        let mut frames = [0.0; 16];
        let mut count = 0;
        if let Some(earpiece) = &mut self.earpiece {
            earpiece.take(number, payload, &mut |samples| {
                if let Some(recorder) = recorder {
                    recorder.received(at_ms, samples);
                }
                if let Some(slot) = frames.get_mut(count) {
                    *slot = dbfs(samples);
                    count += 1;
                }
            });
        }
        self.tape.send_modify(|tape| {
            tape.first_packet_ms.get_or_insert(at_ms);
            tape.note_arrival(arrival);
            for level_dbfs in &frames[..count] {
                tape.note_received(Frame {
                    at_ms,
                    level_dbfs: *level_dbfs,
                });
            }
        });
    }

    fn obey(&mut self, order: Order) -> Result<(), Trouble> {
        match order {
            Order::Say(speech) => self.mouth.push(speech),
            Order::Repeat(pressing, from) => self.mouth.repeat(pressing, from),
            Order::Send(text) if self.pending.len() < PENDING_LIMIT => self.pending.push_back(text),
            Order::Send(_) => {
                tracing::warn!("the data channel takes nothing: an event was dropped")
            }
            Order::Close => self.rtc.close().map_err(broken)?,
        }
        Ok(())
    }

    /// One frame of 20 ms leaves, on a clock that does not drift.
    fn send_frame(&mut self, now: Instant) -> Result<(), Trouble> {
        let due = self.clock.next.expect("a frame is sent when it is due");
        let late = now > due + FRAME_TIME;
        self.clock.next = Some(due + FRAME_TIME);
        let at_ms = self.ms(now);
        let mut ended = Vec::new();
        let (level_dbfs, utterance, packet) = match self.mouth.repeated() {
            Some(pressed) => (pressed.level_dbfs, None, Some(pressed.packet.clone())),
            None => self.speak(at_ms, &mut ended),
        };
        let sent = self.write_packet(now, packet)?;
        self.count_traffic();
        self.tape.send_modify(|tape| {
            for index in ended {
                tape.note_uttered(index, at_ms);
            }
            tape.note_sent(Frame { at_ms, level_dbfs }, utterance);
            tape.traffic.sent_packets += u64::from(sent);
            tape.traffic.late_frames += u64::from(late);
        });
        Ok(())
    }

    /// The next frame's level, the utterance that it belongs to, and its packet.
    fn speak(
        &mut self,
        at_ms: f64,
        ended: &mut Vec<usize>,
    ) -> (f32, Option<usize>, Option<Vec<u8>>) {
        let (samples, utterance) = self.mouth.frame(&mut |index| ended.push(index));
        if let Some(recorder) = &mut self.recorder {
            recorder.sent(at_ms, &samples);
        }
        let packet = self.microphone.encode(&samples).map(<[u8]>::to_vec);
        (dbfs(&samples), utterance, packet)
    }

    /// RTP time goes on through silence; sequence numbers do not.
    fn write_packet(&mut self, now: Instant, packet: Option<Vec<u8>>) -> Result<bool, Trouble> {
        let time = self.clock.time;
        self.clock.time = time.wrapping_add(FRAME as u32);
        let Some(packet) = packet else {
            self.clock.silent = true;
            return Ok(false);
        };
        let Some(pt) = self.payload_type() else {
            return Ok(false);
        };
        let number = self.clock.number;
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(self.mid, None) else {
            return Ok(false);
        };
        let write = RtpWrite::new(pt, number.into(), time, now, packet)
            .marker(std::mem::take(&mut self.clock.silent))
            .ext_vals(ExtensionValues::default());
        stream.write_rtp(write);
        self.clock.number += 1;
        self.drain()?;
        Ok(true)
    }

    fn payload_type(&mut self) -> Option<Pt> {
        if self.clock.pt.is_none() {
            let media = self.rtc.media(self.mid)?;
            self.clock.pt = media.remote_pts().first().copied();
        }
        self.clock.pt
    }

    fn flush_pending(&mut self) -> Result<(), Trouble> {
        while let Some(text) = self.pending.front() {
            let Some(mut channel) = self.rtc.channel(self.channel) else {
                return Ok(());
            };
            // `false`: the buffer is full; what is left waits for the next chance.
            if !channel.write(false, text.as_bytes()).map_err(broken)? {
                return Ok(());
            }
            self.pending.pop_front();
            self.drain()?;
        }
        Ok(())
    }

    fn count_traffic(&mut self) {
        let dropped = self.outbound.lost() + self.inbound.lost();
        let reordered = self.outbound.reordered() + self.inbound.reordered();
        let concealed = self
            .earpiece
            .as_ref()
            .map_or(0, |earpiece| earpiece.concealed);
        self.tape.send_modify(|tape| {
            tape.traffic.dropped_on_purpose = dropped;
            tape.traffic.reordered_on_purpose = reordered;
            tape.traffic.concealed_frames = concealed;
        });
    }

    fn ms(&self, moment: Instant) -> f64 {
        moment.duration_since(self.born).as_secs_f64() * 1000.0
    }
}

fn broken(err: str0m::RtcError) -> Trouble {
    Trouble::Lost {
        reason: err.to_string(),
    }
}
