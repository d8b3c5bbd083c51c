//! The agent's replies: begun, composed, spoken, heard, and ended once.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::history::Line;
use crate::output::{Author, Ending, Fact, LineKind, Output, Prompt, PromptLine, Stage};
use crate::patience as p;
use crate::reply::{Reply, Work};
use crate::utterance::{Said, Utterance, Words};
use crate::witness::Witness;
use crate::words::APOLOGY;
use crate::{Millis, Modality, PhraseId, Place, ReplyId, ReplyRequest};

impl Conversation {
    /// The reply is gone: who has the floor now?
    pub(crate) fn yield_to(&mut self, utterance: Option<Box<Utterance>>) {
        match self.keep(utterance) {
            Some(utterance) => self.pass_to(Floor::Caller { utterance }),
            None => self.answer_next(),
        }
    }

    /// A sound beside a reply that is gone: an utterance by the rule of the quiet, or nothing.
    fn keep(&mut self, utterance: Option<Box<Utterance>>) -> Option<Box<Utterance>> {
        let mut utterance = utterance?;
        if self.pauses().is_none() || utterance.told {
            return Some(utterance);
        }
        if self.ear.onset().is_some() {
            self.tell_started(&mut utterance);
            return Some(utterance);
        }
        self.forget(&utterance);
        None
    }

    /// Nobody speaks: what was said meanwhile is answered now.
    pub(crate) fn answer_next(&mut self) {
        let waits = || self.said.iter().filter(|said| said.wants_reply);
        if waits().any(Said::pending) {
            self.pass_to(Floor::Awaiting {
                reply: None,
                overheard: None,
            });
        } else if waits().next().is_some() {
            let id = self.next_reply();
            let reply = Reply::new(
                id,
                self.settings.modality,
                ReplyRequest::default(),
                self.now,
            );
            self.begin(reply, None, None);
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
    fn start(
        &mut self,
        reply: &mut Reply,
        token: Option<u32>,
        answers: Option<crate::UtteranceId>,
    ) {
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
        let (covers, left) = self.said.drain(..).partition(|said| said.wants_reply);
        self.said = left;
        let reply = self.floor.reply_mut().expect("a reply waits for words");
        reply.covers = covers;
        self.tell_way();
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

    /// How long it took to know what the caller said.
    fn tell_way(&mut self) {
        let reply = self.floor.reply_mut().expect("a reply takes up its work");
        let (id, last) = (reply.id, reply.covers.last());
        let Some(said) = last else { return };
        let (origin, committed_at, words) = (said.at, said.committed_at, said.words);
        reply.origin = origin;
        if let Words::Spoken { at } = words {
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

    /// What to look for: the caller's last words.
    pub(crate) fn query(&self, reply: &Reply) -> String {
        let lines = self.lines(reply);
        let last = lines
            .into_iter()
            .rfind(|line| line.author == Author::Caller);
        last.map(|line| line.text).unwrap_or_default()
    }

    fn lines(&self, reply: &Reply) -> Vec<PromptLine> {
        let line = |(author, text): &(Author, String)| PromptLine {
            author: *author,
            text: text.clone(),
            cut: false,
        };
        match &reply.request.lines {
            Some(lines) => lines.iter().map(line).collect(),
            None => self.history.prompt(),
        }
    }

    pub(crate) fn prompt(&self, reply: &Reply) -> Prompt {
        let asked = &reply.request;
        Prompt {
            instructions: asked
                .instructions
                .as_ref()
                .unwrap_or(&self.settings.instructions)
                .clone(),
            lines: self.lines(reply),
            passages: reply.passages.clone(),
            max_tokens: asked.max_tokens.or(self.settings.max_tokens),
        }
    }

    /// Orders the words of the reply on the floor.
    pub(crate) fn compose_now(&mut self) {
        let reply = self.floor.reply().expect("a reply is composed");
        let (reply, prompt) = (reply.id, self.prompt(reply));
        self.say(Output::Compose { reply, prompt });
        let until = self.now + p::COMPOSE;
        self.floor.reply_mut().expect("a reply is composed").work = Work::Composing { until };
    }

    /// Says words of our own. The floor must have been taken apart.
    pub(crate) fn recite(&mut self, text: &str, covers: Vec<Said>, last_word: bool) {
        let id = self.next_reply();
        let mut reply = Reply::new(
            id,
            self.settings.modality,
            ReplyRequest::default(),
            self.now,
        );
        let answers = covers.last().map(|said| said.id);
        self.start(&mut reply, None, answers);
        reply.covers = covers;
        reply.last_word = last_word;
        self.tell(Fact::ReplyText {
            reply: id,
            text: text.to_owned(),
        });
        reply.add(text);
        reply.compose();
        self.tell(Fact::ReplyComposed {
            reply: id,
            text: text.to_owned(),
        });
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
            let phrase = PhraseId {
                reply,
                index: due.index,
            };
            let voice = self
                .floor
                .reply()
                .and_then(|reply| reply.request.voice.clone());
            let voice = voice.or_else(|| self.settings.voice.clone());
            let speed = self.speed();
            self.say(Output::Speak {
                phrase,
                text: due.text,
                voice,
                speed,
            });
        }
        if self.floor.reply().is_some_and(Reply::finished) {
            self.complete();
        }
    }

    fn speed(&self) -> f32 {
        let speed = self.settings.speed;
        if speed.is_finite() {
            speed.clamp(0.25, 1.5)
        } else {
            1.0
        }
    }

    fn next_due(&mut self) -> Option<(ReplyId, crate::reply::Due)> {
        let now = self.now;
        let reply = self.floor.reply_mut()?;
        Some((reply.id, reply.due(now)?))
    }

    /// Everything of the reply on the floor has reached the caller.
    fn complete(&mut self) {
        let (reply, utterance) = self.take_apart();
        let mut reply = *reply.expect("a reply is complete");
        let ending = match reply.broken.take() {
            Some(message) => Ending::Failed { message },
            None if reply.text.trim().is_empty() => Ending::Failed {
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
        if ending == Ending::Completed {
            self.hear_out(&mut reply);
        }
        self.close(reply, ending);
        match self.keep(utterance) {
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
        let unheard = ending == Ending::BargedIn && reply.heard == 0;
        let text = reply.text[..reply.heard].to_owned();
        self.tell(Fact::ReplyEnded {
            reply: id,
            ending,
            text,
        });
        let covers = std::mem::take(&mut reply.covers);
        if unheard {
            // The caller went on: the next reply answers all of it.
            self.said.splice(0..0, covers);
        } else {
            for said in covers {
                self.witness.settled(said.id);
            }
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
        let Some(reply) = self.floor.reply() else {
            return;
        };
        let (id, heard, spoken) = (reply.id, reply.heard, reply.modality == Modality::Audio);
        let (line, text) = (reply.line, &reply.text[..heard]);
        let standing = line.and_then(|line| self.history.get_mut(line));
        let news = standing.is_some_and(|line| {
            let news = line.text.len() < heard;
            line.text.push_str(&text[line.text.len()..]);
            news
        });
        if news && spoken {
            self.tell(Fact::Heard { reply: id, heard });
        }
        if matches!(self.floor, Floor::Awaiting { reply: Some(_), .. }) {
            let (reply, overheard) = self.take_apart();
            self.go_on(reply.expect("a reply is awaited"), overheard);
        }
    }
}
