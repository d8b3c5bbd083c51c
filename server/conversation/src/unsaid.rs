//! What a sound ended before any of it was heard, and nobody else will ask for again: it is said after all, if that sound
//! was no word.

use crate::ReplyRequest;
use crate::conversation::Conversation;
use crate::output::Ending;
use crate::reply::Reply;

#[derive(Debug)]
pub(crate) enum Unsaid {
    /// The client asked for it.
    Asked(ReplyRequest),
    /// A greeting, an apology: words of our own.
    Own { text: String, last_word: bool },
}

impl Conversation {
    /// What answers somebody's words is owed to them, and begun anew with them. Without automatic replies the client
    /// knows best; and no tool is called twice.
    pub(crate) fn keep_unsaid(&mut self, reply: &Reply, ending: &Ending) {
        let unheard = *ending == Ending::BargedIn && reply.heard == 0 && reply.line.is_some();
        if !unheard || !reply.covers.is_empty() || !reply.calls.is_empty() || !self.responds() {
            return;
        }
        self.unsaid = Some(match reply.own {
            true => Unsaid::Own {
                text: reply.text.clone(),
                last_word: reply.last_word,
            },
            false => Unsaid::Asked(reply.request.clone()),
        });
    }

    pub(crate) fn say_after_all(&mut self, unsaid: Unsaid) {
        match unsaid {
            Unsaid::Own { text, last_word } => self.recite(&text, Vec::new(), last_word),
            Unsaid::Asked(request) => {
                let reply = self.fresh_reply(request);
                self.begin(reply, None, None);
            }
        }
    }
}
