//! The data channels of a peer: all are heard, one is spoken on.

use crate::answer::LONGEST_MESSAGE;
use crate::budget::Budget;
use crate::line::Line;
use server_session::peer::{FromPeer, Gone};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// A client needs one. More are heard, but not without end.
pub(crate) const MOST_CHANNELS: usize = 8;
/// Speech as base64 events is 10 messages and 64 kB a second; a burst is a long history.
const MESSAGES_PER_SECOND: u32 = 200;
const MESSAGE_BURST: u32 = 1000;
const BYTES_PER_SECOND: u32 = 1 << 20;
const BYTE_BURST: u32 = 8 << 20;

/// What all channels of a peer may send together.
pub(crate) struct Allowance {
    start: Instant,
    messages: Budget,
    bytes: Budget,
}

impl Allowance {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            messages: Budget::new(MESSAGES_PER_SECOND, MESSAGE_BURST),
            bytes: Budget::new(BYTES_PER_SECOND, BYTE_BURST),
        }
    }

    fn take(&mut self, bytes: usize) -> bool {
        let now = self.start.elapsed();
        bytes <= LONGEST_MESSAGE && self.messages.take(now, 1) && self.bytes.take(now, bytes)
    }
}

/// Hands on what one channel brings, until it closes.
///
/// A session that does not read is not read for: the crate stops, and the peer's window closes.
pub(crate) async fn listen(
    channel: Arc<dyn DataChannel>,
    allowance: Arc<std::sync::Mutex<Allowance>>,
    events: mpsc::Sender<FromPeer>,
) -> Option<Gone> {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnMessage(message) => {
                let fits = match allowance.lock() {
                    Ok(mut allowance) => allowance.take(message.data.len()),
                    Err(_) => false,
                };
                if !fits {
                    return Some(Gone::Flooded);
                }
                // Text or binary, it is meant to be JSON: what is not UTF-8 fails to parse there.
                let text = String::from_utf8_lossy(&message.data).into_owned();
                if events.send(FromPeer::Message(text)).await.is_err() {
                    return None;
                }
            }
            DataChannelEvent::OnClose | DataChannelEvent::OnError => return None,
            _ => {}
        }
    }
    None
}

/// Sends the session's messages, in order, on the channel that is now the one to speak on.
pub(crate) async fn speak(
    mut messages: mpsc::Receiver<String>,
    mut channel: watch::Receiver<Option<Arc<dyn DataChannel>>>,
    line: Arc<Line>,
    events: mpsc::Sender<FromPeer>,
) -> Option<Gone> {
    while let Some(message) = messages.recv().await {
        loop {
            let Ok(current) = channel
                .wait_for(Option::is_some)
                .await
                .map(|now| now.clone())
            else {
                return None;
            };
            let Some(current) = current else { continue };
            match current.send_text(&message).await {
                Ok(()) => break,
                // Longer than the peer takes: no other channel would carry it either.
                Err(webrtc::error::Error::ErrOutboundPacketTooLarge) => {
                    let bytes = message.len();
                    tracing::warn!(bytes, "a message is longer than the peer takes");
                    events.send(FromPeer::TooLong { bytes }).await.ok()?;
                    break;
                }
                // The channel has closed under us; wait for the next one.
                Err(_) => {
                    if channel.changed().await.is_err() {
                        return None;
                    }
                }
            }
        }
        line.sent(&message);
    }
    None
}
