//! One call with engines that take a fixed time each, and an account of their work.

use crate::caller::Caller;
use server_conversation::{
    Conversation, Endpointing, Fact, HearingEvent, Input, Millis, Output, Passage, PhraseEvent,
    PhraseId, ReplyEvent, ReplyId, Settings, UtteranceId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The silence that ends an utterance.
pub(crate) const WINDOW: u64 = 500;
const RECOGNITION: u64 = 150;
const SEARCH: u64 = 10;
const FIRST_WORDS: u64 = 150;
const FIRST_SOUND: u64 = 120;
/// The words behind the first clause.
const MORE_WORDS: u64 = 40;
/// What they take one after the other.
pub(crate) const ENGINES: u64 = RECOGNITION + SEARCH + FIRST_WORDS + FIRST_SOUND;

/// One window of the voice detector.
const STEP: u64 = 32;
const END: u64 = 8_000;

#[derive(Default)]
pub(crate) struct Outcome {
    /// From the last voice to the first sound.
    pub(crate) wait: u64,
    pub(crate) released: usize,
    pub(crate) discarded: usize,
    pub(crate) worked: u64,
    pub(crate) wasted: u64,
}

/// Work for one reply, or on one settling of its words: from when to when.
struct Work {
    of: Option<ReplyId>,
    mark: u32,
    from: u64,
    to: u64,
}

pub(crate) struct Call {
    core: Conversation,
    caller: Caller,
    now: u64,
    plans: BTreeMap<(u64, u64), Input>,
    planned: u64,
    works: Vec<Work>,
    /// Up to here the recognizer knows the words.
    recognised: u64,
    last_voice: u64,
    /// Speech that was made of a reply, and is not played while the reply is held.
    made: Vec<PhraseId>,
    held: Option<ReplyId>,
    discarded: BTreeSet<ReplyId>,
    /// The mark of the words that became the transcript.
    right: u32,
    outcome: Outcome,
}

impl Call {
    pub(crate) fn new(speculation: bool, caller: Caller) -> Self {
        let window = Millis(WINDOW);
        let endpointing = Endpointing::Automatic {
            shortest: window,
            usual: window,
            longest: window,
            idle: None,
            respond: true,
            interrupt: true,
        };
        let settings = Settings {
            endpointing,
            speculation,
            ..Settings::default()
        };
        Self {
            core: Conversation::new(settings),
            caller,
            now: 0,
            plans: BTreeMap::new(),
            planned: 0,
            works: Vec::new(),
            recognised: 0,
            last_voice: 0,
            made: Vec::new(),
            held: None,
            discarded: BTreeSet::new(),
            right: 0,
            outcome: Outcome::default(),
        }
    }

    /// The call, up to the first sound of its reply.
    pub(crate) fn run(mut self) -> Outcome {
        self.give(Input::Connected);
        let mut heard = 0;
        while self.outcome.wait == 0 && self.now < END {
            let next = self.plans.keys().next().map_or(u64::MAX, |&(at, _)| at);
            self.now = next.min(heard + STEP);
            match self.plans.pop_first() {
                Some(((at, _), input)) if at == self.now => self.give(input),
                put_back => {
                    self.plans.extend(put_back);
                    heard = self.now;
                    self.listen();
                }
            }
            self.play();
        }
        self.account()
    }

    fn listen(&mut self) {
        let speaks = self.caller.speaks(self.now);
        if speaks {
            self.last_voice = self.now;
        }
        let probability = if speaks { 0.95 } else { 0.02 };
        self.give(Input::Voice {
            probability,
            voicing: probability,
            intent: probability,
            echo_dbfs: -120.0,
            level_dbfs: if speaks { -20.0 } else { -70.0 },
            end: Millis(self.now),
        });
    }

    fn give(&mut self, input: Input) {
        self.core.handle(Millis(self.now), input);
        while let Some(output) = self.core.poll_output() {
            self.obey(output);
        }
    }

    fn after(&mut self, delay: u64, input: Input) {
        self.planned += 1;
        self.plans.insert((self.now + delay, self.planned), input);
    }

    fn work(&mut self, of: Option<ReplyId>, mark: u32, lasts: u64) {
        let (from, to) = (self.now, self.now + lasts);
        self.works.push(Work { of, mark, from, to });
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::Judge { utterance, .. } => {
                let finished = 0.5;
                self.after(
                    0,
                    Input::Hearing(utterance, HearingEvent::Judged { finished }),
                );
            }
            Output::Settle { utterance, mark } => self.settle(utterance, mark),
            Output::Finish { utterance } => self.finish(utterance),
            Output::Search { reply, .. } => {
                self.work(Some(reply), 0, SEARCH);
                let passages = Vec::<Passage>::new();
                self.after(SEARCH, Input::Reply(reply, ReplyEvent::Found { passages }));
            }
            Output::Compose { reply, .. } => self.compose(reply),
            Output::Speak { phrase, .. } => {
                self.work(Some(phrase.reply), 0, FIRST_SOUND);
                let total = Millis(1_500);
                self.after(
                    FIRST_SOUND,
                    Input::Phrase(phrase, PhraseEvent::Spoken { total }),
                );
                self.made.push(phrase);
            }
            Output::Hold { reply, .. } => self.held = Some(reply),
            Output::Release { reply } => {
                assert_eq!(self.held.take(), Some(reply));
                self.outcome.released += 1;
            }
            Output::Discard { reply, .. } => self.discard(reply),
            Output::Tell(fact) => self.told(&fact),
            Output::Listen { .. } | Output::Forget { .. } | Output::Cancel { .. } => {}
            other => panic!("nobody cuts in here: {other:?}"),
        }
    }

    fn settle(&mut self, utterance: UtteranceId, mark: u32) {
        self.work(None, mark, RECOGNITION);
        self.recognised = self.now;
        self.right = mark;
        let text = self.caller.words(self.now);
        let settled = HearingEvent::Settled { mark, text };
        self.after(RECOGNITION, Input::Hearing(utterance, settled));
    }

    /// What was settled in this pause is not recognised again.
    fn finish(&mut self, utterance: UtteranceId) {
        let known = self.recognised > self.last_voice;
        let lasts = if known { 0 } else { RECOGNITION };
        if !known {
            self.right = u32::MAX;
            self.work(None, u32::MAX, RECOGNITION);
        }
        let text = self.caller.words(self.now);
        let transcript = HearingEvent::Transcript {
            text,
            confidence: 1.0,
        };
        self.after(lasts, Input::Hearing(utterance, transcript));
    }

    fn compose(&mut self, reply: ReplyId) {
        self.work(Some(reply), 0, FIRST_WORDS + MORE_WORDS);
        let clause = "It opens at nine. And ".to_owned();
        let text = |text| Input::Reply(reply, ReplyEvent::Text { text });
        self.after(FIRST_WORDS, text(clause));
        let lasts = FIRST_WORDS + MORE_WORDS;
        self.after(lasts, text("it closes at five.".to_owned()));
        self.after(lasts, Input::Reply(reply, ReplyEvent::Composed));
    }

    /// The engines stop; what they did so far was in vain.
    fn discard(&mut self, reply: ReplyId) {
        assert_eq!(self.held.take(), Some(reply));
        self.outcome.discarded += 1;
        self.discarded.insert(reply);
        self.made.retain(|phrase| phrase.reply != reply);
        let now = self.now;
        for work in self.works.iter_mut().filter(|work| work.of == Some(reply)) {
            work.to = work.to.min(now);
        }
        self.plans.retain(|_, input| match input {
            Input::Reply(of, _) => *of != reply,
            Input::Phrase(phrase, _) => phrase.reply != reply,
            _ => true,
        });
    }

    fn told(&self, fact: &Fact) {
        let of = fact.reply();
        let vain = of.is_some_and(|reply| self.discarded.contains(&reply));
        assert!(!vain, "told of a reply that was thrown away: {fact:?}");
        assert!(of.is_none() || of != self.held, "told too soon: {fact:?}");
    }

    /// The first phrase that is made, and not held, is heard.
    fn play(&mut self) {
        let waits = |phrase: &PhraseId| {
            let awaited = |input: &Input| matches!(input, Input::Phrase(of, _) if of == phrase);
            self.plans.values().any(awaited)
        };
        let held = self.held;
        let ready = |phrase: &&PhraseId| Some(phrase.reply) != held && !waits(phrase);
        if self.made.iter().any(|phrase| ready(&phrase)) {
            let end = self.caller.parts.last().map_or(0, |part| part.1);
            assert!(self.last_voice + STEP > end, "the caller was heard out");
            self.outcome.wait = self.now - self.last_voice;
        }
    }

    /// What was worked for the reply that was heard is of use, and all else is not.
    fn account(mut self) -> Outcome {
        assert!(self.outcome.wait > 0, "the caller is answered");
        for work in &self.works {
            let lasted = work.to - work.from;
            let vain = match work.of {
                Some(reply) => self.discarded.contains(&reply),
                None => work.mark != self.right,
            };
            self.outcome.worked += lasted;
            self.outcome.wasted += if vain { lasted } else { 0 };
        }
        self.outcome
    }
}
