//! The one way to ask a running engine to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the asker raises and the engine looks at between steps.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// `Err(Stopped::Cancelled)` once cancelled: `cancel.check()?` between steps.
    pub fn check(&self) -> Result<(), crate::Stopped> {
        if self.is_cancelled() {
            Err(crate::Stopped::Cancelled)
        } else {
            Ok(())
        }
    }
}
