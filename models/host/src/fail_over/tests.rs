//! An engine that hangs is passed over, on a clock of the tests' own.

mod again;
mod resting;

use crate::watch::Watch;
use crate::{
    Composing, Heard, Job, LanguagePort, Pool, PoolOptions, Priority, RecognizerPort, Speaking,
    SynthesizerPort, Taken,
};
use models_engine::scripted::{Conduct, ScriptedLanguage, ScriptedRecognizer, ScriptedSynthesizer};
use models_engine::{
    Failure, Hint, LanguageModel, Piece, Prompt, Recognizer, Script, Stopped, Synthesizer,
};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const LATE: &str = "the engine kept a caller waiting for too long";
const LEFT_ALONE: &str = "the engine kept a caller waiting, and is left alone for a while";
const BUSY: &str = "too many requests are waiting for this engine";

struct Clock {
    watch: Arc<Watch>,
    began: Instant,
}

impl Clock {
    fn new() -> Self {
        Self {
            watch: Arc::default(),
            began: Instant::now(),
        }
    }

    /// What the line's thread would see then.
    fn at(&self, seconds: u64) {
        self.watch.look(self.began + Duration::from_secs(seconds));
    }
}

/// An engine hangs until this is dropped.
struct Hang {
    entered: Receiver<()>,
    go: SyncSender<()>,
}

impl Hang {
    fn is_met(&self) {
        self.entered.recv().expect("the engine is asked");
    }
}

/// Hangs before its piece of this number.
fn hanging(piece: usize) -> (Conduct, Hang) {
    let (enters, entered) = sync_channel(9);
    let (go, gate) = sync_channel::<()>(1);
    let gate = Mutex::new(gate);
    let conduct = Conduct::plain().watched(move |out| {
        if out == piece {
            let _ = enters.send(());
            let _ = gate.lock().expect("one thread").recv();
        }
    });
    (conduct, Hang { entered, go })
}

/// One job at a time, and room for so many that wait.
fn pool<E: ?Sized + Send + Sync + 'static>(engine: Arc<E>, waiting: usize) -> Pool<E> {
    let options = PoolOptions {
        name: "test",
        threads: 1,
        waiting,
    };
    Pool::new(engine, options)
}

fn language(model: ScriptedLanguage) -> Pool<dyn LanguageModel> {
    let model: Arc<dyn LanguageModel> = Arc::new(model);
    pool(model, 4)
}

fn saying(text: &str, conduct: Conduct) -> Pool<dyn LanguageModel> {
    language(ScriptedLanguage::saying(text).conduct(conduct))
}

fn quick() -> Pool<dyn LanguageModel> {
    saying("At nine.", Conduct::plain())
}

fn ask(port: &LanguagePort) -> (Job, mpsc::Receiver<Composing>) {
    let (to, reports) = mpsc::channel(64);
    let prompt = Prompt::asking("when do you open");
    (port.compose(prompt, &to, |report| report), reports)
}

type Told = (Vec<Taken>, String, Option<Result<(), Stopped>>);

fn told(mut reports: mpsc::Receiver<Composing>) -> Told {
    let (mut taken, mut words, mut end) = (Vec::new(), String::new(), None);
    while let Some(report) = reports.blocking_recv() {
        assert_eq!(end, None, "nothing comes after the end: {report:?}");
        match report {
            Composing::Taken(by) => taken.push(by),
            Composing::Piece(Piece::Text(text)) => words.push_str(&text),
            Composing::Piece(_) => {}
            Composing::Ended(ended) => end = Some(ended),
        }
    }
    (taken, words, end)
}

fn by(by: usize, why: Option<&str>) -> Taken {
    let why = why.map(Failure::new);
    Taken { by, why }
}

fn done(taken: Vec<Taken>, words: &str) -> Told {
    (taken, words.to_owned(), Some(Ok(())))
}

fn until_free<E: ?Sized + Send + Sync + 'static>(pool: &Pool<E>) {
    while pool.health().is_stuck() {
        std::thread::yield_now();
    }
}

#[test]
fn a_model_without_a_first_word_is_passed_over_and_left_alone() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = saying("never", conduct).watched_by(&clock.watch);
    let port = LanguagePort(first.followed_by(quick()));
    let (_job, reports) = ask(&port);
    hang.is_met();
    clock.at(0);
    clock.at(9);
    assert!(!port.0.health().is_stuck(), "it may still answer");
    clock.at(10);
    assert!(port.0.health().is_stuck());
    assert_eq!(told(reports), done(vec![by(1, Some(LATE))], "At nine."));
    // Whoever comes now does not wait for it.
    let (_job, reports) = ask(&port);
    let at_once = done(vec![by(1, Some(LEFT_ALONE))], "At nine.");
    assert_eq!(told(reports), at_once);
    assert!(hang.entered.try_recv().is_err(), "nobody asked it");
    drop(hang);
    until_free(&port.0);
}

