//! The breaker by table, and by any story of jobs that begin and end.

use super::*;
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    failures: 3,
    rest: Duration::from_secs(5),
    longest_rest: Duration::from_secs(12),
};

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Fails,
    Succeeds,
    Abandons,
    /// Is not let through, and is told to wait so many seconds.
    Waits(u64),
}

#[test]
fn a_server_is_given_up_after_failures_in_a_row_and_tried_again() {
    use Deed::{Abandons, Fails, Succeeds, Waits};
    let table: &[&[(u64, Deed)]] = &[
        &[
            (0, Fails),
            (1, Fails),
            (2, Fails),
            (2, Waits(5)),
            (6, Waits(1)),
            (7, Succeeds),
            (7, Succeeds),
        ],
        // Only in a row.
        &[
            (0, Fails),
            (0, Fails),
            (0, Succeeds),
            (0, Fails),
            (0, Fails),
            (0, Abandons),
            (0, Fails),
            (0, Waits(5)),
        ],
        // Each trial in vain doubles the rest, up to the longest.
        &[
            (0, Fails),
            (0, Fails),
            (0, Fails),
            (5, Fails),
            (5, Waits(10)),
            (15, Fails),
            (15, Waits(12)),
            (27, Fails),
            (27, Waits(12)),
        ],
        // A trial that nobody waited for is made again at once.
        &[
            (0, Fails),
            (0, Fails),
            (0, Fails),
            (9, Abandons),
            (9, Succeeds),
            (9, Fails),
            (9, Succeeds),
        ],
    ];
    for story in table {
        let mut breaker = Breaker::new(LIMITS);
        for (step, &(seconds, deed)) in story.iter().enumerate() {
            let now = at(seconds);
            let entered = breaker.enter(now);
            match (deed, entered) {
                (Fails, Ok(pass)) => breaker.failed(pass, now),
                (Succeeds, Ok(_)) => breaker.succeeded(),
                (Abandons, Ok(pass)) => breaker.abandoned(pass, now),
                (Waits(seconds), Err(Resting(wait))) => {
                    assert_eq!(wait, at(seconds), "{story:?} {step}")
                }
                (deed, entered) => panic!("{story:?} {step}: {deed:?} {entered:?}"),
            }
        }
    }
}

#[test]
fn one_job_tries_and_the_others_wait_meanwhile() {
    let mut breaker = Breaker::new(LIMITS);
    let early = breaker.enter(at(0)).expect("it is closed");
    for _ in 0..3 {
        let pass = breaker.enter(at(0)).expect("it is closed");
        breaker.failed(pass, at(0));
    }
    assert_eq!(breaker.enter(at(5)), Ok(Pass::Trial(1)));
    assert_eq!(breaker.enter(at(5)), Err(Resting(LIMITS.rest)));
    // Who began before it was given up says nothing of the trial.
    breaker.failed(early, at(6));
    breaker.abandoned(early, at(6));
    assert_eq!(breaker.enter(at(6)), Err(Resting(LIMITS.rest)));
    breaker.succeeded();
    assert_eq!(breaker.enter(at(6)), Ok(Pass::Usual));
}

#[derive(Clone, Debug)]
enum Step {
    Enter,
    Succeed(prop::sample::Index),
    Fail(prop::sample::Index),
    Abandon(prop::sample::Index),
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let job = any::<prop::sample::Index>;
    prop_oneof![
        4 => Just(Step::Enter),
        1 => job().prop_map(Step::Succeed),
        4 => job().prop_map(Step::Fail),
        1 => job().prop_map(Step::Abandon),
        2 => (0..20_u64).prop_map(Step::Pass),
    ]
}

proptest! {
    /// Never two trials at once; never refused without as many failures in a row; never given up for good.
    #[test]
    fn any_story_keeps_the_promises(steps in prop::collection::vec(step(), 0..200)) {
        let mut breaker = Breaker::new(LIMITS);
        let (mut now, mut jobs, mut row) = (Duration::ZERO, Vec::new(), 0);
        let mut trial = None;
        for step in steps {
            match step {
                Step::Enter => match breaker.enter(now) {
                    Ok(pass) => {
                        prop_assert_eq!(trial, None, "one trial at a time, and nobody beside it");
                        trial = matches!(pass, Pass::Trial(_)).then_some(pass);
                        jobs.push(pass);
                    }
                    Err(Resting(wait)) => {
                        prop_assert!(row >= LIMITS.failures);
                        prop_assert!(wait <= LIMITS.longest_rest && wait > Duration::ZERO);
                    }
                },
                Step::Pass(seconds) => now += at(seconds),
                Step::Succeed(index) if !jobs.is_empty() => {
                    jobs.swap_remove(index.index(jobs.len()));
                    breaker.succeeded();
                    (row, trial) = (0, None);
                }
                Step::Fail(index) if !jobs.is_empty() => {
                    let pass = jobs.swap_remove(index.index(jobs.len()));
                    breaker.failed(pass, now);
                    row += 1;
                    trial = trial.filter(|&running| running != pass);
                }
                Step::Abandon(index) if !jobs.is_empty() => {
                    let pass = jobs.swap_remove(index.index(jobs.len()));
                    breaker.abandoned(pass, now);
                    trial = trial.filter(|&running| running != pass);
                }
                Step::Succeed(_) | Step::Fail(_) | Step::Abandon(_) => {}
            }
        }
        for pass in jobs {
            breaker.abandoned(pass, now);
        }
        prop_assert!(breaker.look(now + LIMITS.longest_rest).is_ok(), "it is tried again");
    }
}
