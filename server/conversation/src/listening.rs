//! The caller's sound and words: when an utterance opens, cuts in, pauses and is over.

use crate::conversation::Conversation;
use crate::ear::{Heard, Window};
use crate::floor::Floor;
use crate::output::{Ending, Fact, Output};
use crate::patience as p;
use crate::reply::{Reply, Work};
use crate::utterance::{Opening, Pauses, Utterance, Verdict, Words};
use crate::{Endpointing, FloorName, Millis, Modality};

impl Conversation {
    pub(crate) fn hear(&mut self, heard: Heard) {
        let ears = self.settings.ears;
        if !ears.listening {
            return;
        }
        let Some(window) = self.ear.hear(self.now, heard, &ears) else {
            return;
        };
        let now = self.now;
        if let Some(utterance) = self.floor.utterance_mut() {
            let paused = utterance.pausing().then(|| utterance.silence(window.start));
            utterance.hear(&window, ears.threshold, now);
            if let Some(pause) = paused.filter(|_| !utterance.pausing()) {
                self.habits.went_on_after(pause);
            }
            self.weigh();
        } else if self.contestable() {
            if window.begins {
                // The first sound of a word may have filled the window before, and not been voice yet.
                match self.ear.before(&window) {
                    Some(before) => self.contest(before.start, &[before, window]),
                    None => self.contest(window.start, &[window]),
                }
            }
        } else if let Some(began) = self.ear.onset() {
            self.open_utterance(began);
        }
    }

    /// An instant of sound while an utterance is open: a silence that is long enough need not fill its last window.
    pub(crate) fn follow(&mut self, level_dbfs: f32, echo_dbfs: f32, end: Millis) {
        let Some(utterance) = self.floor.utterance_mut() else {
            return;
        };
        let Some(loud) = self.ear.follow(level_dbfs, echo_dbfs, end) else {
            return;
        };
        let silent = utterance.follow(level_dbfs, loud, end);
        if silent && matches!(self.floor, Floor::Caller { .. }) {
            self.weigh_pause(false);
        }
    }

    /// A sound over the agent's voice is enough to lower it; what it was is asked when its windows come.
    pub(crate) fn notice(&mut self, level_dbfs: f32, echo_dbfs: f32, end: Millis) {
        let new = match self.floor.utterance() {
            None => true,
            // "Yeah" has been said; what follows may be a "but".
            Some(before) => {
                let over = before.silence(self.ear.end()) >= p::CONTEST_QUIET;
                over && self.tolerated(before) && !self.may_answer()
            }
        };
        let may = self.settings.ears.listening && self.contestable() && end > self.ear.end();
        if new && may && self.ear.startles(level_dbfs, echo_dbfs) {
            let began = (end - p::GLIMPSE).max(self.ear.end());
            self.ear.at = self.now;
            self.contest(began, &[]);
        }
    }

    /// The caller may cut in by voice.
    fn interruptible(&self) -> bool {
        matches!(
            self.settings.endpointing,
            Endpointing::Automatic {
                interrupt: true,
                ..
            }
        )
    }

    /// A sound now would contest the floor.
    fn contestable(&self) -> bool {
        self.interruptible()
            && matches!(&self.floor, Floor::Agent { reply, .. } if reply.modality == Modality::Audio)
    }

    fn manual(&self) -> bool {
        self.settings.endpointing == Endpointing::Manual
    }

    pub(crate) fn pauses(&self) -> Option<Pauses> {
        let Endpointing::Automatic {
            shortest,
            usual,
            longest,
            ..
        } = self.settings.endpointing
        else {
            return None;
        };
        let shortest = shortest.clamp(p::PAUSE_SHORTEST, p::PAUSE_LONGEST);
        let usual = usual.clamp(shortest, p::PAUSE_LONGEST);
        Some(Pauses {
            shortest,
            usual,
            longest: longest.clamp(usual, p::PAUSE_LONGEST),
        })
    }

    /// Listens to a voice that began at `began`.
    fn listen(&mut self, began: Millis, window_end: Millis, goes_on: bool) -> Box<Utterance> {
        let id = self.next_utterance();
        let line = self.history.reserve();
        let from = self.ear.from(began, self.settings.ears.preroll);
        self.say(Output::Listen {
            utterance: id,
            from,
        });
        let opening = Opening {
            id,
            line,
            from,
            began,
            goes_on,
        };
        Box::new(Utterance::new(opening, window_end, self.now))
    }

    /// A voice in the quiet, or beside a reply that it may not or need not contest.
    fn open_utterance(&mut self, began: Millis) {
        let end = self.ear.end();
        let (reply, _) = self.take_apart();
        let unheard = reply
            .as_ref()
            .is_some_and(|reply| reply.heard == 0 && !reply.covers.is_empty());
        let answered = reply.iter().flat_map(|reply| &reply.covers);
        let waits = self.said.iter().filter(|said| said.wants_reply);
        let before = answered.filter(|_| unheard).chain(waits).last();
        let goes_on = before.is_some();
        // They were taken to have finished, and had not.
        if let Some(said) = before.filter(|said| said.words != Words::Typed) {
            self.habits
                .went_on_after(began - (end - (self.now - said.at)));
        }
        self.asked_idle = 0;
        let mut utterance = self.listen(began, end, goes_on);
        if !self.manual() {
            self.tell_started(&mut utterance);
        }
        match reply {
            Some(mut reply) if self.interruptible() => {
                // What only the client may ask for is over, and nobody else answers those words.
                if reply.work == Work::Words && !self.responds() {
                    self.leave_unanswered(&mut reply);
                }
                self.close(*reply, Ending::BargedIn);
                self.pass_to(Floor::Caller { utterance });
            }
            Some(reply) => self.go_on(reply, Some(utterance)),
            None => self.pass_to(Floor::Caller { utterance }),
        }
    }

