//! When the conversation wants to be woken, and what it does then.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::history::Line;
use crate::output::{Author, Ending, Fact, LineKind, Output};
use crate::patience as p;
use crate::reply::Overdue;
use crate::utterance::Words;
use crate::words::STILL_THERE;
use crate::{Endpointing, Millis, Place};

/// Overdue things of one input: each takes one of these away, so the bound is never met.
const ROUNDS: usize = 64;

impl Conversation {
    /// The first moment at which something is overdue.
    pub(crate) fn deadline(&self) -> Option<Millis> {
        let held = self.held();
        let said = self.said.iter().filter_map(|said| match said.words {
            Words::Pending { until } => Some(until),
            Words::Spoken { .. } | Words::Typed => None,
        });
        let asides = self.asides.iter().filter_map(|aside| aside.deadline(false));
        let reply = self.floor.reply().and_then(|reply| reply.deadline(held));
        let own = [
            self.idle_deadline(),
            self.contest_deadline(),
            self.deaf_deadline(),
            self.guess_deadline(),
            reply,
        ];
        said.chain(asides).chain(own.into_iter().flatten()).min()
    }

    fn idle_deadline(&self) -> Option<Millis> {
        let Floor::Open { since } = self.floor else {
            return None;
        };
        let Endpointing::Automatic {
            idle: Some(idle), ..
        } = self.settings.endpointing
        else {
            return None;
        };
        let asks = self.greeted && self.asked_idle < p::IDLE_TIMES;
        // While a tool runs it is the caller who waits.
        let tool = self.ledger.runs_until().unwrap_or_default();
        asks.then(|| tool.max(since + idle.max(p::IDLE_LEAST)))
    }

    fn contest_deadline(&self) -> Option<Millis> {
        let Floor::Contested { since, .. } = self.floor else {
            return None;
        };
        Some(since + p::CONTEST_CLOCK)
    }

    /// The caller's sound has stopped coming. Push-to-talk waits: the client may have muted it.
    fn deaf_deadline(&self) -> Option<Millis> {
        self.pauses()?;
        self.floor.utterance()?;
        let longest = self.pauses().map_or(Millis(0), |pauses| pauses.longest);
        Some(self.ear.at + p::DEAF.max(longest))
    }

    /// Does all that is overdue, one thing after the other.
    pub(crate) fn take_overdue(&mut self) {
        for _ in 0..ROUNDS {
            if self.over || self.deadline().is_none_or(|deadline| deadline > self.now) {
                return;
            }
            self.take_one_overdue();
        }
        unreachable!("what was overdue is done, and what it began has time");
    }

    fn take_one_overdue(&mut self) {
        let now = self.now;
        let is_due = |deadline: Option<Millis>| deadline.is_some_and(|deadline| deadline <= now);
        if is_due(self.contest_deadline()) {
            self.nothing_said();
        } else if is_due(self.deaf_deadline()) {
            self.went_deaf();
        } else if let Some(at) = self.overdue_words() {
            let utterance = self.said[at].id;
            self.say(Output::Forget { utterance });
            self.not_transcribed(at, "the recognizer took too long");
        } else if is_due(self.idle_deadline()) {
            self.ask_idle();
        } else if is_due(self.guess_deadline()) {
            self.hurry_guess();
        } else {
            self.hurry_replies();
        }
    }

    fn overdue_words(&self) -> Option<usize> {
        let now = self.now;
        let late = |words| matches!(words, Words::Pending { until } if until <= now);
        self.said.iter().position(|said| late(said.words))
    }

    fn went_deaf(&mut self) {
        // The client may have begun to speak by hand, and left the end to us since: then it is not told yet.
        let begun = matches!(self.floor, Floor::Caller { .. });
        let told = self
            .floor
            .utterance()
            .is_some_and(|utterance| utterance.told);
        if begun || told {
            self.commit()
        } else {
            self.nothing_said()
        }
    }

    fn ask_idle(&mut self) {
        let Floor::Open { since } = self.floor else {
            return;
        };
        self.asked_idle += 1;
        let end = self.ear.end();
        let start = end - (self.now - since);
        let (line, text) = (self.history.reserve(), String::new());
        let silence = Line::new(line, Author::Caller, text.clone());
        let place = self.history.insert(silence, Place::Last);
        let place = place.expect("the end is a place");
        self.tell(Fact::Idle {
            line,
            place,
            start,
            end,
        });
        self.tell(Fact::LineAdded {
            line,
            place,
            kind: LineKind::Spoken,
            text,
            token: None,
        });
        self.make_room();
        self.recite(STILL_THERE, Vec::new(), true);
    }

    fn hurry_replies(&mut self) {
        let (now, held) = (self.now, self.held());
        let on_floor = self
            .floor
            .reply()
            .map(|reply| (reply.id, reply.overdue(now, held)));
        if let Some((reply, Some(overdue))) = on_floor {
            return match overdue {
                Overdue::Search => self.search_over(reply),
                Overdue::Compose => self.broken(reply, "no words came in time".to_owned(), false),
                Overdue::Speech => self.fail("no speech came in time".to_owned(), false),
            };
        }
        let late = self
            .asides
            .iter()
            .find_map(|aside| Some((aside.id, aside.overdue(now, false)?)));
        match late {
            Some((aside, Overdue::Search)) => self.search_over(aside),
            Some((aside, _)) => {
                let message = "no words came in time".to_owned();
                self.end_aside(aside, Ending::Failed { message });
            }
            None => {}
        }
    }
}
