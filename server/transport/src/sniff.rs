//! What kind of datagram this is, judged by its first bytes alone (RFC 7983).

/// What a datagram claims to be. Nothing here is authenticated: the crate checks that later.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// A binding request; the user name's first part names whom it is for.
    /// `nominates`: the peer wants to use this path.
    Check {
        ufrag: &'a str,
        nominates: bool,
    },
    /// Any other STUN message: an answer to a check of ours.
    Stun,
    /// An encrypted DTLS alert: in practice, goodbye.
    Goodbye,
    Dtls,
    Media,
    Unknown,
}

const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const STUN_HEADER: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0, 1];
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;
const DTLS_ALERT: u8 = 21;
const DTLS_HEADER: usize = 13;

pub(crate) fn kind(datagram: &[u8]) -> Kind<'_> {
    match datagram.first() {
        Some(0..=3) => stun(datagram),
        Some(20..=63) if datagram.len() < DTLS_HEADER => Kind::Unknown,
        Some(&DTLS_ALERT) if datagram[3..5] != [0, 0] => Kind::Goodbye,
        Some(20..=63) => Kind::Dtls,
        Some(128..=191) => Kind::Media,
        _ => Kind::Unknown,
    }
}

fn stun(datagram: &[u8]) -> Kind<'_> {
    if datagram.len() < STUN_HEADER || datagram[4..8] != COOKIE {
        return Kind::Unknown;
    }
    if datagram[..2] != BINDING_REQUEST {
        return Kind::Stun;
    }
    check(&datagram[STUN_HEADER..]).unwrap_or(Kind::Unknown)
}

/// Walks the attributes. Malformed ones make the whole check unknown.
fn check(mut attributes: &[u8]) -> Option<Kind<'_>> {
    let (mut name, mut nominates) = (None, false);
    while let [t0, t1, l0, l1, rest @ ..] = attributes {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let value = rest.get(..length)?;
        match u16::from_be_bytes([*t0, *t1]) {
            USERNAME => name = name.or(Some(value)),
            USE_CANDIDATE => nominates = true,
            _ => {}
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    let first = name?.split(|byte| *byte == b':').next()?;
    let ufrag = std::str::from_utf8(first)
        .ok()
        .filter(|ufrag| !ufrag.is_empty())?;
    Some(Kind::Check { ufrag, nominates })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_of(username: &[u8]) -> Vec<u8> {
        let mut datagram = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
        datagram.extend([7; 12]);
        datagram.extend([0x80, 0x22, 0, 3, b'x', b'y', b'z', 0]);
        datagram.extend([0, 6]);
        datagram.extend((username.len() as u16).to_be_bytes());
        datagram.extend(username);
        datagram.resize(datagram.len().next_multiple_of(4), 0);
        datagram
    }

    #[test]
    fn a_check_is_for_the_first_part_of_the_user_name() {
        let plain = check_of(b"ours:theirs");
        assert_eq!(
            kind(&plain),
            Kind::Check {
                ufrag: "ours",
                nominates: false
            }
        );
        let nominating = [&plain[..], &[0, 0x25, 0, 0]].concat();
        assert_eq!(
            kind(&nominating),
            Kind::Check {
                ufrag: "ours",
                nominates: true
            }
        );
    }

    #[test]
    fn a_check_without_a_usable_name_is_unknown() {
        for name in [&b""[..], b":theirs", b"\xff\xfe:x"] {
            assert_eq!(kind(&check_of(name)), Kind::Unknown);
        }
        let whole = check_of(b"ours:theirs");
        for cut in 0..whole.len() - 1 {
            assert_eq!(kind(&whole[..cut]), Kind::Unknown, "cut at {cut}");
        }
    }

    #[test]
    fn the_first_byte_tells_the_rest() {
        let dtls = |first: u8, epoch: u8| [&[first, 254, 253, 0, epoch][..], &[0; 20]].concat();
        assert_eq!(kind(&dtls(22, 0)), Kind::Dtls);
        assert_eq!(
            kind(&dtls(21, 0)),
            Kind::Dtls,
            "a plain alert proves nothing"
        );
        assert_eq!(kind(&dtls(21, 1)), Kind::Goodbye);
        assert_eq!(kind(&[128; 12]), Kind::Media);
        assert_eq!(kind(&[22, 254]), Kind::Unknown);
        assert_eq!(kind(&[]), Kind::Unknown);
        assert_eq!(kind(&[70; 40]), Kind::Unknown);
    }

    proptest! {
        #[test]
        fn no_datagram_panics(datagram in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = kind(&datagram);
            let mut stun = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
            stun.extend(&datagram);
            let _ = kind(&stun);
        }
    }
}
