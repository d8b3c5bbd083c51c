//! Judges a story from outside: it sees what the world sees, and knows nothing of the core's insides.

use crate::asked::Asked;
use crate::debts::Debts;
use crate::guesses::Guesses;
use crate::heard::{Phrase, Reply, audible_at_most};
use crate::jobs::{Job, of};
use crate::tools::Tools;
use server_conversation::{
    Author, Ending, Fact, HearingEvent, Input, LineId, LineKind, Millis, Output, PhraseEvent,
    PhraseId, Prompt, ReplyEvent, ReplyId, UtteranceId,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(crate) struct Witness {
    holder: Option<ReplyId>,
    replies: BTreeMap<ReplyId, Reply>,
    jobs: BTreeSet<Job>,
    asked: Asked,
    debts: Debts,
    guesses: Guesses,
    agent_lines: BTreeMap<LineId, String>,
    tools: Tools,
    ended: bool,
}

pub(crate) type Verdict = Result<(), String>;

pub(crate) fn claim(holds: bool, why: &str) -> Verdict {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

impl Witness {
    pub(crate) fn input(&mut self, input: &Input) {
        self.tools.input(input);
        self.asked.input(input);
        match input {
            Input::Hearing(id, HearingEvent::Transcript { .. } | HearingEvent::Failed { .. }) => {
                self.jobs.remove(&Job::Listen(*id));
            }
            Input::Reply(id, ReplyEvent::Found { .. }) => {
                self.jobs.remove(&Job::Search(*id));
            }
            Input::Reply(id, ReplyEvent::Composed | ReplyEvent::Failed { .. }) => {
                self.jobs.remove(&Job::Compose(*id));
            }
            Input::Phrase(id, event) => self.phrase(*id, event),
            _ => {}
        }
    }

    fn phrase(&mut self, id: PhraseId, event: &PhraseEvent) {
        if matches!(
            event,
            PhraseEvent::Spoken { .. } | PhraseEvent::Failed { .. }
        ) {
            self.jobs.remove(&Job::Speak(id));
        }
        self.guesses.phrase(id, event);
        let phrases = self
            .replies
            .get_mut(&id.reply)
            .map(|reply| &mut reply.phrases);
        let Some(phrase) = phrases.and_then(|phrases| phrases.get_mut(id.index as usize)) else {
            return;
        };
        phrase.take(event);
    }

    /// After one input: its outputs, and when the core wants to be woken.
    pub(crate) fn outputs(
        &mut self,
        now: u64,
        outputs: &[Output],
        wake: Option<Millis>,
        asks: bool,
    ) -> Verdict {
        claim(
            outputs.len() <= 128,
            "5: an input yielded a flood of outputs",
        )?;
        claim(
            wake.is_none_or(|wake| wake.0 > now),
            "6: a deadline was left in the past",
        )?;
        outputs
            .iter()
            .try_for_each(|output| self.output(output, asks))
    }

    fn output(&mut self, output: &Output, asks: bool) -> Verdict {
        claim(!self.ended, "something followed the end")?;
        let replies = &self.replies;
        let unheard = |id: ReplyId| {
            replies
                .get(&id)
                .filter(|reply| reply.spoken)
                .is_some_and(|reply| audible_at_most(reply) < reply.composed.trim_end().len())
        };
        self.tools.output(output, unheard)?;
        self.asked.output(output)?;
        match output {
            Output::Listen { utterance, .. } => self.start(Job::Listen(*utterance)),
            Output::Forget { utterance } => claim(
                self.jobs.remove(&Job::Listen(*utterance)),
                "7: forgot what was not heard",
            ),
            Output::Judge { utterance, .. }
            | Output::Settle { utterance, .. }
            | Output::Finish { utterance } => claim(
                self.jobs.contains(&Job::Listen(*utterance)),
                "7: finished what was not begun",
            ),
            Output::Search { reply, .. } => self.start(Job::Search(*reply)),
            Output::Compose { reply, prompt } => {
                self.start(Job::Compose(*reply))?;
                self.prompt(*reply, prompt)
            }
            Output::Speak { phrase, text, .. } => self.speak(*phrase, text),
            Output::Duck { reply } | Output::Restore { reply } => self.audible(*reply),
            Output::Silence { reply } => {
                self.audible(*reply)?;
                self.replies.entry(*reply).or_default().silenced = true;
                Ok(())
            }
            Output::Cancel { reply } => {
                self.jobs.retain(|job| !of(*reply, job));
                Ok(())
            }
            Output::Hold { reply, utterance } => {
                claim(self.holder.is_none(), "1: kept back beside a reply")?;
                self.guesses.hold(*reply, *utterance)
            }
            Output::Release { reply } => self.guesses.release(*reply),
            Output::Discard { reply, .. } => {
                self.jobs.retain(|job| !of(*reply, job));
                self.guesses.discard(*reply)
            }
            Output::Tell(fact) => {
                self.guesses.fact(fact)?;
                self.fact(fact, asks)
            }
            Output::End => {
                self.ended = true;
                self.guesses.none()?;
                claim(self.jobs.is_empty(), "7: a job outlived the conversation")?;
                claim(
                    self.holder.is_none(),
                    "1: a reply outlived the conversation",
                )
            }
        }
    }

    fn start(&mut self, job: Job) -> Verdict {
        claim(self.jobs.insert(job), "7: a job was started twice")
    }

    fn audible(&self, id: ReplyId) -> Verdict {
        let silenced = self.replies.get(&id).is_some_and(|reply| reply.silenced);
        claim(!silenced, "2: a silenced reply is heard")?;
        claim(
            self.holder == Some(id),
            "1: a reply without the floor is heard",
        )
    }

    fn speak(&mut self, id: PhraseId, text: &str) -> Verdict {
        self.start(Job::Speak(id))?;
        if self.guesses.keep(id, text) {
            return Ok(());
        }
        self.audible(id.reply)?;
        self.place(id, text, Phrase::unspoken((0, 0)))
    }

    /// Finds the words of a phrase in what was composed.
    fn place(&mut self, id: PhraseId, text: &str, mut phrase: Phrase) -> Verdict {
        let reply = self
            .replies
            .get_mut(&id.reply)
            .ok_or("a phrase of no reply")?;
        claim(
            id.index as usize == reply.phrases.len(),
            "phrases are spoken out of order",
        )?;
        let from = reply.phrases.last().map_or(0, |phrase| phrase.words.1);
        let at = reply.composed[from..]
            .find(text)
            .ok_or("what is spoken was not composed")?;
        phrase.words = (from + at, from + at + text.len());
        reply.phrases.push(phrase);
        Ok(())
    }

    /// Every line of the agent in a prompt was heard like that, or written by the client.
    fn prompt(&mut self, id: ReplyId, prompt: &Prompt) -> Verdict {
        let own = self
            .replies
            .get(&id)
            .is_some_and(|reply| reply.line.is_some())
            || self.guesses.composes(id, prompt);
        let mut told = prompt
            .lines
            .iter()
            .filter(|line| line.author == Author::Agent && line.call.is_none());
        let known = told.all(|line| {
            self.agent_lines
                .values()
                .any(|heard| heard.trim() == line.text)
        });
        claim(known || !own, "3: the model was told what was not heard")
    }

    fn fact(&mut self, fact: &Fact, asks: bool) -> Verdict {
        match fact {
            Fact::ReplyStarted {
                reply,
                line,
                modality,
                answers,
                ..
            } => {
                let spoken = *modality == server_conversation::Modality::Audio;
                self.begins(*reply, *line, spoken, *answers)
            }
            Fact::ReplyText { reply: id, text } => {
                let reply = self.replies.get_mut(id).ok_or("words of no reply")?;
                claim(!reply.ended, "an ended reply went on")?;
                reply.composed.push_str(text);
                if !reply.spoken {
                    reply.heard = reply.composed.len();
                }
                let (line, heard) = (reply.line, reply.composed[..reply.heard].to_owned());
                self.stands(line, heard)?;
                for (phrase, text, spoken) in self.guesses.released(*id) {
                    self.place(phrase, &text, spoken)?;
                }
                Ok(())
            }
            Fact::PlayoutStarted { reply } => self.audible(*reply),
            Fact::Heard { reply, heard } => self.heard(*reply, *heard),
            Fact::LineCut { line, heard, .. } => self.cut(*line, heard),
            Fact::ReplyEnded {
                reply,
                ending,
                text,
            } => self.ends(*reply, ending, text, asks),
            Fact::LineAdded {
                line,
                kind: LineKind::Written(Author::Agent),
                text,
                ..
            } => self.stands(Some(*line), text.clone()),
            Fact::LineAdded {
                line,
                kind: LineKind::Typed,
                ..
            } => {
                self.debts.typed(*line);
                Ok(())
            }
            Fact::LineDeleted { line } => {
                self.agent_lines.remove(line);
                self.debts.deleted(*line);
                Ok(())
            }
            Fact::Committed {
                utterance, line, ..
            } => self.debts.committed(*utterance, *line, asks),
            Fact::Transcript {
                utterance, text, ..
            } => {
                self.debts.words(*utterance, text);
                Ok(())
            }
            Fact::TranscriptFailed { utterance, .. } => {
                self.debts.words(*utterance, "");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begins(
        &mut self,
        id: ReplyId,
        line: Option<LineId>,
        spoken: bool,
        answers: Option<UtteranceId>,
    ) -> Verdict {
        let mut covers = Vec::new();
        if line.is_some() {
            claim(
                self.holder.replace(id).is_none(),
                "1: two replies hold the floor",
            )?;
            if answers.is_some() {
                covers = self.debts.cover();
            }
        }
        let reply = Reply {
            line,
            spoken,
            covers,
            ..Reply::default()
        };
        claim(
            self.replies.insert(id, reply).is_none(),
            "a reply began twice",
        )?;
        self.stands(line, String::new())
    }

    fn stands(&mut self, line: Option<LineId>, text: String) -> Verdict {
        if let Some(line) = line {
            self.agent_lines.insert(line, text);
        }
        Ok(())
    }

    fn heard(&mut self, id: ReplyId, heard: usize) -> Verdict {
        self.audible(id)?;
        let reply = self.replies.get_mut(&id).ok_or("no such reply was heard")?;
        claim(heard > reply.heard, "3: what was heard shrank")?;
        claim(
            reply.composed.is_char_boundary(heard),
            "3: more was heard than composed",
        )?;
        claim(
            heard <= audible_at_most(reply),
            "3: more was heard than played",
        )?;
        reply.heard = heard;
        let (line, text) = (reply.line, reply.composed[..heard].to_owned());
        self.stands(line, text)
    }

    fn cut(&mut self, line: LineId, heard: &str) -> Verdict {
        let before = self
            .agent_lines
            .get(&line)
            .ok_or("3: a line was cut that does not stand")?;
        claim(before.starts_with(heard), "3: unheard text was kept")?;
        self.stands(Some(line), heard.to_owned())
    }

    fn ends(&mut self, id: ReplyId, ending: &Ending, text: &str, asks: bool) -> Verdict {
        claim(
            !self.jobs.iter().any(|job| of(id, job)),
            "7: a job outlived its reply",
        )?;
        let reply = self.replies.get_mut(&id).ok_or("no such reply ended")?;
        claim(
            !std::mem::replace(&mut reply.ended, true),
            "a reply ended twice",
        )?;
        claim(
            reply.composed.get(..reply.heard) == Some(text),
            "3: it ended with unheard text",
        )?;
        let all = reply.heard == reply.composed.len();
        claim(
            *ending != Ending::Completed || all,
            "3: it was completed unheard",
        )?;
        if reply.line.is_some() {
            claim(
                self.holder.take() == Some(id),
                "1: a reply without the floor ended",
            )?;
        }
        let again = *ending == Ending::BargedIn && reply.heard == 0;
        let covers = std::mem::take(&mut reply.covers);
        self.debts.answered(covers, again, asks)
    }

    /// Long after anything happened.
    pub(crate) fn at_rest(&self) -> Verdict {
        self.guesses.none()?;
        claim(self.holder.is_none(), "a reply holds the floor for ever")?;
        claim(self.jobs.is_empty(), "7: a job was never ended")?;
        self.asked.none()?;
        claim(self.debts.none(), "4: an utterance was left unanswered")
    }

    pub(crate) fn is_over(&self) -> bool {
        self.ended
    }
}
