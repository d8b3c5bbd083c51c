//! The agent calls the client's tools: one that reads, and one that writes and is never called twice.

use crate::caller::{Caller, words};
use crate::house::{House, tool};
use models_engine::scripted::ScriptedLanguage;
use models_engine::{Author, Prompt};
use signaling_protocol::model::Effect;

const BOOKING: &str = "{\"day\": \"Monday\"}";

/// Looks before it answers, and books whenever the caller says so; what came of it, it repeats.
fn clerk() -> ScriptedLanguage {
    let says = |prompt: &Prompt| {
        let last = prompt.lines.last().expect("there is something to answer");
        match last.author {
            Author::Tool => format!("It is {}.", last.text),
            _ if wants(prompt, "book") => "I am booking Monday for you now.".to_owned(),
            _ if wants(prompt, "look") => String::new(),
            _ => format!("{} lines", prompt.lines.len()),
        }
    };
    ScriptedLanguage::by(says).calling(|prompt| {
        let call = |name: &str, arguments: &str| (name.to_owned(), arguments.to_owned());
        if prompt.tools.is_empty() {
            Vec::new()
        } else if wants(prompt, "look") {
            vec![call("look", "{}")]
        } else if wants(prompt, "book") {
            vec![call("book", BOOKING)]
        } else {
            Vec::new()
        }
    })
}

/// The last line is the caller's, and begins so.
fn wants(prompt: &Prompt, what: &str) -> bool {
    let last = prompt.lines.last();
    last.is_some_and(|last| last.author == Author::Caller && last.text.starts_with(what))
}

async fn caller() -> (House, Caller) {
    let mut house = House::new().answers(clerk());
    house.settings.tools = vec![tool("look", Effect::Reads), tool("book", Effect::Writes)];
    let caller = house.caller("a").await;
    (house, caller)
}

fn times(caller: &Caller, what: &str) -> usize {
    let told = caller.all_told();
    told.iter().filter(|told| told.starts_with(what)).count()
}

#[tokio::test]
async fn a_tool_is_called_and_what_came_of_it_is_said() {
    let (_house, mut caller) = caller().await;
    caller.types("look at the clock").await;
    let called = caller.told("Called").await;
    assert!(called.contains("arguments: \"{}\""), "{called}");
    let ended = caller.reply_ends(1).await;
    assert!(
        ended.contains("Completed"),
        "a call alone is a reply: {ended}"
    );
    assert_eq!(
        times(&caller, "LineAdded { line: 2,"),
        0,
        "nothing was said"
    );
    caller.sends("result call_1 ten").await;
    let composed = caller.told("ReplyComposed { reply: 2").await;
    assert_eq!(words(&composed, "text"), "It is ten.");
    caller.reply_ends(2).await;
}

/// Called, interrupted before it was heard why, called again, asked for a second time while it runs.
#[tokio::test]
async fn a_tool_that_writes_is_called_once_however_often_the_caller_cuts_in() {
    let (_house, mut caller) = caller().await;
    caller.types("book Monday").await;
    caller.told("PlayoutStarted { reply: 1").await;
    caller.types("book it, please").await;
    caller.reply_ends(1).await;
    assert_eq!(
        times(&caller, "Called"),
        0,
        "the caller cut in before the agent had said it"
    );
    caller.told("Called").await;
    caller.reply_ends(2).await;
    caller.types("book it, I said").await;
    let ended = caller.reply_ends(3).await;
    assert!(ended.contains("Completed"), "{ended}");
    assert_eq!(times(&caller, "Called"), 1, "its result is not there yet");
    caller.sends("result call_2 booked").await;
    let composed = caller.told("ReplyComposed { reply: 4").await;
    assert_eq!(words(&composed, "text"), "It is booked.");
    caller.reply_ends(4).await;
    caller.types("book Monday once more").await;
    caller.reply_ends(5).await;
    assert_eq!(times(&caller, "Called"), 2, "a new wish");
}
