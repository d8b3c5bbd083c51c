//! A tag for a body, worked out while compiling.

/// FNV-1a of the body in hexadecimal, in quotes.
pub(crate) struct Etag([u8; 18]);

impl Etag {
    pub(crate) const fn of(body: &[u8]) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut at = 0;
        while at < body.len() {
            hash = (hash ^ body[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        let mut tag = [b'"'; 18];
        let mut digit = 0;
        while digit < 16 {
            let nibble = (hash >> (60 - 4 * digit)) & 0xf;
            tag[digit + 1] = b"0123456789abcdef"[nibble as usize];
            digit += 1;
        }
        Self(tag)
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(&self.0) {
            Ok(tag) => tag,
            Err(_) => panic!("hexadecimal digits are UTF-8"),
        }
    }
}
