//! A server of ours for the caller to call: answers offers, hears when a voice ends, and replies with a tone.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use str0m::change::SdpOffer;
use str0m::channel::ChannelId;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::net::UdpSocket;

const FRAME: Duration = Duration::from_millis(20);
/// A reply is a tone of one second.
const REPLY_FRAMES: usize = 50;
/// So many silent frames end an utterance.
const QUIET_FRAMES: usize = 15;

pub(crate) struct StandIn {
    pub(crate) url: String,
    pub(crate) hangups: Arc<Mutex<Vec<String>>>,
    pub(crate) events: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone, Default)]
struct Desk {
    hangups: Arc<Mutex<Vec<String>>>,
    events: Arc<Mutex<Vec<Value>>>,
}

impl StandIn {
    pub(crate) async fn serve() -> Self {
        let desk = Desk::default();
        let (hangups, events) = (Arc::clone(&desk.hangups), Arc::clone(&desk.events));
        let router = Router::new()
            .route("/v1/realtime/calls", post(answer))
            .route("/v1/realtime/calls/{id}/hangup", post(hang_up))
            .with_state(desk);
        Self {
            url: listen(router).await,
            hangups,
            events,
        }
    }

    /// Gives every offer the same answer.
    pub(crate) async fn refuse(code: u16, body: &'static str) -> String {
        let code = StatusCode::from_u16(code).expect("a status");
        listen(Router::new().fallback(move || async move { (code, body) })).await
    }
}

