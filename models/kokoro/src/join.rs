//! Pieces of speech, cut and faded so that they can follow one another.

use crate::clause::End;

/// Softer than this is silence: -50 dB of full scale.
const SILENCE: f32 = 0.003;
const RATE: usize = 24_000;
const FADE: usize = RATE * 12 / 1000;
/// What is left before the first sound: a consonant begins softly.
const HEAD: usize = RATE * 30 / 1000;

/// A piece of speech as it is emitted.
#[derive(Debug, Default)]
pub(crate) struct Trimmed {
    pub(crate) samples: Vec<f32>,
    /// So many were taken off before it.
    pub(crate) before: usize,
    /// Where its last sound ends.
    pub(crate) sounds_until: usize,
}

/// Takes off the silence that the network puts around a piece, but for the pause that its end asks for.
pub(crate) fn trimmed(samples: &[f32], end: End) -> Trimmed {
    let loud = |sample: &f32| sample.abs() > SILENCE;
    let (Some(first), Some(last)) = (
        samples.iter().position(loud),
        samples.iter().rposition(loud),
    ) else {
        return Trimmed::default();
    };
    let tail = RATE * pause_ms(end) / 1000;
    let until = samples.len().min(last + 1 + tail);
    let before = first.saturating_sub(HEAD);
    let mut piece = samples[before..until].to_vec();
    fade(&mut piece);
    Trimmed {
        samples: piece,
        before,
        sounds_until: last + 1 - before,
    }
}

/// The most silence after a piece.
fn pause_ms(end: End) -> usize {
    match end {
        End::Word => 20,
        End::Clause => 140,
        End::Sentence => 260,
    }
}

fn fade(piece: &mut [f32]) {
    let length = FADE.min(piece.len() / 2);
    let gain = |n: usize| (n + 1) as f32 / (length + 1) as f32;
    let (head, rest) = piece.split_at_mut(length);
    head.iter_mut()
        .enumerate()
        .for_each(|(n, sample)| *sample *= gain(n));
    rest.iter_mut()
        .rev()
        .take(length)
        .enumerate()
        .for_each(|(n, sample)| *sample *= gain(n));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_around_a_piece_goes_and_its_ends_are_soft() {
        let mut samples = vec![0.0; 3 * RATE];
        samples[RATE..2 * RATE].fill(0.5);
        let trimmed = |samples: &[f32], end| trimmed(samples, end).samples;
        let word = trimmed(&samples, End::Word);
        assert_eq!(word.len(), HEAD + RATE + RATE * 20 / 1000);
        let sentence = trimmed(&samples, End::Sentence);
        assert!(sentence.len() > word.len());
        assert_eq!(word[HEAD + RATE / 2], 0.5);

        let loud = trimmed(&vec![0.5; RATE], End::Word);
        assert!(
            loud[0] < 0.01 && loud[RATE - 1] < 0.01,
            "no click at a join"
        );
        assert_eq!(loud.len(), RATE);
        assert!(trimmed(&[0.0; 100], End::Word).is_empty());
        assert!(trimmed(&[], End::Word).is_empty());
    }
}
