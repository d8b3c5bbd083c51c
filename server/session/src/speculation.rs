//! Counts what comes of acting on a likely end: hits, what they gained, and work in vain.

use server_conversation::Millis;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Whether sessions act on a likely end, and what has come of it. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Speculation {
    pub on: bool,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
    gained_ms: AtomicU64,
    wasted_ms: AtomicU64,
}

/// What came of it so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Speculated {
    /// Replies that were begun before the end was certain, and were the reply.
    pub hits: u64,
    /// ... and were thrown away.
    pub misses: u64,
    /// How much sooner the hits were heard, in all.
    pub gained_ms: u64,
    /// How long the misses were worked on, in all.
    pub wasted_ms: u64,
}

impl Speculation {
    #[must_use]
    pub fn switched(on: bool) -> Self {
        let counts = Arc::default();
        Self { on, counts }
    }

    #[must_use]
    pub fn so_far(&self) -> Speculated {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Speculated {
            hits: read(&self.counts.hits),
            misses: read(&self.counts.misses),
            gained_ms: read(&self.counts.gained_ms),
            wasted_ms: read(&self.counts.wasted_ms),
        }
    }

    /// To the log, for all calls so far.
    pub(crate) fn report(&self) {
        let Speculated {
            hits,
            misses,
            gained_ms,
            wasted_ms,
        } = self.so_far();
        if hits + misses > 0 {
            tracing::info!(
                hits,
                misses,
                gained_ms,
                wasted_ms,
                "replies begun early, so far"
            );
        }
    }

    pub(crate) fn hit(&self, gained: Millis) {
        self.counts.hits.fetch_add(1, Ordering::Relaxed);
        self.counts.gained_ms.fetch_add(gained.0, Ordering::Relaxed);
    }

    pub(crate) fn missed(&self, worked: Millis) {
        self.counts.misses.fetch_add(1, Ordering::Relaxed);
        self.counts.wasted_ms.fetch_add(worked.0, Ordering::Relaxed);
    }
}
