//! The sessions that are running: who is let in, and how all are brought to an end.

use crate::engines::Engines;
use crate::peer::Peer;
use crate::session::{Order, Session, SessionOptions};
use signaling_protocol::Dialect;
use signaling_protocol::model::Settings;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

#[derive(Clone, Debug)]
pub struct LobbyOptions {
    /// Calls beyond this many are refused at the door.
    pub most_calls: usize,
    pub session: SessionOptions,
}

/// Every running session, by the name of its call.
pub struct Lobby {
    options: LobbyOptions,
    calls: Mutex<Calls>,
    emptied: Notify,
}

#[derive(Default)]
struct Calls {
    running: HashMap<String, Running>,
    draining: bool,
}

struct Running {
    orders: mpsc::Sender<Order>,
    /// Told to end; it keeps its place until it has.
    hung_up: bool,
}

impl Calls {
    fn have_room(&self, most: usize) -> Result<(), NotAdmitted> {
        let calls = self.running.len();
        match self.draining {
            true => Err(NotAdmitted::Draining),
            false if calls >= most => Err(NotAdmitted::Full { calls }),
            false => Ok(()),
        }
    }
}

/// Why a call was not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    Full {
        calls: usize,
    },
    Draining,
    /// The machine could not give what a session needs.
    Server(String),
}

impl fmt::Display for NotAdmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { calls } => write!(f, "all {calls} lines are busy"),
            Self::Draining => f.write_str("the server is shutting down"),
            Self::Server(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for NotAdmitted {}

impl Lobby {
    pub fn new(options: LobbyOptions) -> Arc<Self> {
        let (calls, emptied) = (Mutex::default(), Notify::new());
        Arc::new(Self {
            options,
            calls,
            emptied,
        })
    }

    /// Whether one more call would be let in. Asked before the costly part of an offer.
    pub fn has_room(&self) -> Result<(), NotAdmitted> {
        self.calls().have_room(self.options.most_calls)
    }

    /// Begins a session on its own task. Whatever becomes of it touches no other.
    pub fn admit(
        self: &Arc<Self>,
        call: &str,
        peer: Peer,
        dialect: Box<dyn Dialect>,
        settings: Settings,
        engines: Engines,
    ) -> Result<(), NotAdmitted> {
        self.has_room()?;
        let options = self.options.session.clone();
        let session = Session::new(call, &peer, dialect, settings, engines, options)
            .map_err(|error| NotAdmitted::Server(error.to_string()))?;
        let (orders, inbox) = mpsc::channel(4);
        {
            let mut calls = self.calls();
            calls.have_room(self.options.most_calls)?;
            let running = Running {
                orders,
                hung_up: false,
            };
            calls.running.insert(call.to_owned(), running);
        }
        let entry = Entry {
            lobby: Arc::clone(self),
            call: call.to_owned(),
        };
        tokio::spawn(async move {
            let _entry = entry;
            session.run(peer, inbox).await;
        });
        Ok(())
    }

    /// False when there is no such call, or when it has been hung up already.
    pub fn hang_up(&self, call: &str) -> bool {
        let mut calls = self.calls();
        let Some(running) = calls
            .running
            .get_mut(call)
            .filter(|running| !running.hung_up)
        else {
            return false;
        };
        running.hung_up = true;
        running.orders.try_send(Order::HangUp).is_ok()
    }

    pub fn calls_running(&self) -> usize {
        self.calls().running.len()
    }

    /// Lets nobody in any more, tells the callers, and waits for the last to leave.
    pub async fn drain(&self, reason: &str, deadline: Duration) {
        let orders: Vec<_> = {
            let mut calls = self.calls();
            calls.draining = true;
            calls
                .running
                .values()
                .map(|running| running.orders.clone())
                .collect()
        };
        for orders in orders {
            let _ = orders.try_send(Order::SayGoodbye {
                reason: reason.to_owned(),
                deadline,
            });
        }
        // The sessions hold the deadline themselves; the second is for those that cannot.
        let patience = deadline + Duration::from_secs(1);
        let _ = tokio::time::timeout(patience, self.empty()).await;
    }

    async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.calls_running() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Held for a look-up only, never across an await.
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's place in the lobby: given back even when the session panics.
struct Entry {
    lobby: Arc<Lobby>,
    call: String,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.lobby.calls().running.remove(&self.call);
        self.lobby.emptied.notify_waiters();
    }
}
