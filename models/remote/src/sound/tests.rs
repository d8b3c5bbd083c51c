//! Sound in every form and cut, and what only looks like it.

use super::*;
use proptest::prelude::*;

const RATE: u32 = 24_000;

fn tone(samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|n| (8_000.0 * (n as f32 * 0.1).sin()) as i16)
        .collect()
}

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

/// A file as servers stream it: the length is not known when it begins.
fn wav(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\xff\xff\xff\xffWAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend([0; 6]);
    file.extend(bits.to_le_bytes());
    file.extend(b"data\xff\xff\xff\xff");
    file.extend(data);
    file
}

fn heard(parts: &[&[u8]]) -> Result<Vec<f32>, Strange> {
    let (mut sound, mut out) = (Sound::new(RATE), Vec::new());
    for part in parts {
        sound.push(part, &mut out)?;
    }
    sound.finish(&mut out)?;
    Ok(out)
}

fn expected(samples: &[i16]) -> Vec<f32> {
    samples
        .iter()
        .map(|&sample| f32::from(sample) / 32_768.0)
        .collect()
}

#[test]
fn samples_and_files_give_the_same_however_they_are_cut() {
    let samples = tone(3_000);
    let (raw, wanted) = (bytes(&samples), expected(&samples));
    let file = wav(1, 1, RATE, 16, &raw);
    for stream in [&raw, &file] {
        assert_eq!(heard(&[stream]).as_ref(), Ok(&wanted));
        for cut in [1, 3, 11, 13, 30, 61, 2_401, 5_999] {
            assert_eq!(
                heard(&[&stream[..cut], &stream[cut..]]).as_ref(),
                Ok(&wanted),
                "{cut}"
            );
        }
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(heard(&single).as_ref(), Ok(&wanted));
    }
}

#[test]
fn files_of_other_rates_channels_and_codings_are_understood() {
    let samples = tone(3_000);
    let both: Vec<i16> = samples
        .iter()
        .flat_map(|&sample| [sample, sample])
        .collect();
    let stereo = heard(&[&wav(1, 2, RATE, 16, &bytes(&both))]);
    assert_eq!(stereo, Ok(expected(&samples)));
    let halved = heard(&[&wav(1, 1, RATE * 2, 16, &bytes(&samples))]).expect("it is sound");
    assert!(halved.len().abs_diff(1_500) <= 1);
    let mut floats: Vec<u8> = expected(&samples)
        .iter()
        .flat_map(|s| s.to_le_bytes())
        .collect();
    floats[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    floats[4..8].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let heard = heard(&[&wav(3, 1, RATE, 32, &floats)]).expect("it is sound");
    assert_eq!(heard[..2], [0.0, 0.0], "what is no number is silence");
    assert_eq!(heard[2..], expected(&samples)[2..]);
}

#[test]
fn half_a_sample_at_the_end_is_dropped_and_nothing_is_nothing() {
    let mut raw = bytes(&tone(2_000));
    raw.push(7);
    assert_eq!(heard(&[&raw]).map(|samples| samples.len()), Ok(2_000));
    for short in [&b""[..], b"a"] {
        assert_eq!(heard(&[short]), Ok(Vec::new()));
    }
    assert_eq!(heard(&[b"ab"]).map(|samples| samples.len()), Ok(1));
}

#[test]
fn what_is_no_sound_is_known() {
    let mut noise = vec![0_u8; 8_000];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    let cases: [(Vec<u8>, &str); 9] = [
        (noise, "noise"),
        (b"ID3\x04\0\0\0\0\0\0\0\0\0\0".to_vec(), "MP3"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0".to_vec(), "Ogg"),
        (b"{\"error\": \"no\"}".to_vec(), "text"),
        (b"<!doctype html><html>".to_vec(), "text"),
        (
            wav(7, 1, RATE, 8, &[0; 100]),
            "a WAV file of another coding",
        ),
        (wav(1, 9, RATE, 16, &[0; 100]), "a strange WAV file"),
        (wav(1, 1, 1, 16, &[0; 100]), "a strange WAV file"),
        (
            b"RIFF\0\0\0\0WAVEdata\0\0\0\0".to_vec(),
            "a WAV file without a format",
        ),
    ];
    for (stream, strange) in cases {
        assert_eq!(heard(&[&stream]), Err(strange));
    }
    let endless = [
        b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\x7f".to_vec(),
        vec![0; 70_000],
    ]
    .concat();
    assert_eq!(heard(&[&endless]), Err("a WAV file without samples"));
}

/// Loud and lively, but speech: a voice at full scale.
#[test]
fn a_loud_voice_is_no_noise() {
    let samples: Vec<i16> = (0..2_400)
        .map(|n| {
            let n = n as f32;
            let voice = (n * 0.05).sin() + 0.6 * (n * 0.4).sin() + 0.3 * (n * 0.9).sin();
            (voice * 17_000.0) as i16
        })
        .collect();
    assert!(heard(&[&bytes(&samples)]).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_sound_or_none_and_never_a_panic(
        file in any::<bool>(),
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20),
    ) {
        let (mut sound, mut out) = (Sound::new(RATE), Vec::new());
        if file {
            prop_assert_eq!(sound.push(b"RIFF....WAVE", &mut out), Ok(()));
        }
        for part in &parts {
            if sound.push(part, &mut out).is_err() {
                return Ok(());
            }
        }
        let _ = sound.finish(&mut out);
        prop_assert!(out.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
    }
}
