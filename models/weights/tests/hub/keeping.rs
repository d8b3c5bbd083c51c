//! The folder: who may change it, what is pinned, what is found wrong, what is removed.

use crate::stand_in::{Facts, Notes, Place, StandIn, content, good, quick};
use models_weights::{PullOptions, Silent, State, Trouble, Verdict};
use std::fs::{File, FileTimes};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

#[test]
fn two_pulls_at_once_are_refused_the_second_time() {
    let bytes = content(3_000, 30);
    let (held, (arrived, waits)) = (bytes.clone(), sync_channel(8));
    let (go_on, gate) = tokio::sync::watch::channel(false);
    let hub = StandIn::serve_later(move |asked| {
        let (held, arrived, mut gate) = (held.clone(), arrived.clone(), gate.clone());
        Box::pin(async move {
            arrived.try_send(()).ok();
            gate.wait_for(|open| *open).await.expect("the test lives");
            good(&held, &asked, Some("\"one\""))
        })
    });
    let place = Arc::new(Place::new(&hub.url, Facts::of(&bytes)));
    let first = std::thread::spawn({
        let place = Arc::clone(&place);
        move || place.pull().map(|pulled| pulled.fetched)
    });
    waits.recv().expect("the first one asks");
    // Offline, so that it would end at once if nothing kept it out.
    let offline = PullOptions {
        offline: true,
        ..quick()
    };
    let trouble = place.pull_with(&offline).expect_err("one at a time");
    assert!(matches!(trouble, Trouble::Busy { .. }), "{trouble}");
    let by = format!("(process {})", std::process::id());
    assert!(trouble.to_string().contains(&by), "{trouble}");
    let trouble = place.shelf().remove(&["ear".to_owned()], false);
    assert!(matches!(trouble, Err(Trouble::Busy { .. })), "{trouble:?}");
    go_on.send(true).expect("the hub waits for it");
    assert_eq!(
        first.join().expect("it ends").expect("it is pulled"),
        ["ear"]
    );
    place.pull().expect("nobody is in the way any more");
}

#[test]
fn a_lock_that_a_dead_process_left_is_none() {
    let bytes = content(3_000, 31);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    std::fs::create_dir_all(&place.folder).expect("the temp folder is writable");
    std::fs::write(place.folder.join(".lock"), "1\n").expect("the folder is writable");
    place.pull().expect("a file alone locks nothing");
}

#[test]
fn a_hash_that_nobody_publishes_is_pinned_and_holds() {
    let (first, other) = (content(3_000, 32), content(3_000, 33));
    let held = Arc::new(Mutex::new(first.clone()));
    let hub = StandIn::serve({
        let held = Arc::clone(&held);
        move |asked| {
            good(
                &held.lock().expect("nobody panicked"),
                asked,
                Some("\"one\""),
            )
        }
    });
    let place = Place::new(&hub.url, Facts::unpublished(&first));
    let pulled = place.pull().expect("it is pulled");
    let hash = models_weights::Sha256Hash::of_bytes(&first);
    assert_eq!(
        pulled.pinned,
        [("ear".to_owned(), hash)],
        "the caller is told"
    );
    let pins = std::fs::read_to_string(place.folder.join("pins.toml")).expect("it is pinned");
    assert!(
        pins.contains(&hash.to_string()) && pins.contains("ear.bin"),
        "{pins}"
    );
    assert_eq!(place.shelf().state(&place.ear()), State::Verified);

    // The pin outlives the file.
    place
        .shelf()
        .remove(&["ear".to_owned()], false)
        .expect("it is removed");
    *held.lock().expect("nobody panicked") = other;
    let trouble = place.pull().expect_err("the hub sends another file");
    assert!(
        matches!(trouble, Trouble::WrongHash { right, .. } if right == hash),
        "{trouble}"
    );
    *held.lock().expect("nobody panicked") = first;
    assert_eq!(place.pull().expect("the one that was pinned").pinned, []);

    std::fs::write(place.folder.join("pins.toml"), "[ear\n").expect("it can be written");
    let trouble = models_weights::Shelf::open(&place.folder, place.manifest());
    let trouble = trouble.expect_err("it is no TOML").to_string();
    assert!(
        trouble.contains("pins.toml") && trouble.contains("line 1"),
        "{trouble}"
    );
}

