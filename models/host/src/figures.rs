//! What a queue counts: who waited, for how long, and what became of them.

use std::time::Duration;

/// The upper bounds of a histogram's buckets, in milliseconds; one more takes the rest.
pub const BOUNDS_MS: [u64; 13] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000,
];

/// How often a time fell between which bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Not cumulative; the last one has no upper bound.
    pub buckets: [u64; BOUNDS_MS.len() + 1],
    pub count: u64,
    pub sum: Duration,
}

impl Histogram {
    pub fn note(&mut self, time: Duration) {
        let bound = |bound: &u64| time <= Duration::from_millis(*bound);
        let place = BOUNDS_MS.iter().position(bound).unwrap_or(BOUNDS_MS.len());
        self.buckets[place] += 1;
        self.count += 1;
        self.sum = self.sum.saturating_add(time);
    }
}

/// A queue's account so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Jobs that wait now, and those that run.
    pub waiting: usize,
    pub running: usize,
    pub threads: usize,
    /// How long jobs waited that were begun, and how long they ran.
    pub waited: Histogram,
    pub ran: Histogram,
    /// Refused when they came: the queue was full, or they would have waited too long.
    pub full: u64,
    pub slow: u64,
    /// Never begun: their deadline was past, or nobody wanted them any more.
    pub late: u64,
    pub left: u64,
    /// Of a thousand parts of the time of the threads that serve, how many were used of late.
    pub load_permille: u32,
}
