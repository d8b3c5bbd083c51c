//! The task that owns one peer, from the answer until it has gone and everything is freed.

mod ear;
mod voice;

use crate::answer::Ours;
use crate::channels::{self, Allowance, MOST_CHANNELS};
use crate::connection::{Connection, News};
use crate::line::{Line, Outbound};
use crate::mux::{Mux, Place};
use crate::sdp::{Direction, Offer};
use server_session::peer::{FromPeer, Gone, Peer};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use webrtc::data_channel::{DataChannel, RTCDataChannelId};
use webrtc::peer_connection::RTCPeerConnectionState;

/// Events that the session has not taken yet. Audio beyond it waits in the ear, and ages there.
const EVENTS: usize = 32;
const TICK: Duration = Duration::from_millis(500);
/// After an alert: a peer that still lives sends something within this.
const GOODBYE: Duration = Duration::from_secs(1);
/// After the last channel closed: a muted peer still checks us within this.
const HUSH: Duration = Duration::from_secs(3);

struct Call {
    connection: Connection,
    place: Place,
    mux: Arc<Mux>,
    line: Arc<Line>,
    events: mpsc::Sender<FromPeer>,
    parts: JoinSet<Part>,
    allowance: Arc<Mutex<Allowance>>,
    /// In the order they opened; the first is the one we speak on.
    open: Vec<Arc<dyn DataChannel>>,
    speaks_on: watch::Sender<Option<Arc<dyn DataChannel>>>,
    had_channel: bool,
    is_connected: bool,
    hears: ear::Hears,
    speaks: bool,
}

/// How one of the call's tasks ended.
enum Part {
    /// A channel closed.
    Channel(RTCDataChannelId, Option<Gone>),
    Other(Option<Gone>),
}

/// What a call is made of.
pub(crate) struct Ends {
    pub(crate) connection: Connection,
    pub(crate) news: News,
    pub(crate) place: Place,
    pub(crate) line: Arc<Line>,
    pub(crate) outbound: Outbound,
}

/// Starts the call's task and gives the session its end.
pub(crate) fn start(offer: &Offer, ours: &Ours, ends: Ends, mux: Arc<Mux>) -> Peer {
    let Ends {
        connection,
        news,
        place,
        line,
        outbound,
    } = ends;
    let (events, events_out) = mpsc::channel(EVENTS);
    let (speaks_on, channel) = watch::channel(None);
    let mut parts = JoinSet::new();
    let mouth = voice::Voice::new(connection.voice.clone(), offer.opus.payload_type, ours.ssrc);
    parts.spawn(async move { Part::Other(mouth.run(outbound.frames).await) });
    let speaker = channels::speak(outbound.messages, channel, line.clone(), events.clone());
    parts.spawn(async move { Part::Other(speaker.await) });
    let call = Call {
        connection,
        place,
        mux,
        line: line.clone(),
        events,
        parts,
        allowance: Arc::new(Mutex::new(Allowance::new())),
        open: Vec::new(),
        speaks_on,
        had_channel: false,
        is_connected: false,
        hears: ear::Hears {
            payload_type: offer.opus.payload_type,
            ssrc: offer.opus.ssrc,
        },
        speaks: matches!(
            offer.opus.direction,
            Direction::Both | Direction::ReceiveOnly
        ),
    };
    tokio::spawn(call.run(news));
    Peer {
        events: events_out,
        voice: line,
    }
}

impl Call {
    async fn run(mut self, mut news: News) {
        let gone = self.live(&mut news).await;
        tracing::debug!(?gone, "a peer has gone");
        let Self {
            connection,
            place,
            line,
            events,
            mut parts,
            ..
        } = self;
        line.set_open(false);
        parts.shutdown().await;
        connection.close().await;
        drop(place);
        // The session may be busy: everything is freed already, only the word waits.
        let _ = events.send(FromPeer::Gone(gone)).await;
    }

    /// Serves until the peer has gone, or the session has let go of it.
    async fn live(&mut self, news: &mut News) -> Gone {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let ended = tokio::select! {
                biased;
                () = self.events.closed() => Some(Gone::Closed),
                () = self.line.hang_up.notified() => Some(Gone::Closed),
                changed = news.state.changed() => match changed {
                    Ok(()) => { let state = *news.state.borrow_and_update(); self.on_state(state).await }
                    Err(_) => Some(Gone::Vanished),
                },
                () = self.place.lane.stopped.notified() => Some(Gone::Vanished),
                Some(track) = news.tracks.recv() => {
                    let ear = ear::listen(track, self.hears.clone(), self.events.clone());
                    self.parts.spawn(async move { Part::Other(ear.await) });
                    None
                }
                Some(channel) = news.channels.recv() => self.on_channel(channel).await,
                Some(part) = self.parts.join_next() => self.on_part(part),
                _ = tick.tick() => self.on_tick(),
            };
            if let Some(gone) = ended {
                return gone;
            }
        }
    }

    async fn on_state(&mut self, state: RTCPeerConnectionState) -> Option<Gone> {
        match state {
            RTCPeerConnectionState::Connected if !self.is_connected => {
                self.is_connected = true;
                self.line.set_open(self.speaks);
                let _ = self.events.send(FromPeer::Connected).await;
                None
            }
            RTCPeerConnectionState::Failed => Some(Gone::Vanished),
            RTCPeerConnectionState::Closed => Some(Gone::Closed),
            _ => None,
        }
    }

    async fn on_channel(&mut self, channel: Arc<dyn DataChannel>) -> Option<Gone> {
        if self.open.len() == MOST_CHANNELS {
            return Some(Gone::Flooded);
        }
        let id = channel.id();
        let is_first = self.open.is_empty();
        self.open.push(channel.clone());
        if is_first {
            self.speaks_on.send_replace(Some(channel.clone()));
        }
        if !self.had_channel {
            self.had_channel = true;
            let _ = self.events.send(FromPeer::ChannelOpen).await;
        }
        let listen = channels::listen(channel, self.allowance.clone(), self.events.clone());
        self.parts
            .spawn(async move { Part::Channel(id, listen.await) });
        None
    }

    /// One of the tasks has ended: a channel closed, or the peer did too much.
    fn on_part(&mut self, part: Result<Part, tokio::task::JoinError>) -> Option<Gone> {
        match part {
            Ok(Part::Channel(_, Some(gone)) | Part::Other(Some(gone))) => Some(gone),
            Ok(Part::Channel(id, None)) => {
                self.open.retain(|channel| channel.id() != id);
                let next = self.open.first().cloned();
                self.speaks_on.send_if_modified(|now| {
                    let same = now.as_ref().map(|c| c.id()) == next.as_ref().map(|c| c.id());
                    *now = next;
                    !same
                });
                None
            }
            Ok(Part::Other(None)) => None,
            Err(_) => Some(Gone::Vanished),
        }
    }

    fn on_tick(&self) -> Option<Gone> {
        let silence = self.place.lane.silence(self.mux.now());
        let left = self.had_channel && self.open.is_empty() && silence >= HUSH;
        let said_so = self.place.lane.said_goodbye() && silence >= GOODBYE;
        if left || said_so {
            return Some(Gone::Closed);
        }
        None
    }
}
