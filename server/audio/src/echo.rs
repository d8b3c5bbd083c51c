//! Whether what is heard is what we said: the agent's own voice, from the caller's loudspeaker.
//!
//! A sound that rises and falls as ours did, band by band and some time later, is an echo; how much softer it
//! came back then tells how loud the next one will be.

use crate::bands::{BANDS, Bands, Picture, SILENCE, SILENT_DBFS, loudness};
use crate::{FRAME_TICKS, WIRE_RATE};
use models_engine::LISTENING_RATE;
use std::collections::VecDeque;

/// Compared at once: of the last 512 ms what is loud, and at least 128 ms of it. That both of us began to speak
/// makes no echo, so the silence before is left out.
const COMPARED: usize = 32;
const FEWEST: usize = 8;
/// The longest way to the caller's ear and back: 0.8 s.
const LAGS: usize = 50;
const REMEMBERED: usize = LAGS + COMPARED;
/// What we said may be so many pictures ahead of what has been heard; more is a hiccup.
const AHEAD: usize = 8;
/// Decimated so much from the wire's rate.
const FEWER: usize = WIRE_RATE as usize / LISTENING_RATE as usize;
/// Less than this below the loudest picture nothing is compared: it is the noise of the line.
const RANGE_DB: f32 = 35.0;
/// Of two people's sounds of 128 ms one in a thousand pairs is as alike as 0.9 at some lag, and of longer ones
/// fewer; half of all echoes are that alike, and longer ones more (measured on the sounds of `probe`).
const ALIKE: f32 = 0.90;
const LESS_ALIKE: f32 = 0.006;
const LEAST_ALIKE: f32 = 0.78;
/// A sound that moves less than this tells nothing (mean square, in dB²).
const MOVES_DB2: f32 = 20.0;
/// An echo that does not come is forgotten by this much a picture: 12 dB a second.
const FORGOTTEN_DB: f32 = 0.2;
const MISSED_DB: f32 = 10.0;
/// The lag is known to within so many pictures.
const SPREAD: usize = 3;

pub(crate) struct Echo {
    bands: Bands,
    decimated: (f32, usize),
    /// Said, and not yet put beside what is heard.
    coming: VecDeque<Picture>,
    said: VecDeque<Seen>,
    heard: VecDeque<Seen>,
    /// Pictures since something was last said.
    silent_for: usize,
    path: Option<Path>,
}

/// A picture, how loud it is as a whole, and in its loudest band: asked for many times.
#[derive(Clone, Copy, Debug)]
struct Seen {
    picture: Picture,
    loudness: f32,
    peak: f32,
}

impl Seen {
    fn new(picture: Picture) -> Self {
        Self {
            picture,
            loudness: loudness(&picture),
            peak: picture.iter().copied().fold(SILENT_DBFS, f32::max),
        }
    }
}

/// The way from our voice to the caller's microphone.
#[derive(Clone, Copy, Debug)]
struct Path {
    lag: usize,
    gain_db: f32,
}

impl Echo {
    pub(crate) fn new() -> Self {
        Self {
            bands: Bands::new(),
            decimated: (0.0, 0),
            coming: VecDeque::with_capacity(AHEAD + 1),
            said: VecDeque::from(vec![Seen::new(SILENCE); REMEMBERED]),
            heard: VecDeque::from(vec![Seen::new(SILENCE); COMPARED]),
            silent_for: REMEMBERED,
            path: None,
        }
    }

    /// One frame of ours has left.
    pub(crate) fn said(&mut self, frame: &[f32]) {
        for &sample in frame.iter().take(FRAME_TICKS as usize) {
            let (sum, count) = &mut self.decimated;
            *sum += sample;
            *count += 1;
            if *count < FEWER {
                continue;
            }
            let sample = *sum / FEWER as f32;
            self.decimated = (0.0, 0);
            if let Some(picture) = self.bands.push(sample) {
                self.coming.push_back(picture);
                if self.coming.len() > AHEAD {
                    self.heard(&SILENCE);
                }
            }
        }
    }

    /// The next picture of what the caller's microphone hears.
    pub(crate) fn heard(&mut self, picture: &Picture) {
        let said = Seen::new(self.coming.pop_front().unwrap_or(SILENCE));
        let heard = Seen::new(*picture);
        self.silent_for = match said.loudness > SILENT_DBFS + RANGE_DB {
            true => 0,
            false => self.silent_for.saturating_add(1),
        };
        turn(&mut self.said, said);
        turn(&mut self.heard, heard);
        if self.silent_for < REMEMBERED {
            self.forget(heard.loudness);
            self.learn();
        }
    }

    /// How loud our own voice comes back about now, as far as is known; else silence.
    pub(crate) fn expected_dbfs(&self) -> f32 {
        let Some(path) = self.path else {
            return -120.0;
        };
        let near = path.lag.saturating_sub(SPREAD)..=path.lag + SPREAD;
        let loudest = near
            .filter_map(|lag| self.said.get(REMEMBERED - 1 - lag))
            .map(|said| said.loudness)
            .fold(SILENT_DBFS, f32::max);
        match loudest > SILENT_DBFS + RANGE_DB {
            true => loudest + path.gain_db,
            false => -120.0,
        }
    }

