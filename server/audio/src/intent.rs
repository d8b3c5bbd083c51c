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
    use crate::bands::{Picture, SILENCE};
    use crate::gist::{CHANNELS, Gist, STEPS};

    #[test]
    fn the_weights_fit_the_picture() {
        assert_eq!(INPUT[0].len(), STEPS * CHANNELS);
        assert_eq!(HIDDEN[0].len(), STEPS + 1);
    }

    /// A hum stays as it is; in speech the bands rise and fall.
    fn told(moves: bool) -> f32 {
        let mut gist = Gist::new();
        for _ in 0..8 {
            gist.hear(&SILENCE, 0.0);
        }
        for at in 0..28_i32 {
            let picture: Picture = std::array::from_fn(|band| {
                let band = band as i32;
                let centre = if moves { (at / 5) * 5 % 12 } else { 1 };
                -25.0 - 4.0 * (band - centre).abs() as f32
            });
            let voicing = if moves && at % 9 < 3 { 0.2 } else { 0.95 };
            gist.hear(&picture, voicing);
        }
        intent(&gist)
    }

    #[test]
    fn a_hum_is_no_wish_and_what_moves_is() {
        assert!(told(false) < 0.3, "{}", told(false));
        assert!(told(true) > 0.7, "{}", told(true));
        assert!((intent(&Gist::new()) - 0.5).abs() < 1e-6);
    }
}
