//! The agent's replies: begun, composed, spoken, heard, and ended once.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::history::Line;
use crate::output::{Author, Fact, LineKind, Output, Prompt, PromptLine, Stage};
use crate::patience as p;
use crate::recounting::recount;
use crate::reply::{Due, Reply, Work};
use crate::utterance::{Said, Utterance, Words};
use crate::words::{APOLOGY, ASK_AGAIN};
use crate::{LineId, Millis, Modality, PhraseId, Place, ReplyId, ReplyRequest, ToolChoice};

/// "And on Sunday?" leans on what was asked before it, rarely on more than this.
const QUERY_LINES: usize = 4;

impl Conversation {
    /// Nobody speaks: what was said meanwhile is answered now.
    pub(crate) fn answer_next(&mut self) {
        if let Some((token, request)) = self.next_request.take() {
            return self.begin_asked(token, request, None);
        }
        let waits = || self.said.iter().filter(|said| said.wants_reply);
        if waits().any(Said::pending) {
            self.pass_to(Floor::Awaiting {
                reply: None,
                overheard: None,
            });
        } else if waits().next().is_some() {
            if let Some(guess) = self.confirmed() {
                return self.release(guess);
            }
            let id = self.next_reply();
            let reply = Reply::new(
                id,
                self.settings.modality,
                ReplyRequest::default(),
                self.now,
            );
            self.begin(reply, None, None);
        } else if let Some(unsaid) = self.unsaid.take() {
            self.say_after_all(unsaid);
        } else {
            self.pass_to(Floor::Open { since: self.now });
        }
    }

    /// A reply takes the floor. It covers all that waits, and waits for the words of it.
    pub(crate) fn begin(
        &mut self,
        mut reply: Reply,
        token: Option<u32>,
        overheard: Option<Box<Utterance>>,
    ) {
        let answers = self
            .said
            .iter()
            .rfind(|said| said.wants_reply)
            .map(|said| said.id);
        self.start(&mut reply, token, answers);
        self.pass_to(Floor::Awaiting {
            reply: Some(Box::new(reply)),
            overheard,
        });
        self.take_up();
    }

    /// Gives a reply its line, and tells of both.
    pub(crate) fn start(
        &mut self,
        reply: &mut Reply,
        token: Option<u32>,
        answers: Option<crate::UtteranceId>,
    ) {
        self.drop_guess();
        self.unsaid = None;
        let (id, modality) = (reply.id, reply.modality);
        let line = self.history.reserve();
        reply.line = Some(line);
        self.tell(Fact::ReplyStarted {
            reply: id,
            line: Some(line),
            modality,
            token,
            answers,
        });
        if !self.may_call(reply) {
            reply.seated = true;
            self.seat_line(line, modality);
        }
    }

    /// Gives the reply its place in the history, now that it says something: it might have been a call alone.
    pub(crate) fn seat(&mut self, id: ReplyId) {
        let reply = self.reply_by(id).expect("a reply that speaks is there");
        let modality = reply.modality;
        if let Some(line) = reply.line
            && !std::mem::replace(&mut reply.seated, true)
        {
            self.seat_line(line, modality);
        }
    }

    fn seat_line(&mut self, line: LineId, modality: Modality) {
        let empty = Line::new(line, Author::Agent, String::new());
        let place = self
            .history
            .insert(empty, Place::Last)
            .expect("the end is a place");
        let (kind, text) = (LineKind::Agent(modality), String::new());
        self.tell(Fact::LineAdded {
            line,
            place,
            kind,
            text,
            token: None,
        });
        self.make_room();
    }

    /// The words of all that it answers may be there: then the work begins.
    pub(crate) fn take_up(&mut self) {
        let waiting = self
            .said
            .iter()
            .any(|said| said.wants_reply && said.pending());
        let idle = self
            .floor
            .reply()
            .is_some_and(|reply| reply.work == Work::Words);
        if waiting || !idle {
            return;
        }
        self.cover();
        if self.hardly_understood() {
            if !self.asked_again() {
                return self.ask_again();
            }
            self.believe();
        }
        let reply = self.floor.reply().expect("a reply waits for words");
        let (id, query) = (reply.id, self.query(reply));
        let found = self.search(id, query);
        let reply = self.floor.reply_mut().expect("a reply waits for words");
        match found {
            Some(until) => {
                reply.searching = true;
                reply.work = Work::Searching { until };
            }
            None => self.compose_now(),
        }
    }

