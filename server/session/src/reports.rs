//! What engines report, told to the conversation. What comes for a job that was cancelled is dropped.

use crate::acting::Seam;
use crate::endings::Pause;
use crate::session::Session;
use crate::translate;
use models_engine::{Passage, Piece, Probability, Stopped};
use models_host::{Composing, Heard, Speaking};
use server_conversation::{HearingEvent, Input, PhraseId, ReplyEvent, ReplyId, UtteranceId};

/// What an engine has said, with the conversation's own number for the job.
pub(crate) enum Report {
    Heard(UtteranceId, Heard),
    Sounded(Pause, Option<Probability>),
    Found(ReplyId, Result<Vec<Passage>, Stopped>),
    Composing(ReplyId, Composing),
    Speaking(PhraseId, Speaking),
}

impl Session {
    pub(crate) fn on_report(&mut self, report: Option<Report>) {
        let input = match report {
            None => None,
            Some(Report::Heard(_, Heard::Taken(taken))) => self.on_taken(Seam::Recognizer, taken),
            Some(Report::Composing(_, Composing::Taken(taken))) => {
                self.on_taken(Seam::LanguageModel, taken)
            }
            Some(Report::Speaking(_, Speaking::Taken(taken))) => {
                self.on_taken(Seam::Synthesizer, taken)
            }
            Some(Report::Speaking(phrase, speaking)) => return self.on_speaking(phrase, speaking),
            Some(Report::Heard(utterance, heard)) => self.on_heard(utterance, heard),
            Some(Report::Sounded(pause, sound)) => {
                self.on_sounded(pause, sound);
                None
            }
            Some(Report::Found(reply, found)) => self.on_found(reply, found),
            Some(Report::Composing(reply, composing)) => self.on_composing(reply, composing),
        };
        self.inputs.extend(input);
    }

    fn on_heard(&mut self, utterance: UtteranceId, heard: Heard) -> Option<Input> {
        let event = match heard {
            Heard::Taken(_) => return None,
            Heard::Partial(words) => HearingEvent::Partial {
                text: words.text,
                stable: words.stable,
            },
            Heard::Settled { mark, text } => HearingEvent::Settled { mark, text },
            Heard::Ended(ended) => {
                self.finishing.remove(&utterance);
                match ended {
                    Ok(words) => HearingEvent::Transcript {
                        text: words.text,
                        confidence: words.confidence,
                    },
                    Err(Stopped::Cancelled) => return None,
                    Err(Stopped::Failed(failure)) => {
                        tracing::warn!(call = self.call, %failure, "recognition failed");
                        HearingEvent::Failed {
                            message: failure.message,
                        }
                    }
                }
            }
        };
        Some(Input::Hearing(utterance, event))
    }

    /// A search that fails is an answer without passages: the reply goes on.
    fn on_found(&mut self, reply: ReplyId, found: Result<Vec<Passage>, Stopped>) -> Option<Input> {
        self.searching.remove(&reply)?;
        let passages = found.unwrap_or_else(|stopped| {
            tracing::warn!(call = self.call, %stopped, "retrieval failed");
            Vec::new()
        });
        let passages = passages.into_iter().map(translate::passage_in).collect();
        Some(Input::Reply(reply, ReplyEvent::Found { passages }))
    }

    fn on_composing(&mut self, reply: ReplyId, composing: Composing) -> Option<Input> {
        if !self.composing.contains_key(&reply) {
            return None;
        }
        let event = match composing {
            Composing::Taken(_) => return None,
            Composing::Piece(Piece::Text(text)) => ReplyEvent::Text { text },
            Composing::Piece(Piece::Cite(passage)) => ReplyEvent::Cite { passage },
            Composing::Piece(Piece::Call(tool)) => ReplyEvent::Call { tool },
            Composing::Piece(Piece::Arguments(text)) => ReplyEvent::Arguments { text },
            Composing::Ended(ended) => {
                self.composing.remove(&reply);
                match ended {
                    Ok(()) => ReplyEvent::Composed,
                    Err(Stopped::Cancelled) => return None,
                    Err(Stopped::Failed(failure)) => {
                        tracing::warn!(call = self.call, %failure, "the language model failed");
                        ReplyEvent::Failed {
                            message: failure.message,
                        }
                    }
                }
            }
        };
        Some(Input::Reply(reply, event))
    }

    fn on_speaking(&mut self, phrase: PhraseId, speaking: Speaking) {
        let inputs = &mut self.inputs;
        match speaking {
            Speaking::Taken(_) => {}
            Speaking::Speech { rate, samples } => {
                inputs.extend(self.mouth.speech(phrase, rate, &samples));
            }
            Speaking::Ended(Ok(spoken)) => inputs.extend(self.mouth.spoken(phrase, &spoken.marks)),
            Speaking::Ended(Err(Stopped::Cancelled)) => {}
            Speaking::Ended(Err(Stopped::Failed(failure))) => {
                tracing::warn!(call = self.call, %failure, "synthesis failed");
                inputs.extend(self.mouth.failed(phrase, failure.message));
            }
        }
    }
}
