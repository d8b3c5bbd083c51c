//! What is asked and cannot be done is told, never ignored.

use crate::caller::{Caller, words};
use crate::house::{House, tool};
use crate::microphone::Microphone;
use server_session::peer::FromPeer;
use signaling_protocol::model::Effect;

fn codes(caller: &Caller) -> Vec<&str> {
    let told = caller.all_told().into_iter();
    told.filter(|message| message.starts_with("Notice"))
        .map(|message| words(message, "code"))
        .collect()
}

/// Types, and is answered: all that was to be told before has been told by then.
async fn answered(caller: &mut Caller, reply: u32) {
    caller.types("hello").await;
    caller
        .told(&format!("ReplyComposed {{ reply: {reply},"))
        .await;
    let ended = caller.reply_ends(reply).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
}

#[tokio::test]
async fn a_house_that_can_do_all_that_is_asked_is_silent() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    answered(&mut caller, 1).await;
    assert_eq!(codes(&caller), <[&str; 0]>::default());
}

#[tokio::test]
async fn every_setting_that_no_engine_obeys_is_told() {
    let mut house = House::new();
    house.settings.instructions = "be brief".to_owned();
    house.settings.tools = ["weather", "clock"]
        .map(|name| tool(name, Effect::Reads))
        .to_vec();
    house.settings.voice = Some("marin".to_owned());
    house.settings.language = Some("de".to_owned());
    house.settings.max_tokens = Some(100);
    house.settings.vocabulary = Some("mizzen".to_owned());
    let mut caller = house.caller("a").await;
    answered(&mut caller, 1).await;
    let expected = [
        "instructions_not_followed",
        "tools_not_called",
        "length_not_limited",
        "voice_unknown",
        "language_not_understood",
        "vocabulary_not_used",
    ];
    assert_eq!(codes(&caller), expected);
    let told = caller.all_told().join("\n");
    for name in ["weather, clock", "marin", "tone", "de"] {
        assert!(told.contains(name), "the notices name {name}");
    }
}

#[tokio::test]
async fn settings_that_change_are_looked_at_again() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.sends("instruct be brief").await;
    answered(&mut caller, 1).await;
    assert_eq!(codes(&caller), ["instructions_not_followed"]);
    caller.sends("instruct be brief").await;
    answered(&mut caller, 2).await;
    assert_eq!(codes(&caller).len(), 1, "the same settings, nothing new");
}

#[tokio::test]
async fn an_event_that_the_client_does_not_take_is_told_in_a_short_one() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.does(FromPeer::TooLong { bytes: 70_000 }).await;
    // What tells of it is no longer itself: of that nothing more is told.
    caller.does(FromPeer::TooLong { bytes: 400 }).await;
    answered(&mut caller, 1).await;
    assert_eq!(codes(&caller), ["event_too_long"]);
    let told = caller.all_told().join("\n");
    assert!(told.contains("of 70000 bytes"), "{told}");
}

#[tokio::test]
async fn what_one_reply_asks_for_is_looked_at_too() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    answered(&mut caller, 1).await;
    caller.sends("respond in French").await;
    caller.reply_ends(2).await;
    let expected = ["instructions_not_followed", "voice_unknown"];
    assert_eq!(codes(&caller), expected);
}

#[tokio::test]
async fn without_a_recognizer_the_caller_types() {
    let mut house = House::new();
    house.engines.recognizer = None;
    let mut caller = house.caller("a").await;
    Microphone::of(&caller).say(800);
    answered(&mut caller, 1).await;
    answered(&mut caller, 2).await;
    answered(&mut caller, 3).await;
    assert_eq!(codes(&caller), ["no_recognizer"]);
    assert!(!caller.was_told("SpeechStarted"));
    assert!(caller.all_told()[0].contains("seam: \"recognizer\", name: \"none\""));
}

#[tokio::test]
async fn without_a_voice_replies_are_read() {
    let mut house = House::new();
    house.engines.synthesizer = None;
    let mut caller = house.caller("a").await;
    answered(&mut caller, 1).await;
    assert_eq!(codes(&caller), ["no_voice"]);
    assert!(caller.was_told("ReplyStarted { reply: 1, line: Some(2), modality: Text"));
    caller.sends("respond aloud").await;
    let ended = caller.reply_ends(2).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    assert_eq!(caller.frames(), []);
}
