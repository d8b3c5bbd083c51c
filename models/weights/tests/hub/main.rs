//! Pulling from a hub: one that behaves, and ones that do not.

mod keeping;
mod refusing;
mod resuming;
mod stand_in;

use models_weights::{HubOptions, PullOptions, Shelf, Silent, Step, Token, Trouble};
use stand_in::{Asked, Facts, Notes, PATIENCE, Place, StandIn, content, good, quick, whole};
use std::sync::Arc;
use tokio::sync::Barrier;

#[test]
fn parts_fetched_at_once_make_the_same_file() {
    let bytes = content(50_001, 1);
    let (held, barrier) = (bytes.clone(), Arc::new(Barrier::new(4)));
    // Nobody is answered before four ask at once.
    let hub = StandIn::serve_later(move |asked| {
        let (held, barrier) = (held.clone(), Arc::clone(&barrier));
        Box::pin(async move {
            if asked
                .range()
                .is_some_and(|(first, _)| (1000..5000).contains(&first))
            {
                let all = tokio::time::timeout(PATIENCE, barrier.wait()).await;
                all.expect("four parts are asked for at once");
            }
            good(&held, &asked, Some("\"one\""))
        })
    });
    let place = Place::new(&hub.url, Facts::of(&bytes));
    let notes = Notes::default();
    let pulled = place.shelf().pull(&[&place.ear()], &quick(), &notes);
    assert_eq!(pulled.expect("it is pulled").fetched, ["ear"]);
    assert!(
        place.read().as_deref() == Some(&bytes[..]),
        "the same bytes"
    );
    assert_eq!(place.names(), ["ear.bin"], "nothing else is left");

    let mut began = hub.began();
    began.sort_unstable();
    assert_eq!(began, (0..51).map(|part| part * 1000).collect::<Vec<_>>());
    let paths = hub.asked().into_iter().map(|asked| asked.path);
    let path = "/owner/name/resolve/main/deep/ear.bin";
    assert!(paths.into_iter().all(|asked| asked == path), "{path}");

    let at = notes.at.lock().expect("nobody panicked").clone();
    assert!(
        at.contains(&50_001) && at.len() > 50,
        "progress is told: {at:?}"
    );
    let steps = notes.steps.lock().expect("nobody panicked").clone();
    let step = |step| ("ear.bin".to_owned(), step);
    assert_eq!(steps, [step(Step::Fetching), step(Step::Checking)]);
}

#[test]
fn a_file_may_lie_in_a_folder_of_its_own() {
    let bytes = content(5_000, 40);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    let mut manifest = place.manifest();
    manifest.files[0].file = "voices/ear.bin".to_owned();
    let file = manifest.files[0].clone();
    let mut shelf = Shelf::open(&place.folder, manifest).expect("it opens");
    shelf
        .pull(&[&file], &quick(), &Silent)
        .expect("it is pulled");
    let path = place.folder.join("voices/ear.bin");
    assert!(std::fs::read(&path).is_ok_and(|read| read == bytes));
    shelf.vouch(&path, &Silent).expect("it is right");
    std::fs::write(&path, content(5_000, 41)).expect("it can be written");
    shelf.vouch(&path, &Silent).expect_err("it is another one");
    shelf
        .remove(&["ear".to_owned()], false)
        .expect("it is removed");
    assert!(!path.exists());
}

#[test]
fn what_is_here_and_right_is_not_fetched_again() {
    let bytes = content(3_000, 2);
    let hub = StandIn::holding(bytes.clone());
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull().expect("it is pulled");
    let before = hub.asked().len();
    assert_eq!(place.pull().expect("it is here").already, ["ear"]);
    assert_eq!(hub.asked().len(), before, "nobody was asked");
    let offline = PullOptions {
        offline: true,
        ..quick()
    };
    assert_eq!(
        place.pull_with(&offline).expect("it is here").already,
        ["ear"]
    );

    // One that is wrong is not kept.
    std::fs::write(place.folder.join("ear.bin"), content(3_000, 3)).expect("it can be written");
    assert_eq!(place.pull().expect("it is pulled").fetched, ["ear"]);
    assert!(place.read().as_deref() == Some(&bytes[..]));
}

