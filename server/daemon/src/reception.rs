//! Where a call from the doors meets the transport and becomes a session.

use crate::metrics;
use async_trait::async_trait;
use models_apart::{Apart, Gauges};
use models_host::Admission;
use server_session::peer::{Answerer, Unanswerable};
use server_session::{Engines, Lobby, NotAdmitted};
use signaling_protocol::Bad;
use signaling_protocol::model::Engine;
use signaling_protocol::realtime::{Capabilities, Realtime};
use signaling_service::{Accepted, CallRequest, NotAccepted, Readiness, Reception};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// All lines are busy: a caller who is turned away may try again after this.
const FULL: NotAccepted = NotAccepted::Full { retry_after_s: 5 };
const A_SECOND: Duration = Duration::from_secs(1);

pub(crate) struct House {
    pub(crate) answerer: Arc<dyn Answerer>,
    pub(crate) lobby: Arc<Lobby>,
    /// Empty until every engine has been loaded and warmed.
    pub(crate) engines: Arc<OnceLock<(Engines, Vec<Engine>)>>,
    /// Where native engines run in a process of their own.
    pub(crate) apart: Arc<OnceLock<Apart>>,
    /// What engines in this process count.
    pub(crate) gauges: Arc<OnceLock<Gauges>>,
    /// Kept by `watch`, once a second.
    pub(crate) admission: Arc<Mutex<Admission>>,
    /// Told to clients as the session's end; a day where no limit is set.
    pub(crate) longest_call: Duration,
}

impl House {
    /// Why nobody would be answered though everything was loaded.
    fn trouble(&self) -> Option<String> {
        self.apart.get().and_then(Apart::trouble)
    }

    /// One more call would make the others wait.
    fn is_crowded(&self) -> bool {
        let admission = self
            .admission
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        !admission.lets_in(self.lobby.calls_running())
    }

    /// What the session object says of this server where the client names nothing else.
    fn dialect(&self, id: &str, asked: Option<&serde_json::Value>) -> Result<Realtime, Bad> {
        let mut capabilities = Capabilities::default();
        for engine in self
            .engines
            .get()
            .map(|(_, roll)| roll.as_slice())
            .unwrap_or_default()
        {
            match engine.seam.as_str() {
                "recognizer" => capabilities.transcription.clone_from(&engine.name),
                "language_model" => capabilities.model.clone_from(&engine.name),
                "synthesizer" => {
                    capabilities.voice = engine.voices.first().cloned().unwrap_or_default()
                }
                _ => {}
            }
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        capabilities.expires_at = (now + self.longest_call).as_secs();
        Realtime::with_capabilities(id, asked, capabilities)
    }
}

#[async_trait]
impl Reception for House {
    async fn call(&self, request: CallRequest) -> Result<Accepted, NotAccepted> {
        let Some((engines, _)) = self.engines.get() else {
            return Err(NotAccepted::Full { retry_after_s: 1 });
        };
        if self.is_crowded() || self.trouble().is_some() {
            return Err(FULL);
        }
        self.lobby.has_room().map_err(turn_away)?;
        let call_id = format!("rtc_{:032x}", rand::random::<u128>());
        let session_id = format!("sess_{:032x}", rand::random::<u128>());
        let dialect = self
            .dialect(&session_id, request.session.as_ref())
            .map_err(NotAccepted::Session)?;
        let settings = dialect.settings();
        let (answer, peer) = self
            .answerer
            .answer(&request.offer)
            .await
            .map_err(unanswered)?;
        self.lobby
            .admit(&call_id, peer, Box::new(dialect), settings, engines.clone())
            .map_err(turn_away)?;
        Ok(Accepted { call_id, answer })
    }

    fn hang_up(&self, call_id: &str) -> bool {
        self.lobby.hang_up(call_id)
    }

    fn readiness(&self) -> Readiness {
        let engines = self.engines.get().map(|(_, roll)| roll.clone());
        let draining = self.lobby.has_room() == Err(NotAdmitted::Draining);
        let reason = match (&engines, draining) {
            (None, _) => Some("the engines are being loaded".to_owned()),
            (_, true) => Some("the server is shutting down".to_owned()),
            _ => self.trouble(),
        };
        Readiness {
            ready: reason.is_none(),
            reason,
            engines: engines.unwrap_or_default(),
            calls: self.lobby.calls_running(),
        }
    }

    fn metrics(&self) -> String {
        let queues = self
            .engines
            .get()
            .map(|(engines, _)| metrics::queues(engines));
        let account = self.apart.get().map(Apart::account);
        let gauges = match (&account, self.gauges.get()) {
            (Some(account), _) => account.gauges.clone(),
            (None, Some(gauges)) => gauges(),
            (None, None) => Vec::new(),
        };
        let calls = self.lobby.calls_running();
        metrics::text(
            calls,
            &queues.unwrap_or_default(),
            &gauges,
            account.as_ref(),
        )
    }

    fn session(&self, asked: Option<&serde_json::Value>) -> Result<serde_json::Value, Bad> {
        let session_id = format!("sess_{:032x}", rand::random::<u128>());
        Ok(self.dialect(&session_id, asked)?.session())
    }
}

/// Learns what a call costs the engines, for as long as the server runs.
pub(crate) async fn watch(engines: Engines, lobby: Arc<Lobby>, admission: Arc<Mutex<Admission>>) {
    let (begun, mut ticks) = (Instant::now(), tokio::time::interval(A_SECOND));
    loop {
        ticks.tick().await;
        let (calls, load) = (
            lobby.calls_running(),
            metrics::load(&metrics::queues(&engines)),
        );
        let mut admission = admission.lock().unwrap_or_else(PoisonError::into_inner);
        admission.note(begun.elapsed(), calls, load);
    }
}

fn unanswered(unanswerable: Unanswerable) -> NotAccepted {
    match unanswerable {
        Unanswerable::Offer(message) => NotAccepted::Offer(message),
        Unanswerable::Full => FULL,
        Unanswerable::Server(message) => NotAccepted::Server(message),
    }
}

fn turn_away(refused: NotAdmitted) -> NotAccepted {
    match refused {
        NotAdmitted::Full { .. } => FULL,
        NotAdmitted::Draining => NotAccepted::Draining,
        NotAdmitted::Server(message) => NotAccepted::Server(message),
    }
}
