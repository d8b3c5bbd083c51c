//! Judges replies that are begun before it is certain that the caller has finished: of one that is not
//! confirmed nothing is heard, told or written, and each is let go or thrown away once.

use crate::heard::Phrase;
use crate::witness::{Verdict, claim};
use server_conversation::{Fact, PhraseEvent, PhraseId, Prompt, ReplyId, UtteranceId};

type Spoken = (PhraseId, String, Phrase);

#[derive(Default)]
pub(crate) struct Guesses {
    held: Option<Held>,
    /// Of the held reply, or of one that was let go and whose words are not told yet.
    spoken: Vec<Spoken>,
}

struct Held {
    reply: ReplyId,
    utterance: UtteranceId,
    /// What the model took for the caller's last words.
    guessed: String,
    said: Option<String>,
}

impl Guesses {
    pub(crate) fn hold(&mut self, reply: ReplyId, utterance: UtteranceId) -> Verdict {
        self.none()?;
        self.spoken.clear();
        self.held = Some(Held {
            reply,
            utterance,
            guessed: String::new(),
            said: None,
        });
        Ok(())
    }

    fn is_held(&self, reply: ReplyId) -> bool {
        self.held.as_ref().is_some_and(|held| held.reply == reply)
    }

    /// True when the prompt is that of the held reply.
    pub(crate) fn composes(&mut self, reply: ReplyId, prompt: &Prompt) -> bool {
        let Some(held) = self.held.as_mut().filter(|held| held.reply == reply) else {
            return false;
        };
        let last = prompt.lines.last().map(|line| line.text.as_str());
        last.unwrap_or_default().clone_into(&mut held.guessed);
        true
    }

    /// Keeps a phrase of the held reply; false when it is of another one.
    pub(crate) fn keep(&mut self, phrase: PhraseId, text: &str) -> bool {
        let held = self.is_held(phrase.reply);
        if held {
            let spoken = Phrase::unspoken((0, 0));
            self.spoken.push((phrase, text.to_owned(), spoken));
        }
        held
    }

    pub(crate) fn phrase(&mut self, id: PhraseId, event: &PhraseEvent) {
        for (_, _, phrase) in self.spoken.iter_mut().filter(|(of, ..)| *of == id) {
            phrase.take(event);
        }
    }

    pub(crate) fn fact(&mut self, fact: &Fact) -> Verdict {
        let Some(held) = &mut self.held else {
            return Ok(());
        };
        if let Fact::Transcript {
            utterance, text, ..
        } = fact
            && *utterance == held.utterance
        {
            held.said = Some(text.clone());
        }
        let told = fact.reply() == Some(held.reply);
        claim(!told, "10: a reply was told that is not confirmed")?;
        let begins = matches!(fact, Fact::ReplyStarted { line: Some(_), .. });
        claim(!begins, "10: a reply begins while one is kept back")
    }

    pub(crate) fn release(&mut self, reply: ReplyId) -> Verdict {
        let held = self.held.take().filter(|held| held.reply == reply);
        let held = held.ok_or("10: what was not kept back was let go")?;
        let said = held.said.ok_or("10: let go before it was confirmed")?;
        let (guessed, said) = (plain(&held.guessed), plain(&said));
        claim(
            guessed.is_empty() || guessed.ends_with(&said),
            "10: the reply is to other words than were said",
        )
    }

    pub(crate) fn discard(&mut self, reply: ReplyId) -> Verdict {
        let held = self.is_held(reply);
        self.held = None;
        self.spoken.clear();
        claim(held, "10: what was not kept back was thrown away")
    }

    /// The phrases that were spoken of a reply before its words were told.
    pub(crate) fn released(&mut self, reply: ReplyId) -> Vec<Spoken> {
        let (released, left) = std::mem::take(&mut self.spoken)
            .into_iter()
            .partition(|(phrase, ..)| phrase.reply == reply);
        self.spoken = left;
        released
    }

    pub(crate) fn none(&self) -> Verdict {
        claim(self.held.is_none(), "10: a reply was kept back for ever")
    }
}

/// Words without what two hearings of the same may differ in.
fn plain(text: &str) -> Vec<String> {
    let words = text.split(' ').filter(|word| !word.starts_with('['));
    let bare = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let lower = bare.map(str::to_lowercase);
    lower
        .filter(|word| !matches!(word.as_str(), "" | "um" | "uh"))
        .collect()
}
