//! What the conversation orders, carried out: work for the engines, sound and silence for the caller, words for the wire.

use crate::acting::Seam;
use crate::reports::Report;
use crate::session::Session;
use crate::translate;
use models_engine::{Hint, Query, Script};
use models_host::Priority;
use server_conversation::{
    Fact, HearingEvent, Input, Millis, Output, PhraseEvent, PhraseId, ReplyEvent, ReplyId,
    UtteranceId,
};
use signaling_protocol::model::Event;

impl Session {
    pub(crate) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Listen { utterance, from } => self.listen(utterance, from),
            Output::Judge {
                utterance,
                partial,
                silence,
                speech,
            } => self.judge(utterance, partial, silence, speech),
            // A caller who waits comes before one who may yet go on.
            Output::Settle { utterance, mark } => {
                if self.engines.have_room() {
                    self.ears.settle(utterance, mark);
                }
            }
            Output::Finish { utterance } => {
                self.ending = None;
                if let Some(hearing) = self.ears.finish(utterance) {
                    self.finishing.insert(utterance, hearing);
                }
            }
            Output::Forget { utterance } => {
                self.ending = None;
                self.ears.forget(utterance);
                self.finishing.remove(&utterance);
            }
            Output::Search {
                reply,
                query,
                limit,
            } => self.search(reply, query, limit),
            Output::Compose { reply, prompt } => {
                let prompt = translate::prompt(prompt);
                let priority = match self.mouth.holds(reply) {
                    true => Priority::Speculative,
                    false => Priority::First,
                };
                let job = self.engines.language_model.urged(priority, None).compose(
                    prompt,
                    &self.mailbox,
                    move |said| Report::Composing(reply, said),
                );
                self.searching.remove(&reply);
                self.composing.insert(reply, job);
            }
            Output::Speak {
                phrase,
                text,
                voice,
                speed,
            } => {
                self.speak(phrase, Script { text, voice, speed });
            }
            Output::Duck { .. } => self.mouth.duck(),
            Output::Restore { .. } => self.mouth.restore(),
            Output::Silence { reply } => self.mouth.silence(reply),
            Output::Cancel { reply } => {
                self.stop_work(reply);
                self.mouth.cancel(reply);
            }
            Output::Hold { reply, .. } => self.mouth.hold(reply),
            Output::Release { reply } => {
                if let Some(job) = self.composing.get(&reply) {
                    job.confirm();
                }
                self.mouth.release(reply, &mut self.inputs);
            }
            Output::Discard { reply, worked } => {
                self.stop_work(reply);
                self.mouth.discard(reply);
                self.options.speculation.missed(worked);
                tracing::debug!(call = self.call, ms = worked.0, "worked in vain");
            }
            Output::Tell(fact) => self.tell(fact),
            Output::End => self.end(),
        }
    }

    fn listen(&mut self, utterance: UtteranceId, from: Millis) {
        let Some(recognizer) = &self.engines.recognizer else {
            let message = "no recognizer is installed".to_owned();
            self.inputs
                .push_back(Input::Hearing(utterance, HearingEvent::Failed { message }));
            return;
        };
        let hint = Hint {
            language: self.settings.language.clone(),
            prompt: self.settings.vocabulary.clone(),
            caller: Some(self.ears.caller()),
        };
        let hearing = recognizer.listen(hint, &self.mailbox, move |heard| {
            Report::Heard(utterance, heard)
        });
        self.ears.listen(utterance, from, hearing);
    }

    fn search(&mut self, reply: ReplyId, text: String, limit: usize) {
        let Some(retriever) = &self.engines.retriever else {
            let passages = Vec::new();
            self.inputs
                .push_back(Input::Reply(reply, ReplyEvent::Found { passages }));
            return;
        };
        let job = retriever.retrieve(Query { text, limit }, &self.mailbox, move |found| {
            Report::Found(reply, found)
        });
        self.searching.insert(reply, job);
    }

    fn stop_work(&mut self, reply: ReplyId) {
        self.searching.remove(&reply);
        self.composing.remove(&reply);
    }

    fn speak(&mut self, phrase: PhraseId, script: Script) {
        let Some(synthesizer) = &self.engines.synthesizer else {
            let message = "no voice is installed".to_owned();
            let failed = PhraseEvent::Failed { message };
            self.inputs.push_back(Input::Phrase(phrase, failed));
            return;
        };
        // While an earlier phrase is heard, a later one has time; and a reply that is being given does not go back to the
        // first voice, while a new one tries it again.
        let (priority, place) = match phrase.index {
            0 if self.mouth.holds(phrase.reply) => (Priority::Speculative, 0),
            0 => (Priority::First, 0),
            _ => (Priority::Later, self.acting.at(Seam::Synthesizer)),
        };
        let synthesizer = synthesizer.urged(priority, None);
        let job = synthesizer.speak_from(place, script, &self.mailbox, move |said| {
            Report::Speaking(phrase, said)
        });
        self.mouth.begin(phrase, job);
    }

    fn tell(&mut self, fact: Fact) {
        if let Fact::Reached { stage, after, .. } = &fact {
            tracing::debug!(call = self.call, ?stage, ms = after.0, "reached");
        }
        match &fact {
            Fact::Speculated { gained, .. } => self.options.speculation.hit(*gained),
            Fact::SpeechStarted { start, .. } => self.spoken = (*start, *start),
            Fact::SpeechStopped { end, .. } => self.spoken.1 = *end,
            _ => {}
        }
        let mut event = translate::event(fact);
        if let Event::Transcript { seconds, .. } = &mut event {
            *seconds = (self.spoken.1 - self.spoken.0).0 as f32 / 1_000.0;
        }
        self.wire.tell(event);
    }
}
