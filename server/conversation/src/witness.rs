//! The invariants, held against every input and output of a running conversation.
//!
//! A broken one is a mistake of ours: it panics, and one session ends instead of talking nonsense.

use crate::output::{Fact, Output};
use crate::patience::OUTPUTS;
use crate::{Millis, PhraseId, ReplyId, UtteranceId};
use std::collections::BTreeSet;

/// Work that was asked of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    Listen(UtteranceId),
    Search(ReplyId),
    Compose(ReplyId),
    Speak(PhraseId),
}

#[derive(Clone, Copy, Debug)]
struct Held {
    reply: ReplyId,
    utterance: UtteranceId,
    confirmed: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Witness {
    /// The reply on the floor.
    holder: Option<ReplyId>,
    /// The reply that is kept back, the utterance that it answers, and whether its words are told.
    held: Option<Held>,
    /// The last reply that was silenced: replies on the floor follow each other in number.
    silenced: Option<ReplyId>,
    jobs: BTreeSet<Job>,
    /// Committed, and not settled yet.
    owed: BTreeSet<UtteranceId>,
    outputs: usize,
    ended: bool,
}

impl Witness {
    pub(crate) fn input(&mut self) {
        self.outputs = 0;
    }

    pub(crate) fn output(&mut self, output: &Output) {
        assert!(!self.ended, "nothing follows the end");
        self.outputs += 1;
        assert!(
            self.outputs <= OUTPUTS,
            "an input yields a bounded number of outputs"
        );
        match output {
            Output::Listen { utterance, .. } => self.start(Job::Listen(*utterance)),
            Output::Forget { utterance } => self.done(Job::Listen(*utterance)),
            Output::Search { reply, .. } => self.start(Job::Search(*reply)),
            Output::Compose { reply, .. } => self.start(Job::Compose(*reply)),
            Output::Speak { phrase, .. } => {
                if !self.holds(phrase.reply) {
                    self.audible(phrase.reply);
                }
                self.start(Job::Speak(*phrase));
            }
            Output::Duck { reply } | Output::Restore { reply } => self.audible(*reply),
            Output::Silence { reply } => {
                self.audible(*reply);
                self.silenced = Some(*reply);
            }
            Output::Cancel { reply } => self.cancel(*reply),
            Output::Hold { reply, utterance } => self.hold(*reply, *utterance),
            Output::Release { reply } => self.release(*reply),
            Output::Discard { reply, .. } => self.discard(*reply),
            Output::Tell(fact) => self.fact(fact),
            Output::End => self.end(),
            Output::Judge { utterance, .. }
            | Output::Settle { utterance, .. }
            | Output::Finish { utterance } => {
                let listening = self.jobs.contains(&Job::Listen(*utterance));
                assert!(listening, "only what is listened to is judged and finished");
            }
        }
    }

    fn hold(&mut self, reply: ReplyId, utterance: UtteranceId) {
        let alone = self.held.is_none() && self.holder.is_none();
        assert!(alone, "one reply is kept back, and while nobody speaks");
        self.held = Some(Held {
            reply,
            utterance,
            confirmed: false,
        });
    }

    fn holds(&self, reply: ReplyId) -> bool {
        self.held.is_some_and(|held| held.reply == reply)
    }

    fn release(&mut self, reply: ReplyId) {
        let held = self.held.take();
        assert!(
            held.is_some_and(|held| held.reply == reply && held.confirmed),
            "nothing of a reply is heard before it is confirmed"
        );
    }

    fn discard(&mut self, reply: ReplyId) {
        assert!(self.holds(reply), "only what is kept back is thrown away");
        self.held = None;
        self.cancel(reply);
    }

    /// Nothing of a reply that is kept back is told.
    fn withheld(&mut self, fact: &Fact) {
        let Some(held) = &mut self.held else { return };
        if let Fact::Transcript { utterance, .. } = fact {
            held.confirmed |= *utterance == held.utterance;
        }
        assert_ne!(
            fact.reply(),
            Some(held.reply),
            "nothing of a reply is told before it is confirmed"
        );
    }

    fn fact(&mut self, fact: &Fact) {
        self.withheld(fact);
        match fact {
            Fact::ReplyStarted {
                reply,
                line: Some(_),
                ..
            } => {
                let before = self.holder.replace(*reply);
                let alone = before.is_none() && self.held.is_none();
                assert!(alone, "at most one reply holds the floor");
            }
            Fact::ReplyEnded { reply, .. } => {
                if self.holder == Some(*reply) {
                    self.holder = None;
                }
                let working = |job: &Job| {
                    matches!(job, Job::Search(r) | Job::Compose(r) if r == reply)
                        || matches!(job, Job::Speak(phrase) if phrase.reply == *reply)
                };
                assert!(
                    !self.jobs.iter().any(working),
                    "a reply's jobs end before it does"
                );
            }
            Fact::PlayoutStarted { reply } | Fact::Heard { reply, .. } => self.audible(*reply),
            _ => {}
        }
    }

    /// It holds the floor, and was not silenced.
    fn audible(&self, reply: ReplyId) {
        assert!(
            self.silenced.is_none_or(|silenced| silenced < reply),
            "silenced is silent"
        );
        assert_eq!(
            self.holder,
            Some(reply),
            "only who holds the floor is heard"
        );
    }

    fn start(&mut self, job: Job) {
        assert!(self.jobs.insert(job), "a job starts once");
    }

    /// A job has ended.
    pub(crate) fn done(&mut self, job: Job) {
        assert!(self.jobs.remove(&job), "a job ends once");
    }

    fn cancel(&mut self, reply: ReplyId) {
        self.jobs.retain(|job| match job {
            Job::Listen(_) => true,
            Job::Search(of) | Job::Compose(of) => *of != reply,
            Job::Speak(phrase) => phrase.reply != reply,
        });
    }

    /// The caller is owed a settlement of this.
    pub(crate) fn committed(&mut self, utterance: UtteranceId) {
        assert!(
            self.owed.insert(utterance),
            "an utterance is committed once"
        );
    }

    pub(crate) fn settled(&mut self, utterance: UtteranceId) {
        assert!(self.owed.remove(&utterance), "an utterance is settled once");
    }

    /// The agent's line: `line` stands in the history, `heard` bytes of `composed` were heard.
    pub(crate) fn agent_line(line: &str, composed: &str, heard: usize) {
        assert_eq!(
            composed.get(..heard),
            Some(line),
            "the line is the prefix that was heard"
        );
    }

    /// After all outputs of an input.
    pub(crate) fn rest(&self, now: Millis, deadline: Option<Millis>) {
        assert!(
            deadline.is_none_or(|deadline| deadline > now),
            "no deadline is left in the past"
        );
    }

    fn end(&mut self) {
        assert!(self.jobs.is_empty(), "every job has ended");
        assert!(self.owed.is_empty(), "every utterance is settled");
        let none = self.holder.is_none() && self.held.is_none();
        assert!(none, "no reply outlives its conversation");
        self.ended = true;
    }
}
