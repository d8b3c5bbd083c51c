//! Sound as it streams in: raw samples or a WAV file, cut anywhere, into samples of one rate; or the finding that it is none.

use models_engine::Rerate;

/// More of a file than this stands before no sample.
const HEADER_LIMIT: usize = 64 * 1024;
/// Enough to tell what a stream is.
const HEAD: usize = 12;
/// 50 ms at 24 kHz: so much is looked at before it is played.
const LOOKED_AT: usize = 1_200;
/// No speech is so loud and so restless for so long; compressed sound that is taken for samples is.
const LOUD: f32 = 0.4;
const RESTLESS: f32 = 0.3;

/// What it is instead of sound, for a sentence.
pub(crate) type Strange = &'static str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Integer16,
    Float32,
}

impl Coding {
    fn bytes(self) -> usize {
        match self {
            Self::Integer16 => 2,
            Self::Float32 => 4,
        }
    }

    fn sample(self, bytes: &[u8]) -> f32 {
        let sample = match (self, bytes) {
            (Self::Integer16, &[a, b]) => f32::from(i16::from_le_bytes([a, b])) / 32_768.0,
            (Self::Float32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            _ => 0.0,
        };
        // Not a number is silence, and what is too loud is clipped.
        if sample.is_finite() {
            sample.clamp(-1.0, 1.0)
        } else {
            0.0
        }
    }
}

#[derive(Clone, Debug)]
enum State {
    /// What it is shows in its first bytes.
    Head,
    Samples {
        coding: Coding,
        channels: usize,
        rerate: Rerate,
    },
}

pub(crate) struct Sound {
    rate: u32,
    state: State,
    /// Bytes that are no whole sample yet, or no whole header.
    held: Vec<u8>,
    /// Samples that are looked at before anybody hears them.
    waiting: Vec<f32>,
    looked: bool,
}

impl Sound {
    /// Raw samples are of this rate, and all become so.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            rate,
            state: State::Head,
            held: Vec::new(),
            waiting: Vec::new(),
            looked: false,
        }
    }

    /// Takes bytes, and appends the samples that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<f32>) -> Result<(), Strange> {
        self.held.extend_from_slice(bytes);
        if matches!(self.state, State::Head) && !self.read_head()? {
            return Ok(());
        }
        self.decode();
        self.look(false)?;
        self.hand_out(out);
        Ok(())
    }

    /// Nothing more comes: what was too short to be looked at is played. Half a sample at the end is dropped.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), Strange> {
        if matches!(self.state, State::Head) {
            if self.held.starts_with(b"RIFF") {
                return Err("half a WAV file");
            }
            self.raw();
        }
        self.decode();
        self.look(true)?;
        self.hand_out(out);
        Ok(())
    }

    fn hand_out(&mut self, out: &mut Vec<f32>) {
        if self.looked {
            out.append(&mut self.waiting);
        }
    }

    /// True once it is known what comes.
    fn read_head(&mut self) -> Result<bool, Strange> {
        let Some(head) = self.held.first_chunk::<HEAD>() else {
            return Ok(false);
        };
        if head.starts_with(b"RIFF") && head.ends_with(b"WAVE") {
            return self.read_wav();
        }
        if let Some(strange) = kind_of(head) {
            return Err(strange);
        }
        self.raw();
        Ok(true)
    }

    fn raw(&mut self) {
        self.state = State::Samples {
            coding: Coding::Integer16,
            channels: 1,
            rerate: Rerate::new(self.rate, self.rate),
        };
    }

    fn read_wav(&mut self) -> Result<bool, Strange> {
        let (mut at, mut format) = (HEAD, None);
        loop {
            let Some(head) = self.held.get(at..at + 8) else {
                return self.waits_for_header();
            };
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            if head.starts_with(b"data") {
                let (coding, channels, rate) = format.ok_or("a WAV file without a format")?;
                self.held.drain(..at + 8);
                let rerate = Rerate::new(rate, self.rate);
                self.state = State::Samples {
                    coding,
                    channels,
                    rerate,
                };
                return Ok(true);
            }
            let Some(body) = self
                .held
                .get(at + 8..at.saturating_add(8).saturating_add(length))
            else {
                return self.waits_for_header();
            };
            if head.starts_with(b"fmt ") {
                format = Some(read_format(body)?);
            }
            at += 8 + length + length % 2;
        }
    }

    fn waits_for_header(&self) -> Result<bool, Strange> {
        if self.held.len() > HEADER_LIMIT {
            return Err("a WAV file without samples");
        }
        Ok(false)
    }

    fn decode(&mut self) {
        let State::Samples {
            coding,
            channels,
            rerate,
        } = &mut self.state
        else {
            return;
        };
        let step = coding.bytes() * *channels;
        let whole = self.held.len() - self.held.len() % step;
        let mono = self.held[..whole].chunks_exact(step).map(|frame| {
            let samples = frame.chunks_exact(coding.bytes());
            samples.map(|bytes| coding.sample(bytes)).sum::<f32>() / *channels as f32
        });
        let mono: Vec<f32> = mono.collect();
        rerate.push(&mono, &mut self.waiting);
        self.held.drain(..whole);
    }

    fn look(&mut self, all: bool) -> Result<(), Strange> {
        if self.looked || (self.waiting.len() < LOOKED_AT && !all) {
            return Ok(());
        }
        let samples = &self.waiting[..self.waiting.len().min(LOOKED_AT)];
        // Of a few samples nothing can be said.
        if samples.len() >= LOOKED_AT && is_garbage(samples) {
            return Err("noise");
        }
        self.looked = true;
        Ok(())
    }
}

