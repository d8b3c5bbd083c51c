//! A reply is made while it is not certain that the caller has finished: heard at once when they have, and never when
//! they go on.

use crate::caller::{Caller, Got, words};
use crate::house::{House, SPOKEN};
use crate::microphone::Microphone;
use models_engine::scripted::{Conduct, ScriptedLanguage, ScriptedRecognizer};
use models_engine::{
    Cancel, Card, Grade, LanguageModel, Passage, Piece, Prompt, Query, Retriever, Stopped,
};
use server_session::{SessionOptions, Speculated, Speculation};
use signaling_protocol::model::Endpointing;
use std::sync::{Mutex, mpsc as blocking};
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

/// Notes what it is asked, one thing at a time, and answers each when it is let.
struct OneAtATime {
    asked: mpsc::Sender<String>,
    go: Mutex<blocking::Receiver<()>>,
}

impl LanguageModel for OneAtATime {
    fn card(&self) -> Card {
        Card::new("one at a time", Grade::Scripted)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        _: &Cancel,
    ) -> Result<(), Stopped> {
        let asked = prompt.lines.last().map_or("", |line| &line.text);
        let _ = self.asked.try_send(asked.to_owned());
        let _ = self.go.lock().expect("it is not poisoned").recv();
        emit(Piece::Text("fine".to_owned()));
        Ok(())
    }
}

/// Finds nothing, and for what is spoken only when it is let.
struct Slow {
    asked: mpsc::Sender<()>,
    go: Mutex<blocking::Receiver<()>>,
}

impl Retriever for Slow {
    fn card(&self) -> Card {
        Card::new("slow", Grade::Scripted)
    }

    fn retrieve(&self, query: &Query, _: &Cancel) -> Result<Vec<Passage>, Stopped> {
        if query.text.contains(SPOKEN) {
            let _ = self.asked.try_send(());
            let _ = self.go.lock().expect("it is not poisoned").recv();
        }
        Ok(Vec::new())
    }
}

/// Between a guess and its words the house fills up: once the end is certain, it goes before who came later.
#[tokio::test]
async fn a_guess_that_is_confirmed_is_composed_before_what_was_asked_later() {
    let (asked, mut is_asked) = mpsc::channel(8);
    let (answer, go) = blocking::sync_channel(8);
    let (searched, mut is_searched) = mpsc::channel(8);
    let (find, may_find) = blocking::sync_channel(8);
    let (house, speculation) = speculating();
    let house = house
        .looks_up(Slow {
            asked: searched,
            go: Mutex::new(may_find),
        })
        .answers_by(OneAtATime {
            asked,
            go: Mutex::new(go),
        });
    let mut caller = house.caller("a").await;
    Microphone::of(&caller).say(900);
    is_searched.recv().await.expect("a reply is begun early");
    let waiting = async |many: usize| {
        while house.engines.language_model.0.figures().waiting < many {
            tokio::task::yield_now().await;
        }
    };
    let other = house.caller("b").await;
    other.types("before").await;
    assert_eq!(is_asked.recv().await.as_deref(), Some("before"));
    find.send(()).expect("the retriever waits");
    waiting(1).await;
    let another = house.caller("c").await;
    another.types("later").await;
    waiting(2).await;
    caller.told("ReplyStarted { reply: 1,").await;
    for _ in 0..3 {
        answer.send(()).expect("the model waits");
    }
    assert_eq!(is_asked.recv().await.as_deref(), Some(SPOKEN));
    assert_eq!(is_asked.recv().await.as_deref(), Some("later"));
    assert_eq!(counts(&speculation), (1, 0));
}
