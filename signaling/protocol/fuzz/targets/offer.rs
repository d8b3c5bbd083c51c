//! Any text as an SDP offer, and any bytes as a datagram: what the transport reads before anything is proved.
#![no_main]
#![allow(dead_code, reason = "the transport's own rooms, without the transport around them")]

use libfuzzer_sys::fuzz_target;

#[path = "../../../../server/transport/src/sdp/mod.rs"]
mod sdp;
#[path = "../../../../server/transport/src/sniff.rs"]
mod sniff;

fuzz_target!(|data: &[u8]| {
    let _ = sniff::kind(data);
    if let Err(sentence) = sdp::Offer::parse(&String::from_utf8_lossy(data)) {
        assert!(!sentence.is_empty(), "a refusal says why");
    }
});
