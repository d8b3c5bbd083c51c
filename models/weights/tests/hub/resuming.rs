//! What broke off goes on where it stopped, and never mixes two files.

use crate::stand_in::{Facts, Notes, Place, StandIn, broken, content, good, quick};
use axum::http::header::IF_RANGE;
use models_weights::{PullOptions, State, Trouble};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Sends half of what it is asked for, and breaks off, so many times.
fn moody(bytes: Vec<u8>, times: usize) -> StandIn {
    let left = AtomicUsize::new(times);
    StandIn::serve(move |asked| {
        let response = good(&bytes, asked, Some("\"one\""));
        let take = |left: usize| left.checked_sub(1);
        let breaks = asked.is_for_content()
            && left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
                .is_ok();
        match asked.range().filter(|_| breaks) {
            Some((first, last)) => {
                broken(response, bytes[first..(first + last).div_ceil(2)].to_vec())
            }
            None => response,
        }
    })
}

fn one_at_a_time() -> PullOptions {
    PullOptions {
        parallel: 1,
        ..quick()
    }
}

#[test]
fn a_part_that_breaks_off_goes_on_where_it_stopped() {
    let bytes = content(2_000, 10);
    let hub = moody(bytes.clone(), 2);
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull_with(&one_at_a_time()).expect("it is pulled");
    assert!(place.read().as_deref() == Some(&bytes[..]));
    assert_eq!(hub.began(), [0, 500, 750, 1000]);
}

#[test]
fn who_breaks_off_again_and_again_is_given_up_and_what_came_is_kept() {
    let bytes = content(9_000, 11);
    let hub = moody(bytes.clone(), 1_000);
    let place = Place::new(&hub.url, Facts::of(&bytes));
    let trouble = place
        .pull_with(&one_at_a_time())
        .expect_err("it never comes whole");
    let Trouble::CutShort { done, total, .. } = &trouble else {
        panic!("{trouble}");
    };
    assert!(*done >= 500 && *total == 9_000, "{trouble}");
    assert!(
        trouble
            .to_string()
            .contains("pull again, it goes on where it stopped")
    );
    assert_eq!(place.read(), None, "nothing half gets the name");
    assert_eq!(place.names(), ["ear.bin.ledger", "ear.bin.part"]);
    let state = place.shelf().state(&place.ear());
    assert_eq!(state, State::Partial { done: *done });
    drop(hub);

    // Another server, as after a restart of everything: only what is missing is asked for.
    let hub = StandIn::holding(bytes.clone());
    let again = Place::new(&hub.url, Facts::of(&bytes));
    std::fs::remove_dir_all(&again.folder).ok();
    std::fs::rename(&place.folder, &again.folder).expect("both lie in the temp folder");
    let notes = Notes::default();
    let pulled = again
        .shelf()
        .pull(&[&again.ear()], &one_at_a_time(), &notes);
    pulled.expect("it is pulled");
    assert!(again.read().as_deref() == Some(&bytes[..]));
    assert_eq!(hub.began().first(), Some(&(*done as usize)));
    let told = notes.told.lock().expect("nobody panicked").join("\n");
    assert!(told.contains("ear.bin: going on at"), "{told}");
}

#[test]
fn a_file_that_changes_is_fetched_from_the_beginning() {
    for heeds_if_range in [true, false] {
        let (old, new) = (content(4_000, 12), content(4_000, 13));
        let changed = AtomicBool::new(false);
        let hub = StandIn::serve({
            let (old, new) = (old.clone(), new.clone());
            move |asked| {
                let mut asked = asked.clone();
                if !heeds_if_range {
                    asked.headers.remove(IF_RANGE);
                }
                if asked.range().is_some_and(|(first, _)| first == 2000) {
                    changed.store(true, Ordering::SeqCst);
                }
                match changed.load(Ordering::SeqCst) {
                    false => good(&old, &asked, Some("\"one\"")),
                    true => good(&new, &asked, Some("\"two\"")),
                }
            }
        });
        let place = Place::new(&hub.url, Facts::unpublished(&old));
        place.pull_with(&one_at_a_time()).expect("it is pulled");
        let whole = place.read().as_deref() == Some(&new[..]);
        assert!(whole, "nothing of the old one is in it ({heeds_if_range})");
    }
}

#[test]
fn what_came_of_another_version_is_not_gone_on_with() {
    let (old, new) = (content(4_000, 14), content(4_000, 15));
    let hub = moody(old.clone(), 1_000);
    let place = Place::new(&hub.url, Facts::unpublished(&old));
    place
        .pull_with(&one_at_a_time())
        .expect_err("it never comes whole");
    drop(hub);
    let held = new.clone();
    let hub = StandIn::serve(move |asked| good(&held, asked, Some("\"two\"")));
    let again = Place::new(&hub.url, Facts::unpublished(&new));
    std::fs::rename(&place.folder, &again.folder).expect("both lie in the temp folder");
    again.pull_with(&one_at_a_time()).expect("it is pulled");
    assert!(again.read().as_deref() == Some(&new[..]));
    assert_eq!(hub.began().first(), Some(&0));
}

#[test]
fn a_ledger_that_lies_is_found_out_by_the_hash() {
    let bytes = content(4_000, 16);
    let hub = moody(bytes.clone(), 1_000);
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place
        .pull_with(&one_at_a_time())
        .expect_err("it never comes whole");
    // As a disk that lost what it had been given.
    let part = place.folder.join("ear.bin.part");
    std::fs::write(&part, vec![0; 4_000]).expect("it can be written");
    drop(hub);
    let hub = StandIn::holding(bytes.clone());
    let again = Place::new(&hub.url, Facts::of(&bytes));
    std::fs::rename(&place.folder, &again.folder).expect("both lie in the temp folder");
    let trouble = again.pull().expect_err("zeros are not right");
    assert!(
        matches!(trouble, Trouble::WrongHash { kept: false, .. }),
        "{trouble}"
    );
    assert!(again.names().is_empty(), "{:?}", again.names());
    again.pull().expect("from the beginning it is right");

    for ledger in ["", "{", "{\"repo\":1}", "[]"] {
        std::fs::remove_file(again.folder.join("ear.bin")).expect("it is there");
        std::fs::write(again.folder.join("ear.bin.ledger"), ledger).expect("it can be written");
        again.pull().expect("a broken ledger is no ledger");
        assert!(again.read().as_deref() == Some(&bytes[..]));
    }
}
