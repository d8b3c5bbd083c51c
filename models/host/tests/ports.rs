//! What a port promises: every job ends once, whatever becomes of it.

use models_engine::scripted::{Conduct, ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer};
use models_engine::{
    Cancel, Card, Hint, LanguageModel, Piece, Prompt, Recognizer, Script, Stopped, Synthesizer,
};
use models_host::{
    Composing, Heard, Hearing, LanguagePort, Pool, PoolOptions, Priority, RecognizerPort, Speaking,
    SynthesizerPort,
};
use std::sync::{Arc, Mutex, mpsc as blocking};
use tokio::sync::mpsc;

fn options(threads: usize, waiting: usize) -> PoolOptions {
    PoolOptions {
        name: "test",
        threads,
        waiting,
    }
}

fn language(engine: impl LanguageModel + 'static, waiting: usize) -> LanguagePort {
    let engine: Arc<dyn LanguageModel> = Arc::new(engine);
    LanguagePort(Pool::new(engine, options(1, waiting)))
}

async fn ended(reports: &mut mpsc::Receiver<Composing>) -> (String, Result<(), Stopped>) {
    let mut words = String::new();
    loop {
        match reports.recv().await.expect("a job reports its end") {
            Composing::Piece(Piece::Text(text)) => words.push_str(&text),
            Composing::Piece(Piece::Cite(_) | Piece::Call(_) | Piece::Arguments(_)) => {}
            Composing::Taken(taken) => panic!("nobody else stands in line: {taken:?}"),
            Composing::Ended(ended) => return (words, ended),
        }
    }
}

#[tokio::test]
async fn words_arrive_in_order_and_the_end_comes_last() {
    let port = language(ScriptedLanguage::saying("one two three"), 4);
    let (to, mut reports) = mpsc::channel(1);
    let _job = port.compose(Prompt::asking("count"), &to, |report| report);
    assert_eq!(
        ended(&mut reports).await,
        ("one two three".to_owned(), Ok(()))
    );
}

#[tokio::test]
async fn a_dropped_job_ends_as_cancelled() {
    let (entered, at_work) = blocking::sync_channel::<()>(1);
    let (go, gate) = blocking::sync_channel::<()>(1);
    let gate = Mutex::new(gate);
    let conduct = Conduct::plain().watched(move |out| {
        if out == 0 {
            entered.send(()).expect("the test listens");
            gate.lock()
                .expect("one user")
                .recv()
                .expect("the test opens the gate");
        }
    });
    let port = language(ScriptedLanguage::saying("never said").conduct(conduct), 4);
    let (to, mut reports) = mpsc::channel(8);
    let job = port.compose(Prompt::asking("anything"), &to, |report| report);
    tokio::task::spawn_blocking(move || at_work.recv().expect("the job began"))
        .await
        .expect("ran");
    drop(job);
    go.send(()).expect("the engine waits");
    assert_eq!(
        ended(&mut reports).await,
        (String::new(), Err(Stopped::Cancelled))
    );
}

