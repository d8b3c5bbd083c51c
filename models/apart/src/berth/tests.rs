//! Two keepers take turns, whatever becomes of their children: by any story of births and deaths.

use super::*;
use std::os::unix::net::UnixStream;

fn line() -> Arc<Line> {
    let (ours, _) = UnixStream::pair().expect("two ends");
    Arc::new(Line::new(ours).expect("a thread for it"))
}

/// As a keeper does whose turn it is.
fn begin(state: &mut State, place: usize) {
    let held = Some(line());
    state.berths[place] = Berth {
        taken: true,
        line: held,
        ..Berth::default()
    };
}

fn bury(state: &mut State, place: usize) {
    state.berths[place] = Berth::default();
}

#[test]
fn who_stands_by_serves_when_the_first_falls() {
    let mut state = State::default();
    assert_eq!(state.turn(), Turn::ToServe);
    begin(&mut state, 0);
    assert_eq!(state.turn(), Turn::Wait, "one is being loaded");
    assert_eq!(state.came_up(0), None, "nobody was away");
    assert_eq!(state.turn(), Turn::ToStandBy);
    begin(&mut state, 1);
    assert_eq!(state.turn(), Turn::Wait);
    assert_eq!(state.came_up(1), None);
    let since = Instant::now();
    assert!(state.step_down(0, since).is_some(), "somebody serves again");
    assert!(state.serves());
    bury(&mut state, 0);
    assert_eq!(state.turn(), Turn::ToStandBy);
    assert_eq!(state.returns.count, 1);
}

#[test]
fn while_nobody_serves_the_dead_are_buried_first() {
    let mut state = State::default();
    begin(&mut state, 1);
    state.came_up(1);
    assert_eq!(state.step_down(1, Instant::now()), None);
    assert!(!state.serves());
    assert_eq!(state.turn(), Turn::Wait, "it may still hold memory");
    bury(&mut state, 1);
    assert_eq!(state.turn(), Turn::ToServe);
    begin(&mut state, 0);
    assert!(state.came_up(0).is_some());
}

/// Whoever may begin does, and whoever lives may come up or fall at any moment: somebody serves whenever anybody is up,
/// nobody serves who is not, never do two load, and nobody waits for ever.
#[test]
fn any_story_of_births_and_deaths_ends_with_somebody_who_serves() {
    for mut seed in 0..50_u64 {
        let mut state = State::default();
        let mut fallen = [false; BERTHS];
        for _ in 0..200 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695);
            let place = (seed >> 40) as usize % BERTHS;
            let berth = &state.berths[place];
            match (seed >> 50) % 3 {
                0 if fallen[place] => {
                    fallen[place] = false;
                    bury(&mut state, place);
                }
                0 if !berth.taken && state.turn() != Turn::Wait => begin(&mut state, place),
                1 if berth.taken && !berth.up && !fallen[place] => {
                    state.came_up(place);
                }
                2 if berth.taken && !fallen[place] => {
                    fallen[place] = true;
                    state.step_down(place, Instant::now());
                }
                _ => {}
            }
            let up = state.berths.iter().filter(|berth| berth.up).count();
            assert_eq!(state.serves(), up > 0);
            assert!(state.line().is_none_or(|line| line.is_sound()));
            assert_eq!(state.line().is_some(), state.serves());
            let dying = fallen.iter().any(|fallen| *fallen);
            let loading = state.berths.iter().any(|berth| berth.taken && !berth.up);
            assert!(dying || loading || state.turn() != Turn::Wait);
        }
    }
}

/// Both have died, and only one keeper knows.
#[test]
fn one_that_is_up_and_of_no_use_takes_nothing_over() {
    let mut state = State::default();
    for place in 0..BERTHS {
        begin(&mut state, place);
        state.came_up(place);
    }
    let second = state.berths[1].line.clone().expect("it is up");
    second.condemn();
    assert_eq!(state.step_down(0, Instant::now()), None);
    bury(&mut state, 0);
    assert!(!state.serves());
    assert_eq!(state.turn(), Turn::Wait, "it is still to be buried");
}
