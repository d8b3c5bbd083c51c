//! What we need of an offer, parsed strictly: nothing of its text goes on to the crate.

mod lines;
mod older;

use lines::Section;
pub use older::Form;

/// A browser's offer has about 3 kB; video-heavy ones reach 20.
pub const LONGEST_OFFER: usize = 64 * 1024;
const LONGEST_LINE: usize = 2048;
const MOST_LINES: usize = 1000;
const MOST_SECTIONS: usize = 16;

/// An offer that we can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Every m-line in order: the answer must have as many.
    pub sections: Vec<MediaLine>,
    /// Which of them is the audio, and what is agreed there.
    pub audio: usize,
    pub opus: Opus,
    pub channel: Option<Channel>,
    /// Which of the accepted sections leads the bundle: its ICE and DTLS are those of all.
    pub tag: usize,
    pub ufrag: String,
    pub password: String,
    pub fingerprint: Fingerprint,
    pub setup: Setup,
    pub is_bundled: bool,
}

/// One m-line, as far as it must be repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaLine {
    pub media: String,
    pub protocol: String,
    pub format: String,
    pub mid: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opus {
    pub payload_type: u8,
    pub direction: Direction,
    pub has_nack: bool,
    pub has_reduced_rtcp: bool,
    /// The source that the peer says it sends from.
    pub ssrc: Option<u32>,
}

/// The section that carries the data channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub index: usize,
    pub form: Form,
    pub sctp_port: u16,
    /// In bytes; what the peer takes in one message.
    pub longest_message: u32,
}

/// The peer's direction, as offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Both,
    SendOnly,
    ReceiveOnly,
    Inactive,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    pub hash: &'static str,
    pub value: String,
}

/// Which end the peer is willing to be in the DTLS handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// It may open the handshake, and then it does: that is the faster way.
    MayOpen,
    /// It waits for us to open it.
    Waits,
}

impl Offer {
    /// Parses an offer, or says in a sentence what is wrong with it and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = lines::split(text)?;
        let (session, sections) = lines::sections(&lines)?;
        refuse_lite(&session)?;
        let (audio, payload_type) = choose_audio(&sections)?;
        let bundle = bundle(&session);
        let channel = match choose_channel(&sections, audio, &bundle) {
            Some((index, form)) => Some(channel(index, form, &sections[index])?),
            None => None,
        };
        let voice = &sections[audio];
        if !voice.has("rtcp-mux") {
            return Err("The audio must offer a=rtcp-mux: we use one port for all.".into());
        }
        let also = channel.map(|channel| channel.index);
        let accepted: Vec<usize> = std::iter::once(audio).chain(also).collect();
        let tag = tag(&sections, &accepted, &bundle).unwrap_or(audio);
        // The audio's at last: a section of a bundle may leave out what stands in another.
        let places = [&sections[tag], &session, voice];
        Ok(Self {
            audio,
            opus: opus(voice, payload_type)?,
            channel,
            tag,
            ufrag: credential(&places, "ice-ufrag", 4)?,
            password: credential(&places, "ice-pwd", 22)?,
            fingerprint: fingerprint(&places)?,
            setup: setup(&places)?,
            is_bundled: voice.mid.is_some_and(|mid| bundle.contains(&mid)),
            sections: sections.iter().map(media_line).collect(),
        })
    }
}

fn media_line(section: &Section<'_>) -> MediaLine {
    MediaLine {
        media: section.media.into(),
        protocol: section.protocol.into(),
        format: section.formats.first().copied().unwrap_or("0").into(),
        mid: section.mid.map(Into::into),
    }
}

fn refuse_lite(session: &Section<'_>) -> Result<(), String> {
    if session.has("ice-lite") {
        return Err("The offer says a=ice-lite, but the peer must send the checks.".into());
    }
    Ok(())
}

/// The first audio that offers Opus.
fn choose_audio(sections: &[Section<'_>]) -> Result<(usize, u8), String> {
    let mut audio = sections
        .iter()
        .enumerate()
        .filter(|(_, section)| section.media == "audio");
    let mut found = false;
    for (index, section) in audio.by_ref() {
        found = true;
        if !section.is_open() || !section.protocol.starts_with("UDP/TLS/RTP/SAVP") {
            continue;
        }
        if let Some(payload_type) = opus_type(section)? {
            return Ok((index, payload_type));
        }
    }
    Err(if found {
        "No audio of the offer has Opus at 48000/2 over UDP/TLS/RTP/SAVPF; we speak nothing else."
    } else {
        "The offer has no audio; it needs one m=audio line with Opus."
    }
    .into())
}

fn opus_type(section: &Section<'_>) -> Result<Option<u8>, String> {
    for value in section.values("rtpmap") {
        let Some((number, codec)) = value.split_once(' ') else {
            continue;
        };
        if !codec.trim().eq_ignore_ascii_case("opus/48000/2") || !section.formats.contains(&number)
        {
            continue;
        }
        return match number.parse::<u8>() {
            // 64 to 95 would be taken for RTCP on a shared port (RFC 5761).
            Ok(number @ (35..=63 | 96..=127)) => Ok(Some(number)),
            _ => Err("Opus must have a dynamic payload type: 96 to 127, or 35 to 63.".into()),
        };
    }
    Ok(None)
}

fn opus(section: &Section<'_>, payload_type: u8) -> Result<Opus, String> {
    let feedback = [format!("{payload_type} nack"), "* nack".to_owned()];
    let ssrc = match section
        .values("ssrc")
        .next()
        .and_then(|value| value.split(' ').next())
    {
        None => None,
        Some(number) => Some(
            number
                .parse()
                .map_err(|_| "An a=ssrc is not a number.".to_owned())?,
        ),
    };
    Ok(Opus {
        payload_type,
        direction: direction(section),
        has_nack: section
            .values("rtcp-fb")
            .any(|value| feedback.iter().any(|f| f == value.trim())),
        has_reduced_rtcp: section.has("rtcp-rsize"),
        ssrc,
    })
}

fn direction(section: &Section<'_>) -> Direction {
    if section.has("inactive") {
        Direction::Inactive
    } else if section.has("sendonly") {
        Direction::SendOnly
    } else if section.has("recvonly") {
        Direction::ReceiveOnly
    } else {
        Direction::Both
    }
}

/// The mids that share the audio's transport.
fn bundle<'a>(session: &Section<'a>) -> Vec<&'a str> {
    let group = session
        .values("group")
        .find_map(|value| value.strip_prefix("BUNDLE "));
    group
        .map(|mids| mids.split_ascii_whitespace().collect())
        .unwrap_or_default()
}