    /// The recognizer believes none of what is to be answered.
    fn hardly_understood(&self) -> bool {
        let reply = self.floor.reply().expect("a reply waits for words");
        let misheard = |said: &Said| matches!(said.words, Words::Spoken { misheard: true, .. });
        reply.request == ReplyRequest::default()
            && !reply.covers.is_empty()
            && reply.covers.iter().all(misheard)
    }

    /// The caller was asked just now, and heard it.
    fn asked_again(&self) -> bool {
        let heard = self.history.last_heard();
        heard.is_some_and(|text| ASK_AGAIN.starts_with(text))
    }

    /// Asked once, the caller is taken at their word.
    fn believe(&mut self) {
        let reply = self.floor.reply().expect("a reply waits for words");
        for said in &reply.covers {
            if let Some(line) = self.history.get_mut(said.line) {
                line.misheard = false;
            }
        }
    }

    fn ask_again(&mut self) {
        let reply = self.floor.reply_mut().expect("a reply waits for words");
        reply.last_word = true;
        let id = reply.id;
        self.seat(id);
        let reply = self.floor.reply_mut().expect("a reply waits for words");
        let facts = our_own(reply, ASK_AGAIN);
        facts.into_iter().for_each(|fact| self.tell(fact));
        self.note_heard();
        self.go_ahead();
    }

    /// The reply on the floor answers all that waits for one.
    pub(crate) fn cover(&mut self) {
        let (covers, left) = self.said.drain(..).partition(|said| said.wants_reply);
        self.said = left;
        let reply = self.floor.reply_mut().expect("a reply waits for words");
        reply.covers = covers;
        self.tell_way();
    }

    /// How long it took to know what the caller said.
    fn tell_way(&mut self) {
        let reply = self.floor.reply_mut().expect("a reply takes up its work");
        let (id, last) = (reply.id, reply.covers.last());
        let Some(said) = last else { return };
        let (origin, committed_at, words) = (said.at, said.committed_at, said.words);
        reply.origin = origin;
        if let Words::Spoken { at, .. } = words {
            self.reached(id, Stage::Endpointing, committed_at - origin);
            self.reached(id, Stage::Recognition, at - origin);
        }
    }

    pub(crate) fn reached(&mut self, reply: ReplyId, stage: Stage, after: Millis) {
        self.tell(Fact::Reached {
            reply,
            stage,
            after,
        });
    }

    /// Orders a search, if there is something to look for: answers how long we wait for it.
    pub(crate) fn search(&mut self, reply: ReplyId, query: String) -> Option<Millis> {
        let limit = self.settings.passages;
        if limit == 0 || query.trim().is_empty() {
            return None;
        }
        self.say(Output::Search {
            reply,
            query,
            limit,
        });
        Some(self.now + p::SEARCH)
    }

    /// What to look for: the caller's last line, and before it those that it may lean on, one a line.
    pub(crate) fn query(&self, reply: &Reply) -> String {
        query_of(&self.lines(reply))
    }

    pub(crate) fn lines(&self, reply: &Reply) -> Vec<PromptLine> {
        match &reply.request.lines {
            Some(lines) => recount(&lines.iter().cloned().map(Line::written).collect::<Vec<_>>()),
            None => self.history.prompt(),
        }
    }

    pub(crate) fn prompt(&self, reply: &Reply) -> Prompt {
        self.prompt_of(reply, self.lines(reply))
    }

    pub(crate) fn prompt_of(&self, reply: &Reply, lines: Vec<PromptLine>) -> Prompt {
        let asked = &reply.request;
        let (tools, tool_choice) = self.tools(reply);
        Prompt {
            instructions: asked
                .instructions
                .as_ref()
                .unwrap_or(&self.settings.instructions)
                .clone(),
            lines,
            passages: reply.passages.clone(),
            max_tokens: asked.max_tokens.or(self.settings.max_tokens),
            tools,
            tool_choice,
        }
    }

