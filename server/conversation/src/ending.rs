//! How replies end, and what of them was heard by then.

use crate::Modality;
use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::output::{Ending, Fact, Output};
use crate::reply::Reply;
use crate::utterance::{Said, Utterance, Words};
use crate::witness::Witness;

impl Conversation {
    /// Everything of the reply on the floor has reached the caller.
    pub(crate) fn complete(&mut self) {
        let held = self.held();
        let (reply, utterance) = self.take_apart();
        let mut reply = *reply.expect("a reply is complete");
        if reply.broken.is_none() {
            self.issue_held(&mut reply);
        }
        if held {
            // It ended while it faded: the next one is not to be held.
            self.say(Output::Restore { reply: reply.id });
        }
        let ending = match reply.broken.take() {
            Some(message) => Ending::Failed { message },
            None if reply.text.trim().is_empty() && !reply.calls_out() => Ending::Failed {
                message: "nothing was composed".to_owned(),
            },
            None => Ending::Completed,
        };
        self.conclude(reply, ending, utterance);
    }

    /// Ends a reply and finds who speaks next; the caller is told of a failure.
    pub(crate) fn conclude(
        &mut self,
        mut reply: Reply,
        ending: Ending,
        utterance: Option<Box<Utterance>>,
    ) {
        let apologise = !reply.last_word && matches!(ending, Ending::Failed { .. });
        let (mut next, mut answer) = (None, false);
        if ending == Ending::Completed {
            answer = utterance
                .as_deref()
                .is_some_and(|utterance| reply.is_answered_by(utterance));
            self.hear_out(&mut reply);
            self.ledger.heard(reply.id);
            next = self.next_request.take();
        }
        self.close(reply, ending);
        let utterance = self.keep(utterance, answer);
        if let Some((token, request)) = next {
            return self.take_request(token, request, utterance);
        }
        match utterance {
            Some(utterance) => self.pass_to(Floor::Caller { utterance }),
            None if apologise => self.apologise(Vec::new()),
            None => self.answer_next(),
        }
    }

    /// What cannot be spoken, such as the last full stop, counts as heard with the rest.
    fn hear_out(&mut self, reply: &mut Reply) {
        let all = reply.text.len();
        if std::mem::replace(&mut reply.heard, all) < all {
            self.tell(Fact::Heard {
                reply: reply.id,
                heard: all,
            });
        }
        if let Some(line) = reply.line.and_then(|id| self.history.get_mut(id)) {
            line.text.clone_from(&reply.text);
        }
    }

    /// The end of a reply, whatever the reason: orders first, then the news.
    pub(crate) fn close(&mut self, mut reply: Reply, ending: Ending) {
        let id = reply.id;
        let whole = ending == Ending::Completed;
        if reply.was_spoken() && !whole {
            self.say(Output::Silence { reply: id });
        }
        if reply.has_jobs() {
            self.say(Output::Cancel { reply: id });
        }
        if reply.playing {
            self.tell(if whole {
                Fact::PlayoutStopped { reply: id }
            } else {
                Fact::PlayoutCleared { reply: id }
            });
        }
        self.cut_line(&reply);
        if let Ending::Failed { message } = &ending {
            self.tell(Fact::Trouble {
                message: format!("The reply failed: {message}"),
            });
        }
        if reply.line.is_some() {
            self.refuse_kept();
        }
        self.keep_unsaid(&reply, &ending);
        let unheard = ending == Ending::BargedIn && reply.heard == 0;
        let responds = self.responds();
        let text = reply.text[..reply.heard].to_owned();
        self.tell(Fact::ReplyEnded {
            reply: id,
            ending,
            text,
        });
        // The caller went on before a word was heard: the next reply answers all of it, but where the client alone
        // asks for replies. What was never understood cannot be answered: for that we were about to apologise.
        let answered = |said: &Said| responds || said.words == Words::Typed;
        let again = |said: &Said| unheard && !said.pending() && answered(said);
        let (owed, settled): (Vec<_>, Vec<_>) = reply.covers.drain(..).partition(again);
        self.said.splice(0..0, owed);
        for said in settled {
            self.witness.settled(said.id);
        }
    }

    /// What was not heard does not stand in the history.
    fn cut_line(&mut self, reply: &Reply) {
        let Some(id) = reply.line else { return };
        let heard_for = reply.heard_for();
        let heard = &reply.text[..reply.heard];
        let Some(line) = self.history.get_mut(id) else {
            return;
        };
        Witness::agent_line(&line.text, &reply.text, reply.heard);
        line.spans = reply.spans();
        if reply.heard < reply.text.len() {
            line.cut = true;
            self.tell(Fact::LineCut {
                line: id,
                heard: heard.to_owned(),
                heard_for,
            });
        }
    }

    /// The history follows what was heard, and so does the floor.
    pub(crate) fn note_heard(&mut self) {
        let Some(reply) = self.floor.reply_mut() else {
            return;
        };
        let (id, heard, spoken) = (reply.id, reply.heard, reply.modality == Modality::Audio);
        let before = std::mem::replace(&mut reply.told, heard);
        if let Some(line) = reply.line.and_then(|line| self.history.get_mut(line)) {
            line.text.push_str(&reply.text[before..heard]);
        }
        if before < heard && spoken {
            self.tell(Fact::Heard { reply: id, heard });
        }
        if matches!(self.floor, Floor::Awaiting { reply: Some(_), .. }) {
            let (reply, overheard) = self.take_apart();
            self.go_on(reply.expect("a reply is awaited"), overheard);
        }
    }

    /// The reply is gone: who has the floor now?
    pub(crate) fn yield_to(&mut self, utterance: Option<Box<Utterance>>) {
        match self.keep(utterance, false) {
            Some(utterance) => self.pass_to(Floor::Caller { utterance }),
            None => self.answer_next(),
        }
    }

    /// A sound beside a reply that is gone: an answer, an utterance by the rule of the quiet, or nothing.
    fn keep(&mut self, utterance: Option<Box<Utterance>>, answer: bool) -> Option<Box<Utterance>> {
        let mut utterance = utterance?;
        if self.pauses().is_none() || utterance.told {
            return Some(utterance);
        }
        if answer || self.ear.onset().is_some() {
            self.asked_idle = 0;
            self.tell_started(&mut utterance);
            return Some(utterance);
        }
        self.forget(&utterance);
        None
    }
}
