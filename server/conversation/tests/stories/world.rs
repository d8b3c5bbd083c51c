//! A simulated world: a caller, engines that are slow, late, wrong or dead, and a playout.

use crate::chance::Chance;
use crate::playout::Playout;
use crate::tools::{ARGUMENTS, NAMES};
use server_conversation::{
    Author, Call, Fact, HearingEvent, Input, Mark, Millis, Output, Passage, PhraseEvent, PhraseId,
    Place, PromptLine, ReplyEvent, ReplyId, ReplyRequest, Tool, UtteranceId,
};
use std::collections::{BTreeMap, BTreeSet};

const WORDS: &[&str] = &[
    "what", "is", "repartee", "and", "how", "do", "I", "change", "the", "voice", "mm-hm", "yeah",
    "uh", "[COUGH]", "please", "warte", "你好",
];

/// Requests of the world's own have tokens from here on.
const ASKED: u32 = 2_000_000;

const SENTENCES: &[&str] = &[
    "Repartee is a server. ",
    "Yes. ",
    "Shall I book it for you? ",
    "It costs $3.50, e.g. for Dr. Smith, and no more than that. ",
    "See https://a.example/x?y=1 for more. ",
    "No",
    " — well, ",
    "\n",
    "… ",
    "你好。今天天气很好。",
    "wait 1,000 times; ",
    "A long sentence goes on and on without any stop so that it must be cut somewhere at a space before it ends ",
];

/// What the world will do, in order of time, and for the same time in order of planning.
pub(crate) struct World {
    plans: BTreeMap<(u64, u64), Input>,
    planned: u64,
    pub(crate) chance: Chance,
    listening: BTreeSet<UtteranceId>,
    words: BTreeMap<UtteranceId, String>,
    playout: Playout,
    /// Engines answer what they are asked, and at once.
    pub(crate) calm: bool,
}

impl World {
    pub(crate) fn new(chance: Chance) -> Self {
        Self {
            plans: BTreeMap::new(),
            planned: 0,
            chance,
            listening: BTreeSet::new(),
            words: BTreeMap::new(),
            playout: Playout::default(),
            calm: false,
        }
    }

    pub(crate) fn plan(&mut self, at: u64, input: Input) {
        self.planned += 1;
        self.plans.insert((at, self.planned), input);
    }

    /// Nothing is planned, and nothing plays.
    pub(crate) fn is_quiet(&self) -> bool {
        self.plans.is_empty() && self.playout.queue.is_empty()
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.plans.keys().next().map(|&(at, _)| at)
    }

    pub(crate) fn next(&mut self) -> Option<Input> {
        self.plans.pop_first().map(|(_, input)| input)
    }

    fn delay(&mut self, usual: u64, hopeless: u64) -> u64 {
        if !self.calm && self.chance.once_in(60) {
            return self.chance.among(hopeless / 2, hopeless);
        }
        self.chance.among(1, usual)
    }

    fn fails(&mut self) -> bool {
        !self.calm && self.chance.once_in(30)
    }

    fn failure() -> String {
        "planned".to_owned()
    }

    /// Carries out one order.
    pub(crate) fn obey(&mut self, now: u64, output: &Output) {
        match output {
            Output::Listen { utterance, .. } => self.listen(now, *utterance),
            Output::Judge { utterance, .. } => self.judge(now, *utterance),
            Output::Settle { utterance, mark } => self.settle(now, *utterance, *mark),
            Output::Hold { reply, .. } => self.playout.kept = Some(*reply),
            Output::Release { .. } => self.playout.kept = None,
            Output::Discard { reply, .. } => {
                self.playout.kept = None;
                let queue = &mut self.playout.queue;
                queue.retain(|(phrase, ..)| phrase.reply != *reply);
                self.stop(*reply);
            }
            Output::Finish { utterance } => self.transcribe(now, *utterance),
            Output::Forget { utterance } => {
                self.listening.remove(utterance);
                self.unplan(|input| matches!(input, Input::Hearing(id, _) if id == utterance));
            }
            Output::Search { reply, limit, .. } => self.search(now, *reply, *limit),
            Output::Compose { reply, prompt } => self.compose(now, *reply, &prompt.tools),
            Output::Speak { phrase, text, .. } => self.speak(now, *phrase, text),
            Output::Duck { .. } => self.playout.held = true,
            Output::Restore { .. } => self.playout.held = false,
            Output::Silence { reply } => {
                self.playout.held = false;
                self.playout
                    .queue
                    .retain(|(phrase, ..)| phrase.reply != *reply);
            }
            Output::Cancel { reply } => self.stop(*reply),
            Output::Tell(Fact::Called { call, .. }) => self.make_call(now, call),
            Output::Tell(_) | Output::End => {}
        }
    }

