//! A reply on its way along the line of language models.

use super::going_on::{Joint, prompt_after};
use super::{Taken, Task};
use crate::port::Composing;
use models_engine::{Ability, Cancel, LanguageModel, Piece, Prompt, Stopped};
use std::sync::Arc;
use std::time::Duration;

/// No reply is longer; what lies beyond is not told to the next model.
const SAID_LIMIT: usize = 48 * 1024;

pub(crate) struct Composition {
    prompt: Arc<Prompt>,
    /// What has been composed so far: it may have been heard already.
    said: String,
    /// A call of a tool has begun. Half a call cannot be taken back, and no tool is called twice.
    called: bool,
}

impl Composition {
    pub(crate) fn new(prompt: Prompt) -> Self {
        Self {
            prompt: Arc::new(prompt),
            said: String::new(),
            called: false,
        }
    }
}

impl Task<dyn LanguageModel> for Composition {
    type Report = Composing;
    type Left = (Arc<Prompt>, String);

    /// Of 15 s.
    const PATIENCE: Duration = Duration::from_secs(10);

    fn left(&mut self) -> Self::Left {
        (Arc::clone(&self.prompt), self.said.clone())
    }

    fn work(
        (asked, said): Self::Left,
        engine: &dyn LanguageModel,
        out: &mut dyn FnMut(Composing) -> bool,
        cancel: &Cancel,
    ) -> Result<Composing, Stopped> {
        let joint = Joint::after(&said, engine.card().can(Ability::Instructions));
        let prompt = prompt_after(&asked, &said, joint);
        let words = joint.words(&said);
        let mut bridge = words.map(|words| Piece::Text(words.to_owned()));
        let mut emit = |piece: Piece| {
            for piece in bridge.take().into_iter().chain([piece]) {
                if !out(Composing::Piece(piece)) {
                    cancel.cancel();
                }
            }
        };
        engine.compose(&prompt, &mut emit, cancel)?;
        Ok(Composing::Ended(Ok(())))
    }

    fn note(&mut self, report: &Composing) -> bool {
        let Composing::Piece(piece) = report else {
            return false;
        };
        match piece {
            Piece::Text(text) if self.said.len() < SAID_LIMIT => self.said.push_str(text),
            Piece::Call(_) => self.called = true,
            Piece::Text(_) | Piece::Cite(_) | Piece::Arguments(_) => {}
        }
        !matches!(piece, Piece::Cite(_))
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
