//! An utterance is complete: it gets its place in the history, and waits for its words and its reply.

use crate::conversation::Conversation;
use crate::history::Line;
use crate::output::{Author, Fact, LineKind, Output};
use crate::patience as p;
use crate::utterance::{Said, Utterance, Words};
use crate::{Endpointing, Place};

impl Conversation {
    /// What the caller says is answered, whether or not the client asks for it.
    pub(crate) fn responds(&self) -> bool {
        let endpointing = &self.settings.endpointing;
        matches!(endpointing, Endpointing::Automatic { respond: true, .. })
    }

    /// The open utterance is complete.
    pub(crate) fn commit(&mut self) {
        let wants_reply = self.responds();
        let (reply, utterance) = self.take_apart();
        let utterance = utterance.expect("only an open utterance is committed");
        if utterance.deaf.is_none() {
            self.say(Output::Finish {
                utterance: utterance.id,
            });
        }
        self.stand(&utterance);
        let until = self.now + p::TRANSCRIPT;
        self.wait_for(Said {
            id: utterance.id,
            line: utterance.line,
            at: utterance.last_voice_at,
            committed_at: self.now,
            words: Words::Pending { until },
            wants_reply,
        });
        self.ear.claim();
        match reply {
            Some(reply) => self.go_on(reply, None),
            None => self.answer_next(),
        }
        if let Some(message) = utterance.deaf {
            let deaf = self.said.iter().position(|said| said.id == utterance.id);
            self.not_transcribed(deaf.expect("it was just said"), &message);
        }
    }

    /// A spoken utterance gets its place in the history; the words come later.
    fn stand(&mut self, utterance: &Utterance) {
        let (id, line) = (utterance.id, utterance.line);
        if utterance.told {
            self.tell(Fact::SpeechStopped {
                utterance: id,
                line,
                end: self.ear.end(),
            });
        }
        let mut spoken = Line::new(line, Author::Caller, String::new());
        spoken.goes_on = utterance.goes_on;
        let place = self
            .history
            .insert(spoken, Place::Last)
            .expect("the end is a place");
        self.tell(Fact::Committed {
            utterance: id,
            line,
            place,
        });
        let (kind, text) = (LineKind::Spoken, String::new());
        self.tell(Fact::LineAdded {
            line,
            place,
            kind,
            text,
            token: None,
        });
        self.make_room();
    }

    /// An utterance waits for its words or its reply; too many are too many.
    pub(crate) fn wait_for(&mut self, said: Said) {
        self.witness.committed(said.id);
        self.said.push(said);
        if self.said.len() > p::WAITING {
            let oldest = self.said.remove(0);
            if oldest.pending() {
                self.say(Output::Forget {
                    utterance: oldest.id,
                });
                self.tell_failed(&oldest, "the recognizer is too far behind");
            }
            self.witness.settled(oldest.id);
        }
    }

    pub(crate) fn tell_failed(&mut self, said: &Said, message: &str) {
        let (utterance, line, message) = (said.id, said.line, message.to_owned());
        self.tell(Fact::TranscriptFailed {
            utterance,
            line,
            message,
        });
    }
}
