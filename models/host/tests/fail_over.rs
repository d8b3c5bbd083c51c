//! What a line of engines promises: a job that one fails at is done by the next, and ends once.

use models_engine::scripted::{
    Conduct, Heard as Sound, ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer,
};
use models_engine::{
    Author, Hint, LanguageModel, Piece, Prompt, Recognizer, Script, Spoken, Stopped, Synthesizer,
    Transcript,
};
use models_host::{
    Composing, Heard, LanguagePort, Pool, PoolOptions, RecognizerPort, Speaking, SynthesizerPort,
    Taken,
};
use std::sync::{Arc, Mutex, mpsc as blocking};
use tokio::sync::mpsc;

const ROOM: usize = 4_096;

fn pool<E: ?Sized + Send + Sync + 'static>(engine: Arc<E>, waiting: usize) -> Pool<E> {
    let options = PoolOptions {
        name: "test",
        threads: 1,
        waiting,
    };
    Pool::new(engine, options)
}

fn line_of(models: Vec<ScriptedLanguage>) -> LanguagePort {
    let mut pools = models
        .into_iter()
        .map(|model| pool(Arc::new(model) as Arc<dyn LanguageModel>, 1));
    let first = pools.next().expect("a line has a first");
    LanguagePort(pools.fold(first, Pool::followed_by))
}

fn failing(text: &str, after: usize) -> ScriptedLanguage {
    let conduct = Conduct::plain().failing_after(after, "the first tripped");
    ScriptedLanguage::saying(text).conduct(conduct)
}

/// Who took it, what was said, and how it ended; and that nothing comes after the end.
async fn composed(port: &LanguagePort) -> (Vec<Taken>, String, Result<(), Stopped>) {
    let (to, mut reports) = mpsc::channel(ROOM);
    let _job = port.compose(Prompt::asking("when do you open"), &to, |report| report);
    drop(to);
    let (mut taken, mut words, mut end) = (Vec::new(), String::new(), None);
    while let Some(report) = reports.recv().await {
        assert_eq!(end, None, "nothing comes after the end: {report:?}");
        match report {
            Composing::Taken(by) => taken.push(by),
            Composing::Piece(Piece::Text(text)) => words.push_str(&text),
            Composing::Piece(Piece::Call(tool)) => words.push_str(&format!("<{tool}>")),
            Composing::Piece(Piece::Cite(_) | Piece::Arguments(_)) => {}
            Composing::Ended(ended) => end = Some(ended),
        }
    }
    (taken, words, end.expect("a job ends"))
}

fn by(place: usize, why: Option<&str>) -> Vec<Taken> {
    let why = why.map(models_engine::Failure::new);
    vec![Taken { by: place, why }]
}

#[tokio::test]
async fn the_first_does_the_job_where_it_can() {
    let line = line_of(vec![
        ScriptedLanguage::saying("at nine"),
        ScriptedLanguage::saying("never asked"),
    ]);
    let expected = (by(0, None), "at nine".to_owned(), Ok(()));
    assert_eq!(composed(&line).await, expected);
}

#[tokio::test]
async fn before_the_first_piece_the_next_answers_the_same_prompt() {
    let second = ScriptedLanguage::by(|prompt| format!("asked {}", prompt.lines.len()));
    let line = line_of(vec![failing("at nine", 0), second.instructed()]);
    let (taken, words, end) = composed(&line).await;
    assert_eq!(taken, by(1, Some("the first tripped")));
    assert_eq!((words.as_str(), end), ("asked 1", Ok(())));
}

#[tokio::test]
async fn behind_half_a_sentence_the_next_is_told_what_was_said() {
    let second = ScriptedLanguage::by(|prompt| {
        let said = &prompt.lines[prompt.lines.len() - 2];
        assert_eq!(said.author, Author::Agent);
        format!("We open at nine, not {}.", said.text)
    });
    let line = line_of(vec![
        failing("We open at ten", 3),
        second.instructed(),
        ScriptedLanguage::saying("never asked"),
    ]);
    let (taken, words, end) = composed(&line).await;
    let places: Vec<usize> = taken.iter().map(|taken| taken.by).collect();
    assert_eq!((places, end), (vec![0, 1], Ok(())));
    let expected = "We open at ... Sorry, once more: We open at nine, not We open at.";
    assert_eq!(words, expected);
}

