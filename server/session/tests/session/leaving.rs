//! How calls end, and who is let in.

use crate::caller::PATIENCE;
use crate::house::House;
use server_session::peer::FromPeer;
use server_session::{Lobby, NotAdmitted, SessionOptions};
use std::sync::Arc;
use std::time::Duration;

/// The entry goes with the task, which may outlive the peer by a moment.
async fn emptied(lobby: &Lobby) {
    let gone = async {
        while lobby.calls_running() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let gone = tokio::time::timeout(PATIENCE, gone).await;
    gone.expect("the last call has left");
}

#[tokio::test]
async fn hanging_up_ends_the_call_once() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.types("something that takes a while to say").await;
    caller.told("PlayoutStarted").await;
    assert!(!house.lobby.hang_up("b"), "there is no such call");
    assert!(house.lobby.hang_up("a"));
    assert!(!house.lobby.hang_up("a"), "it was hung up already");
    caller.closed().await;
    assert!(caller.was_told("ReplyEnded { reply: 1, ending: Cancelled"));
    caller.events.closed().await;
    emptied(&house.lobby).await;
}

#[tokio::test]
async fn a_peer_that_is_gone_frees_its_line() {
    let house = House::with(SessionOptions::default(), 1);
    let mut caller = house.caller("a").await;
    let refused = house.admit("b").err();
    assert_eq!(refused, Some(NotAdmitted::Full { calls: 1 }));
    assert_eq!(house.lobby.calls_running(), 1);
    caller.leaves().await;
    caller.closed().await;
    emptied(&house.lobby).await;
    let mut next = house.caller("b").await;
    next.types("hello").await;
    next.reply_ends(1).await;
}

#[tokio::test]
async fn a_transport_that_breaks_off_ends_the_call() {
    let house = House::new();
    let (caller, peer) = crate::caller::Caller::new();
    let dialect = Box::new(crate::caller::Plain(house.settings.clone()));
    let (settings, engines) = (house.settings.clone(), house.engines.clone());
    let admitted = house.lobby.admit("a", peer, dialect, settings, engines);
    admitted.expect("there is room");
    drop(caller);
    emptied(&house.lobby).await;
}

#[tokio::test]
async fn the_longest_call_is_ended() {
    let options = SessionOptions {
        longest: Some(Duration::from_millis(200)),
        ..SessionOptions::default()
    };
    let house = House::with(options, 10);
    let mut caller = house.caller("a").await;
    caller.closed().await;
    emptied(&house.lobby).await;
}

#[tokio::test]
async fn a_drained_house_lets_nobody_in_and_everybody_out() {
    let house = House::new();
    let mut callers = [house.caller("a").await, house.caller("b").await];
    let lobby = Arc::clone(&house.lobby);
    let drain = tokio::spawn(async move {
        let deadline = Duration::from_millis(300);
        lobby.drain("we close", deadline).await;
        lobby.calls_running()
    });
    for caller in &mut callers {
        let goodbye = caller.told("Goodbye").await;
        assert!(goodbye.contains("we close"), "{goodbye}");
        assert_eq!(house.lobby.has_room(), Err(NotAdmitted::Draining));
        assert_eq!(house.admit("c").err(), Some(NotAdmitted::Draining));
        caller.closed().await;
    }
    let left = tokio::time::timeout(PATIENCE, drain).await;
    let left = left.expect("the deadline holds").expect("no panic");
    assert_eq!(left, 0, "nobody is left behind");
}

#[tokio::test]
async fn who_connects_after_the_goodbye_does_not_hold_the_house_up() {
    let house = House::new();
    let mut caller = house.admit("a").expect("there is room");
    let lobby = Arc::clone(&house.lobby);
    let drain = tokio::spawn(async move {
        lobby.drain("we close", Duration::from_secs(3_600)).await;
    });
    while house.lobby.has_room().is_ok() {
        tokio::task::yield_now().await;
    }
    caller.does(FromPeer::Connected).await;
    caller.closed().await;
    let drained = tokio::time::timeout(PATIENCE, drain).await;
    drained.expect("nobody is waited for").expect("no panic");
}

#[tokio::test]
async fn a_drained_house_lets_a_reply_end_and_waits_no_longer_than_needed() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.types("thank you").await;
    caller.told("PlayoutStarted").await;
    let lobby = Arc::clone(&house.lobby);
    let drain = tokio::spawn(async move {
        lobby.drain("we close", Duration::from_secs(3_600)).await;
    });
    caller.told("Goodbye").await;
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    let goodbye = caller.reply_ends(2).await;
    assert!(
        goodbye.contains("ending: Completed, text: \"I have to go now. Goodbye.\""),
        "{goodbye}"
    );
    caller.closed().await;
    let drained = tokio::time::timeout(PATIENCE, drain).await;
    drained.expect("everybody has left").expect("no panic");
    assert_eq!(house.lobby.calls_running(), 0);
}

#[tokio::test]
async fn a_peer_that_stalls_is_hung_up_alone() {
    let house = House::new();
    let mut stalled = house.caller("a").await;
    let mut other = house.caller("b").await;
    other.types("a sentence of some length").await;
    other.told("PlayoutStarted").await;
    stalled.stops_reading();
    stalled.types("hello").await;
    stalled.closed().await;
    assert!(!house.lobby.hang_up("a"), "it has left by itself");
    let ended = other.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    other.types("still here").await;
    let ended = other.reply_ends(2).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
}
