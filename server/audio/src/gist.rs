//! The present sound of the caller as a small picture: how its bands and its pitch went since it began.

use crate::bands::{BANDS, Picture, SILENT_DBFS, loudness};

/// Of two pictures each: 32 ms.
pub(crate) const STEPS: usize = 20;
/// The bands, and the pitch.
pub(crate) const CHANNELS: usize = BANDS + 1;
/// So far below the loudest so far a band is empty.
const RANGE_DB: f32 = 40.0;
/// A sound begins so far above the noise of the line, and at no less than this.
const OVER_FLOOR_DB: f32 = 12.0;
const LEAST_DBFS: f32 = -62.0;
/// The noise of the line follows what is louder by 3 dB a second.
const FLOOR_RISES_DB: f32 = 0.05;
/// So many pictures of quiet end a sound (208 ms): the stops within words are shorter.
const QUIET: usize = 13;
/// Quiet is what is so far below the loudest.
const FADED_DB: f32 = 30.0;

pub(crate) struct Gist {
    /// Levels in dB, and the pitch.
    pictures: [([f32; BANDS], f32); 2 * STEPS],
    filled: usize,
    loudest_db: f32,
    quiet: usize,
    floor_db: f32,
}

impl Gist {
    pub(crate) fn new() -> Self {
        Self {
            pictures: [([SILENT_DBFS; BANDS], 0.0); 2 * STEPS],
            filled: 0,
            loudest_db: SILENT_DBFS,
            quiet: 0,
            floor_db: 0.0,
        }
    }

    /// The next 16 ms of the sound, and how strongly they repeat themselves.
    pub(crate) fn hear(&mut self, picture: &Picture, voicing: f32) {
        let level = loudness(picture);
        let loud = level >= LEAST_DBFS.max(self.floor_db + OVER_FLOOR_DB);
        self.floor_db = level.min(self.floor_db + FLOOR_RISES_DB);
        if self.filled == 0 && !loud {
            return;
        }
        self.loudest_db = match self.filled {
            0 => level,
            _ => self.loudest_db.max(level),
        };
        if let Some(place) = self.pictures.get_mut(self.filled) {
            *place = (*picture, voicing);
            self.filled += 1;
        }
        self.quiet = match loud && level > self.loudest_db - FADED_DB {
            true => 0,
            false => self.quiet + 1,
        };
        if self.quiet >= QUIET {
            self.filled = 0;
            self.quiet = 0;
        }
    }

    /// How many whole steps the present sound has.
    pub(crate) fn steps(&self) -> usize {
        self.filled / 2
    }

    /// The steps so far, each number between 0 and 1; what is still to come is 0.
    pub(crate) fn draw(&self) -> [[f32; CHANNELS]; STEPS] {
        let mut drawn = [[0.0; CHANNELS]; STEPS];
        for (step, pair) in drawn
            .iter_mut()
            .zip(self.pictures[..2 * self.steps()].chunks(2))
        {
            for (picture, voicing) in pair {
                for (place, level) in step.iter_mut().zip(picture) {
                    let share = (level - self.loudest_db + RANGE_DB) / RANGE_DB;
                    *place += 0.5 * share.clamp(0.0, 1.2);
                }
                step[BANDS] += 0.5 * voicing;
            }
        }
        drawn
    }
}