    /// The reply keeps the floor.
    pub(crate) fn go_on(&mut self, reply: Box<Reply>, overheard: Option<Box<Utterance>>) {
        let heard = reply.playing || (reply.modality == Modality::Text && reply.heard > 0);
        self.pass_to(if heard {
            Floor::Agent { reply, overheard }
        } else {
            Floor::Awaiting {
                reply: Some(reply),
                overheard,
            }
        });
    }

    /// The first sound over the agent's: lowered at once, decided soon.
    fn contest(&mut self, began: Millis, windows: &[Window]) {
        let (reply, before) = self.take_apart();
        if let Some(before) = before {
            self.forget(&before);
        }
        let reply = reply.expect("only an agent that speaks is contested");
        self.say(Output::Duck { reply: reply.id });
        let mut utterance = self.listen(began, began, false);
        utterance.over = Some((reply.id, reply.heard_for()));
        for heard in windows {
            utterance.hear(heard, self.settings.ears.threshold, self.now);
        }
        let since = self.now;
        self.pass_to(Floor::Contested {
            reply,
            utterance,
            since,
        });
    }

    /// The open utterance has one window or some words more: what does it want?
    pub(crate) fn weigh(&mut self) {
        let end = self.ear.end();
        let verdict = match &self.floor {
            Floor::Contested { utterance, .. } => utterance.verdict(end),
            Floor::Agent {
                overheard: Some(utterance),
                ..
            } if self.tolerated(utterance) => utterance.second_verdict(end),
            _ => return self.weigh_pause(false),
        };
        match verdict {
            Verdict::Undecided => {}
            Verdict::BargeIn => self.barge_in(),
            // Whether it was one is known when the question is said to its end.
            Verdict::Nothing if self.may_answer() => {}
            Verdict::Nothing => self.nothing_said(),
            Verdict::Backchannel => self.tolerate(),
        }
    }

    /// It was found to be only a backchannel.
    fn tolerated(&self, utterance: &Utterance) -> bool {
        !utterance.told && !self.manual()
    }

    /// What was overheard came over the end of a question: unless something cuts that, it is the answer.
    fn may_answer(&self) -> bool {
        match &self.floor {
            Floor::Agent {
                reply,
                overheard: Some(utterance),
            } => reply.is_answered_by(utterance),
            _ => false,
        }
    }

    /// The caller takes the floor from the agent.
    pub(crate) fn barge_in(&mut self) {
        let (reply, utterance) = self.take_apart();
        let mut utterance = utterance.expect("someone cuts in");
        // Noise over a question that is asked of the silence is no answer to it; this is one.
        self.asked_idle = 0;
        if let Some(reply) = reply {
            utterance.goes_on |= reply.heard == 0 && !reply.covers.is_empty();
            self.tell_started(&mut utterance);
            self.close(*reply, Ending::BargedIn);
        }
        self.tell_started(&mut utterance);
        self.pass_to(Floor::Caller { utterance });
        self.weigh_pause(false);
    }

    /// It was a cough: the agent goes on from where it was held.
    pub(crate) fn nothing_said(&mut self) {
        let contested = self.floor.name() == FloorName::Contested;
        let (reply, utterance) = self.take_apart();
        if let Some(utterance) = utterance {
            if utterance.is_noise() {
                self.ear.refuse();
                self.ear.startled_in_vain();
            }
            self.forget(&utterance);
        }
        self.ear.know();
        let mut reply = reply.expect("a contest is about a reply");
        if contested {
            self.say(Output::Restore { reply: reply.id });
            reply.moved_at = self.now;
        }
        self.go_on(reply, None);
    }

    /// The agent goes on, and the caller may still mean more than "mm-hm".
    fn tolerate(&mut self) {
        let (reply, utterance) = self.take_apart();
        self.ear.know();
        let mut reply = reply.expect("a contest is about a reply");
        self.say(Output::Restore { reply: reply.id });
        reply.moved_at = self.now;
        self.go_on(reply, utterance);
    }

    /// The client learns of an utterance.
    pub(crate) fn tell_started(&mut self, utterance: &mut Utterance) {
        if std::mem::replace(&mut utterance.told, true) {
            return;
        }
        let (id, line) = (utterance.id, utterance.line);
        self.tell(Fact::SpeechStarted {
            utterance: id,
            line,
            start: utterance.from,
        });
        if !utterance.partial.is_empty() {
            let text = utterance.partial.clone();
            self.tell(Fact::Partial {
                utterance: id,
                line,
                text,
                stable: 0,
            });
        }
    }

    /// Asks the endpointer when there is something new to ask, and ends what is over.
    pub(crate) fn weigh_pause(&mut self, news: bool) {
        let end = self.ear.known_to();
        let Some(pauses) = self.pauses() else {
            let long = |utterance: &Utterance| utterance.lasted(end) >= p::UTTERANCE;
            if self.floor.utterance().is_some_and(long) {
                self.commit();
            }
            return;
        };
        let Some(utterance) = self.floor.utterance_mut() else {
            return;
        };
        let silence = utterance.silence(end);
        let pauses = pauses.of(self.habits.patience());
        if utterance.over(silence, pauses) || utterance.lasted(end) >= p::UTTERANCE {
            return self.commit();
        }
        if utterance.deaf.is_none() && utterance.ask(silence, news) {
            let judge = Output::Judge {
                utterance: utterance.id,
                partial: utterance.partial.clone(),
                silence,
                speech: utterance.speech(),
            };
            self.say(judge);
        }
        self.settle_early();
    }
}
