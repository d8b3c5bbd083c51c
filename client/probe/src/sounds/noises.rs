//! Sounds that are no wish to speak: coughs of several makes, clicks, doors, keys, throats, sneezes, laughter.

use super::source::{Dice, add, band, burst, level, low, mouth, samples, swing};

const VOWEL: [(f32, f32); 4] = [
    (650.0, 120.0),
    (1_100.0, 140.0),
    (2_450.0, 220.0),
    (3_500.0, 300.0),
];

/// Makes a sound of so many ms.
type Make = fn(&mut Dice, f32) -> Vec<f32>;

/// The makes of a cough; each is called with the die and the length in ms.
pub(super) const COUGHS: [(&str, Make); 8] = [
    ("puff", puff),
    ("banded", banded),
    ("double", double),
    ("throaty", throaty),
    ("tailed", tailed),
    ("grunting", grunting),
    ("barking", barking),
    ("muffled", muffled),
];

/// Dull noise that rises fast and dies away.
fn puff(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let cutoff = dice.between(900.0, 3_500.0);
    let mut sound = low(&dice.noise(samples(ms)), cutoff);
    burst(&mut sound, dice.between(0.03, 0.15), dice.between(2.0, 5.0));
    sound
}

/// Noise of one wide band.
fn banded(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let (hz, q) = (dice.between(500.0, 2_500.0), dice.between(0.5, 1.5));
    let mut sound = band(&dice.noise(samples(ms)), hz, q);
    burst(&mut sound, dice.between(0.02, 0.2), dice.between(1.0, 4.0));
    sound
}

/// Two bursts, the second with a short voiced end.
fn double(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let first_ms = ms * dice.between(0.3, 0.45);
    let gap_ms = ms * dice.between(0.08, 0.15);
    let mut sound = mouth(&dice.noise(samples(first_ms)), &VOWEL);
    burst(&mut sound, 0.05, dice.between(2.0, 4.0));
    let second = tailed(dice, ms - first_ms - gap_ms);
    let gain = dice.between(0.5, 0.9);
    add(&mut sound, samples(first_ms + gap_ms), &second, gain);
    sound
}

/// Breath through an open mouth, with a flutter of the folds in it.
fn throaty(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let length = samples(ms);
    let flutter = dice.between(110.0, 220.0);
    let mut folds = dice.glottis(length, flutter * 1.2, flutter * 0.8, 0.25);
    let breath = dice.noise(length);
    for (sample, noise) in folds.iter_mut().zip(&breath) {
        *sample = 0.35 * *sample + noise;
    }
    let mut sound = mouth(&folds, &VOWEL);
    burst(&mut sound, dice.between(0.03, 0.1), dice.between(1.5, 3.5));
    sound
}

/// An explosion, a hiss, and a voiced tail of 100 to 250 Hz over the last third.
fn tailed(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let tail_ms = ms * dice.between(0.25, 0.4);
    let mut sound = mouth(&dice.noise(samples(ms - tail_ms * 0.5)), &VOWEL);
    burst(&mut sound, 0.04, dice.between(2.0, 3.5));
    let hz = dice.between(100.0, 250.0);
    let last_hz = hz * dice.between(0.7, 0.95);
    let folds = dice.glottis(samples(tail_ms), hz, last_hz, 0.06);
    let mut tail = mouth(&folds, &VOWEL);
    level(&mut sound, -20.0);
    level(&mut tail, -20.0 - dice.between(6.0, 14.0));
    burst(&mut tail, 0.2, 1.5);
    add(&mut sound, samples(ms - tail_ms), &tail, 1.0);
    sound
}

/// A grunt with much breath: rough voice all through, as of an old smoker.
fn grunting(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let length = samples(ms);
    let hz = dice.between(90.0, 180.0);
    let mut folds = dice.glottis(length, hz * 1.3, hz * 0.7, 0.15);
    let breath = dice.noise(length);
    let share = dice.between(0.5, 1.0);
    for (sample, noise) in folds.iter_mut().zip(&breath) {
        *sample += share * noise;
    }
    let mut sound = mouth(&folds, &VOWEL);
    burst(&mut sound, 0.05, dice.between(2.0, 4.0));
    sound
}

