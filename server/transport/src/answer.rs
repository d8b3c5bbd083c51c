//! The two texts that we write: the answer for the peer, and the offer as the crate may see it.

use crate::sdp::{Channel, Direction, Offer, Setup};
use std::fmt::Write;
use std::net::SocketAddr;

/// What one call needs of us.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    pub(crate) ufrag: String,
    pub(crate) password: String,
    /// `sha-256 AA:BB…`
    pub(crate) fingerprint: String,
    pub(crate) candidates: Vec<SocketAddr>,
    pub(crate) ssrc: u32,
    pub(crate) session: u32,
}

/// Not "-": browsers would then play nothing.
pub(crate) const STREAM: &str = "repartee";
pub(crate) const TRACK: &str = "voice";
/// Enough for speech that is recognised; the peer would send 32 to 64 kbit/s by itself.
const BIT_RATE: u32 = 32_000;
/// The longest message that we take.
pub(crate) const LONGEST_MESSAGE: usize = 256 * 1024;

/// How the crate gets a mid where the offer has none.
fn mid(offer: &Offer, index: usize) -> String {
    offer.sections[index]
        .mid
        .clone()
        .unwrap_or_else(|| index.to_string())
}

/// The offer in our own words: one audio, maybe the channels, no candidates.
///
/// The peer checks us and so becomes peer-reflexive; we send to no address that it merely named.
pub(crate) fn canonical(offer: &Offer) -> String {
    let audio = mid(offer, offer.audio);
    let channel = offer
        .channel
        .map(|channel| (mid(offer, channel.index), channel));
    let mut text = String::with_capacity(1024);
    let mut line = |value: &str| {
        text.push_str(value);
        text.push_str("\r\n");
    };
    let pt = offer.opus.payload_type;
    line("v=0");
    line("o=- 1 1 IN IP4 127.0.0.1");
    line("s=-");
    line("t=0 0");
    let also = channel
        .as_ref()
        .map(|(mid, _)| mid.as_str())
        .unwrap_or_default();
    line(format!("a=group:BUNDLE {audio} {also}").trim_end());
    line(&format!("a=ice-ufrag:{}", offer.ufrag));
    line(&format!("a=ice-pwd:{}", offer.password));
    line(&format!(
        "a=fingerprint:{} {}",
        offer.fingerprint.hash, offer.fingerprint.value
    ));
    let setup = if offer.setup == Setup::Waits {
        "passive"
    } else {
        "actpass"
    };
    line(&format!("m=audio 9 UDP/TLS/RTP/SAVPF {pt}"));
    line("c=IN IP4 0.0.0.0");
    line(&format!("a=mid:{audio}"));
    line(&format!("a=setup:{setup}"));
    line("a=sendrecv");
    line("a=rtcp-mux");
    line("a=rtcp-rsize");
    line(&format!("a=rtpmap:{pt} opus/48000/2"));
    line(&format!("a=fmtp:{pt} {FORMAT}"));
    if offer.opus.has_nack {
        line(&format!("a=rtcp-fb:{pt} nack"));
    }
    line("a=msid:peer voice");
    if let Some(ssrc) = offer.opus.ssrc {
        line(&format!("a=ssrc:{ssrc} cname:peer"));
    }
    if let Some((mid, channel)) = channel {
        line("m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
        line("c=IN IP4 0.0.0.0");
        line(&format!("a=mid:{mid}"));
        line(&format!("a=setup:{setup}"));
        line(&format!("a=sctp-port:{}", channel.sctp_port));
        line(&format!("a=max-message-size:{}", channel.longest_message));
    }
    text
}

/// The codec as both ends of the crate know it, so that they match.
pub(crate) const FORMAT: &str = "minptime=10;useinbandfec=1";

/// The answer that the peer gets.
pub(crate) fn answer(offer: &Offer, ours: &Ours) -> String {
    let mut text = String::with_capacity(2048);
    let out = &mut text;
    put(out, "v=0");
    put(out, &format!("o=- {} 2 IN IP4 127.0.0.1", ours.session));
    put(out, "s=-");
    put(out, "t=0 0");
    if offer.is_bundled {
        let also = offer.channel.map(|channel| channel.index);
        let mut accepted: Vec<usize> = std::iter::once(offer.audio).chain(also).collect();
        accepted.sort_by_key(|index| *index != offer.tag);
        let mids: Vec<String> = accepted.iter().map(|index| mid(offer, *index)).collect();
        put(out, &format!("a=group:BUNDLE {}", mids.join(" ")));
    }
    put(out, &format!("a=msid-semantic: WMS {STREAM}"));
    for index in 0..offer.sections.len() {
        if index == offer.audio {
            audio(out, offer, ours);
        } else if let Some(channel) = offer.channel.filter(|channel| channel.index == index) {
            channels(out, offer, ours, channel);
        } else {
            refuse(out, offer, index);
        }
    }
    text
}

fn put(out: &mut String, line: &str) {
    out.push_str(line);
    out.push_str("\r\n");
}

fn put_mid(out: &mut String, offer: &Offer, index: usize) {
    if let Some(mid) = &offer.sections[index].mid {
        put(out, &format!("a=mid:{mid}"));
    }
}

fn audio(out: &mut String, offer: &Offer, ours: &Ours) {
    let pt = offer.opus.payload_type;
    put(
        out,
        &format!("m=audio 9 {} {pt}", offer.sections[offer.audio].protocol),
    );
    transport(out, offer, ours);
    put_mid(out, offer, offer.audio);
    put(out, "a=rtcp-mux");
    if offer.opus.has_reduced_rtcp {
        put(out, "a=rtcp-rsize");
    }
    put(out, &format!("a=rtpmap:{pt} opus/48000/2"));
    let voice = "usedtx=1;stereo=0;sprop-stereo=0;maxaveragebitrate=";
    put(out, &format!("a=fmtp:{pt} {FORMAT};{voice}{BIT_RATE}"));
    if offer.opus.has_nack {
        put(out, &format!("a=rtcp-fb:{pt} nack"));
    }
    let (direction, speaks) = match offer.opus.direction {
        Direction::Both => ("sendrecv", true),
        Direction::ReceiveOnly => ("sendonly", true),
        Direction::SendOnly => ("recvonly", false),
        Direction::Inactive => ("inactive", false),
    };
    put(out, &format!("a={direction}"));
    if speaks {
        put(out, &format!("a=msid:{STREAM} {TRACK}"));
        put(out, &format!("a=ssrc:{} cname:{STREAM}", ours.ssrc));
    }
    if offer.tag == offer.audio {
        candidates(out, ours);
    }
}

fn channels(out: &mut String, offer: &Offer, ours: &Ours, channel: Channel) {
    let [media, port] = channel.form.lines();
    put(out, media);
    transport(out, offer, ours);
    put_mid(out, offer, channel.index);
    put(out, port);
    put(out, &format!("a=max-message-size:{LONGEST_MESSAGE}"));
    if offer.tag == channel.index {
        candidates(out, ours);
    }
}

fn transport(out: &mut String, offer: &Offer, ours: &Ours) {
    put(out, "c=IN IP4 0.0.0.0");
    put(out, &format!("a=ice-ufrag:{}", ours.ufrag));
    put(out, &format!("a=ice-pwd:{}", ours.password));
    put(out, &format!("a=fingerprint:{}", ours.fingerprint));
    let setup = if offer.setup == Setup::Waits {
        "active"
    } else {
        "passive"
    };
    put(out, &format!("a=setup:{setup}"));
}

/// All at once: nothing follows the answer. Only the section that leads the bundle has them.
fn candidates(out: &mut String, ours: &Ours) {
    for (index, address) in ours.candidates.iter().enumerate() {
        let local = 65_535 - index as u32;
        let priority = (126 << 24) | (local << 8) | 255;
        let (ip, port) = (address.ip(), address.port());
        let _ = writeln!(
            out,
            "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r",
            index + 1
        );
    }
    put(out, "a=end-of-candidates");
}

fn refuse(out: &mut String, offer: &Offer, index: usize) {
    let section = &offer.sections[index];
    // "0" needs no description, which a refused section has not: strict parsers ask for one.
    let is_rtp = section.protocol.contains("RTP");
    let format = if is_rtp { "0" } else { &section.format };
    let (media, protocol) = (&section.media, &section.protocol);
    put(out, &format!("m={media} 0 {protocol} {format}"));
    put(out, "c=IN IP4 0.0.0.0");
    put_mid(out, offer, index);
    put(out, "a=inactive");
}

#[cfg(test)]
mod tests;
