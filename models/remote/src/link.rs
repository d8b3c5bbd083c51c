//! One server of others: how it is reached, how long it may take, and whether it is left alone for a while.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use models_engine::breaker::{Breaker, Limits, Pass, Resting};
use models_engine::{Cancel, Failure, Stopped};
use reqwest::{RequestBuilder, Response};
use tokio::runtime::Runtime;

use crate::body;
use crate::refusal::{Halt, Place, Service, Trouble};
use crate::tries::Tries;

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

/// How long a server may keep a caller waiting. The conversation gives a reply's next word 15 s, a transcript 10 s and
/// a phrase's next sound 8 s: each stays so far below that the engine behind can still answer.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    /// Until the first piece of an answer is given out, with all that comes before it: thoughts and headers are none.
    pub first: Duration,
    /// Between two pieces that are given out.
    pub next: Duration,
    /// Before the same is asked again, where that does no harm; three times as long before the second time.
    pub pause: Duration,
    /// All such pauses together, even where the server asks for more.
    pub pauses: Duration,
    /// So far sound may lag behind the listener.
    pub lag: Duration,
}

impl Patience {
    const USUAL: Self = Self {
        connect: Duration::from_secs(2),
        first: Duration::from_secs(10),
        next: Duration::from_secs(5),
        pause: Duration::from_millis(50),
        pauses: Duration::from_secs(2),
        lag: Duration::from_millis(1_500),
    };

    pub fn for_chat() -> Self {
        Self::USUAL
    }

    pub fn for_transcripts() -> Self {
        Self {
            first: Duration::from_secs(5),
            ..Self::USUAL
        }
    }

    pub fn for_speech() -> Self {
        Self {
            first: Duration::from_secs(5),
            next: Duration::from_secs(2),
            pauses: Duration::from_secs(1),
            ..Self::USUAL
        }
    }
}

/// One deadline, over however many steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    limit: Duration,
    begun: Instant,
}

impl Wait {
    pub(crate) fn of(limit: Duration) -> Self {
        Self {
            limit,
            begun: Instant::now(),
        }
    }

    fn left(self) -> Duration {
        self.limit.saturating_sub(self.begun.elapsed())
    }
}

/// Connections are kept and used again.
pub(crate) struct Link {
    pub(crate) place: Place,
    pub(crate) patience: Patience,
    pub(crate) http: reqwest::Client,
    key: Option<String>,
    model: Mutex<Option<String>>,
    breaker: Mutex<Breaker>,
    /// The breaker's zero.
    began: Instant,
    /// Given up without waiting: a server may be shut down from within a runtime of its own.
    runtime: Option<Runtime>,
}

impl Link {
    /// Reaches for nothing yet: a server that is down says so when it is asked.
    pub(crate) fn new(
        options: RemoteOptions,
        service: Service,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let place = Place::parse(&options.base_url, service)?;
        let local =
            |reason: String| Failure::new(format!("No HTTP client could be set up: {reason}."));
        let http = client(&place, patience).map_err(|err| local(err.to_string()))?;
        let named = options.model.filter(|model| !model.is_empty());
        let model = named.or_else(|| place.usual_model().map(str::to_owned));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("remote-model")
            .enable_all()
            .build()
            .map_err(|err| local(err.to_string()))?;
        Ok(Self {
            place,
            patience,
            http,
            key: options.key.filter(|key| !key.is_empty()),
            model: Mutex::new(model),
            breaker: Mutex::new(Breaker::new(Limits::default())),
            began: Instant::now(),
            runtime: Some(runtime),
        })
    }

    /// Opens a connection and finds out the model, so that the first caller does not wait for it.
    pub(crate) fn warm(&self) -> Result<String, Failure> {
        let wait = Wait::of(self.patience.first);
        let found = self.block_on(&Cancel::new(), wait, self.find_model());
        found.map_err(|halt| match halt {
            Halt::Trouble(trouble) => trouble.failure,
            Halt::Cancelled => Failure::new("Nobody cancels a warm-up."),
        })
    }

