//! How a child is kept: what cannot be begun is said, and what dies without end is left to rest.

use crate::house::{House, patience, program};
use models_apart::{Apart, Patience, Program};
use models_engine::Stopped;
use std::process::Command;
use std::time::Duration;

fn complaint(program: Program) -> String {
    let started = Apart::start(program, patience());
    started.err().expect("it does not come up")
}

#[test]
fn what_cannot_be_loaded_is_said_at_the_start() {
    let why = complaint(program("unfit", b""));
    assert!(why.contains("there are no weights: pull some"), "{why}");
    let why = complaint(program("panics", b""));
    assert!(why.contains("broke down while loading"), "{why}");
    let why = complaint(program("dies while loading", b""));
    assert!(why.contains("SIGABRT"), "{why}");
}

#[test]
fn a_program_that_is_none_of_ours_is_noticed() {
    let strange = |name: &'static str, arguments: &'static [&'static str]| Program {
        command: Box::new(move || {
            let mut command = Command::new(name);
            command.args(arguments);
            command
        }),
        plan: Vec::new(),
        spare: Box::new(|_| false),
    };
    let why = complaint(strange("/no/such/program", &[]));
    assert!(why.contains("cannot be begun"), "{why}");
    let why = complaint(strange("true", &[]));
    assert!(why.contains("exit status: 0"), "{why}");
    let why = complaint(strange(
        "sh",
        &["-c", "echo 'HTTP/1.1 400 Bad Request' >&0"],
    ));
    assert!(why.contains("another version"), "{why}");
}

/// What kills every child is given up, and the callers are told.
#[test]
fn a_job_that_kills_every_child_is_given_up() {
    let house = House::open(patience());
    let (_, ended) = house.compose("fate:kill@0#always two");
    assert!(matches!(ended, Err(Stopped::Failed(_))), "{ended:?}");
    assert_eq!(house.compose("others"), ("others".to_owned(), Ok(())));
    let account = house.apart.account();
    assert_eq!((account.deaths, account.lost), (5, 1));
}

#[test]
fn who_breaks_down_again_and_again_rests_and_comes_back() {
    let house = House::open(Patience {
        rest: Duration::from_millis(300),
        deaths: 3,
        ..patience()
    });
    let (_, ended) = house.compose("fate:segv@0#always two");
    let Err(Stopped::Failed(failure)) = ended else {
        panic!("nothing else can come of it: {ended:?}");
    };
    assert!(failure.message.contains("again and again"), "{failure}");
    assert!(
        house
            .apart
            .trouble()
            .is_some_and(|why| why.contains("SIGSEGV"))
    );
    // Refused at once while it rests; answered when it has rested.
    let ended = house.compose("are you there").1;
    assert!(matches!(ended, Err(Stopped::Failed(_))), "{ended:?}");
    while house.apart.trouble().is_some() {
        std::thread::yield_now();
    }
    let again = house.compose("are you there");
    assert_eq!(again, ("are you there".to_owned(), Ok(())));
    assert_eq!(house.apart.trouble(), None);
}

#[test]
fn a_child_that_no_longer_comes_up_is_said_to() {
    let house = House::open(Patience {
        rest: Duration::from_secs(600),
        deaths: 3,
        ..patience()
    });
    let (_, ended) = house.compose("fate:unfit@0#once two");
    assert!(matches!(ended, Err(Stopped::Failed(_))), "{ended:?}");
    let why = house.apart.trouble().expect("it rests");
    assert!(
        why.contains("do not come up") && why.contains("SIGSEGV"),
        "{why}"
    );
}

#[test]
fn the_children_go_with_the_last_who_needs_them() {
    let house = House::open_with(patience(), true);
    let second = house.until_another_stands_by();
    let first = house.apart.account().pid.expect("it lives");
    let alive = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
        status.is_ok_and(|line| line.contains("the_child"))
    };
    assert!(alive(first) && alive(second));
    drop(house);
    // What is awaited is their end; a pause only spares the machine.
    while alive(first) || alive(second) {
        std::thread::yield_now();
    }
}
