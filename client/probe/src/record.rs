//! The call as a stereo WAV: the caller on the left, the agent on the right, each where it fell in time.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::level::RATE;
use crate::trouble::Trouble;

/// Ten minutes of two channels.
const LIMIT: usize = RATE as usize * 600;

pub(crate) struct Recorder {
    path: PathBuf,
    writer: hound::WavWriter<BufWriter<File>>,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Recorder {
    pub(crate) fn create(path: &Path) -> Result<Self, Trouble> {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let writer = hound::WavWriter::create(path, spec).map_err(|err| Trouble::Record {
            path: path.to_owned(),
            reason: err.to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            left: Vec::new(),
            right: Vec::new(),
        })
    }

    pub(crate) fn sent(&mut self, at_ms: f64, samples: &[f32]) {
        place(&mut self.left, at_ms, samples);
    }

    pub(crate) fn received(&mut self, at_ms: f64, samples: &[f32]) {
        place(&mut self.right, at_ms, samples);
    }

    pub(crate) fn finish(mut self) {
        let length = self.left.len().max(self.right.len());
        let at = |side: &[f32], n: usize| side.get(n).copied().unwrap_or(0.0);
        let written = (0..length).try_for_each(|n| {
            self.writer.write_sample(pcm(at(&self.left, n)))?;
            self.writer.write_sample(pcm(at(&self.right, n)))
        });
        if let Err(err) = written.and_then(|()| self.writer.finalize()) {
            tracing::error!(path = %self.path.display(), %err, "the recording could not be written");
        }
    }
}

/// Puts samples where their moment is; behind what is already there, if packets came in a bunch.
fn place(side: &mut Vec<f32>, at_ms: f64, samples: &[f32]) {
    /// Less than this between two frames is jitter, not a pause.
    const PAUSE: usize = RATE as usize / 10;
    let moment = (at_ms * f64::from(RATE) / 1000.0) as usize;
    if moment > side.len() + PAUSE && moment < LIMIT {
        side.resize(moment, 0.0);
    }
    let room = LIMIT.saturating_sub(side.len());
    side.extend_from_slice(&samples[..samples.len().min(room)]);
}

fn pcm(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_kept_jitter_is_not_and_nothing_grows_for_ever() {
        let mut side = Vec::new();
        place(&mut side, 1_000.0, &[1.0; 960]);
        place(&mut side, 1_030.0, &[1.0; 960]);
        assert_eq!(side.len(), 48_000 + 1_920);
        place(&mut side, 2_000.0, &[1.0; 960]);
        assert_eq!(side.len(), 96_960);
        place(&mut side, 1e12, &[1.0; 960]);
        assert_eq!(side.len(), 97_920);
    }
}