    fn stop(&mut self, reply: ReplyId) {
        self.unplan(|input| match input {
            Input::Reply(id, _) => *id == reply,
            Input::Phrase(phrase, _) => phrase.reply == reply,
            _ => false,
        });
    }

    /// Cancelled work mostly stops; now and then a piece was already on its way.
    fn unplan(&mut self, about: impl Fn(&Input) -> bool) {
        let chance = &mut self.chance;
        self.plans
            .retain(|_, input| !about(input) || chance.once_in(4));
    }

    fn listen(&mut self, now: u64, utterance: UtteranceId) {
        self.listening.insert(utterance);
        if self.fails() {
            let at = now + self.chance.among(10, 800);
            self.plan(
                at,
                Input::Hearing(
                    utterance,
                    HearingEvent::Failed {
                        message: Self::failure(),
                    },
                ),
            );
        }
    }

    /// While the caller speaks, words come.
    pub(crate) fn voiced(&mut self, now: u64) {
        let Some(&utterance) = self.listening.last() else {
            return;
        };
        if !self.chance.once_in(7) {
            return;
        }
        let word = *self.chance.one_of(WORDS);
        let words = self.words.entry(utterance).or_default();
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
        let text = words.clone();
        let stable = usize::try_from(self.chance.among(0, 40)).expect("a small number");
        let at = now + self.delay(120, 900);
        self.plan(
            at,
            Input::Hearing(utterance, HearingEvent::Partial { text, stable }),
        );
    }

    fn judge(&mut self, now: u64, utterance: UtteranceId) {
        #[expect(clippy::cast_precision_loss, reason = "a number up to 100")]
        let finished = self.chance.among(0, 100) as f32 / 100.0;
        let at = now + self.delay(60, 700);
        self.plan(
            at,
            Input::Hearing(utterance, HearingEvent::Judged { finished }),
        );
    }

    /// The words as though it had ended: mostly those that the transcript will have, now and then others.
    fn settle(&mut self, now: u64, utterance: UtteranceId, mark: u32) {
        let words = self.words.get(&utterance).cloned().unwrap_or_default();
        let text = match self.chance.among(0, 7) {
            0 => format!("{words} not"),
            1 => String::new(),
            2 => format!("Um, {}", words.to_uppercase()),
            _ => words,
        };
        let at = now + self.delay(150, 900);
        let settled = HearingEvent::Settled { mark, text };
        self.plan(at, Input::Hearing(utterance, settled));
    }

    fn transcribe(&mut self, now: u64, utterance: UtteranceId) {
        self.listening.remove(&utterance);
        let at = now + self.delay(300, 25_000);
        let text = self.words.remove(&utterance).unwrap_or_default();
        let event = if self.fails() {
            HearingEvent::Failed {
                message: Self::failure(),
            }
        } else {
            let confidence = self.chance.among(3, 10) as f32 / 10.0;
            HearingEvent::Transcript { text, confidence }
        };
        self.plan(at, Input::Hearing(utterance, event));
    }

    fn search(&mut self, now: u64, reply: ReplyId, limit: usize) {
        let passage = Passage {
            source: "a.md".to_owned(),
            heading: "A".to_owned(),
            text: "Repartee is a server.".to_owned(),
            score: 1.0,
            likeness: Vec::new(),
        };
        let at = now + self.delay(40, 3_000);
        // One more than was asked for: it must be left out.
        let count =
            usize::try_from(self.chance.among(0, limit as u64 + 1)).expect("a small number");
        self.plan(
            at,
            Input::Reply(
                reply,
                ReplyEvent::Found {
                    passages: vec![passage; count],
                },
            ),
        );
    }