#[tokio::test]
async fn one_that_cannot_be_told_answers_anew() {
    let second = ScriptedLanguage::by(|prompt| format!("Lines: {}.", prompt.lines.len()));
    let line = line_of(vec![failing("We open. We close.", 2), second]);
    let (_, words, end) = composed(&line).await;
    assert_eq!(
        (words.as_str(), end),
        ("We open. Sorry, once more: Lines: 1.", Ok(()))
    );
}

#[tokio::test]
async fn a_call_that_has_begun_is_not_begun_again() {
    let call = |_: &Prompt| vec![("book".to_owned(), "{}".to_owned())];
    let conduct = Conduct::plain().failing_after(2, "it tripped");
    let first = ScriptedLanguage::saying("Booking.")
        .calling(call)
        .conduct(conduct);
    let line = line_of(vec![first, ScriptedLanguage::saying("never asked")]);
    let (taken, words, end) = composed(&line).await;
    assert_eq!((taken, words.as_str()), (by(0, None), "Booking.<book>"));
    assert_eq!(end, Err(Stopped::failed("it tripped")));
}

#[tokio::test]
async fn a_panic_is_taken_over_too() {
    let first = ScriptedLanguage::by(|_| panic!("as asked"));
    let line = line_of(vec![first, ScriptedLanguage::saying("at nine")]);
    let (taken, words, end) = composed(&line).await;
    assert_eq!(taken, by(1, Some("the engine broke down")));
    assert_eq!((words.as_str(), end), ("at nine", Ok(())));
}

#[tokio::test]
async fn where_all_fail_the_job_ends_once_with_the_first_reason() {
    let second = ScriptedLanguage::saying("x").conduct(Conduct::plain().failing("the second fell"));
    let line = line_of(vec![failing("x", 0), second]);
    let (taken, words, end) = composed(&line).await;
    assert_eq!((taken, words.as_str()), (Vec::new(), ""));
    assert_eq!(end, Err(Stopped::failed("the first tripped")));
}

#[tokio::test]
async fn a_full_queue_sends_the_job_on() {
    let (go, gate) = blocking::sync_channel::<()>(8);
    let gate = Mutex::new(gate);
    let held = Conduct::plain().watched(move |_| {
        gate.lock().expect("one user").recv().ok();
    });
    let first = ScriptedLanguage::saying("slow").conduct(held);
    let (first, second): (Arc<dyn LanguageModel>, Arc<dyn LanguageModel>) =
        (Arc::new(first), Arc::new(ScriptedLanguage::saying("quick")));
    let line = LanguagePort(pool(first, 1).followed_by(pool(second, 8)));
    let (to, mut reports) = mpsc::channel(ROOM);
    let jobs: Vec<_> = (0..8)
        .map(|_| line.compose(Prompt::asking("x"), &to, |report| report))
        .collect();
    // The first has room for one that runs and one that waits.
    for _ in 0..6 {
        let taken = reports.recv().await.expect("it is taken");
        let Composing::Taken(Taken {
            by: 1,
            why: Some(_),
        }) = taken
        else {
            panic!("the second takes it: {taken:?}");
        };
        let said = reports.recv().await.expect("it is said");
        assert_eq!(said, Composing::Piece(Piece::Text("quick".to_owned())));
        let ended = reports.recv().await.expect("it ends");
        assert_eq!(ended, Composing::Ended(Ok(())));
    }
    drop(jobs);
    drop(go);
}

/// What the caller no longer wants is not passed on: the second engine would panic the test's thread.
#[tokio::test]
async fn a_cancelled_job_stops_where_it_is() {
    let (entered, at_work) = blocking::sync_channel::<()>(1);
    let (go, gate) = blocking::sync_channel::<()>(1);
    let gate = Mutex::new(gate);
    let held = Conduct::plain()
        .failing_after(1, "it tripped")
        .watched(move |out| {
            if out == 0 {
                entered.send(()).expect("the test listens");
                gate.lock()
                    .expect("one user")
                    .recv()
                    .expect("the gate opens");
            }
        });
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let second = ScriptedLanguage::by(move |_| {
        *count.lock().expect("one user") += 1;
        String::new()
    });
    let line = line_of(vec![ScriptedLanguage::saying("x y").conduct(held), second]);
    let (to, mut reports) = mpsc::channel(ROOM);
    let job = line.compose(Prompt::asking("x"), &to, |report| report);
    drop(to);
    let entered = tokio::task::spawn_blocking(move || at_work.recv());
    entered.await.expect("ran").expect("the job began");
    drop(job);
    go.send(()).expect("the engine waits");
    let mut last = None;
    while let Some(report) = reports.recv().await {
        last = Some(report);
    }
    assert_eq!(last, Some(Composing::Ended(Err(Stopped::Cancelled))));
    assert_eq!(*asked.lock().expect("one user"), 0);
}

