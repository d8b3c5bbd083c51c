//! The language model behind an HTTP address: `POST {base}/chat/completions`, streamed.
//!
//! What the server sends is cut into pieces that can be spoken; sources are cited by number and never read out.

use std::cell::Cell;
use std::fmt;

use models_engine::{
    Ability, Aloud, Author, Cancel, Card, Failure, Grade, LanguageModel, Line, Piece, Prompt,
    Stopped,
};

use reqwest::header::CONTENT_TYPE;

use crate::link::{Link, Patience, RemoteOptions, Ticket, Wait};
use crate::prompt;
use crate::refusal::{Halt, Service, Trouble};
use crate::reply::{Heard, ReplyStream};

/// Any chat server: Ollama, vLLM, llama.cpp's server, a hosted model.
pub struct RemoteLanguage {
    link: Link,
}

impl RemoteLanguage {
    pub fn new(options: RemoteOptions) -> Result<Self, Failure> {
        Self::with_patience(options, Patience::for_chat())
    }

    pub fn with_patience(options: RemoteOptions, patience: Patience) -> Result<Self, Failure> {
        let link = Link::new(options, Service::Chat, patience)?;
        Ok(Self { link })
    }

    /// Opens a connection and finds out the model, so that the first caller does not wait for it.
    pub fn warm(&self) -> Result<String, Failure> {
        self.link.warm()
    }

    async fn ask(&self, prompt: &Prompt) -> Result<ReplyStream, Trouble> {
        let (link, place) = (&self.link, &self.link.place);
        let model = link.find_model().await?;
        let body = prompt::request(prompt, &model, place.is_openai());
        let url = place.url("chat/completions");
        let asked = link.send(Some(&model), |http| http.post(url.clone()).json(&body));
        let response = asked.await?;
        let kind = response.headers().get(CONTENT_TYPE);
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
            return Err(place.no_answer().into());
        }
        Ok(ReplyStream::new(response))
    }

    fn stream(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
        ticket: &mut Ticket<'_>,
    ) -> Result<(), Halt> {
        let (link, place) = (&self.link, &self.link.place);
        let wait = Cell::new(Wait::of(link.patience.first));
        // Thoughts are no answer: whoever thinks on and on has said nothing yet.
        let emit = &mut |piece| {
            ticket.answered();
            emit(piece);
            wait.set(Wait::of(link.patience.next));
        };
        let mut stream = link.block_on(cancel, wait.get(), self.ask(prompt))?;
        let mut spoken = Aloud::new(prompt.passages.len());
        let mut calls = false;
        loop {
            let next = async { stream.next(place).await.map_err(Trouble::from) };
            let heard = link.block_on(cancel, wait.get(), next)?;
            let call = match heard {
                None => break,
                Some(Heard::Words(words)) => {
                    spoken.push(&words);
                    say(&mut spoken, emit, cancel)?;
                    continue;
                }
                Some(Heard::Call(tool)) => Piece::Call(tool),
                Some(Heard::Arguments(text)) => Piece::Arguments(text),
            };
            // What was said before the call is said before it.
            spoken.finish();
            say(&mut spoken, emit, cancel)?;
            emit(call);
            calls = true;
        }
        spoken.finish();
        say(&mut spoken, emit, cancel)?;
        if spoken.said_nothing() && !calls {
            return Err(place.empty().into());
        }
        Ok(())
    }
}

impl fmt::Debug for RemoteLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteLanguage")
            .field("card", &self.card())
            .finish_non_exhaustive()
    }
}

impl LanguageModel for RemoteLanguage {
    fn card(&self) -> Card {
        Card::new(self.link.name(), Grade::Remote)
            .with(Ability::Instructions)
            .with(Ability::Tools)
            .with(Ability::Length)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        let asked = |line: &Line| line.author == Author::Caller && !line.text.trim().is_empty();
        if !prompt.lines.iter().any(asked) {
            return Err(Stopped::failed(
                "The caller has not said anything to answer.",
            ));
        }
        cancel.check()?;
        let mut ticket = self.link.enter().map_err(Stopped::Failed)?;
        let ended = self.stream(prompt, emit, cancel, &mut ticket);
        ticket.settle(ended)
    }
}

/// Nothing is said after a cancel, not even between two pieces of one delta.
fn say(spoken: &mut Aloud, emit: &mut dyn FnMut(Piece), cancel: &Cancel) -> Result<(), Stopped> {
    while let Some(piece) = spoken.pop() {
        cancel.check()?;
        emit(piece);
    }
    cancel.check()
}
