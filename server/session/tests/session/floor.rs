//! Who is heard when both speak.

use crate::caller::{frames, words};
use crate::house::House;
use crate::microphone::Microphone;
use models_engine::scripted::{ScriptedLanguage, ScriptedRecognizer};

/// 90 letters, 60 ms each.
const LONG: &str = "one two three. four five six. seven eight nine. ten eleven twelve. \
                    thirteen fourteen fifteen. sixteen seventeen.";
const LONG_FRAMES: usize = 90 * 3;

fn one_long_reply() -> ScriptedLanguage {
    ScriptedLanguage::by(|prompt| {
        let first = !prompt.lines.iter().any(|line| line.cut);
        if first { LONG } else { "yes" }.to_owned()
    })
}

#[tokio::test]
async fn a_voice_cuts_the_reply_and_nothing_more_of_it_is_heard() {
    let house = House::new().answers(one_long_reply());
    let mut caller = house.caller("a").await;
    let microphone = Microphone::of(&caller);
    caller.types("count").await;
    caller.told("Heard { reply: 1,").await;
    microphone.say(2_000);
    let cut = caller.told("LineCut").await;
    let at = caller.past.len();
    let heard = words(&cut, "heard").to_owned();
    assert!(!heard.is_empty() && heard.len() < LONG.len(), "{heard:?}");
    assert!(
        LONG.starts_with(&heard),
        "{heard:?} is what was heard of it"
    );
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: BargedIn"), "{ended}");
    assert_eq!(words(&ended, "text"), heard);
    assert!(caller.was_told("PlayoutCleared { reply: 1 }"));

    caller.told("ReplyStarted { reply: 2,").await;
    assert_eq!(
        frames(&caller.past[at..]),
        [],
        "it is silent once it is cut"
    );
    caller.reply_ends(2).await;
    let after = frames(&caller.past[at..]).len();
    assert!((9..25).contains(&after), "{after} frames of \"yes\"");
}

#[tokio::test]
async fn a_short_burst_holds_the_reply_and_then_it_goes_on_to_its_end() {
    let house = House::new()
        .answers(ScriptedLanguage::saying(LONG))
        .hears(ScriptedRecognizer::by(|_| String::new()));
    let mut caller = house.caller("a").await;
    let microphone = Microphone::of(&caller);
    caller.types("count").await;
    caller.told("Heard { reply: 1,").await;
    microphone.say(200);
    caller.told("Floor { from: Agent, to: Contested }").await;
    caller.told("Floor { from: Contested, to: Agent }").await;
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    assert_eq!(words(&ended, "text"), LONG);
    assert!(!caller.was_told("LineCut"));
    let frames = caller.frames();
    assert!(frames.len() >= LONG_FRAMES, "{} frames", frames.len());
    let marked = frames.iter().filter(|frame| frame.marker).count();
    assert!(marked >= 2, "it was held, and came back");
}

#[tokio::test]
async fn a_typed_message_cuts_the_reply_too() {
    let house = House::new().answers(one_long_reply());
    let mut caller = house.caller("a").await;
    caller.types("count").await;
    caller.told("Heard { reply: 1,").await;
    caller.types("stop").await;
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: BargedIn"), "{ended}");
    let ended = caller.reply_ends(2).await;
    assert_eq!(words(&ended, "text"), "yes");
}
