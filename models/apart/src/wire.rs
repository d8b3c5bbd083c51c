//! What crosses between the server and its engines' process: a greeting with a version, then frames of bounded length.

use crate::crew::{Crew, Gauge, Start};
use models_engine::{Hint, Hypothesis, Piece, Prompt, Script, Spoken, Stopped, Transcript};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};

/// The first thing that either end says. Both are one program, but the file may be replaced while it runs.
const GREETING: &[u8; 8] = b"repartee";
pub(crate) const VERSION: u32 = 2;

/// The longest message: a whole history, or minutes of sound. What claims to be longer is no message.
pub(crate) const LONGEST: usize = 16 << 20;

/// Samples of one frame: a second or two, so that a long sound does not keep a word waiting.
pub(crate) const SAMPLES: usize = 32_000;

pub(crate) type JobId = u64;

/// From the server to its engines.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Order<'a> {
    /// What to load, in the program's own terms.
    Load {
        start: Start,
        plan: Cow<'a, [u8]>,
    },
    Listen {
        job: JobId,
        hint: Cow<'a, Hint>,
    },
    Sound {
        job: JobId,
        speech: Cow<'a, [f32]>,
    },
    /// The words as though it were over here are wanted.
    Settle {
        job: JobId,
    },
    Finish {
        job: JobId,
    },
    Compose {
        job: JobId,
        prompt: Cow<'a, Prompt>,
    },
    Speak {
        job: JobId,
        script: Cow<'a, Script>,
    },
    Cancel {
        job: JobId,
    },
    Ping {
        beat: u64,
    },
}

/// From the engines to the server.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Answer {
    Loaded(Result<Box<Crew>, String>),
    Job { job: JobId, said: Said },
    Pong { beat: u64, gauges: Vec<Gauge> },
}

/// What a job says: any number of parts, then its end.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Said {
    Partial(Hypothesis),
    /// `None`: no better than the words so far.
    Settled(Option<String>),
    Piece(Piece),
    Speech(Vec<f32>),
    Heard(Result<Transcript, Stopped>),
    Composed(Result<(), Stopped>),
    Spoken(Result<Spoken, Stopped>),
}

impl Said {
    pub(crate) fn is_end(&self) -> bool {
        matches!(self, Self::Heard(_) | Self::Composed(_) | Self::Spoken(_))
    }

    /// The engine did what it was asked.
    pub(crate) fn is_done(&self) -> bool {
        matches!(
            self,
            Self::Heard(Ok(_)) | Self::Composed(Ok(())) | Self::Spoken(Ok(_))
        )
    }
}

pub(crate) fn greet(to: &mut impl Write) -> io::Result<()> {
    to.write_all(GREETING)?;
    to.write_all(&VERSION.to_le_bytes())
}

pub(crate) fn greeted(from: &mut impl Read) -> io::Result<()> {
    let (mut greeting, mut version) = ([0; 8], [0; 4]);
    from.read_exact(&mut greeting)?;
    from.read_exact(&mut version)?;
    let version = u32::from_le_bytes(version);
    if &greeting == GREETING && version == VERSION {
        return Ok(());
    }
    Err(io::Error::new(
        ErrorKind::InvalidData,
        format!(
            "the other end speaks another version ({version}, not {VERSION}): was the program replaced while it ran?"
        ),
    ))
}

/// One frame: its length, then the message.
pub(crate) fn frame(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let wrong = |error| io::Error::new(ErrorKind::InvalidInput, error);
    let mut frame = postcard::to_extend(message, vec![0; 4]).map_err(wrong)?;
    let length = frame.len() - 4;
    if length > LONGEST {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            format!("a message of {length} bytes is longer than {LONGEST}"),
        ));
    }
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    Ok(frame)
}

/// Reads one frame. Whatever comes, nothing is taken beyond its bound, and nothing panics.
pub(crate) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(malformed("it claims to be too long"));
    }
    let mut body = Vec::new();
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    match postcard::take_from_bytes(&body) {
        Ok((message, [])) => Ok(message),
        Ok(_) => Err(malformed("it goes on after its end")),
        Err(_) => Err(malformed("it is no message")),
    }
}

fn malformed(how: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("a malformed frame: {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> Vec<Order<'static>> {
        let script = Script {
            text: "Good morning.".to_owned(),
            voice: Some("low".to_owned()),
            speed: 1.25,
        };
        vec![
            Order::Load {
                start: Start::Again,
                plan: Cow::Owned(vec![1, 2, 3]),
            },
            Order::Sound {
                job: 7,
                speech: Cow::Owned(vec![0.5, -0.25]),
            },
            Order::Settle { job: 8 },
            Order::Speak {
                job: u64::MAX,
                script: Cow::Owned(script),
            },
            Order::Compose {
                job: 9,
                prompt: Cow::Owned(Prompt::default()),
            },
        ]
    }

    #[test]
    fn what_is_sent_is_what_comes() {
        let mut line = Vec::new();
        greet(&mut line).expect("memory takes it");
        for order in orders() {
            line.extend(frame(&order).expect("it is short"));
        }
        let mut line = line.as_slice();
        greeted(&mut line).expect("it is the same version");
        for order in orders() {
            assert_eq!(receive::<Order<'_>>(&mut line).expect("it is whole"), order);
        }
        let end = receive::<Order<'_>>(&mut line).expect_err("nothing is left");
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn another_version_is_named() {
        let mut line = GREETING.to_vec();
        line.extend(7_u32.to_le_bytes());
        let wrong = greeted(&mut line.as_slice()).expect_err("it is another");
        assert!(wrong.to_string().contains("(7, not 2)"), "{wrong}");
        assert!(greeted(&mut b"GET / HTTP/1.1".as_slice()).is_err());
    }

    /// Every cut and every flipped bit is refused or is another message; none panics, none asks for memory that is not
    /// there.
    #[test]
    fn no_bytes_do_harm() {
        for order in orders() {
            let whole = frame(&order).expect("it is short");
            for cut in 0..whole.len() {
                assert!(receive::<Order<'_>>(&mut &whole[..cut]).is_err());
            }
            for bit in 0..whole.len() * 8 {
                let mut wrong = whole.clone();
                wrong[bit / 8] ^= 1 << (bit % 8);
                let _ = receive::<Order<'_>>(&mut wrong.as_slice());
                let _ = receive::<Answer>(&mut wrong.as_slice());
            }
        }
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut noise = vec![0; 64];
            for byte in &mut noise {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = (seed >> 56) as u8;
            }
            noise[..4].copy_from_slice(&60_u32.to_le_bytes());
            let _ = receive::<Order<'_>>(&mut noise.as_slice());
            let _ = receive::<Answer>(&mut noise.as_slice());
        }
    }

    #[test]
    fn what_is_too_long_is_neither_sent_nor_read() {
        let plan = Cow::Owned(vec![0; LONGEST + 1]);
        let start = Start::First;
        assert!(frame(&Order::Load { start, plan }).is_err());
        let claim = u32::MAX.to_le_bytes();
        let wrong = receive::<Order<'_>>(&mut claim.as_slice()).expect_err("nobody sends it");
        assert_eq!(wrong.kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_frame_ends_where_it_says() {
        let mut longer = frame(&Order::Finish { job: 1 }).expect("it is short");
        longer.push(0);
        longer[0] += 1;
        assert!(receive::<Order<'_>>(&mut longer.as_slice()).is_err());
    }
}