async fn heard(port: &RecognizerPort, pieces: usize) -> (Vec<Taken>, Result<Transcript, Stopped>) {
    let (to, mut reports) = mpsc::channel(ROOM);
    let mut hearing = port.listen(Hint::default(), &to, |report| report);
    drop(to);
    for _ in 0..pieces {
        hearing.push(&[0.5; 1_600]);
    }
    hearing.finish();
    let (mut taken, mut end) = (Vec::new(), None);
    while let Some(report) = reports.recv().await {
        assert_eq!(end, None, "nothing comes after the end: {report:?}");
        match report {
            Heard::Taken(by) => taken.push(by),
            Heard::Partial(words) => assert!(taken[0].by == 0 || words.stable == 0),
            Heard::Settled { .. } => panic!("nobody asked"),
            Heard::Ended(ended) => end = Some(ended),
        }
    }
    (taken, end.expect("a job ends"))
}

fn counting() -> ScriptedRecognizer {
    ScriptedRecognizer::by(|heard: &Sound| format!("{} samples", heard.samples))
}

/// Wherever the first breaks off, the second hears the utterance from its first sample to its last.
#[tokio::test]
async fn the_next_recognizer_hears_the_whole_utterance() {
    for after in 0..=10 {
        let conduct = Conduct::plain().failing_after(after, "the ears rang");
        let first: Arc<dyn Recognizer> = Arc::new(counting().conduct(conduct));
        let second: Arc<dyn Recognizer> = Arc::new(counting());
        let port = RecognizerPort(pool(first, 4).followed_by(pool(second, 4)));
        let (taken, end) = heard(&port, 10).await;
        assert_eq!(taken.last().map(|taken| taken.by), Some(1), "{after}");
        let text = end.expect("it is understood").text;
        assert_eq!(text, "16000 samples", "{after}");
    }
}

async fn spoken(port: &SynthesizerPort) -> (Vec<Taken>, Vec<u32>, usize, Result<Spoken, Stopped>) {
    let (to, mut reports) = mpsc::channel(ROOM);
    let script = Script {
        text: "abcdefghij".to_owned(),
        voice: None,
        speed: 1.0,
    };
    let _job = port.speak(script, &to, |report| report);
    drop(to);
    let (mut taken, mut rates, mut samples, mut end) = (Vec::new(), Vec::new(), 0, None);
    while let Some(report) = reports.recv().await {
        assert_eq!(end, None, "nothing comes after the end");
        match report {
            Speaking::Taken(by) => taken.push(by),
            Speaking::Speech { rate, samples: new } => {
                rates.push(rate);
                samples += new.len();
            }
            Speaking::Ended(ended) => end = Some(ended),
        }
    }
    rates.dedup();
    (taken, rates, samples, end.expect("a job ends"))
}

#[tokio::test]
async fn the_next_voice_says_the_phrase_anew_at_the_rate_it_began_with() {
    // 600 ms are 30 pieces.
    for (after, rate, samples) in [(0, 16_000, 9_600), (10, 24_000, 4_800 + 4_800 + 14_400)] {
        let conduct = Conduct::plain().failing_after(after, "the voice broke");
        let first = ScriptedSynthesizer::new().rate_of(24_000).conduct(conduct);
        let first: Arc<dyn Synthesizer> = Arc::new(first);
        let second: Arc<dyn Synthesizer> = Arc::new(ScriptedSynthesizer::new());
        let port = SynthesizerPort(pool(first, 4).followed_by(pool(second, 4)));
        let (taken, rates, given, end) = spoken(&port).await;
        assert_eq!(taken.last().map(|taken| taken.by), Some(1));
        assert_eq!(
            (rates, given),
            (vec![rate], samples),
            "after {after} pieces"
        );
        assert_eq!(
            end,
            Ok(Spoken::of(samples)),
            "what is counted is what was given"
        );
    }
}
