//! One that hung is back, and rests: it is asked where nobody else does the job.

use super::again::{full, stuck_before_full};
use super::*;

fn until_idle(pool: &Pool<dyn LanguageModel>) {
    while !pool.has_room() {
        std::thread::yield_now();
    }
}

/// A model that hung once, and rests. Each further job waits to be let go, too.
fn resting(clock: &Clock, (hangs, hang): (Conduct, Hang)) -> (Pool<dyn LanguageModel>, Hang) {
    let first = saying("back", hangs).watched_by(&clock.watch);
    let port = LanguagePort(first.clone().followed_by(quick()));
    let (_job, reports) = ask(&port);
    hang.is_met();
    clock.at(0);
    clock.at(10);
    assert_eq!(told(reports), done(vec![by(1, Some(LATE))], "At nine."));
    hang.go.send(()).expect("it waits to be let go");
    until_idle(&first);
    assert!(!first.health().is_stuck());
    assert_eq!(first.health().trouble(), Some(Failure::new(LEFT_ALONE)));
    (first, hang)
}

#[test]
fn what_nobody_else_has_room_for_is_given_to_one_that_rests() {
    let clock = Clock::new();
    let (first, hang) = resting(&clock, hanging(0));
    drop(hang);
    let (second, _held, _others) = full();
    let port = LanguagePort(first.followed_by(second));
    let (_guess, reports) = ask(&port.urged(Priority::Speculative, None));
    let failed = Some(Err(Stopped::failed(LEFT_ALONE)));
    assert_eq!(told(reports), (Vec::new(), String::new(), failed));
    let (_job, reports) = ask(&port);
    assert_eq!(told(reports), done(vec![by(0, None)], "back"));
    assert_eq!(port.0.health().trouble(), None, "it answers again");
}

#[test]
fn what_the_others_fail_at_is_given_to_one_that_rests() {
    let clock = Clock::new();
    let (first, hang) = resting(&clock, hanging(0));
    drop(hang);
    let second = saying("never", Conduct::plain().failing("it tripped"));
    let port = LanguagePort(first.followed_by(second));
    let (_job, reports) = ask(&port);
    assert_eq!(told(reports), done(vec![by(0, None)], "back"));
}

#[test]
fn nobody_is_asked_twice() {
    let (clock, (hangs, hang)) = (Clock::new(), hanging(0));
    let (first, hang) = resting(&clock, (hangs.failing("it fell"), hang));
    drop(hang);
    let second = saying("never", Conduct::plain().failing("it tripped"));
    let port = LanguagePort(first.followed_by(second));
    let (_job, reports) = ask(&port);
    let failed = Some(Err(Stopped::failed(LEFT_ALONE)));
    assert_eq!(told(reports), (Vec::new(), String::new(), failed));
}

#[test]
fn nobody_is_sent_behind_a_thread_that_hangs() {
    let clock = Clock::new();
    let (port, _late, hang, _full) = stuck_before_full(&clock);
    let (_job, reports) = ask(&port);
    let figures = port.0.figures();
    assert_eq!((figures.waiting, figures.slow), (0, 0));
    let failed = Some(Err(Stopped::failed(LEFT_ALONE)));
    assert_eq!(told(reports), (Vec::new(), String::new(), failed));
    let an_hour = Duration::from_secs(3_600);
    assert_eq!(port.0.predicted_wait(), an_hour, "nobody knows how long");
    drop(hang);
}

/// And where it hangs again, that is known.
#[test]
fn who_is_asked_though_it_rests_has_all_the_time() {
    let clock = Clock::new();
    let (first, hang) = resting(&clock, hanging(0));
    let (second, held, others) = full();
    let port = LanguagePort(first.followed_by(second));
    let (_job, reports) = ask(&port);
    hang.is_met();
    clock.at(60);
    clock.at(69);
    assert!(!port.0.health().is_stuck());
    clock.at(70);
    assert!(port.0.health().is_stuck());
    drop(held);
    for (_job, reports) in others {
        assert_eq!(told(reports), done(Vec::new(), "busy"));
    }
    clock.at(71);
    let (_other, others) = ask(&port);
    assert_eq!(told(others), done(vec![by(1, Some(LEFT_ALONE))], "busy"));
    drop(hang);
    assert_eq!(told(reports), done(vec![by(0, None)], "back"));
    until_free(&port.0);
}

#[test]
fn a_late_job_goes_to_one_that_rests_once_that_has_a_thread() {
    let clock = Clock::new();
    let (first, held) = resting(&clock, hanging(0));
    let ((hangs, hang), (third, _full, _others)) = (hanging(0), full());
    let second = saying("never", hangs);
    let line = first.clone().followed_by(second.clone());
    let line = line.followed_by(third);
    let (_own, owns) = ask(&LanguagePort(first.clone()));
    held.is_met();
    let (_job, reports) = ask(&LanguagePort(line));
    hang.is_met();
    clock.at(60);
    clock.at(70);
    assert!(second.health().is_stuck());
    drop(held);
    assert_eq!(told(owns), done(Vec::new(), "back"));
    until_idle(&first);
    clock.at(71);
    assert_eq!(told(reports), done(vec![by(0, None)], "back"));
    drop(hang);
}

/// It came while all was well, and its engine has come to be left alone before its turn.
#[test]
fn who_comes_to_an_engine_that_rests_goes_on_where_there_is_room() {
    for has_room in [true, false] {
        let (clock, (hangs, hang)) = (Clock::new(), hanging(0));
        let (full, _held, _others) = full();
        let (second, expected) = match has_room {
            true => (quick(), done(vec![by(1, Some(LEFT_ALONE))], "At nine.")),
            false => (full, done(vec![by(0, None)], "slow")),
        };
        let first = saying("slow", hangs).watched_by(&clock.watch);
        let port = LanguagePort(first.followed_by(second));
        let (unwanted, _) = ask(&port);
        hang.is_met();
        drop(unwanted);
        let (_later, reports) = ask(&port.urged(Priority::Later, None));
        clock.at(0);
        clock.at(10);
        assert!(port.0.health().is_stuck());
        drop(hang);
        assert_eq!(told(reports), expected);
    }
}

#[test]
fn the_load_of_a_line_is_that_of_the_one_that_is_asked() {
    let clock = Clock::new();
    let (first, _hang) = resting(&clock, hanging(0));
    let second = quick();
    let line = first.clone().followed_by(second.clone());
    assert!(Arc::ptr_eq(line.asked().health(), second.health()));
    first.health().enter_anyway().ends(true);
    assert!(Arc::ptr_eq(line.asked().health(), first.health()));
}
