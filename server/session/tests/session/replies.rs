//! What is typed or spoken is answered, in words and in sound.

use crate::caller::{Frame, heard, words};
use crate::house::{House, SPOKEN};
use crate::microphone::Microphone;
use models_engine::scripted::{ScriptedLanguage, ScriptedRetriever};
use server_audio::{FRAME_TICKS, level_dbfs};
use server_session::SessionOptions;

/// 16 letters, 60 ms each.
const SAID: &str = "hello there friend";
const SAID_FRAMES: usize = 48;

/// A busy machine may skip frames in time; it never sends one twice, or off the beat.
fn assert_beat(frames: &[Frame]) {
    let mut exact = 0;
    for pair in frames.windows(2) {
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!(step > 0 && step.is_multiple_of(FRAME_TICKS), "step {step}");
        assert!(
            !pair[1].marker || step > FRAME_TICKS,
            "a marker without a pause before it"
        );
        exact += usize::from(step == FRAME_TICKS);
    }
    assert!(
        exact * 2 > frames.len(),
        "{exact} of {} steps",
        frames.len()
    );
}

#[tokio::test]
async fn a_typed_message_is_answered_in_words_and_sound() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.types(SAID).await;
    caller.told("LineAdded { line: 1,").await;
    let composed = caller.told("ReplyComposed").await;
    assert_eq!(words(&composed, "text"), SAID);
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    assert!(caller.was_told("PlayoutStarted"));
    assert!(caller.was_told("PlayoutStopped"));

    let frames = caller.frames();
    assert!(
        (SAID_FRAMES..SAID_FRAMES + 10).contains(&frames.len()),
        "{} frames",
        frames.len()
    );
    assert!(frames[0].marker, "the first frame after silence is marked");
    assert_beat(&frames);
    let level = level_dbfs(&heard(&frames));
    assert!(level > -25.0, "the tone is heard, at {level} dBFS");
}

#[tokio::test]
async fn a_model_is_given_as_many_passages_as_are_worth_giving_it() {
    let counts = ScriptedLanguage::by(|prompt| format!("{} of them", prompt.passages.len()));
    let shelf = ["we open at nine"; 9];
    for worth in [2, 7] {
        let house = House::new()
            .answers(counts.clone().given(worth))
            .looks_up(ScriptedRetriever::of_texts(&shelf));
        let mut caller = house.caller("a").await;
        caller.types("when do you open").await;
        let composed = caller.told("ReplyComposed").await;
        assert_eq!(words(&composed, "text"), format!("{worth} of them"));
    }
}

#[tokio::test]
async fn a_second_reply_begins_with_a_marker_and_counts_the_silence() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    caller.types("one").await;
    caller.reply_ends(1).await;
    let between = caller.past.len();
    // Speaking takes longer than the encoder needs to fall silent.
    Microphone::of(&caller).say(600);
    caller.reply_ends(2).await;
    let first = crate::caller::frames(&caller.past[..between]);
    let marked: Vec<Frame> = crate::caller::frames(&caller.past[between..])
        .into_iter()
        .skip_while(|frame| !frame.marker)
        .collect();
    let last = first.last().expect("the first reply was heard");
    let next = marked.first().expect("the second reply was heard");
    let step = next.timestamp.wrapping_sub(last.timestamp);
    assert!(
        step > FRAME_TICKS && step.is_multiple_of(FRAME_TICKS),
        "{step}"
    );
}

#[tokio::test]
async fn a_spoken_utterance_is_transcribed_and_answered() {
    let house = House::new();
    let mut caller = house.caller("a").await;
    let microphone = Microphone::of(&caller);
    microphone.say(900);
    caller.told("SpeechStarted").await;
    caller.told("SpeechStopped").await;
    caller.told("Committed").await;
    let transcript = caller.told("Transcript").await;
    assert_eq!(words(&transcript, "text"), SPOKEN);
    let composed = caller.told("ReplyComposed").await;
    assert_eq!(words(&composed, "text"), SPOKEN);
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    assert!(caller.was_told("Partial"), "words come while they form");
    for stage in ["Endpointing", "Recognition", "FirstWord", "FirstSound"] {
        let reached = format!("Reached {{ reply: 1, stage: {stage},");
        assert!(caller.was_told(&reached), "{stage} is reached");
    }
    assert!(!caller.frames().is_empty());
}

#[tokio::test]
async fn what_was_found_is_cited() {
    let house = House::new()
        .looks_up(ScriptedRetriever::of_texts(&["we open at nine"]))
        .answers(ScriptedLanguage::saying("at nine"));
    let mut caller = house.caller("a").await;
    caller.types("when do you open").await;
    let cited = caller.told("Cited").await;
    assert_eq!(words(&cited, "text"), "we open at nine");
    caller.reply_ends(1).await;
}

#[tokio::test]
async fn the_greeting_waits_for_the_channel_and_follows_hello() {
    let options = SessionOptions {
        greeting: Some("welcome".to_owned()),
        ..SessionOptions::default()
    };
    let house = House::with(options, 10);
    let mut caller = house.admit("a").expect("there is room");
    caller.does(server_session::peer::FromPeer::Connected).await;
    caller.frame().await;
    assert!(caller.all_told().is_empty(), "no channel, no message");
    caller
        .does(server_session::peer::FromPeer::ChannelOpen)
        .await;
    caller.reply_ends(1).await;
    assert!(caller.all_told()[0].starts_with("Hello"));
    assert!(caller.was_told("ReplyText { reply: 1, text: \"welcome\""));
}
