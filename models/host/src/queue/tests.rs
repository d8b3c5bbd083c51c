//! Who is served next, who not at all, and what waits and load are said to be.

use super::*;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn terms(priority: Priority) -> Terms {
    Terms {
        priority,
        ..Terms::default()
    }
}

#[test]
fn who_waits_in_silence_comes_first() {
    let mut queue = Queue::new(1, 9);
    let order = [
        (Priority::Speculative, "guess"),
        (Priority::Later, "second clause"),
        (Priority::First, "first clause"),
        (Priority::Later, "third clause"),
        (Priority::First, "another caller"),
    ];
    for (priority, work) in order {
        queue
            .offer(ms(0), terms(priority), work)
            .expect("there is room");
    }
    let served: Vec<_> = std::iter::from_fn(|| queue.next(ms(1), |_| true))
        .map(|taken| taken.work)
        .collect();
    let expected = [
        "first clause",
        "another caller",
        "second clause",
        "third clause",
        "guess",
    ];
    assert_eq!(served, expected);
}

#[test]
fn a_guess_that_is_confirmed_is_served_as_though_it_had_been_none() {
    let mut queue = Queue::new(1, 9);
    let order = [
        (1, Priority::First, "before"),
        (2, Priority::Speculative, "a guess"),
        (2, Priority::Speculative, "the guess"),
        (2, Priority::Speculative, "the guess, again"),
        (3, Priority::First, "after"),
        (3, Priority::Later, "later"),
    ];
    for (now, priority, work) in order {
        queue
            .offer(ms(now), terms(priority), work)
            .expect("there is room");
    }
    queue.raise(|work| work.starts_with("the guess"));
    let served: Vec<_> = std::iter::from_fn(|| queue.next(ms(4), |_| true))
        .map(|taken| taken.work)
        .collect();
    let expected = [
        "before",
        "the guess",
        "the guess, again",
        "after",
        "later",
        "a guess",
    ];
    assert_eq!(served, expected);
}

#[test]
fn what_is_late_or_unwanted_is_never_begun() {
    let mut queue = Queue::new(1, 9);
    let until = |deadline| Terms {
        deadline: Some(deadline),
        ..Terms::default()
    };
    queue.offer(ms(0), until(ms(10)), 1).expect("there is room");
    queue.offer(ms(0), until(ms(30)), 2).expect("there is room");
    queue
        .offer(ms(0), Terms::default(), 3)
        .expect("there is room");
    let mut next = |now| {
        queue
            .next(ms(now), |work| *work != 3)
            .map(|taken| taken.fate)
    };
    assert_eq!(next(20), Some(Fate::Late));
    assert_eq!(next(30), Some(Fate::Begin));
    assert_eq!(next(30), Some(Fate::Left));
    assert_eq!(next(30), None);
    let figures = queue.figures(ms(30));
    assert_eq!((figures.late, figures.left, figures.running), (1, 1, 1));
    assert_eq!(figures.waited.count, 1);
}

#[test]
fn who_would_wait_too_long_is_told_at_once() {
    let mut queue = Queue::new(2, 99);
    let patient = Terms {
        longest_wait: Some(ms(250)),
        ..Terms::default()
    };
    for _ in 0..2 {
        queue.offer(ms(0), patient, ()).expect("there is room");
        queue.next(ms(0), |()| true);
    }
    queue.done(ms(0), ms(100));
    queue.done(ms(0), ms(100));
    let taken = (0..20).take_while(|_| queue.offer(ms(100), patient, ()).is_ok());
    // Two threads are free, and 100 ms a job: four more rounds would be 250 ms at most.
    assert_eq!(taken.count(), 5);
    let refused = queue
        .offer(ms(100), patient, ())
        .expect_err("it is too long");
    assert_eq!(refused.0, Refused::Slow(ms(300)));
    let whenever = Terms::default();
    assert!(
        queue.offer(ms(100), whenever, ()).is_ok(),
        "who has time may wait"
    );
    assert_eq!(queue.figures(ms(100)).slow, 2);
}

/// A queue whose only thread is at a job, after jobs of these lengths.
fn busy_after(ran: &[Duration]) -> Queue<()> {
    let mut queue = Queue::new(1, 9);
    for ran in ran {
        queue.done(ms(0), *ran);
    }
    queue
        .offer(ms(0), Terms::default(), ())
        .expect("there is room");
    queue.next(ms(0), |()| true);
    queue
}

