//! How much of the prompts one step reads: as much as the machine does in good time.

use std::time::Duration;

/// Tokens that one step reads at most.
pub(super) const STEP: usize = 512;

/// A step takes about so long where the machine can: nothing stops it half way, neither an order to stop nor
/// another call's next word.
const STEP_SECONDS: f32 = 0.04;

/// Fewer tokens at once waste the machine; so many are read in the first step, which measures it.
const FEWEST: usize = 8;
const FIRST: usize = 32;

/// Each step goes through all of the weights once, whatever it reads. Where that alone takes too long, a step reads
/// until so many times that has gone by: with others speaking, and without.
const WORTH_BESIDE: f32 = 1.0;
const WORTH_ALONE: f32 = 4.0;

/// A step is no more than so many times as large as the last: one odd measurement is found out before it costs much.
const GROWS: usize = 2;

/// What steps have taken so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Seconds of a step that reads nothing of a prompt.
    bare: Option<f32>,
    /// Seconds that each token of a prompt adds.
    token: Option<f32>,
    /// So many of them the last step read.
    last: usize,
}

impl Pace {
    /// A step that read so many tokens of prompts took so long.
    pub(super) fn measure(&mut self, read: usize, took: Duration) {
        let seconds = took.as_secs_f32();
        if read == 0 {
            return smooth(&mut self.bare, seconds);
        }
        // The last of a prompt may be too little to tell.
        if read >= FEWEST {
            let reading = (seconds - self.bare.unwrap_or(0.0)).max(0.0);
            smooth(&mut self.token, reading / read as f32);
            self.last = read;
        }
    }

    /// How many tokens the next step reads, where others wait for their next word or not.
    pub(super) fn portion(&self, others_speak: bool) -> usize {
        let Some(token) = self.token else {
            return FIRST;
        };
        let (bare, token) = (self.bare.unwrap_or(0.0), token.max(1e-6));
        let worth = match others_speak {
            true => WORTH_BESIDE,
            false => WORTH_ALONE,
        };
        let seconds = (STEP_SECONDS - bare).max(worth * bare);
        let fitting = (seconds / token) as usize;
        fitting.min(GROWS * self.last).clamp(FEWEST, STEP)
    }
}

fn smooth(known: &mut Option<f32>, now: f32) {
    *known = Some(known.map_or(now, |before| (before + now) / 2.0));
}

#[cfg(test)]
mod tests {
    use super::{FEWEST, FIRST, Pace, STEP};
    use std::time::Duration;

    /// A machine whose steps take so long, and each token so much longer, in microseconds.
    #[derive(Clone, Copy)]
    struct Machine {
        bare: usize,
        token: usize,
    }

    impl Machine {
        fn takes(self, tokens: usize) -> Duration {
            Duration::from_micros((self.bare + self.token * tokens) as u64)
        }

        /// Seconds of a step, after many.
        fn settles(self, others_speak: bool) -> (usize, f32) {
            let mut pace = Pace::default();
            pace.measure(0, self.takes(0));
            for _ in 0..20 {
                let portion = pace.portion(others_speak);
                pace.measure(portion, self.takes(portion));
            }
            let portion = pace.portion(others_speak);
            (portion, self.takes(portion).as_secs_f32())
        }
    }

    #[test]
    fn a_fast_machine_steps_in_good_time() {
        let machine = Machine {
            bare: 5_000,
            token: 100,
        };
        for others_speak in [true, false] {
            let (portion, seconds) = machine.settles(others_speak);
            assert!(portion > 300 && seconds <= 0.041, "{portion}: {seconds}");
        }
    }

    #[test]
    fn one_that_is_slow_to_go_through_its_weights_does_not_do_so_for_a_few_tokens() {
        let machine = Machine {
            bare: 300_000,
            token: 50_000,
        };
        let (alone, _) = machine.settles(false);
        assert!((20..=25).contains(&alone), "{alone}");
        let (beside, _) = machine.settles(true);
        assert_eq!(beside, FEWEST, "others wait for their words");
    }

    #[test]
    fn it_begins_small_grows_slowly_and_ends_where_a_step_does() {
        let mut pace = Pace::default();
        assert_eq!(pace.portion(false), FIRST);
        for expected in [2 * FIRST, 4 * FIRST, 8 * FIRST, STEP, STEP] {
            let portion = pace.portion(false);
            pace.measure(portion, Duration::ZERO);
            assert_eq!(pace.portion(false), expected);
        }
    }
}