async fn listen(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn hang_up(
    State(desk): State<Desk>,
    axum::extract::Path(id): axum::extract::Path<String>,
) -> StatusCode {
    desk.hangups
        .lock()
        .expect("nobody panicked with it")
        .push(id);
    StatusCode::OK
}

async fn answer(State(desk): State<Desk>, offer: String) -> Response {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let local = socket.local_addr().expect("it is bound");
    let mut rtc = Rtc::builder()
        .clear_codecs()
        .enable_opus(true, false)
        .set_rtp_mode(true)
        .build(Instant::now());
    rtc.add_local_candidate(Candidate::host(local, "udp").expect("loopback is a candidate"));
    let offer = SdpOffer::from_sdp_string(&offer).expect("the caller's offer is SDP");
    let answer = rtc
        .sdp_api()
        .accept_offer(offer)
        .expect("the offer is accepted");
    let agent = Agent::new(rtc, socket, local, desk);
    tokio::spawn(agent.run());
    let headers = [
        (header::CONTENT_TYPE, "application/sdp"),
        (header::LOCATION, "/v1/realtime/calls/rtc_1"),
    ];
    (StatusCode::CREATED, headers, answer.to_sdp_string()).into_response()
}

struct Agent {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    desk: Desk,
    channel: Option<ChannelId>,
    mid: Option<Mid>,
    decoder: opus::Decoder,
    encoder: opus::Encoder,
    spoken: usize,
    quiet: usize,
    replies: usize,
    left: usize,
    number: u64,
    unsent: Vec<Value>,
}

impl Agent {
    fn new(rtc: Rtc, socket: UdpSocket, local: SocketAddr, desk: Desk) -> Self {
        let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip)
            .expect("Opus is linked in");
        encoder
            .set_inband_fec(true)
            .expect("a setting of every encoder");
        encoder
            .set_packet_loss_perc(10)
            .expect("a setting of every encoder");
        Self {
            rtc,
            socket,
            local,
            desk,
            channel: None,
            mid: None,
            decoder: opus::Decoder::new(48_000, opus::Channels::Mono).expect("Opus is linked in"),
            encoder,
            spoken: 0,
            quiet: 0,
            replies: 0,
            left: 0,
            number: 0,
            unsent: Vec::new(),
        }
    }

    async fn run(mut self) {
        let mut buffer = vec![0; 2_000];
        let mut frames = tokio::time::interval(FRAME);
        while self.rtc.is_alive() {
            let Some(deadline) = self.drain() else { return };
            tokio::select! {
                Ok((length, source)) = self.socket.recv_from(&mut buffer) => {
                    let Ok(contents) = buffer[..length].try_into() else { continue };
                    let receive = Receive { proto: Protocol::Udp, source, destination: self.local, contents };
                    if self.rtc.handle_input(Input::Receive(Instant::now(), receive)).is_err() { return }
                }
                () = tokio::time::sleep_until(deadline.into()) => {
                    if self.rtc.handle_input(Input::Timeout(Instant::now())).is_err() { return }
                }
                _ = frames.tick() => self.speak(),
            }
        }
    }

    fn drain(&mut self) -> Option<Instant> {
        loop {
            for event in std::mem::take(&mut self.unsent) {
                self.write(&event);
            }
            match self.rtc.poll_output().ok()? {
                Output::Timeout(deadline) => return Some(deadline),
                Output::Transmit(transmit) => {
                    self.socket
                        .try_send_to(&transmit.contents, transmit.destination)
                        .ok();
                }
                Output::Event(event) => self.note(event),
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::MediaAdded(media) => self.mid = Some(media.mid),
            Event::ChannelOpen(id, label) => {
                assert_eq!(label, "oai-events");
                self.channel = Some(id);
                self.unsent
                    .push(json!({"type": "session.created", "session": {"id": "sess_1"}}));
            }
            Event::ChannelData(data) => {
                let event: Value = serde_json::from_slice(&data.data).unwrap_or_default();
                if event["type"] == "repartee.type" {
                    self.reply();
                }
                self.desk
                    .events
                    .lock()
                    .expect("nobody panicked with it")
                    .push(event);
            }
            Event::RtpPacket(packet) => self.hear(&packet.payload),
            _ => {}
        }
    }

    fn hear(&mut self, payload: &[u8]) {
        let mut samples = [0.0; 5_760];
        let Ok(length) = self.decoder.decode_float(payload, &mut samples, false) else {
            return;
        };
        let power = samples[..length].iter().map(|s| s * s).sum::<f32>() / length as f32;
        if power > 1e-4 {
            self.spoken += 1;
            self.quiet = 0;
        } else {
            self.quiet += 1;
        }
        if self.spoken > 5 && self.quiet == QUIET_FRAMES {
            self.spoken = 0;
            self.unsent.push(json!({
                "type": "conversation.item.input_audio_transcription.completed",
                "item_id": "item_1", "content_index": 0, "transcript": "beep",
            }));
            self.reply();
        }
    }

    fn reply(&mut self) {
        self.replies += 1;
        self.left = REPLY_FRAMES;
        let id = format!("resp_{}", self.replies);
        self.unsent.extend([
            json!({"type": "response.created", "response": {"id": id}}),
            json!({"type": "response.output_audio_transcript.done", "response_id": id, "transcript": "Beep."}),
            json!({"type": "repartee.latency", "response_id": id, "stage": "first_sound", "after_ms": 300}),
            json!({"type": "output_audio_buffer.started", "response_id": id}),
            json!({"type": "response.done", "response": {"id": id, "status": "completed"}}),
        ]);
    }

    fn speak(&mut self) {
        let (Some(mid), 1..) = (self.mid, self.left) else {
            return;
        };
        self.left -= 1;
        let tone: Vec<f32> = (0..960)
            .map(|n| 0.3 * (n as f32 * std::f32::consts::TAU / 96.0).sin())
            .collect();
        let packet = self
            .encoder
            .encode_vec_float(&tone, 1_275)
            .expect("a frame that Opus takes");
        let pt = self
            .rtc
            .media(mid)
            .and_then(|media| media.remote_pts().first().copied());
        let mut direct = self.rtc.direct_api();
        if let (Some(pt), Some(stream)) = (pt, direct.stream_tx_by_mid(mid, None)) {
            let time = (self.number * 960) as u32;
            stream.write_rtp(RtpWrite::new(
                pt,
                self.number.into(),
                time,
                Instant::now(),
                packet,
            ));
            self.number += 1;
        }
        if self.left == 0 {
            let id = format!("resp_{}", self.replies);
            self.unsent
                .push(json!({"type": "output_audio_buffer.stopped", "response_id": id}));
        }
    }

    fn write(&mut self, event: &Value) {
        let mut event = event.clone();
        event["event_id"] = json!("event_1");
        if let Some(mut channel) = self.channel.and_then(|id| self.rtc.channel(id)) {
            let taken = channel.write(false, event.to_string().as_bytes());
            assert!(
                taken.expect("the channel is open"),
                "a few small events fit"
            );
        }
    }
}
