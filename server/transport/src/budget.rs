//! A token bucket: how much a peer may send before it floods us.

use std::time::Duration;

/// Refills at a steady rate up to a burst.
#[derive(Debug)]
pub(crate) struct Budget {
    per_second: f64,
    burst: f64,
    left: f64,
    at: Duration,
}

impl Budget {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let burst = f64::from(burst);
        Self {
            per_second: f64::from(per_second),
            burst,
            left: burst,
            at: Duration::ZERO,
        }
    }

    /// Takes `amount` at `now` (time since any fixed start); false when that is too much.
    pub(crate) fn take(&mut self, now: Duration, amount: usize) -> bool {
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        self.left = (self.left + passed.as_secs_f64() * self.per_second).min(self.burst);
        let amount = amount as f64;
        if amount > self.left {
            return false;
        }
        self.left -= amount;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_one_must_wait() {
        let mut budget = Budget::new(10, 20);
        assert!((0..20).all(|_| budget.take(Duration::ZERO, 1)));
        assert!(!budget.take(Duration::ZERO, 1));
        assert!(budget.take(Duration::from_millis(100), 1));
        assert!(!budget.take(Duration::from_millis(100), 1));
    }

    #[test]
    fn a_clock_that_steps_back_gives_nothing() {
        let mut budget = Budget::new(10, 10);
        assert!(budget.take(Duration::from_secs(5), 10));
        assert!(!budget.take(Duration::from_secs(1), 1));
        assert!(!budget.take(Duration::from_secs(5), 1));
    }
}