    /// An echo that should be there and is not: a canceller has learned it, or a headset was put on.
    fn forget(&mut self, heard_dbfs: f32) {
        let expected = self.expected_dbfs();
        if let Some(path) = self.path.as_mut()
            && heard_dbfs < expected - MISSED_DB
        {
            path.gain_db -= FORGOTTEN_DB;
        }
    }

    fn learn(&mut self) {
        let loud = loud(self.heard.iter());
        let count = loud.iter().filter(|loud| **loud).count();
        let heard = Moves::of(counted(self.heard.iter(), &loud));
        if count < FEWEST || !Moves::tells(heard.power, count) {
            return;
        }
        let (mut best, mut lag) = (0.0, 0);
        for other in 0..LAGS {
            let likeness = heard.likeness(counted(self.past(other), &loud));
            if likeness > best {
                (best, lag) = (likeness, other);
            }
        }
        let alike = ALIKE - LESS_ALIKE * (count - FEWEST) as f32;
        if best >= alike.max(LEAST_ALIKE) {
            let gain_db = loudest(self.heard.iter()) - loudest(self.past(lag));
            self.path = Some(Path { lag, gain_db });
        }
    }

    /// What was said so many pictures ago, as long as is compared.
    fn past(&self, lag: usize) -> impl Iterator<Item = &Seen> + Clone {
        self.said.range(LAGS - lag..LAGS - lag + COMPARED)
    }
}

fn turn(all: &mut VecDeque<Seen>, last: Seen) {
    all.pop_front();
    all.push_back(last);
}

/// Which of them are no silence.
fn loud<'a>(pictures: impl Iterator<Item = &'a Seen> + Clone) -> [bool; COMPARED] {
    let least = loudest(pictures.clone()) - RANGE_DB;
    let mut loud = [false; COMPARED];
    for (place, picture) in loud.iter_mut().zip(pictures) {
        *place = picture.loudness > least.max(SILENT_DBFS + RANGE_DB / 2.0);
    }
    loud
}

fn loudest<'a>(pictures: impl Iterator<Item = &'a Seen>) -> f32 {
    let levels = pictures.map(|picture| picture.loudness);
    levels.fold(SILENT_DBFS, f32::max)
}

/// Of these pictures those that count.
fn counted<'a>(
    pictures: impl Iterator<Item = &'a Seen> + Clone,
    counts: &[bool; COMPARED],
) -> impl Iterator<Item = &'a Seen> + Clone {
    let pairs = pictures.zip(counts);
    pairs.filter_map(|(picture, counts)| counts.then_some(picture))
}

/// The level below which no band of these pictures is looked at.
fn floor<'a>(pictures: impl Iterator<Item = &'a Seen>) -> f32 {
    let peaks = pictures.map(|picture| picture.peak);
    peaks.fold(SILENT_DBFS, f32::max) - RANGE_DB
}

/// How each band moves around its own mean.
struct Moves {
    bands: [Picture; COMPARED],
    power: f32,
    count: usize,
}

impl Moves {
    fn of<'a>(pictures: impl Iterator<Item = &'a Seen> + Clone) -> Self {
        let floor = floor(pictures.clone());
        let mut bands = [[0.0; BANDS]; COMPARED];
        let mut means = [0.0; BANDS];
        let mut count = 0;
        for (place, seen) in bands.iter_mut().zip(pictures) {
            *place = seen.picture.map(|level| level.max(floor));
            for (mean, level) in means.iter_mut().zip(place) {
                *mean += *level;
            }
            count += 1;
        }
        let mut power = 0.0;
        for picture in &mut bands[..count] {
            for (level, mean) in picture.iter_mut().zip(&means) {
                *level -= mean / count as f32;
                power += *level * *level;
            }
        }
        Self {
            bands,
            power,
            count,
        }
    }

    /// So much movement that it tells something.
    fn tells(power: f32, count: usize) -> bool {
        power >= MOVES_DB2 * (count * BANDS) as f32
    }

    /// 1 where these pictures, as many, move as ours do. Ours move around 0, so that the others' means drop out.
    fn likeness<'a>(&self, pictures: impl Iterator<Item = &'a Seen> + Clone) -> f32 {
        let floor = floor(pictures.clone());
        let (mut sums, mut squares, mut products) = ([0.0; BANDS], [0.0; BANDS], [0.0; BANDS]);
        for (ours, seen) in self.bands.iter().zip(pictures) {
            for band in 0..BANDS {
                let level = seen.picture[band].max(floor) - floor;
                sums[band] += level;
                squares[band] += level * level;
                products[band] += ours[band] * level;
            }
        }
        let means: f32 = sums.iter().map(|sum| sum * sum).sum();
        let power = squares.iter().sum::<f32>() - means / self.count as f32;
        match Self::tells(power, self.count) {
            true => products.iter().sum::<f32>() / (self.power * power).sqrt(),
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests;
