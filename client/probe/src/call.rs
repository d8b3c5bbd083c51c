//! A call that a program places: speak, type, send events, and look at the tape of what came of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, Rtc};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};

use crate::codec::{Earpiece, Microphone};
use crate::door::Door;
use crate::driver::{Driver, Order, SendClock};
use crate::impair::{Impairment, Lane};
use crate::mouth::Mouth;
use crate::pressing::Pressing;
use crate::record::Recorder;
use crate::speech::Speech;
use crate::tape::Tape;
use crate::trouble::Trouble;

/// Orders that wait for the call's task; a script gives a handful.
const ORDERS: usize = 64;
/// How long a call may take to stand, from the offer to the open data channel.
const SETUP: Duration = Duration::from_secs(10);

/// How to call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Sent beside the offer as the session that is asked for.
    pub session: Option<Value>,
    pub impairment: Impairment,
    /// Silence is not sent.
    pub dtx: bool,
    /// Packets are counted and not decoded: for many idle calls on a small machine.
    pub deaf: bool,
    /// A stereo WAV of the call.
    pub record: Option<PathBuf>,
}

/// A standing call. Dropping it vanishes without a word, as a caller out of coverage does.
pub struct Call {
    orders: mpsc::Sender<Order>,
    tape: watch::Receiver<Tape>,
    task: tokio::task::JoinHandle<()>,
    door: Door,
    call_path: Option<String>,
    spoken: usize,
}

impl Call {
    /// Posts the offer and waits until the data channel is open.
    pub async fn place(door: &Door, options: &CallOptions) -> Result<Self, Trouble> {
        let call = Self::ring(door, options).await?;
        let standing = call
            .wait("data channel", SETUP, |tape| tape.channel_open_ms.is_some())
            .await;
        match standing {
            Ok(()) => Ok(call),
            Err(Trouble::Waited { .. }) => Err(Trouble::NoPath {
                waited_s: SETUP.as_secs(),
            }),
            Err(trouble) => Err(trouble),
        }
    }

    /// Posts the offer, and lets the connection come up by itself.
    async fn ring(door: &Door, options: &CallOptions) -> Result<Self, Trouble> {
        let socket = UdpSocket::bind((door.local_address().await?, 0))
            .await
            .map_err(no_socket)?;
        let local = socket.local_addr().map_err(no_socket)?;
        let recorder = options
            .record
            .as_deref()
            .map(Recorder::create)
            .transpose()?;
        let microphone = Microphone::new(options.dtx)?;
        let earpiece = if options.deaf {
            None
        } else {
            Some(Earpiece::new()?)
        };
        let (rtc, mid, channel, offer, pending) = offer(local)?;

        let born = Instant::now();
        let opened = door.call(&offer, options.session.as_ref()).await?;
        let answered_ms = born.elapsed().as_secs_f64() * 1000.0;
        let rtc = accept(rtc, pending, &opened.answer)?;

        let start = Tape {
            answered_ms: Some(answered_ms),
            ..Tape::default()
        };
        let (tape_sender, tape) = watch::channel(start);
        let (orders, order_receiver) = mpsc::channel(ORDERS);
        let driver = Driver {
            rtc,
            socket,
            local,
            mid,
            channel,
            tape: tape_sender,
            born,
            outbound: Lane::new(options.impairment, 0),
            inbound: Lane::new(options.impairment, 1),
            impaired: !options.impairment.is_clean(),
            microphone,
            earpiece,
            recorder,
            mouth: Mouth::default(),
            clock: SendClock::default(),
            pending: std::collections::VecDeque::new(),
            connected: false,
        };
        let task = tokio::spawn(driver.run(order_receiver));
        Ok(Self {
            orders,
            tape,
            task,
            door: door.clone(),
            call_path: opened.call_path,
            spoken: 0,
        })
    }

    /// Says something after whatever is being said; the answer is its place in `Tape::uttered`.
    pub async fn say(&mut self, speech: &Speech) -> Result<usize, Trouble> {
        self.order(Order::Say(speech.clone())).await?;
        self.spoken += 1;
        Ok(self.spoken - 1)
    }

    /// Says this again and again, beginning at one of its frames, in place of anything else.
    pub async fn repeat(&self, pressing: &Pressing, from: usize) -> Result<(), Trouble> {
        self.order(Order::Repeat(pressing.clone(), from)).await
    }

