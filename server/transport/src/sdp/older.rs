//! Data channels in the words of today, or in those of the drafts before RFC 8841:
//!
//! ```text
//! m=application 9 DTLS/SCTP 5000
//! a=sctpmap:5000 webrtc-datachannel 65535
//! ```
//! The crate only ever hears today's; a peer is answered in its own.

use super::lines::Section;

/// How a section says that it carries data channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Today,
    Older,
}

impl Form {
    /// `None` for a section about anything else.
    pub(super) fn of(section: &Section<'_>) -> Option<Self> {
        match section.protocol {
            "UDP/DTLS/SCTP" if section.formats == ["webrtc-datachannel"] => Some(Self::Today),
            "DTLS/SCTP" if mapped(section).is_some() => Some(Self::Older),
            _ => None,
        }
    }

    /// The peer's SCTP port, as it was written.
    pub(super) fn port<'a>(self, section: &Section<'a>) -> &'a str {
        match self {
            Self::Today => section.value("sctp-port").unwrap_or("5000"),
            Self::Older => mapped(section).unwrap_or_default(),
        }
    }

    /// Our m-line, and the line with our SCTP port: the crate's is always 5000.
    pub(crate) fn lines(self) -> [&'static str; 2] {
        match self {
            Self::Today => [
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "a=sctp-port:5000",
            ],
            Self::Older => [
                "m=application 9 DTLS/SCTP 5000",
                "a=sctpmap:5000 webrtc-datachannel 65535",
            ],
        }
    }
}

/// The first format that stands for data channels. A format alone may be any use of SCTP.
fn mapped<'a>(section: &Section<'a>) -> Option<&'a str> {
    let is_mapped = |format: &str| {
        section.values("sctpmap").any(|value| {
            let mut words = value.split_ascii_whitespace();
            words.next() == Some(format) && words.next() == Some("webrtc-datachannel")
        })
    };
    let mut formats = section.formats.iter().copied();
    formats.find(|format| is_mapped(format))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::tests::CHROMIUM;
    use crate::sdp::{Channel, Offer};

    const MEDIA: &str = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";

    /// The sample, with its channels in the older words.
    fn older(formats: &str, maps: &str) -> String {
        CHROMIUM
            .replace(MEDIA, &format!("m=application 9 DTLS/SCTP {formats}"))
            .replace("a=sctp-port:5000\r\n", maps)
    }

    fn channel(formats: &str, maps: &str) -> Option<Channel> {
        let offer = Offer::parse(&older(formats, maps));
        offer.expect("the audio is good").channel
    }

    #[test]
    fn the_older_words_are_understood() {
        let whole = Channel {
            index: 1,
            form: Form::Older,
            sctp_port: 5000,
            longest_message: 262_144,
        };
        let map = "a=sctpmap:5000 webrtc-datachannel 65535\r\n";
        assert_eq!(channel("5000", map), Some(whole));
        let uncounted = "a=sctpmap:5000 webrtc-datachannel\r\n";
        assert_eq!(channel("5000", uncounted), Some(whole));
        for port in [1, 5001, 65_535] {
            let map = format!("a=sctpmap:{port} webrtc-datachannel 16\r\n");
            let found = channel(&port.to_string(), &map);
            assert_eq!(found.map(|channel| channel.sctp_port), Some(port));
        }
    }

    #[test]
    fn of_several_formats_the_one_for_channels_counts() {
        let second = "a=sctpmap:5000 t38 1\r\na=sctpmap:5002 webrtc-datachannel 16\r\n";
        let both =
            "a=sctpmap:5002 webrtc-datachannel 16\r\na=sctpmap:5000 webrtc-datachannel 16\r\n";
        for (maps, port) in [(second, 5002), (both, 5000)] {
            let found = channel("5000 5002", maps);
            assert_eq!(found.map(|channel| channel.sctp_port), Some(port), "{maps}");
        }
    }

    #[test]
    fn sctp_without_a_map_to_channels_is_refused_by_itself() {
        for maps in [
            "",
            "a=sctp-port:5000\r\n",
            "a=sctpmap:5001 webrtc-datachannel 16\r\n",
            "a=sctpmap:5000 t38 1\r\n",
            "a=sctpmap:5000\r\n",
            "a=sctpmap:\r\n",
        ] {
            assert_eq!(channel("5000", maps), None, "{maps:?}");
        }
    }

    #[test]
    fn a_port_that_is_none_is_named() {
        for port in ["0", "70000", "-1", "many"] {
            let map = format!("a=sctpmap:{port} webrtc-datachannel 16\r\n");
            let refused = Offer::parse(&older(port, &map)).expect_err(port);
            assert!(refused.contains("sctpmap"), "{port} got {refused:?}");
        }
    }

    #[test]
    fn what_we_write_is_what_we_read() {
        for form in [Form::Today, Form::Older] {
            let [media, port] = form.lines();
            let text = CHROMIUM.replace(MEDIA, media);
            let text = text.replace("a=sctp-port:5000", port);
            let offer = Offer::parse(&text).expect("our own words are good");
            let found = offer.channel.map(|found| (found.form, found.sctp_port));
            assert_eq!(found, Some((form, 5000)));
        }
    }
}