#[test]
fn a_flipped_bit_is_found() {
    let bytes = content(100_000, 34);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull().expect("it is pulled");
    let (ear, path) = (place.ear(), place.folder.join("ear.bin"));
    let verdict = place.shelf().verify(&ear, &Silent).expect("it is right");
    assert_eq!(verdict, Verdict::Whole);

    let modified = path
        .metadata()
        .and_then(|found| found.modified())
        .expect("it has a time");
    let mut flipped = bytes;
    flipped[70_000] ^= 0x10;
    std::fs::write(&path, flipped).expect("it can be written");
    // As if nothing had happened: neither length nor time tell.
    let file = File::options()
        .write(true)
        .open(&path)
        .expect("it is there");
    file.set_times(FileTimes::new().set_modified(modified))
        .expect("times can be set");
    let trouble = place.shelf().vouch(&path, &Silent).expect_err("not loaded");
    assert!(
        matches!(trouble, Trouble::WrongHash { kept: true, .. }),
        "{trouble}"
    );
    let trouble = place
        .shelf()
        .verify(&ear, &Silent)
        .expect_err("a bit is flipped");
    assert!(
        matches!(trouble, Trouble::WrongHash { kept: true, .. }),
        "{trouble}"
    );
    assert_eq!(place.shelf().state(&ear), State::Wrong);

    std::fs::write(&path, b"short").expect("it can be written");
    let trouble = place.shelf().vouch(&path, &Silent).expect_err("not loaded");
    assert!(
        matches!(trouble, Trouble::WrongSize { is: 5, .. }),
        "{trouble}"
    );
}

#[test]
fn a_file_is_read_once_and_not_at_each_start() {
    let bytes = content(3_000, 35);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    std::fs::create_dir_all(&place.folder).expect("the temp folder is writable");
    let path = place.folder.join("ear.bin");
    std::fs::write(&path, &bytes).expect("the folder is writable");
    assert_eq!(place.shelf().state(&place.ear()), State::Unverified);
    let reads = |place: &Place| {
        let notes = Notes::default();
        place.shelf().vouch(&path, &notes).expect("it is right");
        notes.steps.into_inner().expect("nobody panicked").len()
    };
    assert_eq!((reads(&place), reads(&place)), (1, 0));
    std::fs::write(&path, &bytes).expect("the folder is writable");
    assert_eq!(
        (reads(&place), reads(&place)),
        (1, 0),
        "it was written anew"
    );
    let notes = Notes::default();
    place
        .shelf()
        .verify(&place.ear(), &notes)
        .expect("it is right");
    assert_eq!(
        notes.steps.into_inner().expect("nobody panicked").len(),
        1,
        "verify reads"
    );

    // Files that nobody knows, and files elsewhere, are not ours to judge.
    std::fs::write(place.folder.join("own.bin"), b"x").expect("the folder is writable");
    let own = place.folder.join("own.bin");
    place.shelf().vouch(&own, &Silent).expect("unknown");
    let elsewhere = std::env::temp_dir().join("ear.bin");
    place.shelf().vouch(&elsewhere, &Silent).expect("elsewhere");
}

#[test]
fn removing_says_what_it_did_and_a_dry_run_does_nothing() {
    let bytes = content(3_000, 36);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull().expect("it is pulled");
    let both = ["both".to_owned()];
    let would = place.shelf().remove(&both, true).expect("nothing is done");
    assert!(place.read().is_some());
    let did = place.shelf().remove(&both, false).expect("it is removed");
    assert_eq!(would, did);
    assert_eq!((did[0].name.as_str(), did[0].bytes), ("ear", 3_000));
    assert!(place.names().is_empty(), "{:?}", place.names());
    assert_eq!(
        place
            .shelf()
            .remove(&both, false)
            .expect("nothing is there"),
        []
    );
    let trouble = place
        .shelf()
        .remove(&["eer".to_owned()], false)
        .expect_err("no such");
    assert!(
        trouble.to_string().contains("there are: both, ear"),
        "{trouble}"
    );
}
