//! Whether the caller's sound is the beginning of something said: "wait, I", and not "mm-hm" or a cough.
//!
//! A small net over the sound's picture, with fitted weights: `cargo run -p server-daemon --example intent`.

use crate::gist::Gist;
use crate::intent_weights::{HIDDEN, INPUT, LAST, OUT, SCALE};

/// Before so many steps nothing can be told.
const FEWEST: usize = 4;
/// No opinion.
const NONE: f32 = 0.5;

/// 0 to 1; a half where nothing is known yet.
pub(crate) fn intent(gist: &Gist) -> f32 {
    let steps = gist.steps();
    if steps < FEWEST {
        return NONE;
    }
    let drawn = gist.draw();
    let mut sum = f32::from(LAST) / SCALE;
    for ((weights, late), out) in INPUT.iter().zip(&HIDDEN).zip(&OUT) {
        let inputs = weights.iter().zip(drawn.as_flattened());
        let inner: f32 = inputs.map(|(weight, x)| f32::from(*weight) * x).sum();
        let inner = (inner + f32::from(late[steps])) / SCALE;
        sum += f32::from(*out) / SCALE * inner.tanh();
    }
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::{HIDDEN, INPUT, intent};
    use crate::gist::{CHANNELS, Gist, STEPS};

    #[test]
    fn the_weights_fit_the_picture() {
        assert_eq!(INPUT[0].len(), STEPS * CHANNELS);
        assert_eq!(HIDDEN[0].len(), STEPS + 1);
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        assert!((intent(&Gist::new()) - 0.5).abs() < 1e-6);
    }
}
