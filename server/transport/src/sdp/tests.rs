//! What real clients offer is understood; what nobody should offer is refused in a sentence.

use super::*;
use proptest::prelude::*;

/// As Chromium sends it through the official client: no candidates, a dash for the stream.
pub(crate) const CHROMIUM: &str = "v=0\r
o=- 4611731400430051336 2 IN IP4 127.0.0.1\r
s=-\r
t=0 0\r
a=group:BUNDLE 0 1\r
a=extmap-allow-mixed\r
a=msid-semantic: WMS\r
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r
c=IN IP4 0.0.0.0\r
a=rtcp:9 IN IP4 0.0.0.0\r
a=ice-ufrag:lV3x\r
a=ice-pwd:sKT/2a1PSpbWnqvzHrvKTo3f\r
a=ice-options:trickle\r
a=fingerprint:sha-256 6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7:6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7\r
a=setup:actpass\r
a=mid:0\r
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r
a=sendrecv\r
a=msid:- 0f0a8f9b-0df6-4a4f-8c0a-3f6d3a5f2c11\r
a=rtcp-mux\r
a=rtcp-rsize\r
a=rtpmap:111 opus/48000/2\r
a=rtcp-fb:111 transport-cc\r
a=rtcp-fb:111 nack\r
a=fmtp:111 minptime=10;useinbandfec=1\r
a=rtpmap:63 red/48000/2\r
a=fmtp:63 111/111\r
a=rtpmap:0 PCMU/8000\r
a=ssrc:3735928559 cname:x7FqP0wE1gk4bq2n\r
a=ssrc:3735928559 msid:- 0f0a8f9b-0df6-4a4f-8c0a-3f6d3a5f2c11\r
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
c=IN IP4 0.0.0.0\r
a=ice-ufrag:lV3x\r
a=ice-pwd:sKT/2a1PSpbWnqvzHrvKTo3f\r
a=ice-options:trickle\r
a=fingerprint:sha-256 6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7:6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7\r
a=setup:actpass\r
a=mid:1\r
a=sctp-port:5000\r
a=max-message-size:262144\r
";

fn with(from: &str, to: &str) -> String {
    assert!(CHROMIUM.contains(from), "the sample has no {from:?}");
    CHROMIUM.replace(from, to)
}

fn without(line: &str) -> String {
    with(&format!("{line}\r\n"), "")
}

const PRINT: &str = "a=fingerprint:sha-256 6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7:6F:3A:1B:90:4C:55:21:7E:0D:88:F1:AA:3E:42:9B:C7";

#[test]
fn a_chromium_offer_is_understood() {
    let offer = Offer::parse(CHROMIUM).expect("a good offer");
    assert_eq!(offer.audio, 0);
    assert_eq!(
        offer.opus,
        Opus {
            payload_type: 111,
            direction: Direction::Both,
            has_nack: true,
            has_reduced_rtcp: true,
            ssrc: Some(3_735_928_559),
        }
    );
    let channel = Channel {
        index: 1,
        form: Form::Today,
        sctp_port: 5000,
        longest_message: 262_144,
    };
    assert_eq!(offer.channel, Some(channel));
    assert_eq!(
        (offer.ufrag.as_str(), offer.setup),
        ("lV3x", Setup::MayOpen)
    );
    assert!(offer.is_bundled);
}

