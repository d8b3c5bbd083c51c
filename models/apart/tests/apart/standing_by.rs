//! A second child stands by, and takes over when the first dies; where it cannot be had, nothing is lost.

use crate::dying::WAYS;
use crate::house::{House, patience};
use models_apart::Patience;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn who_stands_by_takes_over_and_another_stands_by() {
    let house = House::open_with(patience(), true);
    for (number, way) in WAYS.iter().enumerate() {
        let next = house.until_another_stands_by();
        assert_ne!(house.apart.account().pid, Some(next));
        let asked = format!("fate:{way}@3#{number} one two three four five");
        assert_eq!(house.compose(&asked), (asked.clone(), Ok(())), "{way}");
        assert_eq!(house.apart.account().pid, Some(next), "{way}");
    }
    let account = house.account_after(WAYS.len() as u64);
    assert_eq!((account.deaths, account.lost), (WAYS.len() as u64, 0));
    assert_eq!(account.returns.count, WAYS.len() as u64);
}

#[test]
fn where_it_is_not_wanted_there_is_none() {
    let house = House::open(patience());
    let first = house.apart.account().pid;
    let asked = "fate:kill@0#once two".to_owned();
    assert_eq!(house.compose(&asked), (asked, Ok(())));
    let account = house.apart.account();
    assert_eq!(account.spare, None);
    assert_ne!(account.pid, first);
}

/// No memory for a second one, say: it dies whenever it loads.
#[test]
fn one_that_does_not_come_up_costs_nothing() {
    let house = House::open(Patience {
        deaths: 2,
        rest: Duration::from_millis(20),
        ..patience()
    });
    let first = house.apart.account().pid;
    let unfit = house.folder.join("unfit");
    std::fs::write(&unfit, "").expect("the folder is writable");
    house.spare.store(true, Ordering::Relaxed);
    while house.apart.account().deaths < 4 {
        assert_eq!(house.compose("as ever"), ("as ever".to_owned(), Ok(())));
        assert_eq!(house.apart.trouble(), None);
    }
    let account = house.apart.account();
    assert_eq!((account.pid, account.returns.count), (first, 0));
    // It may rest for long by now; not when the first one dies.
    std::fs::remove_file(&unfit).expect("it is there");
    let asked = "fate:kill@0#once two".to_owned();
    assert_eq!(house.compose(&asked), (asked, Ok(())));
    house.until_another_stands_by();
}

#[test]
fn one_that_stood_by_and_died_is_replaced_and_nobody_is_away() {
    let house = House::open_with(patience(), true);
    let first = house.apart.account().pid;
    let second = house.until_another_stands_by();
    let struck = i32::try_from(second)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    let struck = struck.expect("it has a number");
    rustix::process::kill_process(struck, rustix::process::Signal::STOP).expect("it lives");
    while house.apart.account().spare.is_none_or(|pid| pid == second) {
        assert_eq!(house.compose("as ever"), ("as ever".to_owned(), Ok(())));
    }
    let account = house.account_after(1);
    assert_eq!((account.pid, account.deaths), (first, 1));
    assert_eq!((account.returns.count, account.again), (0, 0));
}

#[test]
fn each_child_is_told_why_it_is_begun() {
    let kill = |house: &House, name: &str| {
        let asked = format!("fate:kill@0#{name} two");
        assert_eq!(house.compose(&asked), (asked.clone(), Ok(())));
    };
    let alone = House::open(patience());
    kill(&alone, "once");
    assert_eq!(alone.starts(), ["First", "Again"]);
    let house = House::open_with(patience(), true);
    house.until_another_stands_by();
    kill(&house, "once");
    house.until_another_stands_by();
    assert_eq!(house.starts(), ["First", "Beside", "Beside"]);
}