    fn compose(&mut self, now: u64, reply: ReplyId, tools: &[Tool]) {
        let mut at = now + self.delay(600, 40_000);
        for _ in 0..self.chance.among(0, 6) {
            let text = (*self.chance.one_of(SENTENCES)).to_owned();
            self.plan(at, Input::Reply(reply, ReplyEvent::Text { text }));
            at += self.delay(150, 30_000);
            if self.chance.once_in(3) {
                let passage = usize::try_from(self.chance.among(0, 6)).expect("a small number");
                self.plan(at, Input::Reply(reply, ReplyEvent::Cite { passage }));
            }
        }
        if !tools.is_empty() {
            at = self.call(at, reply);
        }
        let end = if self.fails() {
            ReplyEvent::Failed {
                message: Self::failure(),
            }
        } else {
            ReplyEvent::Composed
        };
        self.plan(at, Input::Reply(reply, end));
    }

    /// A model calls tools, now and then one that nobody offered.
    fn call(&mut self, mut at: u64, reply: ReplyId) -> u64 {
        for _ in 0..self.chance.among(0, 2) {
            let tool = if self.chance.once_in(12) {
                "nothing"
            } else {
                *self.chance.one_of(NAMES)
            };
            let tool = tool.to_owned();
            self.plan(at, Input::Reply(reply, ReplyEvent::Call { tool }));
            let text = (*self.chance.one_of(ARGUMENTS)).to_owned();
            self.plan(at, Input::Reply(reply, ReplyEvent::Arguments { text }));
            at += self.delay(100, 30_000);
        }
        at
    }

    /// The client makes a call that it was told of, and asks for the reply to what came of it.
    fn make_call(&mut self, now: u64, id: &str) {
        if !self.calm && self.chance.once_in(8) {
            return;
        }
        let at = now + self.delay(800, 20_000);
        let call = Call {
            id: id.to_owned(),
            tool: "any".to_owned(),
        };
        let line = PromptLine {
            author: Author::Tool,
            text: "done".to_owned(),
            cut: false,
            call: Some(call),
        };
        let (token, place) = (2, Place::Last);
        self.plan(at, Input::Write { token, line, place });
        let request = ReplyRequest::default();
        let token = ASKED + u32::try_from(self.planned).expect("a story is short");
        self.plan(at, Input::Respond { token, request });
    }

    fn speak(&mut self, now: u64, phrase: PhraseId, text: &str) {
        let total = text.chars().count() as u64 * 60;
        let busy = self
            .playout
            .queue
            .iter()
            .filter(|(_, _, spoken, _)| !spoken)
            .count() as u64;
        let mut at = now + self.delay(200, 20_000) + 40 * busy;
        if self.fails() {
            return self.plan(
                at,
                Input::Phrase(
                    phrase,
                    PhraseEvent::Failed {
                        message: Self::failure(),
                    },
                ),
            );
        }
        if self.chance.once_in(2) {
            self.plan(
                at,
                Input::Phrase(
                    phrase,
                    PhraseEvent::Speech {
                        total: Millis(total / 2),
                    },
                ),
            );
            at += self.chance.among(1, 300);
        }
        if self.chance.once_in(2) {
            let marks = self.marks(text, total);
            self.plan(at, Input::Phrase(phrase, PhraseEvent::Marks { marks }));
        }
        self.plan(
            at,
            Input::Phrase(
                phrase,
                PhraseEvent::Spoken {
                    total: Millis(total),
                },
            ),
        );
        self.playout.queue.push_back((phrase, 0, false, 0));
    }

    /// A voice that hurries over some words and lingers on others, and tells of most.
    fn marks(&mut self, text: &str, total: u64) -> Vec<Mark> {
        let ends: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
        let times: Vec<u64> = ends.iter().map(|_| self.chance.among(0, 9)).collect();
        let whole: u64 = times.iter().sum::<u64>() + 5;
        let (mut passed, mut marks) = (0, Vec::new());
        for (bytes, time) in ends.into_iter().zip(times) {
            passed += time;
            if bytes > 0 && !self.chance.once_in(4) {
                let at = Millis(total * passed / whole);
                marks.push(Mark { bytes, at });
            }
        }
        marks
    }

    /// Speech that the conversation was told of can be played.
    pub(crate) fn spoken(&mut self, phrase: PhraseId, total: Millis, all: bool) {
        self.playout.spoken(phrase, total, all);
    }

    /// Plays for a while; answers what is to be reported.
    pub(crate) fn play(&mut self, for_ms: u64) -> Option<Input> {
        self.playout.play(for_ms)
    }
}
