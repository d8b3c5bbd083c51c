//! An engine that fails where another stands behind it: the reply goes on, and the client learns who speaks now.

use crate::caller::{Caller, words};
use crate::house::House;
use models_engine::scripted::{Conduct, ScriptedLanguage, ScriptedSynthesizer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Breaks down whenever it is asked so; else it repeats what it was told.
fn brittle() -> ScriptedLanguage {
    ScriptedLanguage::by(|prompt| {
        let last = prompt.lines.last().map_or("", |line| &line.text);
        assert_ne!(last, "break", "as asked");
        last.to_owned()
    })
}

async fn says(caller: &mut Caller, typed: &str) -> String {
    caller.types(typed).await;
    let ended = caller.told("ReplyEnded").await;
    assert!(ended.contains("ending: Completed"), "{ended}");
    words(&ended, "text").to_owned()
}

#[tokio::test]
async fn the_next_engine_answers_and_each_change_is_told_once() {
    let house = House::new().answers_in_line(brittle(), ScriptedLanguage::saying("the second"));
    let mut caller = house.caller("a").await;
    assert_eq!(says(&mut caller, "hello").await, "hello");
    assert!(!caller.was_told("EngineChanged"), "the first does its work");
    for _ in 0..2 {
        assert_eq!(says(&mut caller, "break").await, "the second");
    }
    assert_eq!(says(&mut caller, "hello").await, "hello");
    let told = caller.all_told();
    let changes: Vec<&&str> = told
        .iter()
        .filter(|told| told.starts_with("EngineChanged"))
        .collect();
    assert_eq!(changes.len(), 2, "away, and back: {changes:?}");
    assert!(changes[0].contains("seam: \"language_model\""));
    assert!(changes[0].contains("the engine broke down"));
    assert!(changes[1].contains("answers again"));
    assert!(!caller.was_told("Notice { code: \"trouble\""));
}

#[tokio::test]
async fn a_reply_that_breaks_in_the_middle_goes_on_and_ends_well() {
    let conduct = Conduct::plain().failing_after(3, "the model tripped");
    let first = ScriptedLanguage::saying("We open at ten").conduct(conduct);
    let house = House::new().answers_in_line(first, ScriptedLanguage::saying("We open at nine."));
    let mut caller = house.caller("a").await;
    let said = says(&mut caller, "when do you open").await;
    assert_eq!(said, "We open at ... Sorry, once more: We open at nine.");
    assert!(
        !caller.was_told("Notice { code: \"trouble\""),
        "nothing is left to excuse"
    );
}

/// What the one behind cannot do is said when it has to be.
#[tokio::test]
async fn what_the_next_engine_cannot_do_is_told() {
    let mut house = House::new().answers_in_line(
        brittle().instructed(),
        ScriptedLanguage::saying("the second"),
    );
    house.settings.instructions = "be brief".to_owned();
    let mut caller = house.caller("a").await;
    says(&mut caller, "hello").await;
    assert!(!caller.was_told("Notice"));
    says(&mut caller, "break").await;
    assert!(caller.was_told("Notice { code: \"instructions_not_followed\""));
}

/// Voices do not alternate within a reply: who took over goes on, and the next reply tries the first again.
#[tokio::test]
async fn a_reply_keeps_the_voice_that_took_over() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mute = Conduct::plain().watched(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        panic!("as asked");
    });
    let first = ScriptedSynthesizer::new().conduct(mute);
    let phrases = ["one", "two", "three", "four", "five", "six", "seven"];
    let text = phrases.map(|word| format!("{word} is said.")).join(" ");
    let house = House::new()
        .answers(ScriptedLanguage::saying(text.clone()))
        .speaks_in_line(first, ScriptedSynthesizer::new());
    let mut caller = house.caller("a").await;
    assert_eq!(says(&mut caller, "hello").await, text);
    // Four phrases are ordered ahead, before the first can have failed.
    let tried = asked.load(Ordering::Relaxed);
    assert!((1..=4).contains(&tried), "{tried} of {}", phrases.len());
    assert_eq!(says(&mut caller, "again").await, text);
    assert_eq!(asked.load(Ordering::Relaxed), tried + 1);
    let told = caller.all_told();
    let changes = told.iter().filter(|told| told.starts_with("EngineChanged"));
    assert_eq!(changes.count(), 1);
}
