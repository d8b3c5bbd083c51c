//! Who serves, who stands by, and who may begin: all that the keepers of the children know together.

use crate::crew::Crew;
use crate::keeper::Patience;
use crate::line::Line;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One child serves; where there is room, a second one stands by.
pub(crate) const BERTHS: usize = 2;

const LONGEST_REST: Duration = Duration::from_secs(60);

/// A place for one child, with a keeper of its own.
#[derive(Default)]
pub(crate) struct Berth {
    /// Somebody is being begun, is here, or is being buried.
    pub(crate) taken: bool,
    pub(crate) pid: Option<u32>,
    pub(crate) line: Option<Arc<Line>>,
    /// Its engines are loaded, and it is of use.
    pub(crate) up: bool,
    /// It was of use at some time.
    pub(crate) was_up: bool,
    /// What it said in place of a crew.
    pub(crate) unfit: Option<String>,
    /// What was wrong with what it said.
    pub(crate) broken: Option<String>,
}

impl Berth {
    /// What the child at the end of this line says is news here: no other has taken its place.
    pub(crate) fn holds(&self, line: &Arc<Line>) -> bool {
        self.line
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, line))
    }

    fn is_loading(&self) -> bool {
        self.taken && !self.up
    }

    fn is_sound(&self) -> bool {
        self.up && self.line.as_ref().is_some_and(|line| line.is_sound())
    }
}

/// How long the engines were away when a child had died.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Returns {
    pub count: u64,
    pub sum: Duration,
    pub slowest: Duration,
}

/// Of late, and how often they were too many.
#[derive(Default)]
pub(crate) struct Deaths {
    at: Vec<Instant>,
    rests: u32,
}

impl Deaths {
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// One more. How long is to be rested, where so many came that the next child would only die again.
    pub(crate) fn note(&mut self, now: Instant, patience: &Patience) -> Option<Duration> {
        self.at.retain(|died| now - *died < patience.within);
        self.at.push(now);
        if self.at.len() < patience.deaths {
            return None;
        }
        // One more death is enough to rest again.
        self.at.truncate(patience.deaths.saturating_sub(1));
        let longer = 2_u32.saturating_pow(self.rests);
        self.rests = self.rests.saturating_add(1).min(16);
        Some(patience.rest.saturating_mul(longer).min(LONGEST_REST))
    }
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) berths: [Berth; BERTHS],
    /// Whom everybody asks.
    serving: Option<usize>,
    /// Nobody serves, and nobody is begun for a while: why.
    pub(crate) resting: Option<String>,
    pub(crate) over: bool,
    /// Deaths that left nobody who serves, until a job is done; and those beside one who does, until another is up.
    pub(crate) alone: Deaths,
    pub(crate) beside: Deaths,
    /// When the last one that served was last known to live, until the next one serves.
    fell: Option<Instant>,
    pub(crate) returns: Returns,
    /// The crew of the first child; every later one is the same.
    pub(crate) crew: Option<Crew>,
}

impl State {
    /// The line to the child that serves.
    pub(crate) fn line(&self) -> Option<&Arc<Line>> {
        self.berths[self.serving?].line.as_ref()
    }

    pub(crate) fn serves(&self) -> bool {
        self.serving.is_some()
    }

    /// The child that serves; while there is none, the one that will.
    pub(crate) fn pid(&self) -> Option<u32> {
        match self.serving {
            Some(place) => self.berths[place].pid,
            None => self.berths.iter().find_map(|berth| berth.pid),
        }
    }

    /// The child that would take over now.
    pub(crate) fn standing_by(&self) -> Option<u32> {
        let serving = self.serving?;
        let others = self.berths.iter().enumerate();
        let mut others = others.filter(|(place, berth)| *place != serving && berth.up);
        others.find_map(|(_, berth)| berth.pid)
    }

    /// Two never load at the same time: the first would be up later for it. While nobody serves, nobody begins before
    /// the dead are buried either, who may hold memory.
    pub(crate) fn turn(&self) -> Turn {
        let loading = self.berths.iter().any(Berth::is_loading);
        match self.serving {
            _ if loading || self.resting.is_some() => Turn::Wait,
            Some(_) => Turn::ToStandBy,
            None if self.berths.iter().any(|berth| berth.taken) => Turn::Wait,
            None => Turn::ToServe,
        }
    }

    /// The child in this place is loaded. How long nobody served, if nobody did.
    pub(crate) fn came_up(&mut self, place: usize) -> Option<Duration> {
        let berth = &mut self.berths[place];
        (berth.up, berth.was_up) = (true, true);
        self.beside.forget();
        if self.serving.is_some() {
            return None;
        }
        self.serving = Some(place);
        self.returned()
    }

    /// The child in this place is of no more use, and was last known to live `since`: who stands by takes over.
    pub(crate) fn step_down(&mut self, place: usize, since: Instant) -> Option<Duration> {
        let berth = &mut self.berths[place];
        // What still comes of what it said makes nobody serve.
        (berth.up, berth.line) = (false, None);
        if self.serving != Some(place) {
            return None;
        }
        self.fell.get_or_insert(since);
        self.serving = self.berths.iter().position(Berth::is_sound);
        self.serving.and_then(|_| self.returned())
    }

    fn returned(&mut self) -> Option<Duration> {
        let away = self.fell.take()?.elapsed();
        self.returns.count += 1;
        self.returns.sum += away;
        self.returns.slowest = self.returns.slowest.max(away);
        Some(away)
    }
}

/// What a keeper without a child may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Wait,
    ToServe,
    /// If a second one is wanted.
    ToStandBy,
}

#[cfg(test)]
mod tests;
