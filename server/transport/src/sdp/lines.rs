//! The grammar of SDP, as far as we read it: lines, sections, attributes, and the limits of each.

use super::{LONGEST_LINE, LONGEST_OFFER, MOST_LINES, MOST_SECTIONS};

/// `x=value`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) kind: u8,
    pub(super) value: &'a str,
}

/// What stands before the first m-line, or from one m-line to the next.
#[derive(Debug, Default)]
pub(super) struct Section<'a> {
    pub(super) media: &'a str,
    pub(super) port: u16,
    pub(super) protocol: &'a str,
    pub(super) formats: Vec<&'a str>,
    pub(super) mid: Option<&'a str>,
    attributes: Vec<&'a str>,
}

impl<'a> Section<'a> {
    /// A flag such as `a=rtcp-mux`.
    pub(super) fn has(&self, flag: &str) -> bool {
        self.attributes.contains(&flag)
    }

    /// All values of `a=key:value`, in order.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        let key = key.to_owned();
        self.attributes
            .iter()
            .filter_map(move |attribute| attribute.strip_prefix(key.as_str())?.strip_prefix(':'))
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.values(key).next()
    }

    /// Port 0 means "not wanted", unless the section only lives in a bundle.
    pub(super) fn is_open(&self) -> bool {
        self.port != 0 || self.has("bundle-only")
    }
}

pub(super) fn split(text: &str) -> Result<Vec<Line<'_>>, String> {
    if text.len() > LONGEST_OFFER {
        return Err(format!(
            "The offer is longer than {} kB.",
            LONGEST_OFFER / 1024
        ));
    }
    if text.trim().is_empty() {
        return Err("The offer is empty; it must be an SDP text that starts with v=0.".into());
    }
    let mut lines = Vec::new();
    for (index, raw) in text.split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        if raw.trim().is_empty() {
            continue;
        }
        if lines.len() == MOST_LINES {
            return Err(format!("The offer has more than {MOST_LINES} lines."));
        }
        lines.push(line(index + 1, raw)?);
    }
    match lines.first() {
        Some(Line {
            kind: b'v',
            value: "0",
        }) => Ok(lines),
        _ => Err("The offer is not SDP: its first line must be v=0.".into()),
    }
}

fn line(number: usize, raw: &str) -> Result<Line<'_>, String> {
    if raw.len() > LONGEST_LINE {
        return Err(format!(
            "Line {number} of the offer is longer than {LONGEST_LINE} bytes."
        ));
    }
    if raw.chars().any(|c| c.is_control() && c != '\t') {
        return Err(format!(
            "Line {number} of the offer has a control character."
        ));
    }
    match raw.as_bytes() {
        [kind @ b'a'..=b'z', b'=', ..] => Ok(Line {
            kind: *kind,
            value: &raw[2..],
        }),
        _ => Err(format!(
            "Line {number} of the offer is not of the form x=value."
        )),
    }
}

/// The session's own section, and one for each m-line.
pub(super) fn sections<'a>(lines: &[Line<'a>]) -> Result<(Section<'a>, Vec<Section<'a>>), String> {
    let mut session = Section::default();
    let mut media: Vec<Section<'a>> = Vec::new();
    for line in lines {
        match line.kind {
            b'm' if media.len() == MOST_SECTIONS => {
                return Err(format!("The offer has more than {MOST_SECTIONS} m-lines."));
            }
            b'm' => media.push(opening(line.value)?),
            b'a' => media
                .last_mut()
                .unwrap_or(&mut session)
                .attributes
                .push(line.value),
            _ => {}
        }
    }
    name(&mut media)?;
    Ok((session, media))
}

fn opening(value: &str) -> Result<Section<'_>, String> {
    let mut words = value.split_ascii_whitespace();
    let (media, port, protocol) = (words.next(), words.next(), words.next());
    let port = port
        .and_then(|port| port.split('/').next())
        .and_then(|port| port.parse().ok());
    let (Some(media), Some(port), Some(protocol)) = (media, port, protocol) else {
        return Err("An m-line must read m=media port protocol formats.".into());
    };
    let formats: Vec<&str> = words.collect();
    if formats.is_empty()
        || ![media, protocol]
            .into_iter()
            .chain(formats.clone())
            .all(is_token)
    {
        return Err("An m-line must read m=media port protocol formats.".into());
    }
    Ok(Section {
        media,
        port,
        protocol,
        formats,
        ..Section::default()
    })
}

/// Reads the mids: each a token, and no two the same.
fn name(media: &mut [Section<'_>]) -> Result<(), String> {
    let mut seen: Vec<&str> = Vec::new();
    for section in media {
        let Some(mid) = section.value("mid") else {
            continue;
        };
        if mid.len() > 32 || !is_token(mid) {
            return Err("An a=mid must be at most 32 letters or digits.".into());
        }
        if seen.contains(&mid) {
            return Err("Two m-lines have the same a=mid.".into());
        }
        seen.push(mid);
        section.mid = Some(mid);
    }
    Ok(())
}

fn is_token(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic())
}