/// A blast, a bark in the middle that is all voice, and a hiss: as Silero takes for speech.
fn barking(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let (blast_ms, bark_ms) = (ms * 0.25, ms * dice.between(0.3, 0.45));
    let mut sound = mouth(&dice.noise(samples(ms)), &VOWEL);
    burst(&mut sound, 0.04, dice.between(2.5, 4.0));
    level(&mut sound, -22.0);
    let hz = dice.between(120.0, 250.0);
    let folds = dice.glottis(samples(bark_ms), hz, hz * 0.85, 0.04);
    let mut bark = mouth(&folds, &VOWEL);
    burst(&mut bark, 0.15, 1.0);
    level(&mut bark, -22.0);
    add(&mut sound, samples(blast_ms), &bark, 1.0);
    sound
}

/// Into the hand: dull noise, nearly all of it below 1 kHz.
fn muffled(dice: &mut Dice, ms: f32) -> Vec<f32> {
    let once = low(&dice.noise(samples(ms)), 700.0);
    let mut sound = low(&once, 900.0);
    burst(&mut sound, dice.between(0.05, 0.12), 3.0);
    sound
}

pub(super) fn click(dice: &mut Dice) -> Vec<f32> {
    let ms = dice.between(4.0, 30.0);
    let hz = dice.between(800.0, 5_000.0);
    let mut sound = band(&dice.noise(samples(ms)), hz, 1.5);
    burst(&mut sound, 0.02, 6.0);
    sound
}

/// Four to seven keys, each a down and an up.
pub(super) fn keys(dice: &mut Dice) -> Vec<f32> {
    let (mut sound, mut at) = (Vec::new(), 0.0);
    for _ in 0..dice.between(4.0, 7.9) as usize {
        for gain in [1.0, 0.5] {
            let key = click(dice);
            add(&mut sound, samples(at), &key, gain);
            at += dice.between(40.0, 70.0);
        }
        at += dice.between(40.0, 90.0);
    }
    sound
}

/// A thump that rings in the wall, and a latch.
pub(super) fn door(dice: &mut Dice) -> Vec<f32> {
    let length = samples(dice.between(200.0, 450.0));
    let noise = dice.noise(length);
    let thump = dice.between(50.0, 110.0);
    let mut sound = mouth(
        &noise,
        &[(thump, 30.0), (thump * 2.7, 60.0), (thump * 6.1, 200.0)],
    );
    burst(&mut sound, 0.01, dice.between(4.0, 7.0));
    level(&mut sound, -20.0);
    let latch = click(dice);
    add(&mut sound, samples(dice.between(10.0, 60.0)), &latch, 0.5);
    sound
}

/// Rough noise that rattles 20 to 35 times a second.
pub(super) fn throat(dice: &mut Dice) -> Vec<f32> {
    let ms = dice.between(250.0, 500.0);
    let mut sound = throaty(dice, ms);
    swing(&mut sound, dice.between(20.0, 35.0));
    sound
}

/// A drawn breath, and the blast.
pub(super) fn sneeze(dice: &mut Dice) -> Vec<f32> {
    let breath_ms = dice.between(80.0, 150.0);
    let mut sound = band(&dice.noise(samples(breath_ms)), 1_800.0, 0.8);
    burst(&mut sound, 0.8, 0.1);
    level(&mut sound, -40.0);
    let blast_ms = dice.between(180.0, 300.0);
    let mut blast = band(&dice.noise(samples(blast_ms)), 3_200.0, 0.6);
    burst(&mut blast, 0.05, 3.0);
    level(&mut blast, -20.0);
    add(&mut sound, samples(breath_ms), &blast, 1.0);
    sound
}
