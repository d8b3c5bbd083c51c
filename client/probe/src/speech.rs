//! What a scripted caller says: a WAV file, or a sound made here, at 48 kHz mono.

use std::path::Path;
use std::sync::Arc;

use crate::level::{FRAME, RATE, dbfs};
use crate::trouble::Trouble;

/// Longest file that is read: ten minutes, so that a wrong path costs no machine its memory.
const LIMIT_S: u32 = 600;
/// Zero crossings on each side of the interpolating filter.
const WING: i64 = 32;

/// Mono sound at [`RATE`]; cheap to clone.
#[derive(Clone, Debug)]
pub struct Speech {
    samples: Arc<[f32]>,
}

impl Speech {
    /// Any WAV of 8 to 48 kHz, mono or stereo (mixed down), integer or float.
    pub fn from_wav(path: &Path) -> Result<Self, Trouble> {
        let trouble = |reason: String| Trouble::Wav {
            path: path.to_owned(),
            reason,
        };
        let mut reader = hound::WavReader::open(path).map_err(|err| trouble(err.to_string()))?;
        let spec = reader.spec();
        if !(8_000..=RATE).contains(&spec.sample_rate) || !(1..=2).contains(&spec.channels) {
            return Err(trouble(format!(
                "{} Hz in {} channels is not 8 to 48 kHz in one or two",
                spec.sample_rate, spec.channels
            )));
        }
        if reader.duration() > LIMIT_S * spec.sample_rate {
            return Err(trouble(format!("it is longer than {LIMIT_S} s")));
        }
        let samples = read(&mut reader).map_err(|err| trouble(err.to_string()))?;
        let mono = mix_down(&samples, usize::from(spec.channels));
        Ok(Self::from_samples(resample(&mono, spec.sample_rate)))
    }

    /// As a mono WAV of 16 bits.
    pub fn to_wav(&self, path: &Path) -> Result<(), Trouble> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let write = || -> Result<(), hound::Error> {
            let mut writer = hound::WavWriter::create(path, spec)?;
            for sample in self.samples.iter() {
                writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
            }
            writer.finalize()
        };
        write().map_err(|err| Trouble::Record {
            path: path.to_owned(),
            reason: err.to_string(),
        })
    }

    /// Mono samples at [`RATE`], in −1..1.
    pub fn from_samples(samples: Vec<f32>) -> Self {
        Self {
            samples: samples.into(),
        }
    }

    /// A steady tone, for tests that need voice and no words.
    pub fn tone(hertz: f32, length_ms: u64) -> Self {
        let step = std::f32::consts::TAU * hertz / RATE as f32;
        Self::from_samples(
            (0..samples_in(length_ms))
                .map(|n| 0.3 * (step * n as f32).sin())
                .collect(),
        )
    }

    pub fn silence(length_ms: u64) -> Self {
        Self::from_samples(vec![0.0; samples_in(length_ms)])
    }

    /// This, then that.
    pub fn then(&self, next: &Self) -> Self {
        Self::from_samples([&self.samples[..], &next.samples[..]].concat())
    }

    /// Without the frames at either end that are no louder than this.
    pub fn trimmed(&self, floor_dbfs: f32) -> Self {
        let loud = |frame: &[f32]| dbfs(frame) > floor_dbfs;
        let frames: Vec<&[f32]> = self.samples.chunks(FRAME).collect();
        let first = frames.iter().position(|frame| loud(frame));
        let last = frames.iter().rposition(|frame| loud(frame));
        let kept = first.zip(last).map(|(first, last)| &frames[first..=last]);
        Self::from_samples(kept.unwrap_or_default().concat())
    }

    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    pub fn length_ms(&self) -> u64 {
        self.samples.len() as u64 * 1000 / u64::from(RATE)
    }

    /// The samples of frame `index`, the last one filled up with silence; `None` past the end.
    pub(crate) fn frame(&self, index: usize) -> Option<[f32; FRAME]> {
        let rest = self.samples.get(index * FRAME..)?;
        if rest.is_empty() {
            return None;
        }
        let mut frame = [0.0; FRAME];
        let length = rest.len().min(FRAME);
        frame[..length].copy_from_slice(&rest[..length]);
        Some(frame)
    }
}

