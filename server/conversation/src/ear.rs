//! The last windows of the caller's sound: where a voice begins, and how far has been listened.

use crate::patience as p;
use crate::patience::{GAP, ONSET_VOICED, ONSET_WINDOWS, WINDOW};
use crate::{Ears, Millis};

/// What was measured of one window of sound, which ends at `end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) probability: f32,
    pub(crate) voicing: f32,
    pub(crate) intent: f32,
    pub(crate) level_dbfs: f32,
    pub(crate) echo_dbfs: f32,
    pub(crate) end: Millis,
}

/// One judged window of sound. `start` and `end` in media time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    pub(crate) start: Millis,
    pub(crate) end: Millis,
    pub(crate) probability: f32,
    pub(crate) voiced: bool,
    pub(crate) voicing: f32,
    pub(crate) intent: f32,
    pub(crate) level_dbfs: f32,
    /// Well above the noise of the line.
    pub(crate) loud: bool,
    /// It may be the beginning of a word: a voice, or a sound that is no click.
    pub(crate) begins: bool,
}

#[derive(Debug)]
pub(crate) struct Ear {
    recent: [Window; ONSET_WINDOWS],
    /// When sound last came, by the clock.
    pub(crate) at: Millis,
    /// Sound before this belongs to an utterance already, or was thrown away.
    claimed: Millis,
    /// So far the levels of single instants are known, in media time: often further than whole windows.
    followed: Millis,
    /// The noise of the line.
    floor_dbfs: f32,
    /// The present sound was found to be noise; until it is over it contests nothing.
    refused: bool,
    /// The present sound did not take the floor, and may be a voice all the same.
    known: bool,
    /// Sounds that came to nothing ask for a louder one next time: by so much.
    wary_db: f32,
}

impl Default for Ear {
    fn default() -> Self {
        Self {
            recent: [Window::default(); ONSET_WINDOWS],
            at: Millis(0),
            claimed: Millis(0),
            followed: Millis(0),
            floor_dbfs: p::LOUD_DBFS,
            refused: false,
            known: false,
            wary_db: 0.0,
        }
    }
}

impl Ear {
    /// Takes the next window; none when it is not news.
    pub(crate) fn hear(&mut self, now: Millis, heard: Heard, ears: &Ears) -> Option<Window> {
        let Heard {
            probability, end, ..
        } = heard;
        let before = self.end();
        if end <= before {
            return None;
        }
        let start = if end - before > GAP {
            end - WINDOW
        } else {
            before
        };
        // What is no louder than our own voice coming back is our own voice coming back.
        let echo = heard.level_dbfs < heard.echo_dbfs + p::ECHO_MARGIN_DB;
        let voiced = probability >= ears.threshold && !echo;
        let within = |value: f32, least: f32, most: f32| match value.is_finite() {
            true => value.clamp(least, most),
            false => least,
        };
        let probability = within(probability, 0.0, 1.0);
        let mut window = Window {
            start,
            end,
            probability: if echo { 0.0 } else { probability },
            voiced,
            voicing: if echo {
                0.0
            } else {
                within(heard.voicing, 0.0, 1.0)
            },
            intent: within(heard.intent, 0.0, 1.0),
            level_dbfs: within(heard.level_dbfs, -120.0, 0.0),
            loud: !echo,
            begins: false,
        };
        self.weigh(&mut window);
        self.recent.rotate_left(1);
        self.recent[ONSET_WINDOWS - 1] = window;
        self.at = now;
        Some(window)
    }

    /// How the window stands to the noise of the line, and to the window before.
    fn weigh(&mut self, window: &mut Window) {
        let level = window.level_dbfs;
        window.loud &= self.stands_out(level);
        let higher = self.floor_dbfs + p::FLOOR_RISES_DB;
        self.floor_dbfs = level.min(higher);
        self.refused &= window.loud;
        self.known &= window.loud;
        self.wary_db = (self.wary_db - p::WARY_SINKS_DB).max(0.0);
        let before = &self.recent[ONSET_WINDOWS - 1];
        let steady = before.loud && level >= before.level_dbfs - p::CLICK_FALLS_DB;
        let lasts = steady && !self.known;
        let sings = window.voicing >= p::SINGING;
        window.begins = match self.refused {
            true => window.voiced && sings,
            false => window.voiced || (window.loud && (lasts || sings)),
        };
    }

    /// Well above the noise of the line.
    fn stands_out(&self, level_dbfs: f32) -> bool {
        level_dbfs >= p::LOUD_DBFS.max(self.floor_dbfs + p::LOUD_OVER_FLOOR_DB)
    }

    /// An instant of sound, which ends at `end`: whether it is loud; none when it is not news.
    pub(crate) fn follow(&mut self, level_dbfs: f32, echo_dbfs: f32, end: Millis) -> Option<bool> {
        let news = end > self.followed && end > self.end() && end - self.end() <= GAP;
        news.then(|| {
            self.followed = end;
            self.stands_out(level_dbfs) && level_dbfs >= echo_dbfs + p::ECHO_MARGIN_DB
        })
    }

    /// How far the sound is known, be it by its level alone.
    pub(crate) fn known_to(&self) -> Millis {
        self.followed.max(self.end())
    }

    /// The window before `window`, where the same sound had begun in it.
    pub(crate) fn before(&self, window: &Window) -> Option<Window> {
        let before = self.recent[ONSET_WINDOWS - 2];
        (before.loud && before.end == window.start && before.start >= self.claimed)
            .then_some(before)
    }

    /// A mere sound, not judged yet: loud enough that the agent had better be down when it turns out a voice?
    pub(crate) fn startles(&self, level_dbfs: f32, echo_dbfs: f32) -> bool {
        let least = p::ONSET_DBFS.max(self.floor_dbfs + p::ONSET_OVER_FLOOR_DB) + self.wary_db;
        let ours = level_dbfs < echo_dbfs + p::ECHO_MARGIN_DB;
        !self.refused && !self.known && level_dbfs >= least && !ours
    }

    /// The present sound was judged, and goes on: nothing but a voice contests the floor again until it is over.
    pub(crate) fn know(&mut self) {
        self.known = true;
    }

    /// The present sound is noise.
    pub(crate) fn refuse(&mut self) {
        self.refused = true;
    }

    /// The agent was lowered for nothing: in a noisy room it is not to be again and again.
    pub(crate) fn startled_in_vain(&mut self) {
        self.wary_db = (self.wary_db + p::WARY_DB).min(p::WARIEST_DB);
    }

    /// How far the sound has come, in media time.
    pub(crate) fn end(&self) -> Millis {
        self.recent[ONSET_WINDOWS - 1].end
    }

    /// Where a voice began, if enough of the last windows held one.
    pub(crate) fn onset(&self) -> Option<Millis> {
        let voiced = || self.recent.iter().filter(|window| window.voiced);
        if voiced().count() < ONSET_VOICED {
            return None;
        }
        voiced().map(|window| window.start).next()
    }

    /// From where to listen for a voice that began at `began`.
    pub(crate) fn from(&self, began: Millis, preroll: Millis) -> Millis {
        (began - preroll).max(self.claimed.min(began))
    }

    /// The sound up to here is done with.
    pub(crate) fn claim(&mut self) {
        self.claimed = self.end();
        for window in &mut self.recent {
            window.voiced = false;
        }
    }
}
