//! Any chat server that speaks the OpenAI HTTP API, as a language model.
//!
//! Ollama, vLLM, llama.cpp's server, a hosted model: `POST {base}/chat/completions`, streamed. What the
//! server sends is cut into pieces that can be spoken; sources are cited by number and never read out.

mod prompt;
mod refusal;
mod reply;
mod sse;

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use models_engine::{
    Ability, Aloud, Author, Cancel, Card, Failure, Grade, LanguageModel, Piece, Prompt, Stopped,
};
use tokio::runtime::Runtime;

use crate::refusal::Place;
use crate::reply::{Heard, ReplyStream};

/// How often a running request looks whether it is still wanted.
const CANCEL_TICK: Duration = Duration::from_millis(5);
/// A list of models is not larger than this.
const LIST_LIMIT_BYTES: usize = 1024 * 1024;

/// Which server, and how to be let in.
#[derive(Clone)]
pub struct RemoteOptions {
    /// With the version in it: `http://localhost:11434/v1`.
    pub base_url: String,
    /// From the environment; never logged.
    pub key: Option<String>,
    /// `None`: the first one that the server lists.
    pub model: Option<String>,
}

impl fmt::Debug for RemoteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteOptions")
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// How long a server may keep a caller waiting.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// Until the first word; a local server may load the model first.
    pub first_word: Duration,
    /// Between two words.
    pub next_word: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_word: Duration::from_secs(30),
            next_word: Duration::from_secs(10),
        }
    }
}

/// The language model behind an HTTP address. Connections are kept and used again.
pub struct Remote {
    place: Place,
    key: Option<String>,
    model: Mutex<Option<String>>,
    patience: Patience,
    http: reqwest::Client,
    /// Given up without waiting: a server may be shut down from within a runtime of its own.
    runtime: Option<Runtime>,
}

impl Remote {
    /// Reaches for nothing yet: a server that is down says so when it is asked.
    pub fn new(options: RemoteOptions) -> Result<Self, Failure> {
        Self::with_patience(options, Patience::default())
    }

    pub fn with_patience(options: RemoteOptions, patience: Patience) -> Result<Self, Failure> {
        // The first to install a provider wins; the others find one and are content.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let place = Place::parse(&options.base_url)?;
        let local =
            |reason: String| Failure::new(format!("No HTTP client could be set up: {reason}."));
        let mut http = reqwest::Client::builder()
            .connect_timeout(patience.connect)
            // A key goes to the address it was given for and nowhere else.
            .redirect(reqwest::redirect::Policy::none());
        if place.is_loopback() {
            http = http.no_proxy();
        }
        if !place.is_secure() {
            // Plain HTTP needs no root certificates, and a bare machine has none.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|err| local(err.to_string()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("remote-model")
            .enable_all()
            .build()
            .map_err(|err| local(err.to_string()))?;
        Ok(Self {
            place,
            key: options.key.filter(|key| !key.is_empty()),
            model: Mutex::new(options.model.filter(|model| !model.is_empty())),
            patience,
            http,
            runtime: Some(runtime),
        })
    }

    /// Opens a connection and finds out the model, so that the first caller does not wait for it.
    pub fn warm(&self) -> Result<String, Failure> {
        let found = self.block_on(&Cancel::new(), self.patience.first_word, self.find_model());
        found.map_err(|stopped| match stopped {
            Stopped::Failed(failure) => failure,
            Stopped::Cancelled => Failure::new("Nobody cancels a warm-up."),
        })
    }

    /// Runs one step of a request here, on the engine's own thread: what it emits may block.
    fn block_on<T>(
        &self,
        cancel: &Cancel,
        limit: Duration,
        step: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Stopped> {
        let runtime = self
            .runtime
            .as_ref()
            .expect("the runtime lives as long as its owner");
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancelled(cancel) => Err(Stopped::Cancelled),
                done = step => done.map_err(Stopped::Failed),
                () = tokio::time::sleep(limit) => Err(Stopped::Failed(self.place.stalled(limit))),
            }
        })
    }

    /// The model asked for, or the first one that the server has.
    async fn find_model(&self) -> Result<String, Failure> {
        if let Some(model) = self.known_model() {
            return Ok(model);
        }
        let request = self.authorized(self.http.get(self.place.url("models")));
        let response = request
            .send()
            .await
            .map_err(|err| self.place.unreachable(&err))?;
        if !response.status().is_success() {
            return Err(self.place.refused(response, None).await);
        }
        let body = reply::read(response, LIST_LIMIT_BYTES)
            .await
            .map_err(|_| self.place.broken())?;
        let list: serde_json::Value =
            serde_json::from_slice(&body).map_err(|_| self.place.no_chat())?;
        let first = list["data"][0]["id"].as_str().filter(|id| !id.is_empty());
        let first = first.ok_or_else(|| self.place.no_models())?.to_owned();
        *self
            .model
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(first.clone());
        Ok(first)
    }

    fn known_model(&self) -> Option<String> {
        self.model
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    async fn ask(&self, prompt: &Prompt) -> Result<ReplyStream, Failure> {
        let model = self.find_model().await?;
        let body = prompt::request(prompt, &model, self.place.is_openai());
        let request = self.authorized(self.http.post(self.place.url("chat/completions")));
        let sent = request.json(&body).send().await;
        let response = sent.map_err(|err| self.place.unreachable(&err))?;
        if !response.status().is_success() {
            return Err(self.place.refused(response, Some(&model)).await);
        }
        Ok(ReplyStream::new(response))
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("card", &self.card())
            .finish_non_exhaustive()
    }
}

impl LanguageModel for Remote {
    fn card(&self) -> Card {
        let model = self.known_model();
        let model = model.as_deref().unwrap_or("first model");
        let name = format!("{model} at {}", self.place.host());
        Card::new(name, Grade::Remote)
            .with(Ability::Instructions)
            .with(Ability::Tools)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        let asked = |line: &models_engine::Line| {
            line.author == Author::Caller && !line.text.trim().is_empty()
        };
        if !prompt.lines.iter().any(asked) {
            return Err(Stopped::failed(
                "The caller has not said anything to answer.",
            ));
        }
        cancel.check()?;
        let mut stream = self.block_on(cancel, self.patience.first_word, self.ask(prompt))?;
        let mut spoken = Aloud::new(prompt.passages.len());
        let mut limit = self.patience.first_word;
        let mut calls = false;
        loop {
            let heard = self.block_on(cancel, limit, stream.next(&self.place))?;
            limit = self.patience.next_word;
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
            return Err(Stopped::Failed(self.place.empty()));
        }
        Ok(())
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

async fn cancelled(cancel: &Cancel) {
    let mut ticks = tokio::time::interval(CANCEL_TICK);
    while !cancel.is_cancelled() {
        ticks.tick().await;
    }
}