#[test]
fn a_reply_that_hangs_in_the_middle_goes_on() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(3));
    let first = saying("We open at ten", conduct).watched_by(&clock.watch);
    let port = LanguagePort(first.followed_by(quick()));
    let (_job, reports) = ask(&port);
    hang.is_met();
    clock.at(60);
    clock.at(69);
    assert!(!port.0.health().is_stuck(), "each piece has its time");
    clock.at(70);
    assert!(port.0.health().is_stuck());
    let both = vec![by(0, None), by(1, Some(LATE))];
    let words = "We open at ... Sorry, once more: At nine.";
    assert_eq!(told(reports), done(both, words));
}

/// What the first takes is taken from the second one's time, also where the first gives up by itself.
#[test]
fn one_after_the_other_is_passed_over_in_time() {
    for keeps_time in [false, true] {
        let clock = Clock::new();
        let ((hangs, first_hang), (hangs_too, second_hang)) = (hanging(0), hanging(0));
        let first = saying("never", hangs.failing("it timed out")).watched_by(&clock.watch);
        let second = saying("never", hangs_too);
        let first = match keeps_time {
            true => first.keeping_time(),
            false => first,
        };
        let line = first.followed_by(second.clone()).followed_by(quick());
        let (_job, reports) = ask(&LanguagePort(line));
        first_hang.is_met();
        clock.at(0);
        clock.at(10);
        let why = match keeps_time {
            true => {
                drop(first_hang);
                "it timed out"
            }
            false => LATE,
        };
        second_hang.is_met();
        clock.at(10);
        clock.at(11);
        assert!(!second.health().is_stuck(), "it has a moment");
        clock.at(12);
        assert!(second.health().is_stuck());
        let expected = done(vec![by(2, Some(why))], "At nine.");
        assert_eq!(told(reports), expected);
    }
}

/// Slow is better than nothing: where nobody else can be asked, where its adapter keeps the time, and in a call of a tool.
#[test]
fn who_cannot_be_replaced_has_all_the_time() {
    let call = |_: &Prompt| vec![("book".to_owned(), "{}".to_owned())];
    let calling = |conduct| {
        let model = ScriptedLanguage::saying("slow").calling(call);
        language(model.conduct(conduct))
    };
    let failing = || saying("never", Conduct::plain().failing("it tripped"));
    for case in ["alone", "the last", "keeps time", "calls"] {
        let clock = Clock::new();
        let (conduct, hang) = hanging(if case == "calls" { 2 } else { 0 });
        let (line, place) = match case {
            "alone" => (saying("slow", conduct).watched_by(&clock.watch), None),
            "the last" => {
                let first = failing().watched_by(&clock.watch);
                let line = first.followed_by(saying("slow", conduct));
                (line, Some(by(1, Some("it tripped"))))
            }
            "calls" => {
                let first = calling(conduct).watched_by(&clock.watch);
                (first.followed_by(quick()), Some(by(0, None)))
            }
            _ => {
                let first = saying("slow", conduct).watched_by(&clock.watch);
                let line = first.keeping_time().followed_by(quick());
                (line, Some(by(0, None)))
            }
        };
        let (_job, reports) = ask(&LanguagePort(line));
        hang.is_met();
        clock.at(0);
        clock.at(3_600);
        drop(hang);
        let expected = done(place.into_iter().collect(), "slow");
        assert_eq!(told(reports), expected, "{case}");
    }
}

#[test]
fn who_waits_behind_one_that_hangs_goes_on_too() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = saying("never", conduct).watched_by(&clock.watch);
    let port = LanguagePort(first.followed_by(quick()));
    let (_one, first_reports) = ask(&port);
    hang.is_met();
    let (_other, second_reports) = ask(&port);
    clock.at(0);
    clock.at(10);
    assert!(port.0.health().is_stuck());
    let (late, busy) = (by(1, Some(LATE)), by(1, Some(BUSY)));
    assert_eq!(told(first_reports), done(vec![late], "At nine."));
    assert_eq!(told(second_reports), done(vec![busy], "At nine."));
}

#[test]
fn what_nobody_wants_any_more_is_asked_of_nobody_else() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = saying("never", conduct).watched_by(&clock.watch);
    let second = quick();
    let port = LanguagePort(first.followed_by(second.clone()));
    let (job, reports) = ask(&port);
    hang.is_met();
    drop(job);
    clock.at(0);
    clock.at(10);
    assert!(
        port.0.health().is_stuck(),
        "its thread is held all the same"
    );
    drop(hang);
    let cancelled = Some(Err(Stopped::Cancelled));
    assert_eq!(told(reports), (Vec::new(), String::new(), cancelled));
    assert_eq!(second.figures().waited.count, 0);
    until_free(&port.0);
}