fn read_format(body: &[u8]) -> Result<(Coding, usize, u32), Strange> {
    let &[
        tag,
        _,
        channels,
        0,
        r0,
        r1,
        r2,
        r3,
        _,
        _,
        _,
        _,
        _,
        _,
        bits,
        0,
        ..,
    ] = body
    else {
        return Err("a strange WAV file");
    };
    // 0xfe: the tag stands further back, and is the first of a long name.
    let tag = if tag == 0xfe {
        body.get(24).copied().unwrap_or(0)
    } else {
        tag
    };
    let coding = match (tag, bits) {
        (1, 16) => Coding::Integer16,
        (3, 32) => Coding::Float32,
        _ => return Err("a WAV file of another coding"),
    };
    let rate = u32::from_le_bytes([r0, r1, r2, r3]);
    if !(8_000..=96_000).contains(&rate) || !(1..=2).contains(&channels) {
        return Err("a strange WAV file");
    }
    Ok((coding, usize::from(channels), rate))
}

/// What it is by its first bytes, if it is no sound of ours.
fn kind_of(head: &[u8; HEAD]) -> Option<Strange> {
    let kinds: [(&[u8], Strange); 7] = [
        (b"ID3", "MP3"),
        (b"\xff\xfb", "MP3"),
        (b"\xff\xf3", "MP3"),
        (b"\xff\xf2", "MP3"),
        (b"OggS", "Ogg"),
        (b"fLaC", "FLAC"),
        (b"\x1aE\xdf\xa3", "WebM"),
    ];
    let known = kinds.iter().find(|(start, _)| head.starts_with(start));
    let text = || head.iter().all(|byte| matches!(byte, 9..=13 | 32..=126));
    known
        .map(|&(_, kind)| kind)
        .or_else(|| text().then_some("text"))
}

fn is_garbage(samples: &[f32]) -> bool {
    let count = samples.len() as f32;
    let power: f32 = samples.iter().map(|sample| sample * sample).sum();
    let crossings = samples
        .windows(2)
        .filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0));
    (power / count).sqrt() > LOUD && crossings.count() as f32 / count > RESTLESS
}

#[cfg(test)]
mod tests;
