//! An engine that fails costs its job: the caller is told, and the session lives.

use crate::caller::{Caller, words};
use crate::house::House;
use crate::microphone::Microphone;
use models_engine::scripted::{
    Conduct, ScriptedLanguage, ScriptedRecognizer, ScriptedRetriever, ScriptedSynthesizer,
};
use signaling_protocol::model::Modality;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

async fn is_answered(caller: &mut Caller, text: &str) {
    let before = caller.past.len();
    caller.types(text).await;
    loop {
        let ended = caller.told("ReplyEnded").await;
        if ended.contains("ending: Completed") && words(&ended, "text") == text {
            break;
        }
    }
    assert!(!crate::caller::frames(&caller.past[before..]).is_empty());
}

#[tokio::test]
async fn a_language_model_that_fails() {
    let conduct = Conduct::plain().failing_after(3, "the model tripped");
    let house = House::new().answers(ScriptedLanguage::echo().conduct(conduct));
    let mut caller = house.caller("a").await;
    caller.types("one two three four").await;
    let notice = caller.told("Notice { code: \"trouble\"").await;
    assert!(notice.contains("the model tripped"), "{notice}");
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("Failed { message"), "{ended}");
    let apology = caller.told("ReplyText { reply: 2,").await;
    assert!(apology.contains("sorry"), "{apology}");
    is_answered(&mut caller, "and now").await;
}

#[tokio::test]
async fn a_synthesizer_that_fails() {
    // 40 pieces are 13 letters.
    let conduct = Conduct::plain().failing_after(40, "the voice broke");
    let house = House::new().speaks(ScriptedSynthesizer::new().conduct(conduct));
    let mut caller = house.caller("a").await;
    caller.types("something with very many letters").await;
    let notice = caller.told("Notice { code: \"trouble\"").await;
    assert!(notice.contains("the voice broke"), "{notice}");
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("Failed { message"), "{ended}");
    is_answered(&mut caller, "and now").await;
}

#[tokio::test]
async fn a_recognizer_that_fails() {
    // Six pieces are 600 ms, pre-roll included.
    let conduct = Conduct::plain().failing_after(6, "the ears rang");
    let house = House::new().hears(ScriptedRecognizer::hearing("never").conduct(conduct));
    let mut caller = house.caller("a").await;
    Microphone::of(&caller).say(1_500);
    let failed = caller.told("TranscriptFailed").await;
    assert!(failed.contains("the ears rang"), "{failed}");
    let notice = caller.told("Notice { code: \"trouble\"").await;
    assert!(notice.contains("the ears rang"), "{notice}");
    let apology = caller.told("ReplyText { reply: 1,").await;
    assert!(apology.contains("sorry"), "{apology}");
    is_answered(&mut caller, "and now").await;
}

#[tokio::test]
async fn a_retriever_that_fails_costs_the_passages_only() {
    let conduct = Conduct::plain().failing("the shelf fell");
    let retriever = ScriptedRetriever::of_texts(&["we open at nine"]).conduct(conduct);
    let house = House::new().looks_up(retriever);
    let mut caller = house.caller("a").await;
    is_answered(&mut caller, "when do you open").await;
    assert!(!caller.was_told("Cited"));
}

#[tokio::test]
async fn a_retriever_that_is_late_costs_the_passages_only() {
    let ((begin, begun), (find, found)) = (sync_channel(1), sync_channel(1));
    let (begun, found) = (Mutex::new(begun), Mutex::new(found));
    // It comes back when the reply is being composed without it.
    let late = Conduct::plain().watched(move |_| {
        let _ = begun.lock().expect("one search").recv();
        let _ = find.send(());
    });
    let retriever = ScriptedRetriever::of_texts(&["we open at nine"]).conduct(late);
    let meanwhile = Conduct::plain().watched(move |pieces| match pieces {
        0 => drop(begin.send(())),
        1 => drop(found.lock().expect("one reply").recv()),
        _ => {}
    });
    let model = ScriptedLanguage::echo().conduct(meanwhile);
    let mut house = House::new().looks_up(retriever).answers(model);
    house.settings.modality = Modality::Text;
    let mut caller = house.caller("a").await;
    let text = ["open"; 200].join(" ");
    caller.types(&text).await;
    let ended = caller.reply_ends(1).await;
    assert_eq!(words(&ended, "text"), text);
    assert!(!caller.was_told("Cited"));
}

#[tokio::test]
async fn an_engine_that_panics() {
    let model = ScriptedLanguage::by(|prompt| {
        let last = prompt.lines.last().map_or("", |line| &line.text);
        assert_ne!(last, "break", "as asked");
        last.to_owned()
    });
    let house = House::new().answers(model);
    let mut caller = house.caller("a").await;
    caller.types("break").await;
    let ended = caller.reply_ends(1).await;
    assert!(ended.contains("Failed { message"), "{ended}");
    is_answered(&mut caller, "and now").await;
}