fn samples_in(length_ms: u64) -> usize {
    (u64::from(RATE) * length_ms / 1000) as usize
}

fn read<R: std::io::Read>(reader: &mut hound::WavReader<R>) -> Result<Vec<f32>, hound::Error> {
    let spec = reader.spec();
    match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect(),
        hound::SampleFormat::Int => {
            let full = (1_i64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|sample| sample.map(|value| value as f32 / full))
                .collect()
        }
    }
}

fn mix_down(samples: &[f32], channels: usize) -> Vec<f32> {
    samples
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect()
}

/// Up to 48 kHz by a windowed sinc. Files only, never live: speed does not matter here.
fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    if rate == RATE {
        return samples.to_vec();
    }
    let ratio = f64::from(rate) / f64::from(RATE);
    let length = (samples.len() as f64 / ratio) as usize;
    (0..length)
        .map(|n| interpolate(samples, n as f64 * ratio))
        .collect()
}

fn interpolate(samples: &[f32], position: f64) -> f32 {
    let centre = position.floor() as i64;
    let taps = centre - WING + 1..=centre + WING;
    let sum: f64 = taps
        .filter_map(|index| {
            let sample = samples.get(usize::try_from(index).ok()?)?;
            Some(f64::from(*sample) * kernel(position - index as f64))
        })
        .sum();
    sum as f32
}

/// A sinc under a Hann window of [`WING`] crossings.
fn kernel(distance: f64) -> f64 {
    if distance.abs() < 1e-9 {
        return 1.0;
    }
    let angle = std::f64::consts::PI * distance;
    let window = 0.5 + 0.5 * (angle / WING as f64).cos();
    window * angle.sin() / angle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate: u32, hertz: f32, seconds: f32) -> Vec<f32> {
        let step = std::f32::consts::TAU * hertz / rate as f32;
        (0..(rate as f32 * seconds) as usize)
            .map(|n| 0.5 * (step * n as f32).sin())
            .collect()
    }

    #[test]
    fn resampling_keeps_pitch_level_and_length() {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100] {
            let got = resample(&sine(rate, 440.0, 1.0), rate);
            let wanted = sine(RATE, 440.0, 1.0);
            assert!(got.len().abs_diff(wanted.len()) <= 6, "{rate}");
            let error: Vec<f32> = (4_000..44_000).map(|n| got[n] - wanted[n]).collect();
            assert!(dbfs(&error) < -60.0, "{rate}: {}", dbfs(&error));
        }
    }

    #[test]
    fn frames_cover_the_speech_and_end() {
        let speech = Speech::tone(440.0, 50);
        assert!(
            speech
                .frame(2)
                .is_some_and(|frame| frame[480..].iter().all(|s| *s == 0.0))
        );
        assert!(speech.frame(3).is_none());
        assert!(Speech::silence(0).frame(0).is_none());
        assert!(Speech::silence(40).frame(2).is_none());
    }

    #[test]
    fn soft_ends_are_cut_off_and_soft_middles_are_not() {
        let (soft, pause) = (Speech::silence(100), Speech::silence(60));
        let tone = Speech::tone(440.0, 200);
        let speech = soft.then(&tone).then(&pause).then(&tone).then(&soft);
        assert_eq!(speech.trimmed(-35.0).length_ms(), 460);
        assert_eq!(soft.trimmed(-35.0).length_ms(), 0);
    }

    #[test]
    fn a_stereo_file_is_mixed_and_a_missing_one_is_named() {
        let path = std::env::temp_dir().join(format!("probe-speech-{}.wav", std::process::id()));
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer =
            hound::WavWriter::create(&path, spec).expect("the temp folder is writable");
        for _ in 0..16_000 {
            writer.write_sample(16_384_i16).expect("left");
            writer.write_sample(0_i16).expect("right");
        }
        writer.finalize().expect("the file is complete");
        let speech = Speech::from_wav(&path).expect("the file is a WAV");
        std::fs::remove_file(&path).expect("the file is ours");
        assert_eq!(speech.length_ms(), 1_000);
        assert!((speech.samples()[24_000] - 0.25).abs() < 0.01);

        let missing = Speech::from_wav(&path)
            .expect_err("the file is gone")
            .to_string();
        assert!(missing.contains(&path.display().to_string()), "{missing}");
    }
}
