//! A whole recording, from one rate to another: for files, not for calls.

use crate::AudioError;
use rubato::Resampler;
use rubato::audioadapter_buffers::direct::InterleavedSlice;

/// One channel at rate `from`, as it sounds at rate `to`; as long as before, to within a sample.
pub fn resample(speech: &[f32], from: u32, to: u32) -> Result<Vec<f32>, AudioError> {
    let wrong = |error: String| AudioError(format!("{from} Hz cannot be made {to} Hz: {error}"));
    if from == to || speech.is_empty() {
        return Ok(speech.to_vec());
    }
    // Even, as the filter delays by half of it.
    let step = (from as usize / 50).max(1) * 2;
    let mut filter =
        models_spectrum::filter(from, to, step).map_err(|error| wrong(error.to_string()))?;
    let wanted = (speech.len() as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize;
    let (taken, given) = (filter.input_frames_next(), filter.output_frames_next());
    let (mut block, mut out) = (vec![0.0; taken], vec![0.0; given]);
    let mut made = Vec::with_capacity(wanted + filter.output_delay() + given);
    let mut rest = speech;
    while made.len() < wanted + filter.output_delay() {
        let (now, later) = rest.split_at(rest.len().min(taken));
        block.fill(0.0);
        block[..now.len()].copy_from_slice(now);
        rest = later;
        let input = InterleavedSlice::new(&block, 1, taken).map_err(|e| wrong(e.to_string()))?;
        let mut output =
            InterleavedSlice::new_mut(&mut out, 1, given).map_err(|e| wrong(e.to_string()))?;
        filter
            .process_into_buffer(&input, &mut output, None)
            .map_err(|error| wrong(error.to_string()))?;
        made.extend_from_slice(&out);
    }
    Ok(made
        .split_off(filter.output_delay())
        .into_iter()
        .take(wanted)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::resample;

    #[test]
    fn a_tone_keeps_its_length_and_level() {
        for (from, to) in [
            (48_000, 16_000),
            (22_050, 16_000),
            (8_000, 16_000),
            (44_100, 16_000),
        ] {
            let tone = |rate: u32| -> Vec<f32> {
                let step = 440.0 * std::f32::consts::TAU / rate as f32;
                (0..rate).map(|n| (n as f32 * step).sin() * 0.5).collect()
            };
            let made = resample(&tone(from), from, to).expect("both are rates of speech");
            let wanted = tone(to);
            assert_eq!(made.len(), wanted.len());
            let inner = 1_000..made.len() - 1_000;
            let off = inner
                .map(|n| (made[n] - wanted[n]).abs())
                .fold(0.0, f32::max);
            assert!(off < 0.02, "{from} Hz is off by {off}");
        }
    }
}