    /// Types a message that takes the floor as a voice would.
    pub async fn type_text(&self, text: &str) -> Result<(), Trouble> {
        self.send(&json!({"type": "repartee.type", "text": text}))
            .await
    }

    /// Sends any client event over the data channel.
    pub async fn send(&self, event: &Value) -> Result<(), Trouble> {
        self.order(Order::Send(event.to_string())).await
    }

    /// Sends any text at all, for tests of bad input.
    pub async fn send_raw(&self, text: &str) -> Result<(), Trouble> {
        self.order(Order::Send(text.to_owned())).await
    }

    /// Looks at the tape.
    pub fn look<T>(&self, at: impl FnOnce(&Tape) -> T) -> T {
        at(&self.tape.borrow())
    }

    /// Waits until the tape shows something; `what` names it for the error.
    pub async fn wait(
        &self,
        what: &str,
        limit: Duration,
        mut shows: impl FnMut(&Tape) -> bool,
    ) -> Result<(), Trouble> {
        let mut tape = self.tape.clone();
        let seen = tape.wait_for(|tape| tape.ended.is_some() || shows(tape));
        match tokio::time::timeout(limit, seen).await {
            Err(_) => Err(Trouble::Waited {
                what: what.to_owned(),
                waited_s: limit.as_secs(),
            }),
            Ok(Err(_)) => Err(lost(None)),
            Ok(Ok(tape)) if shows(&tape) => Ok(()),
            Ok(Ok(tape)) => Err(lost(tape.ended.as_deref())),
        }
    }

    /// `POST .../hangup`, then closes, and answers with the tape.
    pub async fn hang_up(self) -> Result<Tape, Trouble> {
        let told = match &self.call_path {
            Some(path) => self.door.hang_up(path).await,
            None => Ok(()),
        };
        let tape = self.close().await;
        told.map(|()| tape)
    }

    /// Closes as a browser's page does when it is left: no HTTP, only DTLS and SCTP goodbyes.
    pub async fn close(self) -> Tape {
        // The task may be gone already, if the server was faster.
        self.orders.send(Order::Close).await.ok();
        self.task.await.ok();
        self.tape.borrow().clone()
    }

    /// The path under which the server knows this call, as its `Location` said.
    pub fn call_path(&self) -> Option<&str> {
        self.call_path.as_deref()
    }

    async fn order(&self, order: Order) -> Result<(), Trouble> {
        let sent = self.orders.send(order).await;
        sent.map_err(|_| lost(self.tape.borrow().ended.as_deref()))
    }
}

type Offered = (
    Rtc,
    str0m::media::Mid,
    str0m::channel::ChannelId,
    String,
    str0m::change::SdpPendingOffer,
);

/// One audio line both ways and the data channel, as the Realtime clients offer them.
fn offer(local: SocketAddr) -> Result<Offered, Trouble> {
    let mut rtc = Rtc::builder()
        .clear_codecs()
        .enable_opus(true, false)
        .set_rtp_mode(true)
        .build(Instant::now());
    let candidate = Candidate::host(local, "udp").map_err(|err| Trouble::Local {
        what: "usable address",
        reason: err.to_string(),
    })?;
    rtc.add_local_candidate(candidate);
    let mut change = rtc.sdp_api();
    let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
    let channel = change.add_channel("oai-events".to_owned());
    let (offer, pending) = change.apply().expect("a new line needs an offer");
    Ok((rtc, mid, channel, offer.to_sdp_string(), pending))
}

fn accept(
    mut rtc: Rtc,
    pending: str0m::change::SdpPendingOffer,
    answer: &str,
) -> Result<Rtc, Trouble> {
    let bad = |reason: String| Trouble::Answer { reason };
    let answer = SdpAnswer::from_sdp_string(answer).map_err(|err| bad(err.to_string()))?;
    rtc.sdp_api()
        .accept_answer(pending, answer)
        .map_err(|err| bad(err.to_string()))?;
    Ok(rtc)
}

fn lost(reason: Option<&str>) -> Trouble {
    Trouble::Lost {
        reason: reason.unwrap_or("its task is gone").to_owned(),
    }
}

fn no_socket(err: std::io::Error) -> Trouble {
    Trouble::Local {
        what: "UDP socket",
        reason: err.to_string(),
    }
}
