//! The answer says what a browser needs to hear, and no more.

use super::*;
use crate::sdp::Offer;

const AUDIO: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 96 8\r\na=mid:a\r\na=ice-ufrag:abcd\r\n\
    a=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\na=rtcp-mux\r\n\
    a=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=1;maxaveragebitrate=510000\r\n";
const DATA: &str = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n\
    a=sctp-port:5001\r\na=max-message-size:1000\r\n";
const VIDEO: &str = "m=video 9 UDP/TLS/RTP/SAVPF 120 121\r\na=mid:v\r\n";

fn offer(session: &str, sections: &[&str]) -> Offer {
    let print = vec!["AB"; 32].join(":");
    let text = format!(
        "v=0\r\na=fingerprint:sha-256 {print}\r\n{session}{}",
        sections.concat()
    );
    Offer::parse(&text).expect("a good offer")
}

fn ours() -> Ours {
    Ours {
        ufrag: "ours".into(),
        password: "secret".into(),
        fingerprint: "sha-256 CD".into(),
        candidates: vec![
            "192.0.2.1:8080".parse().expect("an address"),
            "[2001:db8::1]:8080".parse().expect("an address"),
        ],
        ssrc: 77,
        session: 5,
    }
}

fn answered(session: &str, sections: &[&str]) -> String {
    answer(&offer(session, sections), &ours())
}

const BUNDLE: &str = "a=group:BUNDLE v a d\r\n";

#[test]
fn every_m_line_is_answered_in_its_place() {
    let text = answered(
        BUNDLE,
        &[VIDEO, AUDIO, DATA, AUDIO.replace("mid:a", "mid:b").as_str()],
    );
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        [
            "m=video 0 UDP/TLS/RTP/SAVPF 0",
            "m=audio 9 UDP/TLS/RTP/SAVPF 96",
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "m=audio 0 UDP/TLS/RTP/SAVPF 0",
        ]
    );
    assert!(
        text.contains("a=group:BUNDLE a d\r\n"),
        "only what was accepted is bundled"
    );
    assert!(
        text.lines()
            .all(|line| line.len() > 2 && !line.contains('\r'))
    );
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
}

#[test]
fn the_stream_has_a_name_and_the_codec_is_ours() {
    let text = answered(BUNDLE, &[AUDIO, DATA]);
    assert!(text.contains("a=msid:repartee voice\r\n") && !text.contains("a=msid:-"));
    assert!(text.contains("a=sendrecv\r\n") && text.contains("a=ssrc:77 cname:repartee\r\n"));
    let format = text
        .lines()
        .find(|line| line.starts_with("a=fmtp:96 "))
        .expect("a format");
    for wanted in [
        "usedtx=1",
        "useinbandfec=1",
        "stereo=0",
        "maxaveragebitrate=32000",
    ] {
        assert!(format.contains(wanted), "{format} has no {wanted}");
    }
    assert!(!format.contains("510000"));
    assert!(!text.contains("rtpmap:8"), "nothing but Opus");
}

#[test]
fn nack_is_answered_only_where_it_was_offered() {
    assert!(!answered(BUNDLE, &[AUDIO]).contains("nack"));
    let audio = format!("{AUDIO}a=rtcp-fb:96 nack\r\na=rtcp-rsize\r\n");
    let text = answered(BUNDLE, &[&audio]);
    assert!(text.contains("a=rtcp-fb:96 nack\r\n") && text.contains("a=rtcp-rsize\r\n"));
}

#[test]
fn the_direction_is_turned_round() {
    for (theirs, mine, speaks) in [
        ("sendrecv", "sendrecv", true),
        ("recvonly", "sendonly", true),
        ("sendonly", "recvonly", false),
        ("inactive", "inactive", false),
    ] {
        let text = answered(BUNDLE, &[&format!("{AUDIO}a={theirs}\r\n")]);
        assert!(text.contains(&format!("a={mine}\r\n")), "{theirs}");
        assert_eq!(text.contains("a=msid:"), speaks, "{theirs}");
    }
}

