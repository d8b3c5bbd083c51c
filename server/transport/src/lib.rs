//! The WebRTC crate behind the session's Peer seam; nothing else knows it.
