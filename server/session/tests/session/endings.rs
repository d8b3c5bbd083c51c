//! The sound of a pause is judged on a thread of its own, once, and counts beside the words.

use crate::house::House;
use crate::microphone::Microphone;
use models_engine::LISTENING_RATE;
use models_engine::scripted::{ScriptedEndpointer, VOICED, loudness};
use signaling_protocol::model::Endpointing;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn the_sound_of_a_pause_is_judged_once_and_beside_the_words() {
    let heard: Arc<Mutex<Vec<(usize, f32)>>> = Arc::default();
    let sounds: Arc<Mutex<Vec<Option<f32>>>> = Arc::default();
    let (hears, judges) = (Arc::clone(&heard), Arc::clone(&sounds));
    let endpointer = ScriptedEndpointer::by(move |evidence| {
        judges.lock().expect("one user").push(evidence.sound);
        0.5
    });
    let endpointer = endpointer.listening(move |speech| {
        let loud = loudness(speech);
        hears.lock().expect("one user").push((speech.len(), loud));
        0.25
    });
    let mut house = House::new().ends_by(endpointer);
    house.settings.endpointing = Endpointing::Silence {
        threshold: 0.5,
        preroll_ms: 300,
        silence_ms: 1_200,
        idle_ms: None,
        respond: true,
        interrupt: true,
    };
    let mut caller = house.caller("a").await;
    Microphone::of(&caller).say(9_500);
    caller.told("Transcript").await;
    caller.reply_ends(1).await;
    let heard = heard.lock().expect("one user").clone();
    let sounds = sounds.lock().expect("one user").clone();
    assert_eq!(heard.len(), 1, "one pause, one listening: {heard:?}");
    let (samples, loud) = heard[0];
    assert_eq!(
        samples,
        8 * LISTENING_RATE as usize,
        "the last seconds only"
    );
    assert!(loud > VOICED, "the caller's voice: {loud}");
    assert_eq!(sounds.first(), Some(&None), "the words are judged at once");
    assert_eq!(sounds.last(), Some(&Some(0.25)), "and again with the sound");
}