    /// Orders the words of the reply on the floor.
    pub(crate) fn compose_now(&mut self) {
        let reply = self.floor.reply().expect("a reply is composed");
        let (reply, prompt) = (reply.id, self.prompt(reply));
        self.ledger.composing(reply);
        self.say(Output::Compose { reply, prompt });
        let until = self.now + p::COMPOSE;
        self.floor.reply_mut().expect("a reply is composed").work = Work::Composing { until };
    }

    /// Says words of our own. The floor must have been taken apart.
    pub(crate) fn recite(&mut self, text: &str, covers: Vec<Said>, last_word: bool) {
        let id = self.next_reply();
        let mut reply = Reply::new(id, self.settings.modality, words_only(), self.now);
        let answers = covers.last().map(|said| said.id);
        self.start(&mut reply, None, answers);
        reply.covers = covers;
        reply.last_word = last_word;
        let facts = our_own(&mut reply, text);
        facts.into_iter().for_each(|fact| self.tell(fact));
        let reply = Some(Box::new(reply));
        self.pass_to(Floor::Awaiting {
            reply,
            overheard: None,
        });
        self.note_heard();
        self.go_ahead();
    }

    pub(crate) fn apologise(&mut self, covers: Vec<Said>) {
        self.recite(APOLOGY, covers, true);
    }

    /// Hands over phrases that are due, and ends what is complete.
    pub(crate) fn go_ahead(&mut self) {
        while let Some((reply, due)) = self.next_due() {
            let voice = self
                .floor
                .reply()
                .and_then(|reply| reply.request.voice.clone());
            self.speak(reply, due, voice);
        }
        if self.floor.reply().is_some_and(Reply::finished) {
            self.complete();
        }
    }

    pub(crate) fn speak(&mut self, reply: ReplyId, due: Due, voice: Option<String>) {
        let (index, text) = (due.index, due.text);
        let phrase = PhraseId { reply, index };
        let voice = voice.or_else(|| self.settings.voice.clone());
        let speed = self.speed();
        self.say(Output::Speak {
            phrase,
            text,
            voice,
            speed,
        });
    }

    fn speed(&self) -> f32 {
        let speed = self.settings.speed;
        if speed.is_finite() {
            speed.clamp(0.25, 1.5)
        } else {
            1.0
        }
    }

    fn next_due(&mut self) -> Option<(ReplyId, Due)> {
        let now = self.now;
        let reply = self.floor.reply_mut()?;
        Some((reply.id, reply.due(now)?))
    }
}

/// Words of our own, whole at once.
fn our_own(reply: &mut Reply, text: &str) -> [Fact; 2] {
    reply.own = true;
    reply.add(text);
    reply.compose();
    let (reply, text) = (reply.id, text.to_owned());
    [
        Fact::ReplyText {
            reply,
            text: text.clone(),
        },
        Fact::ReplyComposed { reply, text },
    ]
}

/// A line each: what was typed in several is one, or its last line alone would be the question.
pub(crate) fn query_of(lines: &[PromptLine]) -> String {
    let asked = lines
        .iter()
        .filter(|line| line.author == Author::Caller)
        .map(|line| line.text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut latest: Vec<String> = asked.rev().take(QUERY_LINES).collect();
    latest.reverse();
    latest.join("\n")
}

/// What we say ourselves calls nothing.
fn words_only() -> ReplyRequest {
    ReplyRequest {
        tool_choice: Some(ToolChoice::Never),
        ..ReplyRequest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{PromptLine, query_of};
    use crate::output::Author;

    #[test]
    fn a_message_typed_in_several_lines_is_one_line_of_the_query() {
        let said = |text: &str| PromptLine {
            author: Author::Caller,
            text: text.to_owned(),
            cut: false,
            call: None,
        };
        let lines = [said("hello"), said("is there parking\n\n  for two cars")];
        assert_eq!(query_of(&lines), "hello\nis there parking for two cars");
    }
}
