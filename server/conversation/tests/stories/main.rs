//! A thousand random conversations in a simulated world, every invariant held against each.
//!
//! `STORY_SEED=n cargo test -p server-conversation --test stories` replays one of them, and
//! `STORIES=n` tells another number of them.

mod asked;
mod chance;
mod coverage;
mod debts;
mod guesses;
mod heard;
mod jobs;
mod plants;
mod playout;
mod settings;
mod story;
mod tools;
mod witness;
mod world;

use coverage::Coverage;
use story::tell;

const STORIES: u64 = 1_000;
/// How often each kind of input and each change of the floor must have happened.
const ENOUGH: u64 = 100;

/// Every change of the floor that there is; any other is a mistake.
const CHANGES: &[&str] = &[
    "Open→Caller",
    "Open→Awaiting",
    "Caller→Open",
    "Caller→Awaiting",
    "Awaiting→Open",
    "Awaiting→Caller",
    "Awaiting→Agent",
    "Agent→Open",
    "Agent→Caller",
    "Agent→Awaiting",
    "Agent→Contested",
    "Contested→Open",
    "Contested→Caller",
    "Contested→Awaiting",
    "Contested→Agent",
];

fn seeds() -> Vec<u64> {
    match std::env::var("STORY_SEED") {
        Ok(seed) => vec![seed.parse().expect("STORY_SEED is a number")],
        Err(_) => {
            let asked = std::env::var("STORIES")
                .ok()
                .and_then(|stories| stories.parse().ok());
            (0..asked.unwrap_or(STORIES)).collect()
        }
    }
}

/// Tells one story; a broken invariant, inside or outside, names the seed.
fn told(seed: u64, coverage: &mut Coverage) {
    let verdict = std::panic::catch_unwind(|| {
        let mut seen = Coverage::default();
        tell(seed, None, &mut seen).map(|()| seen)
    });
    let replay = format!("STORY_SEED={seed} cargo test -p server-conversation --test stories");
    match verdict {
        Ok(Ok(seen)) => coverage.add(&seen),
        Ok(Err(why)) => panic!("story {seed}: {why}\nreplay: {replay}"),
        Err(_) => panic!("story {seed}: the core's own witness spoke up\nreplay: {replay}"),
    }
}

#[test]
fn no_story_breaks_an_invariant_and_all_is_reached() {
    let seeds = seeds();
    let mut coverage = Coverage::default();
    for &seed in &seeds {
        told(seed, &mut coverage);
    }
    println!("{coverage}");
    if seeds.len() as u64 >= STORIES {
        coverage.assert_changes(CHANGES, ENOUGH);
        coverage.assert_inputs(ENOUGH);
        coverage.assert_guesses(ENOUGH);
    }
}

#[test]
fn every_planted_bug_is_caught() {
    for plant in plants::ALL {
        // Some break another invariant as well, in other stories.
        let caught = (0..60).find_map(|seed| {
            let told = tell(seed, Some(*plant), &mut Coverage::default());
            let why = told.err()?;
            why.starts_with(plant.invariant()).then_some((seed, why))
        });
        let (seed, why) = caught.unwrap_or_else(|| panic!("{plant:?} was not caught"));
        println!("{plant:?}: caught in story {seed}: {why}");
    }
}