fn voice(conduct: Conduct) -> Pool<dyn Synthesizer> {
    let voice: Arc<dyn Synthesizer> = Arc::new(ScriptedSynthesizer::new().conduct(conduct));
    pool(voice, 4)
}

fn speak(port: &SynthesizerPort) -> (Job, mpsc::Receiver<Speaking>) {
    let (to, reports) = mpsc::channel(64);
    let script = Script {
        text: "abcdefghij".to_owned(),
        voice: None,
        speed: 1.0,
    };
    (port.speak(script, &to, |report| report), reports)
}

/// Who spoke, and how many samples.
fn spoken(mut reports: mpsc::Receiver<Speaking>) -> (Vec<Taken>, usize) {
    let (mut taken, mut samples) = (Vec::new(), 0);
    while let Some(report) = reports.blocking_recv() {
        match report {
            Speaking::Taken(by) => taken.push(by),
            Speaking::Speech { samples: new, .. } => samples += new.len(),
            Speaking::Ended(ended) => assert_eq!(ended.map(|spoken| spoken.samples), Ok(samples)),
        }
    }
    (taken, samples)
}

#[test]
fn a_voice_without_a_first_sound_is_passed_over() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = voice(conduct).watched_by(&clock.watch);
    let port = SynthesizerPort(first.followed_by(voice(Conduct::plain())));
    let (_job, reports) = speak(&port);
    hang.is_met();
    clock.at(0);
    clock.at(4);
    assert!(!port.0.health().is_stuck());
    clock.at(5);
    assert!(port.0.health().is_stuck());
    assert_eq!(spoken(reports), (vec![by(1, Some(LATE))], 9_600));
}

/// A caller waits for the first phrase of a reply; the later ones are made while it is heard.
#[test]
fn waiting_in_a_queue_counts_where_a_caller_waits() {
    let (clock, (conduct, hang)) = (Clock::new(), hanging(0));
    let first = voice(conduct);
    // Nobody stands behind for this one: it is no fault to be slow.
    let (_busy, _) = speak(&SynthesizerPort(first.clone()));
    hang.is_met();
    let first = first.watched_by(&clock.watch);
    let port = SynthesizerPort(first.followed_by(voice(Conduct::plain())));
    let (_later, later) = speak(&port.urged(Priority::Later, None));
    let (_urgent, urgent) = speak(&port);
    clock.at(0);
    clock.at(5);
    assert_eq!(spoken(urgent), (vec![by(1, Some(BUSY))], 9_600));
    assert_eq!(port.0.health().trouble(), None);
    drop(hang);
    assert_eq!(spoken(later), (vec![by(0, None)], 9_600));
}

/// However long somebody speaks: what counts is the time since they have finished. The next one hears all of it.
#[test]
fn a_recognizer_without_words_is_passed_over() {
    let counting = |conduct| {
        let counts = ScriptedRecognizer::by(|heard| format!("{} samples", heard.samples));
        let counts: Arc<dyn Recognizer> = Arc::new(counts.conduct(conduct));
        pool(counts, 4)
    };
    let (clock, (conduct, hang)) = (Clock::new(), hanging(3));
    let first = counting(conduct).watched_by(&clock.watch);
    let port = RecognizerPort(first.followed_by(counting(Conduct::plain())));
    let (to, mut reports) = mpsc::channel(64);
    let mut hearing = port.listen(Hint::default(), &to, |report| report);
    drop(to);
    for _ in 0..10 {
        hearing.push(&[0.5; 1_600]);
    }
    hang.is_met();
    clock.at(0);
    clock.at(60);
    hearing.finish();
    clock.at(60);
    clock.at(66);
    assert!(!port.0.health().is_stuck());
    clock.at(67);
    assert!(port.0.health().is_stuck());
    let (mut taken, mut text) = (Vec::new(), None);
    while let Some(report) = reports.blocking_recv() {
        match report {
            Heard::Taken(by) => taken.push(by),
            Heard::Partial(words) => assert!(taken.len() == 1 || words.stable == 0),
            Heard::Settled { .. } => panic!("nobody asked"),
            Heard::Ended(ended) => text = Some(ended.expect("it is understood").text),
        }
    }
    assert_eq!(taken, [by(0, None), by(1, Some(LATE))]);
    assert_eq!(text.as_deref(), Some("16000 samples"));
}
