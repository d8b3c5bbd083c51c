//! Speech at one rate, made into speech at another, piece by piece: simply, for the rare piece that has the wrong one.

/// Draws straight lines between the samples. Good enough for speech that is brought up to a higher rate; what is
/// brought down loses its highest tones to a mean over neighbours first.
#[derive(Clone, Debug)]
pub struct Rerate {
    from: u32,
    to: u32,
    /// Where the next sample out lies behind `last`, in units of 1/to of a sample in.
    at: u64,
    last: f32,
    begun: bool,
}

impl Rerate {
    pub fn new(from: u32, to: u32) -> Self {
        Self {
            from: from.max(1),
            to: to.max(1),
            at: 0,
            last: 0.0,
            begun: false,
        }
    }

    /// Appends what `speech` becomes. Pieces may be cut anywhere.
    pub fn push(&mut self, speech: &[f32], out: &mut Vec<f32>) {
        if self.from == self.to {
            return out.extend_from_slice(speech);
        }
        for &next in speech {
            self.step(next, out);
        }
    }

    fn step(&mut self, next: f32, out: &mut Vec<f32>) {
        let next = if self.from > self.to && self.begun {
            (self.last + next) / 2.0
        } else {
            next
        };
        if !std::mem::replace(&mut self.begun, true) {
            self.last = next;
        }
        let whole = u64::from(self.to);
        while self.at < whole {
            let part = self.at as f32 / whole as f32;
            out.push(self.last + (next - self.last) * part);
            self.at += u64::from(self.from);
        }
        self.at -= whole;
        self.last = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, samples: usize) -> Vec<f32> {
        let step = 440.0 * std::f32::consts::TAU / rate as f32;
        (0..samples)
            .map(|n| 0.5 * (n as f32 * step).sin())
            .collect()
    }

    #[test]
    fn a_second_stays_a_second_and_a_tone_a_tone_however_it_is_cut() {
        for (from, to) in [
            (16_000, 24_000),
            (22_050, 24_000),
            (24_000, 24_000),
            (48_000, 24_000),
        ] {
            let speech = tone(from, from as usize);
            let mut whole = Vec::new();
            Rerate::new(from, to).push(&speech, &mut whole);
            assert!(
                whole.len().abs_diff(to as usize) <= 1,
                "{from} {to}: {}",
                whole.len()
            );
            let (mut cut, mut rerate) = (Vec::new(), Rerate::new(from, to));
            speech
                .chunks(7)
                .for_each(|piece| rerate.push(piece, &mut cut));
            assert_eq!(cut, whole);
            // One sample late, for each waits for its neighbour.
            let late = if from == to {
                0
            } else {
                to as usize / from as usize
            };
            let wanted = tone(to, to as usize);
            let off = wanted
                .iter()
                .zip(&whole[late..])
                .map(|(a, b)| (a - b).abs());
            let worst = off.skip(2).fold(0.0_f32, f32::max);
            assert!(worst < 0.1, "{from} {to}: {worst}");
        }
    }
}
