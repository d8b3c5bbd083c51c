//! A far end made of channels: what it sends, and all that it gets, in order.

use bytes::Bytes;
use server_audio::Inbound;
use server_session::peer::{FromPeer, Gone, Peer, Stalled, ToPeer};
use signaling_protocol::Dialect;
use signaling_protocol::model::{
    Author, Call, Command, Event, Modality, Place, ReplyRequest, Said, Settings,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// No event of these tests takes longer, however busy the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Messages and frames of half a minute, and more.
const MOST: usize = 10_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Got {
    Frame(Frame),
    Told(String),
    Closed,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Bytes,
}

pub(crate) struct Caller {
    pub(crate) events: mpsc::Sender<FromPeer>,
    got: mpsc::Receiver<Got>,
    /// Everything that was looked at so far.
    pub(crate) past: Vec<Got>,
    stalled: Arc<AtomicBool>,
}

struct Recorder {
    got: mpsc::Sender<Got>,
    stalled: Arc<AtomicBool>,
}

impl Recorder {
    fn note(&self, got: Got) {
        // A test that is over looks at nothing more.
        let full = matches!(self.got.try_send(got), Err(TrySendError::Full(_)));
        assert!(!full, "a test looks at what it gets");
    }
}

impl ToPeer for Recorder {
    fn audio(&self, timestamp: u32, marker: bool, payload: Bytes) {
        self.note(Got::Frame(Frame {
            timestamp,
            marker,
            payload,
        }));
    }

    fn message(&self, message: String) -> Result<(), Stalled> {
        if self.stalled.load(Ordering::Relaxed) {
            return Err(Stalled);
        }
        self.note(Got::Told(message));
        Ok(())
    }

    fn loss(&self) -> f32 {
        0.0
    }

    fn close(&self) {
        self.note(Got::Closed);
    }
}

impl Caller {
    pub(crate) fn new() -> (Self, Peer) {
        let (events, from_peer) = mpsc::channel(1_000);
        let (recorded, got) = mpsc::channel(MOST);
        let stalled = Arc::new(AtomicBool::new(false));
        let recorder = Recorder {
            got: recorded,
            stalled: Arc::clone(&stalled),
        };
        let peer = Peer {
            events: from_peer,
            voice: Arc::new(recorder),
        };
        let past = Vec::new();
        let caller = Self {
            events,
            got,
            past,
            stalled,
        };
        (caller, peer)
    }

    pub(crate) async fn does(&self, event: FromPeer) {
        self.events.send(event).await.expect("the session listens");
    }

    pub(crate) async fn arrives(&mut self) {
        self.does(FromPeer::Connected).await;
        self.does(FromPeer::ChannelOpen).await;
        self.told("Hello").await;
    }

    pub(crate) async fn types(&self, text: &str) {
        self.sends(&format!("type {text}")).await;
    }

    pub(crate) async fn sends(&self, message: &str) {
        self.does(FromPeer::Message(message.to_owned())).await;
    }

    pub(crate) async fn leaves(&self) {
        self.does(FromPeer::Gone(Gone::Closed)).await;
    }

    /// From now on this far end reads nothing.
    pub(crate) fn stops_reading(&self) {
        self.stalled.store(true, Ordering::Relaxed);
    }

    async fn next(&mut self, awaited: &str) -> Got {
        let next = tokio::time::timeout(PATIENCE, self.got.recv()).await;
        let Ok(Some(got)) = next else {
            panic!(
                "{awaited:?} did not come; told so far: {:#?}",
                self.all_told()
            );
        };
        self.past.push(got.clone());
        got
    }

    /// The next message that begins so.
    pub(crate) async fn told(&mut self, beginning: &str) -> String {
        loop {
            if let Got::Told(message) = self.next(beginning).await
                && message.starts_with(beginning)
            {
                return message;
            }
        }
    }

    /// The reply's last word, and how it ended.
    pub(crate) async fn reply_ends(&mut self, reply: u32) -> String {
        self.told(&format!("ReplyEnded {{ reply: {reply},")).await
    }

    pub(crate) async fn frame(&mut self) -> Frame {
        loop {
            if let Got::Frame(frame) = self.next("a frame").await {
                return frame;
            }
        }
    }

    pub(crate) async fn closed(&mut self) {
        while self.next("the end").await != Got::Closed {}
    }

    pub(crate) fn all_told(&self) -> Vec<&str> {
        let told = self.past.iter().filter_map(|got| match got {
            Got::Told(message) => Some(message.as_str()),
            Got::Frame(_) | Got::Closed => None,
        });
        told.collect()
    }

    pub(crate) fn was_told(&self, beginning: &str) -> bool {
        let mut told = self.all_told().into_iter();
        told.any(|message| message.starts_with(beginning))
    }

    pub(crate) fn frames(&self) -> Vec<Frame> {
        frames(&self.past)
    }
}

pub(crate) fn frames(past: &[Got]) -> Vec<Frame> {
    let frame = |got: &Got| match got {
        Got::Frame(frame) => Some(frame.clone()),
        _ => None,
    };
    past.iter().filter_map(frame).collect()
}

/// The words of a text field in an event as this dialect writes it.
pub(crate) fn words<'a>(message: &'a str, field: &str) -> &'a str {
    let (_, rest) = message
        .split_once(&format!("{field}: \""))
        .expect("the event has the field");
    rest.split_once('"').expect("a text ends").0
}

/// A vocabulary in which events are what they are, and commands a word and the rest.
pub(crate) struct Plain(pub(crate) Settings);

impl Dialect for Plain {
    fn hear(&mut self, message: &str, commands: &mut Vec<Command>, messages: &mut Vec<String>) {
        let token = 7;
        match message.split_once(' ') {
            Some(("type", text)) => commands.push(Command::Type {
                token,
                text: text.to_owned(),
            }),
            Some(("instruct", instructions)) => {
                self.0.instructions = instructions.to_owned();
                let settings = self.0.clone();
                commands.push(Command::Configure { token, settings });
            }
            Some(("respond", instructions)) => {
                let request = ReplyRequest {
                    instructions: Some(instructions.to_owned()),
                    modality: Some(Modality::Audio),
                    voice: Some("marin".to_owned()),
                    ..ReplyRequest::default()
                };
                commands.push(Command::Respond { token, request });
            }
            // result CALL TEXT: what came of a call of a tool, and a reply to it.
            Some(("result", rest)) => {
                let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
                let (id, tool) = (id.to_owned(), String::new());
                let said = Said {
                    author: Author::Tool,
                    text: text.to_owned(),
                    call: Some(Call { id, tool }),
                };
                commands.push(Command::Write {
                    token,
                    said,
                    place: Place::Last,
                });
                let request = ReplyRequest::default();
                commands.push(Command::Respond { token, request });
            }
            _ => messages.push("Misunderstood".to_owned()),
        }
    }

    fn tell(&mut self, event: &Event, messages: &mut Vec<String>) {
        messages.push(format!("{event:?}"));
    }
}

/// What the far end hears of these packets.
pub(crate) fn heard(frames: &[Frame]) -> Vec<f32> {
    let mut inbound = Inbound::new().expect("the codec is there");
    let mut sound = Vec::new();
    for (sequence, frame) in (0_u16..).zip(frames) {
        let now_ms = u64::from(sequence) * 20;
        inbound.packet(now_ms, sequence, frame.timestamp, &frame.payload);
        inbound.poll(now_ms, &mut |speech, _| sound.extend_from_slice(speech));
    }
    sound
}
