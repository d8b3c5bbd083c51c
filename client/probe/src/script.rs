//! A scripted call: says and types one thing after another, cuts in where told, and reports.

use std::time::Duration;

use crate::call::Call;
use crate::report::{Deed, Manner, Report};
use crate::speech::Speech;
use crate::tape::Tape;
use crate::trouble::Trouble;

/// A reply is over once nothing was heard for this long after the server said so.
const SETTLED_MS: f64 = 300.0;
/// How long after the start a greeting may let itself be waited for.
const GREETING_MS: f64 = 700.0;
/// After a cough nothing need follow: this much is waited for the reply to come back.
const RESTORE_MS: f64 = 1_500.0;

/// What to do on the call, in this order.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub say: Vec<Speech>,
    pub type_texts: Vec<String>,
    /// Said into the first reply.
    pub barge: Option<Barge>,
    /// For each wait, not for the whole call.
    pub patience: Duration,
}

#[derive(Clone, Debug)]
pub struct Barge {
    pub speech: Speech,
    /// After the reply's first sound.
    pub after: Duration,
}

/// Performs the script and hangs up. What was found so far is reported even where it broke off.
pub async fn perform(mut call: Call, script: &Script) -> Result<Report, Trouble> {
    let mut actor = Actor {
        call: &mut call,
        script,
        deeds: Vec::new(),
    };
    let played = actor.play().await;
    let deeds = std::mem::take(&mut actor.deeds);
    let before = call.look(Tape::clone);
    let (tape, ended) = match (&played, call.hang_up().await) {
        (Ok(()), Ok(tape)) => (tape, Ok(())),
        (Ok(()), Err(trouble)) => (before, Err(trouble)),
        (Err(_), Ok(tape)) => (tape, Ok(())),
        (Err(_), Err(_)) => (before, Ok(())),
    };
    let trouble = played.and(ended).err().map(|trouble| trouble.to_string());
    Ok(Report::read(&tape, &deeds, trouble))
}

struct Actor<'a> {
    call: &'a mut Call,
    script: &'a Script,
    deeds: Vec<Deed>,
}

impl Actor<'_> {
    async fn play(&mut self) -> Result<(), Trouble> {
        self.wait("session.created event", |tape| {
            tape.ledger.session_id.is_some()
        })
        .await?;
        self.wait("end of the greeting", |tape| {
            let opened_ms = tape.channel_open_ms.unwrap_or(0.0);
            tape.now_ms - opened_ms > GREETING_MS && tape.has_settled(0, SETTLED_MS)
        })
        .await?;
        for (n, speech) in self.script.say.iter().enumerate() {
            let barge = self.script.barge.as_ref().filter(|_| n == 0);
            self.speak(speech, barge).await?;
        }
        for text in &self.script.type_texts {
            self.type_text(text).await?;
        }
        Ok(())
    }

    async fn speak(&mut self, speech: &Speech, barge: Option<&Barge>) -> Result<(), Trouble> {
        let replies = self.replies();
        let index = self.say(speech, Manner::Spoken).await?;
        match barge {
            None => self.wait_for_reply(index, replies).await,
            Some(barge) => self.cut_in(index, barge).await,
        }
    }

    /// The utterance is out, a reply to it was composed, played and has died away.
    async fn wait_for_reply(&mut self, index: usize, replies: usize) -> Result<(), Trouble> {
        self.wait("end of our own utterance", |tape| {
            ended_ms(tape, index).is_some()
        })
        .await?;
        self.wait("reply to what was said", |tape| {
            tape.ledger.replies.len() > replies
        })
        .await?;
        self.wait("end of the reply", |tape| {
            tape.has_settled(replies, SETTLED_MS)
        })
        .await
    }

    async fn cut_in(&mut self, index: usize, barge: &Barge) -> Result<(), Trouble> {
        let after_ms = barge.after.as_secs_f64() * 1000.0;
        self.wait("first sound of a reply to cut into", |tape| {
            first_sound_ms(tape, index).is_some_and(|ms| tape.now_ms >= ms + after_ms)
        })
        .await?;
        let replies = self.replies();
        let index = self.say(&barge.speech, Manner::BargeIn).await?;
        self.wait("end of our own barge-in", |tape| {
            ended_ms(tape, index).is_some()
        })
        .await?;
        // A real one is answered; after a cough the old reply goes on. Either way it ends in quiet.
        self.wait("end of what followed the barge-in", |tape| {
            let answered = tape.ledger.replies.len() > replies;
            let late = ended_ms(tape, index).is_some_and(|ms| tape.now_ms - ms > RESTORE_MS);
            (answered || late) && tape.has_settled(0, SETTLED_MS)
        })
        .await
    }

    async fn type_text(&mut self, text: &str) -> Result<(), Trouble> {
        let replies = self.replies();
        self.deed(Manner::Typed, None, Some(text.to_owned()));
        self.call.type_text(text).await?;
        self.wait("reply to what was typed", |tape| {
            tape.ledger.replies.len() > replies
        })
        .await?;
        self.wait("end of the reply", |tape| {
            tape.has_settled(replies, SETTLED_MS)
        })
        .await
    }

    async fn say(&mut self, speech: &Speech, manner: Manner) -> Result<usize, Trouble> {
        let index = self.call.say(speech).await?;
        self.deed(manner, Some(index), None);
        Ok(index)
    }

    fn deed(&mut self, manner: Manner, uttered: Option<usize>, typed: Option<String>) {
        let at_ms = self.call.look(|tape| tape.now_ms);
        self.deeds.push(Deed {
            manner,
            at_ms,
            uttered,
            typed,
        });
    }

    fn replies(&self) -> usize {
        self.call.look(|tape| tape.ledger.replies.len())
    }

    async fn wait(&self, what: &str, shows: impl FnMut(&Tape) -> bool) -> Result<(), Trouble> {
        self.call.wait(what, self.script.patience, shows).await
    }
}

fn ended_ms(tape: &Tape, index: usize) -> Option<f64> {
    tape.uttered.get(index)?.ended_ms
}

fn first_sound_ms(tape: &Tape, index: usize) -> Option<f64> {
    let end_ms = tape.uttered.get(index)?.last_voiced_ms?;
    ended_ms(tape, index)?;
    Some(tape.onset_after(end_ms, 0.0)?.at_ms)
}
