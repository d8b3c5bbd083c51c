//! The one way to ask a running engine to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that the asker raises and the engine looks at between steps.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    raised: Arc<AtomicBool>,
    /// Raised, it stands for this one, too.
    above: Option<Arc<Cancel>>,
}

impl Cancel {
    pub fn new() -> Self {
        Self::default()
    }

    /// For a part of the same job: it is raised with this one, and may be raised alone.
    pub fn below(&self) -> Self {
        Self {
            raised: Arc::default(),
            above: Some(Arc::new(self.clone())),
        }
    }

    pub fn cancel(&self) {
        self.raised.store(true, Ordering::Release);
    }

    pub fn is_cancelled(&self) -> bool {
        let above = self.above.as_ref();
        self.raised.load(Ordering::Acquire) || above.is_some_and(|above| above.is_cancelled())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cancelled_alone_or_with_the_whole() {
        let whole = Cancel::new();
        let (one, other) = (whole.below(), whole.below().below());
        one.cancel();
        let raised = |cancels: [&Cancel; 3]| cancels.map(Cancel::is_cancelled);
        assert_eq!(raised([&one, &other, &whole]), [true, false, false]);
        whole.clone().cancel();
        assert_eq!(raised([&one, &other, &whole]), [true; 3]);
    }
}
