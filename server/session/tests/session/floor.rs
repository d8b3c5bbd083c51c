//! Who is heard when both speak.

use crate::caller::{frames, heard, words};
use crate::house::House;
use crate::microphone::{Microphone, swell};
use models_engine::scripted::{ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer};
use models_engine::{Cancel, Card, LISTENING_RATE, Script, Spoken, Stopped, Synthesizer};
use server_audio::level_dbfs;

/// 90 letters, 60 ms each.
const LONG: &str = "one two three. four five six. seven eight nine. ten eleven twelve. \
                    thirteen fourteen fifteen. sixteen seventeen.";
const LONG_FRAMES: usize = 90 * 3;

/// A frame may be under way when the cut is told, the voice falls silent within the next, and the codec hangs on.
const FADE: usize = LISTENING_RATE as usize * 60 / 1_000;

fn one_long_reply() -> ScriptedLanguage {
    ScriptedLanguage::by(|prompt| {
        let first = !prompt.lines.iter().any(|line| line.cut);
        if first { LONG } else { "yes" }.to_owned()
    })
}

/// The scripted tone, swinging as a voice does: none of its frames is taken for noise.
struct Swinging(ScriptedSynthesizer);

impl Synthesizer for Swinging {
    fn card(&self) -> Card {
        self.0.card()
    }

    fn rate(&self) -> u32 {
        self.0.rate()
    }

    fn voices(&self) -> Vec<String> {
        self.0.voices()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        let (rate, mut at) = (self.0.rate(), 0);
        let mut swing = |tone: &[f32]| {
            let swung = (at..).zip(tone).map(|(n, sample)| sample * swell(n, rate));
            let swung: Vec<f32> = swung.collect();
            at += tone.len();
            emit(&swung);
        };
        self.0.speak(script, &mut swing, cancel)
    }
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
    let kept = words(&cut, "heard").to_owned();
    assert!(!kept.is_empty() && kept.len() < LONG.len(), "{kept:?}");
    assert!(LONG.starts_with(&kept), "{kept:?} is what was heard of it");
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("ending: BargedIn"), "{ended}");
    assert_eq!(words(&ended, "text"), kept);
    assert!(caller.was_told("PlayoutCleared { reply: 1 }"));

    caller.told("ReplyStarted { reply: 2,").await;
    let rest = heard(&frames(&caller.past[at..]));
    let level = level_dbfs(rest.get(FADE..).unwrap_or_default());
    assert!(level < -60.0, "it is silent once it is cut: {level} dBFS");
    caller.reply_ends(2).await;
    let after = frames(&caller.past[at..]).len();
    assert!((9..25).contains(&after), "{after} frames of \"yes\"");
}

#[tokio::test]
async fn a_short_burst_holds_the_reply_and_then_it_goes_on_to_its_end() {
    let house = House::new()
        .answers(ScriptedLanguage::saying(LONG))
        .speaks(Swinging(ScriptedSynthesizer::new()))
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
