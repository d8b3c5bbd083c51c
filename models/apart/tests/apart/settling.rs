//! Words are settled in the middle of an utterance over there as they are at home, whatever becomes of the child.

use crate::dying::WAYS;
use crate::fate::{HEARD, SETTLING, SIMPLE};
use crate::house::{House, patience, voice};
use models_engine::scripted::ScriptedRecognizer;
use models_engine::{Cancel, Hint, LISTENING_RATE, Recognizer, Transcript};
use models_host::{Heard, Pool, PoolOptions, RecognizerPort};
use std::sync::Arc;
use tokio::sync::mpsc;

const A_TENTH: usize = LISTENING_RATE as usize / 10;

fn told(hint: &str) -> Hint {
    Hint {
        prompt: Some(hint.to_owned()),
        ..Hint::default()
    }
}

/// What was settled before any sound, after each second piece of it, and what came at the end.
fn settled(recognizer: &dyn Recognizer, hint: &str) -> (Vec<Option<String>>, Transcript) {
    let cancel = Cancel::new();
    let mut listening = recognizer.listen(&told(hint)).expect("it listens");
    let mut settled = vec![listening.settle(&cancel).expect("nothing is settled, too")];
    for _ in 0..3 {
        for _ in 0..2 {
            let speech = voice(A_TENTH);
            listening.push(&speech, &cancel).expect("speech is taken");
        }
        settled.push(listening.settle(&cancel).expect("words are settled"));
    }
    let whole = listening.finish(&cancel).expect("it ends");
    (settled, whole)
}

#[test]
fn words_are_settled_there_as_at_home() {
    let house = House::open(patience());
    let at_home = settled(&ScriptedRecognizer::hearing(HEARD), "");
    let words = Some(HEARD.to_owned());
    let expected = [Some(String::new()), words.clone(), words.clone(), words];
    assert_eq!(at_home.0, expected, "more than the words so far");
    assert_eq!(settled(&*house.recognizer, ""), at_home);
    assert_eq!(house.apart.account().again, 0);
}

#[test]
fn a_child_that_dies_over_it_costs_no_word() {
    let house = House::open(patience());
    let at_home = settled(&ScriptedRecognizer::hearing(HEARD), "");
    for (number, way) in WAYS.iter().enumerate() {
        let fate = format!("fate:{way}@{SETTLING}#{number}");
        assert_eq!(settled(&*house.recognizer, &fate), at_home, "{way}");
    }
    assert_eq!(house.apart.account().again, WAYS.len() as u64);
}

/// What a session is told of an utterance that is settled once, by its own port.
async fn through_a_port(engine: Arc<dyn Recognizer>, hint: &str) -> Vec<Heard> {
    let options = PoolOptions {
        name: "recognizer",
        threads: 1,
        waiting: 4,
    };
    let (to, mut reports) = mpsc::channel(64);
    let port = RecognizerPort(Pool::new(engine, options));
    let mut hearing = port.listen(told(hint), &to, |heard| heard);
    hearing.push(&voice(5 * A_TENTH));
    hearing.settle(7);
    let settled = answer(&mut reports).await;
    hearing.push(&voice(A_TENTH));
    hearing.finish();
    vec![settled, answer(&mut reports).await]
}

/// When words so far come depends on how fast two processes are.
async fn answer(reports: &mut mpsc::Receiver<Heard>) -> Heard {
    loop {
        match reports.recv().await.expect("it reports") {
            Heard::Partial(_) => {}
            answer => return answer,
        }
    }
}

fn answers(settled: &str) -> Vec<Heard> {
    let words = Transcript {
        text: HEARD.to_owned(),
        confidence: 1.0,
    };
    let (mark, text) = (7, settled.to_owned());
    vec![Heard::Settled { mark, text }, Heard::Ended(Ok(words))]
}

#[tokio::test]
async fn a_session_is_told_the_same() {
    let house = House::open(patience());
    let at_home: Arc<dyn Recognizer> = Arc::new(ScriptedRecognizer::hearing(HEARD));
    let both = [at_home, Arc::clone(&house.recognizer)];
    for engine in both {
        assert_eq!(through_a_port(engine, "").await, answers(HEARD));
    }
}

#[tokio::test]
async fn who_settles_nothing_is_taken_at_the_words_so_far() {
    let house = House::open(patience());
    let engine = Arc::clone(&house.recognizer);
    // 500 ms of voice are two words.
    assert_eq!(through_a_port(engine, SIMPLE).await, answers("what is"));
}

/// Whether they came before words were asked for, or while those were waited for.
#[test]
fn words_so_far_are_told_once_though_others_were_asked_for() {
    let house = House::open(patience());
    let cancel = Cancel::new();
    for _ in 0..20 {
        let listening = house.recognizer.listen(&told(SIMPLE));
        let mut listening = listening.expect("it listens");
        let mut push = |speech: &[f32]| listening.push(speech, &cancel).expect("speech is taken");
        let before = push(&voice(6 * A_TENTH));
        listening.settle(&cancel).expect("words are settled");
        let after = listening
            .push(&[0.0; 160], &cancel)
            .expect("speech is taken");
        let told: Vec<String> = [before, after]
            .into_iter()
            .flatten()
            .map(|words| words.text)
            .collect();
        assert_eq!(told, [HEARD]);
    }
}