#[test]
fn what_other_stacks_write_is_understood() {
    let bare = CHROMIUM.replace("\r\n", "\n");
    assert_eq!(
        Offer::parse(&bare),
        Offer::parse(CHROMIUM),
        "line feeds alone"
    );
    let trimmed = CHROMIUM.trim_end();
    assert_eq!(
        Offer::parse(trimmed),
        Offer::parse(CHROMIUM),
        "no last line end"
    );
    for (from, to) in [
        ("opus/48000/2", "OPUS/48000/2"),
        ("a=setup:actpass", "a=setup:active"),
        ("a=fmtp:111 minptime=10;useinbandfec=1\r\n", ""),
        ("a=sendrecv\r\n", ""),
        ("a=ice-ufrag:lV3x", "a=ice-ufrag:lV3x-_="),
        ("a=sctp-port:5000\r\n", ""),
        (
            "a=max-message-size:262144",
            "a=max-message-size:9999999999999",
        ),
    ] {
        Offer::parse(&with(from, to)).expect(to);
    }
    let passive = Offer::parse(&with("a=setup:actpass", "a=setup:passive")).expect("legal");
    assert_eq!(passive.setup, Setup::Waits);
    let none = Offer::parse(&without("a=max-message-size:262144")).expect("legal");
    assert_eq!(
        none.channel.map(|channel| channel.longest_message),
        Some(65_536)
    );
    let any = with("a=max-message-size:262144", "a=max-message-size:0");
    let any = Offer::parse(&any).expect("legal");
    assert_eq!(
        any.channel.map(|channel| channel.longest_message),
        Some(u32::MAX)
    );
}

#[test]
fn the_session_may_hold_what_the_media_lack() {
    let credentials = "a=ice-ufrag:lV3x\r\na=ice-pwd:sKT/2a1PSpbWnqvzHrvKTo3f\r\n";
    let text = with(credentials, "").replace(&format!("{PRINT}\r\n"), "");
    let text = text.replace("t=0 0\r\n", &format!("t=0 0\r\n{credentials}{PRINT}\r\n"));
    assert_eq!(Offer::parse(&text), Offer::parse(CHROMIUM));
}

#[test]
fn channels_outside_the_bundle_are_left() {
    for text in [
        without("a=group:BUNDLE 0 1"),
        with("BUNDLE 0 1", "BUNDLE 0"),
    ] {
        assert_eq!(
            Offer::parse(&text).expect("the audio is good").channel,
            None
        );
    }
    let only = with("m=application 9", "m=application 0")
        .replace("a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n");
    assert!(
        Offer::parse(&only)
            .expect("a bundle-only section")
            .channel
            .is_some()
    );
}

/// The sample of one who does not count on a bundle: the channels have a transport of their own.
fn apart(bundle: &str) -> String {
    let text = with("BUNDLE 0 1", bundle);
    let (audio, channels) = text.split_once("m=application").expect("it has both");
    let channels = channels
        .replace("lV3x", "channels")
        .replace("sKT/2a1PSpbWnqvzHrvKTo3f", "theChannelsOwnPassword")
        .replace("6F:3A", "AA:AA")
        .replace("actpass", "passive");
    format!("{audio}m=application{channels}")
}

#[test]
fn the_first_of_the_bundle_that_is_accepted_has_the_transport() {
    let video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:7\r\na=ice-ufrag:video\r\n";
    let whose = [
        ("lV3x sKT/2a1PSpbWnqvzHrvKTo3f 6F:3A", Setup::MayOpen),
        ("channels theChannelsOwnPassword AA:AA", Setup::Waits),
    ];
    let bundle_only = |mline: &str, mid: &str| {
        let text = apart("BUNDLE 1 0").replace(&format!("{mline} 9"), &format!("{mline} 0"));
        text.replace(mid, &format!("{mid}\r\na=bundle-only"))
    };
    for (text, tag) in [
        (apart("BUNDLE 0 1"), 0),
        (apart("BUNDLE 1 0"), 1),
        (apart("BUNDLE 7 1 0") + video, 1),
        (bundle_only("m=application", "a=mid:1"), 0),
        (
            bundle_only("m=audio", "a=mid:0").replace("BUNDLE 1 0", "BUNDLE 0 1"),
            1,
        ),
        (apart("BUNDLE 0"), 0),
        (apart("LS 1 0"), 0),
    ] {
        let offer = Offer::parse(&text).expect("a good offer");
        let print = &offer.fingerprint.value[..5];
        let said = format!("{} {} {print}", offer.ufrag, offer.password);
        assert_eq!(offer.tag, tag, "{text}");
        assert_eq!((said.as_str(), offer.setup), whose[tag], "{text}");
    }
}

