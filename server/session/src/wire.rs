//! The data channel as a session sees it: a dialect, and messages that wait until the channel opens.

use crate::peer::{Stalled, ToPeer};
use signaling_protocol::Dialect;
use signaling_protocol::model::{Command, Event};
use std::collections::VecDeque;
use std::sync::Arc;

/// A channel that never opens must not fill memory: a greeting and its reply fit many times.
const WAITING: usize = 1_000;

pub(crate) struct Wire {
    dialect: Box<dyn Dialect>,
    peer: Arc<dyn ToPeer>,
    waiting: VecDeque<Event>,
    open: bool,
    stalled: bool,
    messages: Vec<String>,
}

impl Wire {
    pub(crate) fn new(dialect: Box<dyn Dialect>, peer: Arc<dyn ToPeer>) -> Self {
        let waiting = VecDeque::new();
        Self {
            dialect,
            peer,
            waiting,
            open: false,
            stalled: false,
            messages: Vec::new(),
        }
    }

    /// The channel is open: `hello` goes first, then what has happened since.
    pub(crate) fn open(&mut self, hello: &Event) {
        if std::mem::replace(&mut self.open, true) {
            return;
        }
        self.say(hello);
        for event in std::mem::take(&mut self.waiting) {
            self.say(&event);
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        if self.open {
            self.say(&event);
        } else if self.waiting.len() < WAITING {
            self.waiting.push_back(event);
        }
    }

    pub(crate) fn hear(&mut self, message: &str) -> Vec<Command> {
        let mut commands = Vec::new();
        self.dialect
            .hear(message, &mut commands, &mut self.messages);
        self.send();
        commands
    }

    /// The far end has stopped reading: there is no session without it.
    pub(crate) fn is_stalled(&self) -> bool {
        self.stalled
    }

    fn say(&mut self, event: &Event) {
        self.dialect.tell(event, &mut self.messages);
        self.send();
    }

    fn send(&mut self) {
        for message in self.messages.drain(..) {
            self.stalled |= self.peer.message(message) == Err(Stalled);
        }
    }
}