    /// Lets a job begin, where the server is not left alone just now.
    pub(crate) fn enter(&self) -> Result<Ticket<'_>, Failure> {
        let entered = self.breaker().enter(self.began.elapsed());
        let pass = entered.map_err(|Resting(wait)| self.place.resting(wait))?;
        Ok(Ticket {
            link: self,
            pass,
            outcome: Outcome::Unknown,
        })
    }

    /// Whether a job would be let in.
    pub(crate) fn look(&self) -> Result<(), Failure> {
        let looked = self.breaker().look(self.began.elapsed());
        looked.map_err(|Resting(wait)| self.place.resting(wait))
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one step of a request here, on the engine's own thread: what it emits may block.
    pub(crate) fn block_on<T>(
        &self,
        cancel: &Cancel,
        wait: Wait,
        step: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Halt> {
        let runtime = self
            .runtime
            .as_ref()
            .expect("the runtime lives as long as its owner");
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancelled(cancel) => Err(Halt::Cancelled),
                done = step => done.map_err(Halt::Trouble),
                () = tokio::time::sleep(wait.left()) => Err(self.place.stalled(wait.limit).into()),
            }
        })
    }

    /// Asks, and asks again where the server has not begun with it. Until it answers nothing has been given out.
    pub(crate) async fn send(
        &self,
        model: Option<&str>,
        build: impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> Result<Response, Trouble> {
        let mut tries = Tries::new(self.patience.pause, self.patience.pauses);
        loop {
            let trouble = match self.authorized(build(&self.http)).send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => self.place.refused(response, model).await,
                Err(err) => self.place.unreachable(&err),
            };
            let Some(wait) = tries.next(trouble.another) else {
                return Err(trouble);
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// The model asked for, or the first one that the server has.
    pub(crate) async fn find_model(&self) -> Result<String, Trouble> {
        if let Some(model) = self.known_model() {
            return Ok(model);
        }
        let url = self.place.url("models");
        let response = self.send(None, |http| http.get(url.clone())).await?;
        let body = body::read(response, LIST_LIMIT_BYTES)
            .await
            .map_err(|()| self.place.broken())?;
        let list: serde_json::Value =
            serde_json::from_slice(&body).map_err(|_| self.place.no_answer())?;
        let first = list["data"][0]["id"].as_str().filter(|id| !id.is_empty());
        let first = first.ok_or_else(|| self.place.no_models())?.to_owned();
        *self.model.lock().unwrap_or_else(PoisonError::into_inner) = Some(first.clone());
        Ok(first)
    }

    fn known_model(&self) -> Option<String> {
        let model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        model.clone()
    }

    /// For the card.
    pub(crate) fn name(&self) -> String {
        let model = self.known_model();
        let model = model.as_deref().unwrap_or("first model");
        format!("{model} at {}", self.place.host())
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn client(place: &Place, patience: Patience) -> reqwest::Result<reqwest::Client> {
    // The first to install a provider wins; the others find one and are content.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
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
    http.build()
}

async fn cancelled(cancel: &Cancel) {
    let mut ticks = tokio::time::interval(CANCEL_TICK);
    while !cancel.is_cancelled() {
        ticks.tick().await;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The job was dropped or cancelled before the server had said anything.
    Unknown,
    Well,
    Failed,
}

/// A job that was let in; what became of it is told to the breaker when it ends, however it ends.
pub(crate) struct Ticket<'a> {
    link: &'a Link,
    pass: Pass,
    outcome: Outcome,
}

impl Ticket<'_> {
    /// The server has sent something good: whoever hangs up now has found it well.
    pub(crate) fn answered(&mut self) {
        self.outcome = Outcome::Well;
    }

    /// The job is over.
    pub(crate) fn settle<T>(mut self, ended: Result<T, Halt>) -> Result<T, Stopped> {
        match &ended {
            Ok(_) => self.outcome = Outcome::Well,
            Err(Halt::Trouble(trouble)) if trouble.is_ours => self.outcome = Outcome::Well,
            Err(Halt::Trouble(_)) => self.outcome = Outcome::Failed,
            Err(Halt::Cancelled) => {}
        }
        ended.map_err(Stopped::from)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let now = self.link.began.elapsed();
        let mut breaker = self.link.breaker();
        match self.outcome {
            Outcome::Unknown => breaker.abandoned(self.pass, now),
            Outcome::Well => breaker.succeeded(),
            Outcome::Failed => breaker.failed(self.pass, now),
        }
    }
}