#[tokio::test]
async fn a_pool_has_room_until_all_of_its_threads_work() {
    let (go, gate) = blocking::sync_channel::<()>(1);
    let gate = Mutex::new(gate);
    let conduct = Conduct::plain().watched(move |out| {
        if out == 0 {
            gate.lock()
                .expect("one user")
                .recv()
                .expect("the test opens the gate");
        }
    });
    let port = language(ScriptedLanguage::saying("x").conduct(conduct), 1);
    assert!(port.0.has_room());
    let (to, mut reports) = mpsc::channel(8);
    let _job = port.compose(Prompt::asking("x"), &to, |report| report);
    assert!(!port.0.has_room(), "one thread, one job");
    go.send(()).expect("the engine waits");
    ended(&mut reports).await.1.expect("it answers");
    let room = async {
        while !port.0.has_room() {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    let room = tokio::time::timeout(patience, room).await;
    room.expect("a job that has ended leaves its place");
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_says_why() {
    let (go, gate) = blocking::sync_channel::<()>(8);
    let gate = Mutex::new(gate);
    let conduct = Conduct::plain().watched(move |out| {
        if out == 0 {
            gate.lock()
                .expect("one user")
                .recv()
                .expect("the test opens the gate");
        }
    });
    let port = language(ScriptedLanguage::saying("x").conduct(conduct), 1);
    let (to, mut reports) = mpsc::channel(64);
    let jobs: Vec<_> = (0..8)
        .map(|_| port.compose(Prompt::asking("x"), &to, |report| report))
        .collect();
    for _ in 0..8 {
        go.send(()).expect("room for every opening");
    }
    let mut results = Vec::new();
    for _ in 0..8 {
        results.push(ended(&mut reports).await.1);
    }
    let refused = results
        .iter()
        .filter(|end| matches!(end, Err(Stopped::Failed(_))))
        .count();
    let done = results.iter().filter(|end| end.is_ok()).count();
    assert_eq!(
        (refused + done, done >= 1, refused >= 6),
        (8, true, true),
        "{results:?}"
    );
    drop(jobs);
}

/// One thread, which others keep busy: who is waited for by now is served before who came after.
#[tokio::test]
async fn a_guess_that_is_confirmed_waits_behind_nobody_who_came_later() {
    let (go, gate) = blocking::sync_channel::<()>(8);
    let gate = Mutex::new(gate);
    let conduct = Conduct::plain().watched(move |out| {
        if out == 0 {
            let gate = gate.lock().expect("one user");
            gate.recv().expect("the test opens the gate");
        }
    });
    let port = language(ScriptedLanguage::saying("x").conduct(conduct), 8);
    let (to, mut reports) = mpsc::channel(64);
    let compose = |who: &'static str, priority| {
        let port = port.urged(priority, None);
        port.compose(Prompt::asking("x"), &to, move |report| (who, report))
    };
    let _busy = compose("busy", Priority::First);
    let _guess = compose("a guess", Priority::Speculative);
    let confirmed = compose("confirmed", Priority::Speculative);
    let _later = compose("later", Priority::First);
    confirmed.confirm();
    let mut served = Vec::new();
    while served.len() < 4 {
        go.send(()).expect("there is room for every opening");
        while let Some((who, report)) = reports.recv().await {
            if let Composing::Ended(ended) = report {
                ended.expect("it answers");
                served.push(who);
                break;
            }
        }
    }
    assert_eq!(served, ["busy", "confirmed", "later", "a guess"]);
}

struct Breaks;

impl LanguageModel for Breaks {
    fn card(&self) -> Card {
        Card::new("breaks", models_engine::Grade::Scripted)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        _: &Cancel,
    ) -> Result<(), Stopped> {
        assert!(!prompt.lines.is_empty(), "planted");
        emit(Piece::Text("fine".to_owned()));
        Ok(())
    }
}

#[tokio::test]
async fn a_panic_costs_one_job_and_not_the_thread() {
    let port = language(Breaks, 4);
    let (to, mut reports) = mpsc::channel(8);
    let _first = port.compose(Prompt::default(), &to, |report| report);
    assert!(matches!(
        ended(&mut reports).await.1,
        Err(Stopped::Failed(_))
    ));
    let _second = port.compose(Prompt::asking("still there?"), &to, |report| report);
    assert_eq!(ended(&mut reports).await, ("fine".to_owned(), Ok(())));
}

#[tokio::test]
async fn speech_arrives_whole() {
    let engine = ScriptedSynthesizer::new();
    let (samples, rate) = (engine.samples("good morning", 1.0), engine.rate());
    let engine: Arc<dyn Synthesizer> = Arc::new(engine);
    let port = SynthesizerPort(Pool::new(engine, options(2, 4)));
    let (to, mut reports) = mpsc::channel(1);
    let script = Script {
        text: "good morning".to_owned(),
        voice: None,
        speed: 1.0,
    };
    let _job = port.speak(script, &to, |report| report);
    let mut heard = 0;
    loop {
        match reports.recv().await.expect("a job reports its end") {
            Speaking::Taken(taken) => panic!("nobody else stands in line: {taken:?}"),
            Speaking::Speech { rate: at, samples } => {
                assert_eq!(at, rate);
                heard += samples.len();
            }
            Speaking::Ended(ended) => {
                assert_eq!(ended.expect("it speaks").samples, heard);
                break;
            }
        }
    }
    assert_eq!(heard, samples);
}

#[tokio::test]
async fn sound_waits_for_a_free_recognizer_and_none_is_lost() {
    let engine = ScriptedRecognizer::by(|heard| format!("{} samples", heard.samples));
    let engine: Arc<dyn Recognizer> = Arc::new(engine);
    let port = RecognizerPort(Pool::new(engine, options(1, 4)));
    let (to, mut reports) = mpsc::channel(64);
    let mut first = port.listen(Hint::default(), &to, |heard| (1, heard));
    let mut second = port.listen(Hint::default(), &to, |heard| (2, heard));
    for _ in 0..50 {
        first.push(&[0.1; 320]);
        second.push(&[0.1; 160]);
    }
    // The second is over before the first: it still waits, and still loses nothing.
    second.finish();
    first.finish();
    let mut texts = Vec::new();
    while texts.len() < 2 {
        if let (who, Heard::Ended(ended)) = reports.recv().await.expect("both report") {
            texts.push((who, ended.expect("both are understood").text));
        }
    }
    let expected = [
        (1, "16000 samples".to_owned()),
        (2, "8000 samples".to_owned()),
    ];
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn words_are_settled_in_the_middle_of_an_utterance_that_goes_on() {
    let engine = ScriptedRecognizer::by(|heard| format!("{} samples", heard.samples));
    let engine: Arc<dyn Recognizer> = Arc::new(engine);
    let port = RecognizerPort(Pool::new(engine, options(1, 4)));
    let (to, mut reports) = mpsc::channel(64);
    let mut hearing = port.listen(Hint::default(), &to, |heard| heard);
    // Less than is handed over at once: what was gathered is settled, too.
    hearing.push(&[0.1; 320]);
    hearing.settle(7);
    assert_eq!(settled(&mut reports).await, (7, "320 samples".to_owned()));
    hearing.push(&[0.1; 160]);
    hearing.finish();
    assert_eq!(understood(&mut reports).await, "480 samples");
}

/// The recognizer has another caller, and what this one says waits meanwhile.
#[tokio::test]
async fn a_recognizer_that_is_behind_passes_over_the_pauses_that_are_past() {
    let engine = ScriptedRecognizer::by(|heard| format!("{} samples", heard.samples));
    let engine: Arc<dyn Recognizer> = Arc::new(engine);
    let port = RecognizerPort(Pool::new(engine, options(1, 4)));
    let (to_other, mut other) = mpsc::channel(64);
    let (to, mut reports) = mpsc::channel(64);
    let busy = || port.listen(Hint::default(), &to_other, |heard| heard);
    let speaks = |hearing: &mut Hearing, mark| {
        hearing.push(&[0.1; 160]);
        hearing.settle(mark);
    };

    let mut first = busy();
    let mut hearing = port.listen(Hint::default(), &to, |heard| heard);
    for mark in 1..=3 {
        speaks(&mut hearing, mark);
    }
    first.finish();
    assert_eq!(understood(&mut other).await, "");
    // The newest is looked for, and no other.
    assert_eq!(settled(&mut reports).await, (3, "480 samples".to_owned()));
    hearing.finish();
    assert_eq!(understood(&mut reports).await, "480 samples");

    let mut first = busy();
    let mut hearing = port.listen(Hint::default(), &to, |heard| heard);
    speaks(&mut hearing, 1);
    hearing.finish();
    first.finish();
    assert_eq!(understood(&mut other).await, "");
    assert_eq!(understood(&mut reports).await, "160 samples");
}

async fn settled(reports: &mut mpsc::Receiver<Heard>) -> (u32, String) {
    loop {
        match reports.recv().await.expect("it reports") {
            Heard::Settled { mark, text } => return (mark, text),
            Heard::Taken(_) | Heard::Partial(_) => {}
            Heard::Ended(ended) => panic!("it ended first: {ended:?}"),
        }
    }
}

/// How it ends; by then no pause may have been looked at.
async fn understood(reports: &mut mpsc::Receiver<Heard>) -> String {
    loop {
        match reports.recv().await.expect("it reports") {
            Heard::Settled { mark, .. } => panic!("pause {mark} was looked at"),
            Heard::Taken(_) | Heard::Partial(_) => {}
            Heard::Ended(ended) => return ended.expect("it is understood").text,
        }
    }
}

#[tokio::test]
async fn a_forgotten_utterance_frees_its_recognizer() {
    let engine: Arc<dyn Recognizer> = Arc::new(ScriptedRecognizer::hearing("hello"));
    let port = RecognizerPort(Pool::new(engine, options(1, 4)));
    let (to, mut reports) = mpsc::channel(64);
    let forgotten = port.listen(Hint::default(), &to, |heard| (1, heard));
    let mut kept = port.listen(Hint::default(), &to, |heard| (2, heard));
    kept.push(&[0.2; 1_600]);
    kept.finish();
    drop(forgotten);
    let mut ends = Vec::new();
    while ends.len() < 2 {
        if let (who, Heard::Ended(ended)) = reports.recv().await.expect("both report") {
            ends.push((who, ended.map(|transcript| transcript.text)));
        }
    }
    assert_eq!(
        ends,
        [(1, Err(Stopped::Cancelled)), (2, Ok("hello".to_owned()))]
    );
}
