//! What is looked at again: a job that nobody had room for, a phrase in turns, a call of a tool.

use super::*;

type Asked = (Job, mpsc::Receiver<Composing>);

/// A model without room until it is let go: one job is with it, and one waits.
pub(super) fn full() -> (Pool<dyn LanguageModel>, Hang, [Asked; 2]) {
    let (holds, held) = hanging(0);
    let busy = ScriptedLanguage::saying("busy").conduct(holds);
    let busy: Arc<dyn LanguageModel> = Arc::new(busy);
    let pool = pool(busy, 1);
    let port = LanguagePort(pool.clone());
    let runs = ask(&port);
    held.is_met();
    let waits = ask(&port);
    (pool, held, [runs, waits])
}

/// A job at an engine that hangs and is known to, before one without room.
pub(super) fn stuck_before_full(clock: &Clock) -> (LanguagePort, Asked, Hang, (Hang, [Asked; 2])) {
    let (hangs, hang) = hanging(0);
    let (second, held, others) = full();
    let first = saying("slow", hangs).watched_by(&clock.watch);
    let port = LanguagePort(first.followed_by(second));
    let asked = ask(&port);
    hang.is_met();
    clock.at(0);
    clock.at(10);
    assert!(port.0.health().is_stuck());
    (port, asked, hang, (held, others))
}

#[test]
fn where_nobody_behind_has_room_it_stays_where_it_is() {
    let clock = Clock::new();
    let (port, (_job, reports), hang, _full) = stuck_before_full(&clock);
    drop(hang);
    assert_eq!(told(reports), done(vec![by(0, None)], "slow"));
    until_free(&port.0);
}

#[test]
fn a_job_that_nobody_had_room_for_goes_on_when_room_comes() {
    let clock = Clock::new();
    let (port, (_job, reports), hang, (held, others)) = stuck_before_full(&clock);
    drop(held);
    for (_job, reports) in others {
        assert_eq!(told(reports), done(Vec::new(), "busy"));
    }
    clock.at(11);
    assert_eq!(told(reports), done(vec![by(1, Some(LATE))], "busy"));
    drop(hang);
    until_free(&port.0);
}

/// Within an engine phrases may take turns: one that nobody waits for yet has twice the time.
#[test]
fn a_later_phrase_that_has_begun_has_twice_the_time() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = voice(conduct).watched_by(&clock.watch);
    let port = SynthesizerPort(first.followed_by(voice(Conduct::plain())));
    let (_job, reports) = speak(&port.urged(Priority::Later, None));
    hang.is_met();
    clock.at(0);
    clock.at(9);
    assert!(!port.0.health().is_stuck());
    clock.at(10);
    assert!(port.0.health().is_stuck());
    assert_eq!(spoken(reports), (vec![by(1, Some(LATE))], 9_600));
    drop(hang);
}

#[test]
fn an_engine_that_hangs_in_a_call_of_a_tool_is_left_alone() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(2));
    let call = |_: &Prompt| vec![("book".to_owned(), "{}".to_owned())];
    let model = ScriptedLanguage::saying("slow").calling(call);
    let first = language(model.conduct(conduct)).watched_by(&clock.watch);
    let port = LanguagePort(first.followed_by(quick()));
    let (_job, reports) = ask(&port);
    hang.is_met();
    clock.at(0);
    clock.at(10);
    assert!(port.0.health().is_stuck());
    let (_other, others) = ask(&port);
    assert_eq!(
        told(others),
        done(vec![by(1, Some(LEFT_ALONE))], "At nine.")
    );
    drop(hang);
    assert_eq!(told(reports), done(vec![by(0, None)], "slow"));
}
