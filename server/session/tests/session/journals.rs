//! A journal says again what a call was, and notices when it was changed.

use crate::house::House;
use crate::microphone::Microphone;
use server_session::{JournalError, Replay, SessionOptions, Speculation};
use std::path::PathBuf;
use std::time::Duration;

/// A folder of this test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("session-journals-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A call in which something is typed, spoken over and hung up amid a reply.
async fn journal(name: &str) -> String {
    let folder = Folder::new(name);
    let options = SessionOptions {
        greeting: Some("welcome".to_owned()),
        ask_again: true,
        journals: Some(folder.0.clone()),
        longest: None,
        speculation: Speculation::switched(true),
    };
    let house = House::with(options, 10);
    let mut caller = house.caller("call").await;
    caller.reply_ends(1).await;
    caller.types("hello to all of you out there").await;
    caller.told("Heard { reply: 2,").await;
    Microphone::of(&caller).say(1_200);
    caller.told("Transcript").await;
    caller.told("PlayoutStarted { reply: 3 }").await;
    caller.leaves().await;
    caller.closed().await;
    // Whoever has left has left a journal.
    house.lobby.drain("over", Duration::from_secs(20)).await;
    std::fs::read_to_string(folder.0.join("call.jsonl")).expect("the journal is on the disk")
}

fn assert_line(text: &str, expected: usize) {
    match Replay::of(text) {
        Err(JournalError::Line { number, .. }) => assert_eq!(number, expected),
        other => panic!("line {expected} is wrong, not {other:?}"),
    }
}

#[tokio::test]
async fn a_call_can_be_replayed_and_a_changed_one_is_noticed() {
    let text = journal("replay").await;
    let replay = Replay::of(&text).expect("a whole journal");
    assert!(replay.agrees(), "{} then, {} now", replay.then, replay.now);
    assert_eq!(replay.inputs, text.lines().count() - 1);
    assert!(replay.inputs > 50, "the windows of voice are in it");
    let instants = text.matches("{\"Level\":").count();
    assert!(
        (120..220).contains(&instants),
        "{instants} of 10 ms, in an utterance of 1.2 s and the silence behind it"
    );
    for told in ["BargedIn", "Transcript", "LineCut", "\"End\""] {
        assert!(replay.outputs.contains(told), "{told} is in the outputs");
    }

    let other_words = text.replace("hello to all", "jello to all");
    assert_ne!(other_words, text);
    let replay = Replay::of(&other_words).expect("it can still be read");
    assert!(!replay.agrees(), "other words have other outputs");

    let shorter: Vec<&str> = text.lines().collect();
    let shorter = shorter[..shorter.len() / 2].join("\n");
    let replay = Replay::of(&shorter).expect("it can still be read");
    assert!(!replay.agrees(), "half a call has fewer outputs");

    let mut broken: Vec<&str> = text.lines().collect();
    broken[4] = "{\"at\":3,";
    assert_line(&broken.join("\n"), 5);
    broken[0] = "not a header";
    assert_line(&broken.join("\n"), 1);

    let lost = text.replacen("\"lost\":0", "\"lost\":5", 1);
    assert_eq!(Replay::of(&lost), Err(JournalError::Truncated { lost: 5 }));
    let before = text.replacen("\"journal\":4", "\"journal\":3", 1);
    assert_eq!(
        Replay::of(&before),
        Err(JournalError::Version { journal: 3 })
    );
    assert_eq!(Replay::of("\n \n"), Err(JournalError::Empty));
}