#[test]
fn one_job_that_hung_spoils_no_later_wait() {
    let (usual, hung) = (ms(100), ms(300_000));
    let wait = |ran: &[Duration]| busy_after(ran).predicted(Priority::First);
    let patience = ms(10_000);
    assert!(wait(&[hung]) <= patience, "where nothing else is known");
    let mut ran = vec![usual; 20];
    ran.push(hung);
    assert!(wait(&ran) < ms(1_500));
    ran.extend([usual; 20]);
    assert!(wait(&ran) < ms(250));
}

#[test]
fn where_jobs_take_long_that_is_learnt() {
    let wait = |count| busy_after(&vec![ms(30_000); count]).predicted(Priority::First);
    assert!(wait(10) > ms(15_000));
    assert!(wait(60) > ms(29_000));
}

#[test]
fn who_waits_for_nothing_is_taken_where_a_thread_is_free() {
    let at_once = Terms {
        longest_wait: Some(Duration::ZERO),
        ..Terms::default()
    };
    let refused = busy_after(&[]).offer(ms(0), at_once, ());
    assert_eq!(refused, Err((Refused::Slow(SHORTEST), ())), "nothing known");
    assert_eq!(Queue::new(1, 9).offer(ms(0), at_once, ()), Ok(()));
}

#[test]
fn threads_that_hang_serve_nobody() {
    let mut queue = Queue::new(2, 9);
    queue.done(ms(0), ms(100));
    for _ in 0..2 {
        queue
            .offer(ms(0), Terms::default(), ())
            .expect("there is room");
        queue.next(ms(0), |()| true);
    }
    assert_eq!(queue.predicted(Priority::First), ms(50));
    queue.lose(ms(0), 1);
    assert_eq!(queue.predicted(Priority::First), ms(100));
    queue.lose(ms(0), 2);
    assert_eq!(queue.predicted(Priority::First), LONGEST);
    let patient = Terms {
        longest_wait: Some(ms(10_000)),
        ..Terms::default()
    };
    let refused = queue.offer(ms(0), patient, ());
    assert_eq!(refused, Err((Refused::Slow(LONGEST), ())));
    assert_eq!(queue.offer(ms(0), Terms::default(), ()), Ok(()));
}

#[test]
fn the_load_is_that_of_the_threads_that_serve() {
    let mut queue = Queue::new(2, 9);
    let begin = |queue: &mut Queue<()>, now| {
        queue
            .offer(now, Terms::default(), ())
            .expect("there is room");
        queue.next(now, |()| true);
    };
    begin(&mut queue, ms(0));
    queue.lose(ms(0), 1);
    assert!(queue.load(ms(60_000)) < 0.01, "one hangs, one has no job");
    begin(&mut queue, ms(60_000));
    assert!(queue.load(ms(120_000)) > 0.99, "one hangs, one works");
    queue.lose(ms(120_000), 2);
    assert!(queue.load(ms(180_000)) > 0.99, "nobody serves");
    queue.lose(ms(180_000), 0);
    queue.done(ms(0), ms(180_000));
    let ten_later = queue.load(ms(190_000));
    assert!((0.68..0.69).contains(&ten_later), "{ten_later}");
}

#[test]
fn a_full_queue_takes_nobody() {
    let mut queue = Queue::new(1, 1);
    queue
        .offer(ms(0), Terms::default(), 1)
        .expect("there is room");
    let refused = queue.offer(ms(0), Terms::default(), 2);
    assert_eq!(refused, Err((Refused::Full, 2)));
}

#[test]
fn the_load_is_the_time_that_was_used() {
    let mut queue = Queue::new(2, 9);
    queue
        .offer(ms(0), Terms::default(), ())
        .expect("there is room");
    queue.next(ms(0), |()| true);
    assert!((queue.load(ms(60_000)) - 0.5).abs() < 0.01);
    queue.done(ms(0), ms(60_000));
    let ten_later = queue.load(ms(70_000));
    assert!((0.17..0.20).contains(&ten_later), "{ten_later}");
    // A clock that goes back changes nothing.
    assert!((queue.load(ms(1)) - ten_later).abs() < 1e-9);
}