#[test]
fn candidates_stand_once_in_the_order_of_preference() {
    let text = answered(BUNDLE, &[AUDIO, DATA]);
    let found: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("a=candidate"))
        .collect();
    assert_eq!(found.len(), 2);
    assert!(found[0].ends_with("192.0.2.1 8080 typ host"), "{found:?}");
    assert!(found[1].ends_with("2001:db8::1 8080 typ host"), "{found:?}");
    let priority = |line: &str| {
        line.split(' ')
            .nth(3)
            .and_then(|word| word.parse::<u32>().ok())
    };
    assert!(priority(found[0]) > priority(found[1]));
    assert!(text.contains("a=end-of-candidates\r\n"));
}

#[test]
fn what_leads_the_offered_bundle_leads_ours() {
    for (group, ours, leader) in [
        ("v a d", "a d", "audio 9 "),
        ("v d a", "d a", "application 9 "),
    ] {
        let session = format!("a=group:BUNDLE {group}\r\n");
        let text = answered(&session, &[VIDEO, AUDIO, DATA]);
        let bundle = format!("a=group:BUNDLE {ours}\r\n");
        assert!(text.contains(&bundle), "{text}");
        let mut sections = text.split("\r\nm=");
        let holder = sections.find(|section| section.contains("a=candidate"));
        let holder = holder.expect("there are candidates");
        assert!(holder.starts_with(leader), "{text}");
        assert_eq!(text.matches("a=end-of-candidates").count(), 1);
    }
}

#[test]
fn who_writes_channels_the_older_way_is_answered_so_and_the_crate_hears_of_today() {
    let older = DATA
        .replace("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5001")
        .replace("a=sctp-port:5001", "a=sctpmap:5001 webrtc-datachannel 16");
    let text = answered(BUNDLE, &[AUDIO, &older]);
    let (_, channels) = text
        .split_once("m=application 9 DTLS/SCTP 5000\r\n")
        .expect("the older m-line");
    assert!(channels.contains("a=sctpmap:5000 webrtc-datachannel 65535\r\n"));
    assert!(channels.contains("a=max-message-size:262144\r\n"));
    assert!(!text.contains("sctp-port") && text.contains("a=group:BUNDLE a d\r\n"));
    let today = canonical(&offer(BUNDLE, &[AUDIO, DATA]));
    assert_eq!(canonical(&offer(BUNDLE, &[AUDIO, &older])), today);
    let unmapped = older.replace("a=sctpmap:5001 webrtc-datachannel 16\r\n", "");
    let text = answered(BUNDLE, &[AUDIO, &unmapped]);
    assert!(text.contains("m=application 0 DTLS/SCTP 5001\r\n"));
}

#[test]
fn we_wait_for_the_handshake_unless_the_peer_does() {
    assert!(answered(BUNDLE, &[AUDIO]).contains("a=setup:passive\r\n"));
    let waits = AUDIO.replace("actpass", "passive");
    assert!(answered(BUNDLE, &[&waits]).contains("a=setup:active\r\n"));
}

#[test]
fn an_offer_without_mids_is_answered_without() {
    let text = answered("", &[&AUDIO.replace("a=mid:a\r\n", "")]);
    assert!(!text.contains("a=mid") && !text.contains("BUNDLE"));
}

#[test]
fn the_crate_sees_only_our_own_words() {
    let audio = format!("{AUDIO}a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=evil:yes\r\n");
    let text = canonical(&offer(BUNDLE, &[VIDEO, &audio, DATA]));
    for hidden in ["candidate", "evil", "video", "510000", "rtpmap:8"] {
        assert!(!text.contains(hidden), "{hidden} went through:\n{text}");
    }
    for kept in [
        "a=mid:a",
        "a=mid:d",
        "a=sctp-port:5001",
        "a=max-message-size:1000",
        "abcd",
    ] {
        assert!(text.contains(kept), "{kept} is missing:\n{text}");
    }
    Offer::parse(&text).expect("our own words are a good offer");
}
