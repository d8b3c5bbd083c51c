//! An echo is known, and a stranger's voice is not taken for one.

use super::Echo;
use crate::bands::{BANDS, Picture};

/// Something that rises and falls, another for each seed.
fn speech(seed: u32, pictures: usize) -> Vec<Picture> {
    let mut state = seed;
    let mut roll = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let mut levels = [-40.0_f32; BANDS];
    let mut left = 0;
    let all = (0..pictures).map(|_| {
        left -= 1;
        if left < 0 {
            left = 2 + (7.0 * roll()) as i32;
            let syllable = -50.0 + 30.0 * roll();
            levels = std::array::from_fn(|_| syllable - 25.0 * roll());
        }
        levels
    });
    all.collect()
}

/// What is said comes back so many pictures later and so much softer.
fn played(echo: &mut Echo, said: &[Picture], heard: impl Fn(usize) -> Option<Picture>) {
    for (at, picture) in said.iter().enumerate() {
        echo.coming.push_back(*picture);
        echo.heard(&heard(at).unwrap_or(crate::bands::SILENCE));
    }
}

fn softer(picture: &Picture, db: f32) -> Picture {
    picture.map(|level| level - db)
}

#[test]
fn an_echo_is_known_by_its_way_and_forgotten_when_it_ends() {
    let (mut echo, said) = (Echo::new(), speech(7, 200));
    played(&mut echo, &said, |at| {
        Some(softer(said.get(at.checked_sub(9)?)?, 20.0))
    });
    let path = echo.path.expect("an echo is known");
    assert_eq!(path.lag, 9);
    assert!((path.gain_db + 20.0).abs() < 1.0, "{path:?}");
    assert!(echo.expected_dbfs() > -75.0);
    played(&mut echo, &said, |_| None);
    let later = echo.path.expect("the way is still there");
    assert!(later.gain_db < path.gain_db - 20.0, "{later:?}");
}

/// One that happens to begin as ours went is taken for it, until it goes its own way. These move far less than people do,
/// in steps and with all bands at once: of people's sounds one in a hundred is.
#[test]
fn another_voice_is_seldom_an_echo() {
    let taken = (0..100).filter(|seed| {
        let (mut echo, said) = (Echo::new(), speech(7, 200));
        let other = speech(1_000 + seed, 200);
        played(&mut echo, &said, |at| Some(other[at]));
        echo.path.is_some()
    });
    let taken: Vec<u32> = taken.collect();
    assert!(taken.len() <= 10, "seeds {taken:?}");
}