#[test]
fn a_bundled_section_may_leave_out_the_transport() {
    let text = with("BUNDLE 0 1", "BUNDLE 1 0");
    let (audio, channels) = text.split_once("m=application").expect("it has both");
    let said = ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"];
    let bare: String = channels
        .lines()
        .filter(|line| !said.iter().any(|key| line.starts_with(key)))
        .map(|line| format!("{line}\r\n"))
        .collect();
    let bare = Offer::parse(&format!("{audio}m=application{bare}")).expect("legal");
    assert_eq!(Ok(bare), Offer::parse(&text));
}

#[test]
fn the_first_audio_with_opus_is_the_one() {
    let other =
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:7\r\na=rtpmap:0 PCMU/8000\r\n";
    let offer = Offer::parse(&with("m=audio", &format!("{other}m=audio"))).expect("opus is there");
    assert_eq!((offer.audio, offer.sections.len()), (1, 3));
}

/// Each with a word that the sentence must hold.
fn hostile() -> Vec<(String, &'static str)> {
    let line = |text: String| with("a=ice-options:trickle", &text);
    vec![
        (String::new(), "empty"),
        ("\r\n\r\n".into(), "empty"),
        ("   \t ".into(), "empty"),
        ("hello".into(), "x=value"),
        ("{\"sdp\":\"v=0\"}".into(), "x=value"),
        ("<html></html>".into(), "x=value"),
        ("v=1\r\n".into(), "v=0"),
        ("v=0".into(), "no audio"),
        ("v=0\r\n\0\0\0\0".into(), "control"),
        ("\u{1}\u{2}\u{7f}".into(), "control"),
        ("\u{feff}v=0\r\n".into(), "x=value"),
        (CHROMIUM.replacen("v=0\r\n", "", 1), "v=0"),
        ("v=0\r\n".repeat(500), "no audio"),
        ("a".repeat(LONGEST_OFFER + 1), "longer"),
        (CHROMIUM.repeat(100), "longer"),
        (line("a=".to_owned() + &"x".repeat(3000)), "longer"),
        (line("a=x\r\n".repeat(1100)), "lines"),
        (
            line("a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n".repeat(600)),
            "lines",
        ),
        (
            CHROMIUM.to_owned() + &"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(40),
            "m-lines",
        ),
        (line("no equals sign".into()), "x=value"),
        (line("A=upper".into()), "x=value"),
        (line("a=\u{7}bell".into()), "control"),
        (
            with("m=audio 9 UDP/TLS/RTP/SAVPF", "m=video 9 UDP/TLS/RTP/SAVPF"),
            "no audio",
        ),
        (with("m=audio 9", "m=audio 0"), "Opus"),
        (with("m=audio 9", "m=audio 99999"), "m-line"),
        (with("m=audio 9", "m=audio -1"), "m-line"),
        (
            with(
                "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
                "m=audio",
            ),
            "m-line",
        ),
        (
            with(
                "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126",
                "m=audio 9 RTP/AVP",
            ),
            "m-line",
        ),
        (with("9 UDP/TLS/RTP/SAVPF", "9 RTP/AVP"), "Opus"),
        (
            with("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 speex/16000"),
            "Opus",
        ),
        (with("opus/48000/2", "opus/8000"), "Opus"),
        (with("SAVPF 111 63", "SAVPF 63"), "Opus"),
        (with("111", "300"), "dynamic"),
        (with("111", "72"), "dynamic"),
        (with("a=rtpmap:111", "a=rtpmap:-111"), "Opus"),
        (without("a=rtcp-mux"), "rtcp-mux"),
        (without("a=ice-ufrag:lV3x"), "ice-ufrag"),
        (with("a=ice-ufrag:lV3x", "a=ice-ufrag:"), "ice-ufrag"),
        (with("a=ice-ufrag:lV3x", "a=ice-ufrag:a b c d"), "ice-ufrag"),
        (
            with(
                "a=ice-ufrag:lV3x",
                &format!("a=ice-ufrag:{}", "x".repeat(300)),
            ),
            "ice-ufrag",
        ),
        (without("a=ice-pwd:sKT/2a1PSpbWnqvzHrvKTo3f"), "ice-pwd"),
        (
            with("a=ice-pwd:sKT/2a1PSpbWnqvzHrvKTo3f", "a=ice-pwd:short"),
            "ice-pwd",
        ),
        (without(PRINT), "fingerprint"),
        (with(PRINT, "a=fingerprint:sha-256 AA:BB"), "fingerprint"),
        (with(PRINT, "a=fingerprint:md5 AA:BB"), "fingerprint"),
        (with("6F:3A", "6F:3"), "fingerprint"),
        (with("6F:3A", "6F:ZZ"), "fingerprint"),
        (with("sha-256", "sha-1"), "fingerprint"),
        (with("sha-256", "sha-512"), "fingerprint"),
        (without("a=setup:actpass"), "setup"),
        (with("a=setup:actpass", "a=setup:holdconn"), "setup"),
        (with("a=setup:actpass", "a=setup:"), "setup"),
        (with("t=0 0", "t=0 0\r\na=ice-lite"), "ice-lite"),
        (with("a=mid:1", "a=mid:0"), "a=mid"),
        (with("a=mid:1", "a=mid:"), "a=mid"),
        (
            with("a=mid:1", &format!("a=mid:{}", "m".repeat(40))),
            "a=mid",
        ),
        (with("a=ssrc:3735928559 cname", "a=ssrc:many cname"), "ssrc"),
        (
            with("a=ssrc:3735928559 cname", "a=ssrc:99999999999 cname"),
            "ssrc",
        ),
        (with("a=sctp-port:5000", "a=sctp-port:0"), "sctp-port"),
        (with("a=sctp-port:5000", "a=sctp-port:many"), "sctp-port"),
        (
            with("a=max-message-size:262144", "a=max-message-size:-1"),
            "max-message-size",
        ),
    ]
}

