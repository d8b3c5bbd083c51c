//! Server-sent events out of a stream of bytes, however they are cut.

/// A delta is a few hundred bytes; a line of this length is an attack or a mistake.
const LINE_LIMIT: usize = 256 * 1024;

/// The line grew beyond any event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Holds what is not yet a whole line. Lines are cut as bytes, so that a letter cut in two is joined again.
#[derive(Default)]
pub(crate) struct EventLines {
    held: Vec<u8>,
}

impl EventLines {
    /// Takes bytes, and hands each complete `data:` line to `take`.
    ///
    /// Chat servers send one such line for an event and nothing else of note; comments, names and
    /// retry times are passed over.
    pub(crate) fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&str)) -> Result<(), TooLong> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.held.len() + part.len() > LINE_LIMIT {
                return Err(TooLong);
            }
            self.held.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line(take);
            }
        }
        Ok(())
    }

    /// The stream is over: a last line without an end counts too.
    pub(crate) fn finish(&mut self, take: &mut dyn FnMut(&str)) {
        self.end_line(take);
    }

    fn end_line(&mut self, take: &mut dyn FnMut(&str)) {
        let line = std::mem::take(&mut self.held);
        let line = String::from_utf8_lossy(&line);
        let Some(data) = line.trim_end_matches(['\n', '\r']).strip_prefix("data:") else {
            return;
        };
        let data = data.strip_prefix(' ').unwrap_or(data);
        if !data.is_empty() {
            take(data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(parts: &[&[u8]]) -> Vec<String> {
        let mut events = EventLines::default();
        let mut got = Vec::new();
        for part in parts {
            events
                .push(part, &mut |line| got.push(line.to_owned()))
                .expect("short lines");
        }
        events.finish(&mut |line| got.push(line.to_owned()));
        got
    }

    #[test]
    fn any_cut_gives_the_same_lines() {
        let stream = ": hello\r\nevent: x\r\ndata: {\"a\":\"Zoë 🎧\"}\r\n\r\ndata:b\n\ndata: \n\nid: 7\ndata: [DONE]".as_bytes();
        let wanted = ["{\"a\":\"Zoë 🎧\"}", "b", "[DONE]"];
        assert_eq!(lines(&[stream]), wanted);
        for cut in 0..stream.len() {
            assert_eq!(
                lines(&[&stream[..cut], &stream[cut..]]),
                wanted,
                "cut at {cut}"
            );
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(lines(&bytes), wanted);
    }

    #[test]
    fn a_line_without_end_is_refused_and_bad_letters_are_not() {
        let mut events = EventLines::default();
        let flood = vec![b'x'; LINE_LIMIT];
        assert_eq!(events.push(&flood, &mut |_| ()), Ok(()));
        assert_eq!(events.push(b"y", &mut |_| ()), Err(TooLong));
        assert_eq!(lines(&[b"data: a\xffb\n"]), ["a\u{fffd}b"]);
    }
}
