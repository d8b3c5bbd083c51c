//! One sequence of the context: what it holds, and the reply that is being composed in it.

use crate::calls::{BEGIN, Grammar};
use crate::decode::Request;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use models_engine::Stopped;
use std::sync::mpsc::TrySendError;

/// Outlives replies: what it holds is what the next prompt of the same call begins with.
#[derive(Default)]
pub(crate) struct Sequence {
    /// The tokens that the context holds for it, from its beginning.
    pub(crate) held: Vec<LlamaToken>,
    pub(crate) reply: Option<Reply>,
    /// How long the conversation was that it answered last.
    asked: usize,
    /// When it was last given a reply, in replies.
    pub(crate) used: u64,
}

/// A reply at work.
pub(crate) struct Reply {
    request: Request,
    sampler: LlamaSampler,
    /// Chosen, told, and to be read next.
    next: Option<LlamaToken>,
    /// Chosen, and not told yet: the listener is behind.
    untold: Option<LlamaToken>,
    told: usize,
    /// The end of what was written, while a call may begin.
    tail: Vec<u8>,
}

impl Sequence {
    /// How many tokens of a prompt it holds already. The last one is read in any case: its answer is wanted.
    pub(crate) fn common(&self, prompt: &[LlamaToken]) -> usize {
        let most = prompt.len().saturating_sub(1);
        self.held
            .iter()
            .zip(&prompt[..most])
            .take_while(|(a, b)| a == b)
            .count()
    }

    /// Whether a prompt that has so much in common goes on with its conversation.
    pub(crate) fn is_continued(&self, common: usize) -> bool {
        !self.held.is_empty() && common >= self.asked
    }

    pub(crate) fn is_free(&self) -> bool {
        self.reply.is_none()
    }

    pub(crate) fn begin(&mut self, request: Request, sampler: LlamaSampler, used: u64) {
        self.asked = request.asked;
        self.reply = Some(Reply {
            request,
            sampler,
            next: None,
            untold: None,
            told: 0,
            tail: Vec::new(),
        });
        self.used = used;
    }

    /// What it wants to read next, at most so much.
    pub(crate) fn wanted(&self, most: usize) -> &[LlamaToken] {
        match &self.reply {
            Some(Reply {
                untold: Some(_), ..
            })
            | None => &[],
            Some(Reply {
                next: Some(token), ..
            }) => std::slice::from_ref(token),
            Some(reply) => {
                let rest = &reply.request.tokens[self.held.len()..];
                &rest[..rest.len().min(most)]
            }
        }
    }

    /// It is composing, no longer reading its prompt.
    pub(crate) fn speaks(&self) -> bool {
        self.reply
            .as_ref()
            .is_some_and(|reply| reply.next.is_some() || reply.untold.is_some())
    }

    /// The context now holds these too. True when the prompt is read or a word was: the next one can be chosen.
    pub(crate) fn read(&mut self, count: usize) -> bool {
        let read = self.wanted(count)[..count].to_vec();
        self.held.extend(read);
        let Some(reply) = &mut self.reply else {
            return false;
        };
        let spoke = reply.next.take().is_some();
        spoke || self.held.len() >= reply.request.tokens.len()
    }

    /// Whether the next read completes what is wanted, so that its answer must be computed.
    pub(crate) fn completes(&self, count: usize) -> bool {
        self.reply.as_ref().is_some_and(|reply| {
            reply.next.is_some() || self.held.len() + count >= reply.request.tokens.len()
        })
    }

    pub(crate) fn sampler(&mut self) -> Option<&mut LlamaSampler> {
        self.reply.as_mut().map(|reply| &mut reply.sampler)
    }

    /// Whether a call begins with what is written now: then its grammar, the rule that holds, and the reply's seed.
    pub(crate) fn begun_call(&mut self, piece: &[u8]) -> Option<(Grammar, &'static str, u32)> {
        let reply = self.reply.as_mut()?;
        let free = |grammar: &Grammar| !grammar.from_the_first;
        let grammar = reply.request.grammar.take_if(|grammar| free(grammar))?;
        reply.tail.extend(piece);
        let line = format!("{BEGIN}\n");
        let root = if reply.tail.ends_with(BEGIN.as_bytes()) {
            Grammar::BEHIND
        } else if reply.tail.ends_with(line.as_bytes()) {
            Grammar::NEXT_LINE
        } else {
            let old = reply.tail.len().saturating_sub(line.len());
            reply.tail.drain(..old);
            reply.request.grammar = Some(grammar);
            return None;
        };
        Some((grammar, root, reply.request.seed))
    }

    /// A word was chosen; `None` ends the reply.
    pub(crate) fn chose(&mut self, token: Option<LlamaToken>) {
        match (token, &mut self.reply) {
            (Some(token), Some(reply)) => reply.untold = Some(token),
            _ => self.end(Ok(())),
        }
        self.tell();
    }

    /// Tells what is untold, if the listener has room, and ends what nobody wants any more.
    pub(crate) fn tell(&mut self) {
        let Some(reply) = &mut self.reply else {
            return;
        };
        if reply.request.cancel.is_cancelled() || reply.request.enough.is_cancelled() {
            return self.end(Err(Stopped::Cancelled));
        }
        let Some(token) = reply.untold else {
            return;
        };
        match reply.request.words.try_send(token) {
            Ok(()) => {
                (reply.untold, reply.next) = (None, Some(token));
                reply.told += 1;
                if reply.told >= reply.request.most {
                    self.end(Ok(()));
                }
            }
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => self.end(Err(Stopped::Cancelled)),
        }
    }

    pub(crate) fn end(&mut self, how: Result<(), Stopped>) {
        if let Some(reply) = self.reply.take() {
            reply.request.end(how);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use models_engine::{Cancel, Tool, ToolChoice};
    use std::sync::Arc;

    /// What rule holds after these pieces were written.
    fn begun(pieces: &[&str], choice: &ToolChoice) -> Option<&'static str> {
        let tool = Tool {
            name: "look".to_owned(),
            description: String::new(),
            parameters: "{}".to_owned(),
        };
        let (words, _told) = std::sync::mpsc::sync_channel(1);
        let request = Request {
            tokens: Vec::new(),
            asked: 0,
            most: 1,
            seed: 0,
            grammar: Grammar::of(&[tool], choice),
            cancel: Cancel::new(),
            enough: Cancel::new(),
            words,
            ended: Arc::default(),
        };
        let mut sequence = Sequence::default();
        sequence.begin(request, LlamaSampler::greedy(), 1);
        let begun = |piece: &&str| sequence.begun_call(piece.as_bytes());
        pieces
            .iter()
            .map(begun)
            .fold(None, |found, one| found.or(one.map(|(_, root, _)| root)))
    }

    #[test]
    fn the_grammar_holds_once_a_call_is_begun() {
        let auto = |pieces: &[&str]| begun(pieces, &ToolChoice::Auto);
        assert_eq!(
            auto(&["Let me", " see. ", "<tool_call>"]),
            Some(Grammar::BEHIND)
        );
        assert_eq!(
            auto(&["<", "tool", "_call", ">\n"]),
            Some(Grammar::NEXT_LINE)
        );
        assert_eq!(auto(&["<tool_", "response>"]), None);
        assert_eq!(
            begun(&["<tool_call>"], &ToolChoice::Always),
            None,
            "it holds already"
        );
    }
}
