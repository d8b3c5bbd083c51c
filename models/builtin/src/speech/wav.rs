//! The WAV files that flite and espeak-ng write: mono, 16 bits.

/// The samples in −1..1; `None` if it is not such a file of that rate.
pub(super) fn parse(bytes: &[u8], rate: u32) -> Option<Vec<f32>> {
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut rest = &bytes[12..];
    let mut format_fits = false;
    loop {
        let name = rest.get(..4)?;
        let size = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?) as usize;
        // A program that writes to a pipe does not know the size: then all that follows.
        let body = &rest[8..];
        let body = &body[..size.min(body.len())];
        match name {
            b"fmt " => format_fits = fits(body, rate)?,
            b"data" => return format_fits.then(|| samples(body)),
            _ => {}
        }
        rest = rest.get(8 + size + size % 2..)?;
    }
}

fn fits(format: &[u8], rate: u32) -> Option<bool> {
    let short = |at: usize| Some(u16::from_le_bytes(format.get(at..at + 2)?.try_into().ok()?));
    let samples_a_second = u32::from_le_bytes(format.get(4..8)?.try_into().ok()?);
    Some(short(0)? == 1 && short(2)? == 1 && short(14)? == 16 && samples_a_second == rate)
}

fn samples(body: &[u8]) -> Vec<f32> {
    let pairs = body.chunks_exact(2);
    pairs
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32768.0)
        .collect()
}

/// Below this a sample is silence: −50 dBFS.
const SILENCE: f32 = 0.003;

/// Takes the silence at both ends off, but for a breath: it would be heard as delay.
pub(super) fn trim(samples: Vec<f32>, rate: u32) -> Vec<f32> {
    let loud = |sample: &f32| sample.abs() > SILENCE;
    let (Some(first), Some(last)) = (
        samples.iter().position(loud),
        samples.iter().rposition(loud),
    ) else {
        return samples;
    };
    let ms = |ms: usize| ms * rate as usize / 1000;
    let begin = first.saturating_sub(ms(10));
    let end = samples.len().min(last + ms(60));
    samples[begin..end].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(rate: u32, samples: &[i16], claimed: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend(rate.to_le_bytes());
        bytes.extend((rate * 2).to_le_bytes());
        bytes.extend([2, 0, 16, 0]);
        bytes.extend(b"LIST\x03\0\0\0abc\0data");
        bytes.extend(claimed.to_le_bytes());
        bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
        bytes
    }

    #[test]
    fn samples_are_found_past_other_parts() {
        let parsed = parse(&wav(16_000, &[0, 16384, -32768], 6), 16_000);
        assert_eq!(parsed, Some(vec![0.0, 0.5, -1.0]));
    }

    #[test]
    fn an_unknown_size_means_the_rest() {
        let parsed = parse(&wav(16_000, &[1, 2], 0x7fff_f000), 16_000).expect("it is read");
        assert_eq!(parsed.len(), 2);
    }

    #[test]
    fn what_is_cut_or_something_else_is_refused() {
        let whole = wav(16_000, &[1, 2], 4);
        assert_eq!(parse(&whole, 22_050), None);
        for cut in 0..whole.len() - 4 {
            assert_eq!(parse(&whole[..cut], 16_000), None, "cut at {cut}");
        }
        assert_eq!(parse(b"OggS............", 16_000), None);
    }

    #[test]
    fn silence_at_the_ends_goes() {
        let mut samples = vec![0.0; 16_000];
        samples[8_000..8_100].fill(0.5);
        assert_eq!(trim(samples, 16_000).len(), 160 + 99 + 960);
        assert_eq!(trim(vec![0.0; 10], 16_000).len(), 10);
    }
}
