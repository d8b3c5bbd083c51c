//! A reply is made while it is not certain that the caller has finished: heard at once when they have, and never when
//! they go on.

use crate::caller::{Caller, Got, words};
use crate::house::{House, SPOKEN};
use crate::microphone::Microphone;
use models_engine::scripted::{Conduct, ScriptedLanguage, ScriptedRecognizer};
use server_session::{SessionOptions, Speculated, Speculation};
use signaling_protocol::model::Endpointing;
use tokio::sync::mpsc;

/// More than `SPOKEN`, once there was more than 1.2 s of voice.
const MORE: &str = "what time is it in lisbon";
const LONG: usize = 19_200;

fn speculating() -> (House, Speculation) {
    let speculation = Speculation::switched(true);
    let options = SessionOptions {
        speculation: speculation.clone(),
        ..SessionOptions::default()
    };
    let mut house = House::with(options, 10);
    house.settings.endpointing = Endpointing::Silence {
        threshold: 0.5,
        preroll_ms: 300,
        silence_ms: 1_200,
        idle_ms: None,
        respond: true,
        interrupt: true,
    };
    (house, speculation)
}

fn counts(speculation: &Speculation) -> (u64, u64) {
    let Speculated { hits, misses, .. } = speculation.so_far();
    (hits, misses)
}

/// The first frame came after the first such message.
fn assert_silent_before(caller: &Caller, beginning: &str) {
    let told = |got: &Got| matches!(got, Got::Told(told) if told.starts_with(beginning));
    let told = caller.past.iter().position(told).expect("it was told");
    let framed = |got: &Got| matches!(got, Got::Frame(_));
    let framed = caller.past.iter().position(framed).expect("a frame came");
    assert!(told < framed, "nothing is heard before {beginning}");
}

#[tokio::test]
async fn a_reply_begun_early_is_heard_when_the_end_is_certain() {
    let (house, speculation) = speculating();
    let mut caller = house.caller("a").await;
    Microphone::of(&caller).say(900);
    let transcript = caller.told("Transcript").await;
    assert_eq!(words(&transcript, "text"), SPOKEN);
    assert!(!caller.was_told("ReplyStarted"));
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    assert!(caller.was_told("Reached { reply: 1, stage: Speculation,"));
    assert_silent_before(&caller, "ReplyStarted { reply: 1,");
    assert_eq!(counts(&speculation), (1, 0));
}

#[tokio::test]
async fn a_caller_who_goes_on_hears_nothing_of_what_was_begun() {
    let (begun, mut begins) = mpsc::channel(8);
    let composing = Conduct::plain().watched(move |_| _ = begun.try_send(()));
    let recognizer = ScriptedRecognizer::by(|heard| {
        let said = if heard.voiced > LONG { MORE } else { SPOKEN };
        let words = if heard.voiced > 0 { said } else { "" };
        words.to_owned()
    });
    let (house, speculation) = speculating();
    let house = house
        .hears(recognizer)
        .answers(ScriptedLanguage::echo().conduct(composing));
    let mut caller = house.caller("a").await;
    let microphone = Microphone::of(&caller);
    microphone.say(900);
    begins.recv().await.expect("a reply is begun early");
    microphone.say(900);
    let transcript = caller.told("Transcript").await;
    assert_eq!(words(&transcript, "text"), MORE);
    let composed = caller.told("ReplyComposed").await;
    assert_eq!(words(&composed, "text"), MORE);
    caller.reply_ends(2).await;
    let begun = caller.all_told();
    let begun = begun.iter().filter(|told| told.starts_with("ReplyStarted"));
    assert_eq!(begun.count(), 1, "only the reply to all of it is told");
    assert_silent_before(&caller, "ReplyStarted { reply: 2,");
    assert_eq!(counts(&speculation), (1, 1));
}