/// Each section may offer a transport of its own. What holds for all is that of the first in the
/// bundle that is accepted and has a port, so is not there for the bundle alone (RFC 8843, 7.3.1).
fn tag(sections: &[Section<'_>], accepted: &[usize], bundle: &[&str]) -> Option<usize> {
    bundle.iter().find_map(|mid| {
        accepted.iter().copied().find(|index| {
            let section = &sections[*index];
            section.port != 0 && section.mid == Some(*mid)
        })
    })
}

fn choose_channel(
    sections: &[Section<'_>],
    audio: usize,
    bundle: &[&str],
) -> Option<(usize, Form)> {
    let shared = |section: &Section<'_>| section.mid.is_some_and(|mid| bundle.contains(&mid));
    if !shared(&sections[audio]) {
        return None;
    }
    sections.iter().enumerate().find_map(|(index, section)| {
        let form = Form::of(section)?;
        let wanted = section.media == "application" && section.is_open() && shared(section);
        wanted.then_some((index, form))
    })
}

fn channel(index: usize, form: Form, section: &Section<'_>) -> Result<Channel, String> {
    let sctp_port = match form.port(section).trim().parse() {
        Ok(port @ 1..) => port,
        _ => return Err("The a=sctp-port or a=sctpmap must have a port, such as 5000.".into()),
    };
    // RFC 8841: none said is 64 kB, 0 is no limit.
    let said = section.value("max-message-size");
    let longest_message = match said.map(|size| size.trim().parse::<u64>()) {
        None => 65_536,
        Some(Ok(0)) => u32::MAX,
        Some(Ok(size)) => u32::try_from(size).unwrap_or(u32::MAX),
        Some(Err(_)) => return Err("The a=max-message-size must be a number of bytes.".into()),
    };
    Ok(Channel {
        index,
        form,
        sctp_port,
        longest_message,
    })
}

/// Here and below, the first of `places` that says it counts.
fn credential(places: &[&Section<'_>], key: &str, shortest: usize) -> Result<String, String> {
    let value = places.iter().find_map(|place| place.value(key));
    let value = value.ok_or_else(|| format!("The offer has no a={key}."))?;
    // Some stacks use dashes and underscores against the letter of RFC 8839: harmless.
    let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    if value.len() < shortest || value.len() > 256 || !value.bytes().all(is_ice) {
        return Err(format!(
            "The a={key} must be {shortest} to 256 letters, digits, + or /."
        ));
    }
    Ok(value.into())
}

fn fingerprint(places: &[&Section<'_>]) -> Result<Fingerprint, String> {
    let all = || places.iter().flat_map(|place| place.values("fingerprint"));
    if all().next().is_none() {
        return Err("The offer has no a=fingerprint; only encrypted media is accepted.".into());
    }
    all().find_map(known_fingerprint).ok_or_else(|| {
        "The a=fingerprint must be sha-256, sha-384 or sha-512 with all its bytes.".into()
    })
}

fn known_fingerprint(value: &str) -> Option<Fingerprint> {
    let (hash, digits) = value.trim().split_once(' ')?;
    let (hash, bytes) = [("sha-256", 32), ("sha-384", 48), ("sha-512", 64)]
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(hash))?;
    let is_byte = |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
    let pairs: Vec<&str> = digits.split(':').collect();
    let whole = pairs.len() == bytes && pairs.iter().all(|pair| is_byte(pair));
    whole.then(|| Fingerprint {
        hash,
        value: digits.to_ascii_uppercase(),
    })
}

fn setup(places: &[&Section<'_>]) -> Result<Setup, String> {
    match places.iter().find_map(|place| place.value("setup")) {
        Some("actpass" | "active") => Ok(Setup::MayOpen),
        Some("passive") => Ok(Setup::Waits),
        Some(_) => Err("The a=setup of an offer must be actpass.".into()),
        None => Err("The offer has no a=setup:actpass.".into()),
    }
}

#[cfg(test)]
mod tests;