#[test]
fn what_nobody_should_offer_is_refused_in_a_sentence() {
    for (text, word) in hostile() {
        let start: String = text.chars().take(60).collect();
        let refused = Offer::parse(&text).expect_err(&format!("{word}: {start:?}"));
        assert!(
            refused.contains(word),
            "{start:?} got {refused:?}, not about {word}"
        );
        assert!(
            refused.ends_with('.') && refused.len() < 200,
            "{refused:?} is no sentence"
        );
    }
}

#[test]
fn an_offer_cut_off_anywhere_before_its_audio_is_whole_is_refused() {
    let whole = CHROMIUM
        .find("a=rtpmap:111 opus/48000/2")
        .expect("it is there");
    for cut in 0..whole {
        assert!(Offer::parse(&CHROMIUM[..cut]).is_err(), "cut at {cut}");
    }
    // Later cuts may be answerable; none may panic.
    for cut in whole..CHROMIUM.len() {
        let _ = Offer::parse(&CHROMIUM[..cut]);
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Offer::parse(&text);
    }

    /// Lines of a good offer, in any order, any number of times, with one of them damaged.
    #[test]
    fn no_shuffled_offer_panics(
        order in proptest::collection::vec(0usize..40, 0..80),
        at in any::<usize>(),
        damage in "\\PC{0,12}",
    ) {
        let lines: Vec<&str> = CHROMIUM.split("\r\n").collect();
        let mut text = "v=0\r\n".to_owned();
        for index in order {
            text += lines[index % lines.len()];
            text += "\r\n";
        }
        let mut at = at % text.len();
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.insert_str(at, &damage);
        if let Ok(offer) = Offer::parse(&text) {
            prop_assert!(offer.audio < offer.sections.len());
            prop_assert!(offer.channel.is_none_or(|channel| channel.index < offer.sections.len()));
            prop_assert!(offer.opus.payload_type < 128);
        }
    }
}
