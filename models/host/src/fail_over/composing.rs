//! A reply on its way along the line of language models.

use super::going_on::{Joint, prompt_after};
use super::{Taken, Task};
use crate::port::Composing;
use models_engine::{Ability, Cancel, LanguageModel, Piece, Prompt, Stopped};

/// No reply is longer; what lies beyond is not told to the next model.
const SAID_LIMIT: usize = 48 * 1024;

pub(crate) struct Composition {
    prompt: Prompt,
    /// What has been composed so far: it may have been heard already.
    said: String,
    /// A call of a tool has begun. Half a call cannot be taken back, and no tool is called twice.
    called: bool,
}

impl Composition {
    pub(crate) fn new(prompt: Prompt) -> Self {
        Self {
            prompt,
            said: String::new(),
            called: false,
        }
    }
}

impl Task<dyn LanguageModel> for Composition {
    type Report = Composing;

    fn work(
        &mut self,
        engine: &dyn LanguageModel,
        out: &mut dyn FnMut(Composing) -> bool,
        cancel: &Cancel,
    ) -> Result<Composing, Stopped> {
        let Self {
            prompt,
            said,
            called,
        } = self;
        let joint = Joint::after(said, engine.card().can(Ability::Instructions));
        let prompt = prompt_after(prompt, said, joint);
        let mut bridge = joint.words(said).map(|words| Piece::Text(words.to_owned()));
        let mut emit = |piece: Piece| {
            for piece in bridge.take().into_iter().chain([piece]) {
                match &piece {
                    Piece::Text(text) if said.len() < SAID_LIMIT => said.push_str(text),
                    Piece::Call(_) => *called = true,
                    Piece::Text(_) | Piece::Cite(_) | Piece::Arguments(_) => {}
                }
                if !out(Composing::Piece(piece)) {
                    cancel.cancel();
                }
            }
        };
        engine.compose(&prompt, &mut emit, cancel)?;
        Ok(Composing::Ended(Ok(())))
    }

    fn may_pass_on(&self) -> bool {
        !self.called
    }

    fn stopped(stopped: Stopped) -> Composing {
        Composing::Ended(Err(stopped))
    }

    fn taken(taken: Taken) -> Composing {
        Composing::Taken(taken)
    }

    fn name(engine: &dyn LanguageModel) -> String {
        engine.card().name
    }
}
