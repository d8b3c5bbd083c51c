//! What the caller is owed: each utterance that they complete is answered, or settled otherwise.

use crate::witness::{Verdict, claim};
use server_conversation::{LineId, UtteranceId};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owed {
    /// Committed: it needs words, or an end.
    Words,
    /// It needs a reply.
    Reply,
    Covered,
    Settled,
}

#[derive(Default)]
pub(crate) struct Debts(BTreeMap<UtteranceId, (LineId, Owed)>);

impl Debts {
    /// `asks`: it is answered without being asked.
    pub(crate) fn committed(&mut self, id: UtteranceId, line: LineId, asks: bool) -> Verdict {
        let owed = if asks { Owed::Words } else { Owed::Settled };
        let before = self.0.insert(id, (line, owed));
        claim(before.is_none(), "4: an utterance was committed twice")
    }

    /// A typed utterance is known by its line only: the reply that follows must answer it.
    pub(crate) fn typed(&mut self, line: LineId) {
        self.0.insert(typed(line), (line, Owed::Reply));
    }

    /// Its words are known: none, or nothing but noise, need no answer.
    pub(crate) fn words(&mut self, id: UtteranceId, text: &str) {
        let noise = text.split_whitespace().all(|word| word.starts_with('['));
        let Some((_, owed)) = self.0.get_mut(&id) else {
            return;
        };
        if noise {
            *owed = Owed::Settled;
        } else if *owed == Owed::Words {
            *owed = Owed::Reply;
        }
    }

    pub(crate) fn deleted(&mut self, line: LineId) {
        for (_, owed) in self.0.values_mut().filter(|(of, _)| *of == line) {
            *owed = Owed::Settled;
        }
    }

    /// A reply begins that answers all that is open.
    pub(crate) fn cover(&mut self) -> Vec<UtteranceId> {
        let open = self.0.iter_mut();
        let open = open.filter(|(_, (_, owed))| matches!(owed, Owed::Reply | Owed::Words));
        let cover = |(id, (_, owed)): (&UtteranceId, &mut (LineId, Owed))| {
            *owed = Owed::Covered;
            *id
        };
        open.map(cover).collect()
    }

    /// That reply has ended. `again`: nothing of it was heard, and the caller went on. What is spoken is owed one only
    /// where the client need not ask.
    pub(crate) fn answered(
        &mut self,
        covers: Vec<UtteranceId>,
        again: bool,
        asks: bool,
    ) -> Verdict {
        for id in covers {
            let (line, owed) = self.0.get_mut(&id).ok_or("4: nobody said that")?;
            if *owed == Owed::Covered {
                let owes = again && (asks || id == typed(*line));
                *owed = if owes { Owed::Reply } else { Owed::Settled };
            }
        }
        Ok(())
    }

    pub(crate) fn none(&self) -> bool {
        self.0.values().all(|(_, owed)| *owed == Owed::Settled)
    }
}

fn typed(line: LineId) -> UtteranceId {
    UtteranceId(u32::MAX - line.0)
}