#[test]
fn a_server_that_knows_no_ranges_sends_it_whole() {
    let bytes = content(7_000, 4);
    let held = bytes.clone();
    let hub = StandIn::serve(move |_| whole(&held, Some("\"one\"")));
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull().expect("it is pulled");
    assert!(place.read().as_deref() == Some(&bytes[..]));
    let asked = hub.asked();
    assert_eq!(asked.len(), 2, "the question, and the file: {asked:?}");
    assert_eq!(asked[1].range(), None);
}

#[test]
fn a_server_that_forgets_its_ranges_sends_it_whole() {
    let bytes = content(7_000, 5);
    let held = bytes.clone();
    let hub = StandIn::serve(move |asked| match asked.range() {
        Some((0, 0)) => good(&held, asked, Some("\"one\"")),
        _ => whole(&held, Some("\"one\"")),
    });
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull().expect("it is pulled");
    assert!(place.read().as_deref() == Some(&bytes[..]));
}

#[test]
fn without_a_hash_and_a_version_nothing_is_put_together_from_parts() {
    let bytes = content(7_000, 6);
    let held = bytes.clone();
    let hub = StandIn::serve(move |asked| good(&held, asked, None));
    let place = Place::new(&hub.url, Facts::unpublished(&bytes));
    place.pull().expect("it is pulled");
    assert!(place.read().as_deref() == Some(&bytes[..]));
    let parts = hub.asked().into_iter().filter(Asked::is_for_content);
    assert_eq!(parts.map(|asked| asked.range()).collect::<Vec<_>>(), [None]);
}

#[test]
fn offline_says_what_is_missing_and_asks_nobody() {
    let hub = StandIn::holding(content(10, 7));
    let place = Place::new(&hub.url, Facts::of(&content(10, 7)));
    let trouble = place.pull_with(&PullOptions {
        offline: true,
        ..quick()
    });
    let trouble = trouble.expect_err("it is not here");
    assert!(matches!(&trouble, Trouble::Offline { missing } if missing == &["ear"]));
    assert!(
        trouble.to_string().contains("Leave --offline out"),
        "{trouble}"
    );
    assert!(hub.asked().is_empty());
}

#[test]
fn a_mirror_takes_the_hubs_place_and_sees_no_token() {
    let bytes = content(5_000, 8);
    let (hub, mirror) = (StandIn::holding(vec![0]), StandIn::holding(bytes.clone()));
    let with = |token_to_mirror| PullOptions {
        hub: HubOptions {
            mirror: Some(format!("{}/models/", mirror.url)),
            token: Token::new("hf_secret"),
            token_to_mirror,
            ..HubOptions::default()
        },
        ..quick()
    };
    let place = Place::new(&hub.url, Facts::of(&bytes));
    place.pull_with(&with(false)).expect("it is pulled");
    assert!(hub.asked().is_empty(), "the hub is not asked");
    let secret = |asked: &Asked| {
        asked
            .header(axum::http::header::AUTHORIZATION)
            .map(str::to_owned)
    };
    for asked in mirror.asked() {
        assert_eq!(asked.path, "/models/owner/name/resolve/main/deep/ear.bin");
        assert_eq!(secret(&asked), None);
    }
    let other = Place::new(&hub.url, Facts::of(&bytes));
    other.pull_with(&with(true)).expect("it is pulled");
    let last = mirror.asked().pop().expect("it was asked");
    assert_eq!(secret(&last).as_deref(), Some("Bearer hf_secret"));
}

#[test]
fn the_token_is_shown_to_the_hub_and_not_to_where_it_sends_on_to() {
    let bytes = content(5_000, 9);
    let store = StandIn::holding(bytes.clone());
    let to = format!("{}/store/ear", store.url);
    let hub = StandIn::serve(move |_| {
        axum::response::IntoResponse::into_response(axum::response::Redirect::temporary(&to))
    });
    let place = Place::new(&hub.url, Facts::of(&bytes));
    let hub_options = HubOptions {
        token: Token::new("hf_secret"),
        ..HubOptions::default()
    };
    assert!(
        !format!("{hub_options:?}").contains("hf_secret"),
        "never shown"
    );
    place
        .pull_with(&PullOptions {
            hub: hub_options,
            ..quick()
        })
        .expect("it is pulled");
    let secret = |asked: &Asked| asked.header(axum::http::header::AUTHORIZATION).is_some();
    assert!(!hub.asked().is_empty() && hub.asked().iter().all(secret));
    assert!(!store.asked().is_empty() && !store.asked().iter().any(secret));
    assert!(store.asked().iter().all(|asked| asked.path == "/store/ear"));
}
