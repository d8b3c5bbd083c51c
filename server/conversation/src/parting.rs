//! How the house takes leave of a caller: what is owed first, then one word, then the end.

use crate::conversation::Conversation;
use crate::floor::Floor;
use crate::words::GOODBYE;

/// How far the leave-taking has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    Staying,
    /// The house closes; goodbye is said as soon as nobody speaks.
    Due,
    /// It was begun: the call ends when nobody speaks.
    Said,
}

impl Conversation {
    pub(crate) fn leave(&mut self) {
        if self.parting == Parting::Staying {
            self.parting = Parting::Due;
        }
    }

    /// Takes the next step of leaving, if nobody has the floor.
    pub(crate) fn part(&mut self) {
        while !self.over && matches!(self.floor, Floor::Open { .. }) {
            match self.parting {
                Parting::Staying => return,
                Parting::Due if self.greeted => {
                    self.parting = Parting::Said;
                    self.recite(GOODBYE, Vec::new(), true);
                }
                // Who never arrived cannot hear it.
                Parting::Due | Parting::Said => self.hang_up(),
            }
        }
    }
}
