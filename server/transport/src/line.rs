//! The way out to a peer: bounded queues that never make a session wait.

use bytes::Bytes;
use server_session::peer::{Stalled, ToPeer};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use tokio::sync::{Notify, mpsc};

/// Half a second of frames. The session sends one each 20 ms; a driver further behind drops.
const FRAMES: usize = 25;
/// A session sends a few dozen events a second; who reads none for this long has stopped.
const MESSAGES: usize = 1024;
const MESSAGE_BYTES: usize = 1 << 20;
/// An Opus packet of 20 ms has at most 1275 bytes, and must fit a datagram.
const LONGEST_FRAME: usize = 1200;

/// One frame on its way out.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Bytes,
}

/// What the session holds of the far end.
pub(crate) struct Line {
    frames: mpsc::Sender<Frame>,
    messages: mpsc::Sender<String>,
    waiting_bytes: AtomicUsize,
    is_open: AtomicBool,
    loss: AtomicU32,
    /// The session wants to hang up.
    pub(crate) hang_up: Notify,
}

/// The other ends of a line's queues.
pub(crate) struct Outbound {
    pub(crate) frames: mpsc::Receiver<Frame>,
    pub(crate) messages: mpsc::Receiver<String>,
}

impl Line {
    pub(crate) fn new() -> (Self, Outbound) {
        let (frames, frames_out) = mpsc::channel(FRAMES);
        let (messages, messages_out) = mpsc::channel(MESSAGES);
        let line = Self {
            frames,
            messages,
            waiting_bytes: AtomicUsize::new(0),
            is_open: AtomicBool::new(false),
            loss: AtomicU32::new(0),
            hang_up: Notify::new(),
        };
        (
            line,
            Outbound {
                frames: frames_out,
                messages: messages_out,
            },
        )
    }

    /// Media may flow from now on, or no longer.
    pub(crate) fn set_open(&self, is_open: bool) {
        self.is_open.store(is_open, Ordering::Relaxed);
    }

    /// A message has left the queue.
    pub(crate) fn sent(&self, message: &str) {
        self.waiting_bytes
            .fetch_sub(message.len(), Ordering::Relaxed);
    }

    pub(crate) fn set_loss(&self, share: f32) {
        self.loss.store(share.to_bits(), Ordering::Relaxed);
    }
}

impl ToPeer for Line {
    fn audio(&self, timestamp: u32, marker: bool, payload: Bytes) {
        if self.is_open.load(Ordering::Relaxed) && payload.len() <= LONGEST_FRAME {
            // A full queue means a stuck driver: the frame would come too late anyway.
            let _ = self.frames.try_send(Frame {
                timestamp,
                marker,
                payload,
            });
        }
    }

    fn message(&self, message: String) -> Result<(), Stalled> {
        let length = message.len();
        let waiting = self.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        let fits = waiting.saturating_add(length) <= MESSAGE_BYTES || waiting == 0;
        if fits && self.messages.try_send(message).is_ok() {
            return Ok(());
        }
        self.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
        Err(Stalled)
    }

    fn loss(&self) -> f32 {
        f32::from_bits(self.loss.load(Ordering::Relaxed))
    }

    fn close(&self) {
        self.hang_up.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_before_the_peer_is_connected_go_nowhere() {
        let (line, mut out) = Line::new();
        line.audio(0, true, Bytes::from_static(b"early"));
        assert!(out.frames.try_recv().is_err());
        line.set_open(true);
        line.audio(960, false, Bytes::from_static(b"now"));
        let frame = out.frames.try_recv().expect("one frame");
        assert_eq!((frame.timestamp, &frame.payload[..]), (960, &b"now"[..]));
        line.audio(0, false, Bytes::from(vec![0; LONGEST_FRAME + 1]));
        assert!(out.frames.try_recv().is_err(), "too long for a datagram");
    }

    #[test]
    fn a_peer_that_reads_nothing_stalls_by_count_and_by_bytes() {
        let (line, mut out) = Line::new();
        for _ in 0..MESSAGES {
            line.message("x".into()).expect("room");
        }
        assert_eq!(line.message("x".into()), Err(Stalled));
        let first = out.messages.try_recv().expect("queued");
        line.sent(&first);
        line.message("x".into()).expect("room again");

        let (line, _out) = Line::new();
        let half = "x".repeat(MESSAGE_BYTES / 2);
        line.message(half.clone()).expect("room");
        line.message(half.clone()).expect("room");
        assert_eq!(line.message("x".into()), Err(Stalled));
    }
}
