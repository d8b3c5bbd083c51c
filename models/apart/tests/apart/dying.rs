//! The child dies in the middle of a job, in each way that native code has.

use crate::fate::{HEARD, LET_GO, SEATS};
use crate::house::{House, patience, voice};
use models_engine::scripted::ScriptedSynthesizer;
use models_engine::{Cancel, Hint, LISTENING_RATE, Script, Stopped, Synthesizer};

pub(crate) const WAYS: [&str; 6] = ["kill", "abort", "segv", "stop", "noise", "kill"];

#[test]
fn a_reply_that_gave_out_nothing_is_composed_anew() {
    for house in House::both(patience()) {
        for (number, way) in WAYS.iter().enumerate() {
            let asked = format!("fate:{way}@0#{number} and then the answer");
            assert_eq!(house.compose(&asked), (asked.clone(), Ok(())), "{way}");
        }
        let account = house.account_after(6);
        assert_eq!((account.deaths, account.again, account.lost), (6, 6, 0));
    }
}

#[test]
fn a_reply_goes_on_where_it_was_cut_off() {
    for house in House::both(patience()) {
        for (number, way) in WAYS.iter().enumerate() {
            let asked = format!("fate:{way}@3#{number} one two three four five");
            assert_eq!(house.compose(&asked), (asked.clone(), Ok(())), "{way}");
        }
    }
}

#[test]
fn a_phrase_is_heard_whole_and_once() {
    for house in House::both(patience()) {
        for (number, way) in WAYS.iter().enumerate() {
            let text = format!("fate:{way}@17#{number} Good morning.");
            let mut whole = Vec::new();
            let script = Script {
                text: text.clone(),
                voice: None,
                speed: 1.0,
            };
            let at_home = ScriptedSynthesizer::new();
            let spoken = at_home.speak(&script, &mut |part| whole.extend(part), &Cancel::new());
            let spoken = spoken.expect("it speaks").samples;
            let (samples, ended) = house.speak(&text);
            assert_eq!(ended, Ok(spoken), "{way}");
            assert!(
                samples == whole,
                "{way}: not one sample is missing or twice"
            );
        }
    }
}

#[test]
fn an_utterance_is_told_again_from_its_beginning() {
    for house in House::both(patience()) {
        for (number, way) in WAYS.iter().enumerate() {
            for step in [0, 12, 99] {
                let fate = format!("fate:{way}@{step}#{number}-{step}");
                let heard = house.hear(&fate).expect("it is heard");
                assert_eq!(heard.text, HEARD, "{fate}");
            }
        }
    }
}

#[test]
fn code_that_never_returns_is_ended() {
    let house = House::open(models_apart::Patience {
        silent: std::time::Duration::from_millis(500),
        ..patience()
    });
    let asked = "fate:hang@1#once and on";
    assert_eq!(house.compose(asked), (asked.to_owned(), Ok(())));
    assert_eq!(house.apart.account().deaths, 1);
}

/// Heartbeats are not what tells of it: a busy machine delays them.
#[test]
fn a_stopped_child_is_known_by_its_parent() {
    let house = House::open(models_apart::Patience {
        missed: u32::MAX,
        silent: std::time::Duration::from_secs(3_600),
        ..patience()
    });
    let asked = "fate:stop@1#once and on";
    assert_eq!(house.compose(asked), (asked.to_owned(), Ok(())));
    assert_eq!(house.apart.account().deaths, 1);
}

/// Cancelled, a job is over here at once; the child that goes on with it is ended in its own time.
#[test]
fn a_cancelled_job_that_hangs_costs_the_child_and_not_the_caller() {
    let house = House::open(models_apart::Patience {
        silent: std::time::Duration::from_millis(500),
        ..patience()
    });
    let cancel = Cancel::new();
    let (_, ended) = house.compose_with("one fate:hang@2#once two three", &cancel, &mut |_| {
        // Cancelled any sooner it would end as others do.
        house.until_fate_meets("once");
        cancel.cancel();
    });
    assert_eq!(ended, Err(Stopped::Cancelled));
    let buried = std::iter::repeat_with(|| house.compose("is anybody there").1);
    let mut asked = buried.take_while(|_| house.apart.account().deaths == 0);
    assert!(
        asked.all(|ended| ended.is_ok()),
        "others are answered all the while"
    );
    assert_eq!(
        house.compose("still there"),
        ("still there".to_owned(), Ok(()))
    );
}

/// The server has done with an utterance as soon as nobody wants it, and the child's native code has not looked yet.
#[test]
fn who_comes_while_others_are_let_go_waits_for_a_seat() {
    let house = House::open(patience());
    let cancel = Cancel::new();
    let begin = |fate: &str| {
        let hint = Hint {
            prompt: Some(fate.to_owned()),
            ..Hint::default()
        };
        let mut listening = house.recognizer.listen(&hint).expect("it listens");
        let speech = voice(2 * LISTENING_RATE as usize);
        listening.push(&speech, &cancel).expect("speech is taken");
        listening
    };
    for number in 0..SEATS {
        let left = begin(&format!("fate:linger@0#{number}"));
        house.until_fate_meets(&number.to_string());
        drop(left);
    }
    let listening = begin("");
    // Whatever is said over there after this, the child has come to that utterance.
    assert_eq!(house.compose("others"), ("others".to_owned(), Ok(())));
    std::fs::write(house.folder.join(LET_GO), "").expect("the folder is writable");
    let heard = listening.finish(&cancel).expect("it was waited for");
    assert_eq!(heard.text, HEARD);
}

#[test]
fn a_panic_costs_its_job_alone() {
    let house = House::open(patience());
    let (_, ended) = house.compose("fate:panic@1#once two three");
    assert!(matches!(ended, Err(Stopped::Failed(_))), "{ended:?}");
    assert_eq!(house.apart.account().deaths, 0);
}

/// A hundred deaths among four callers who never stop asking. A job that is there when child after child dies by other
/// jobs' hands is given up at last; nine of ten are not.
#[test]
fn a_hundred_deaths_lose_hardly_anything() {
    let house = House::open(models_apart::Patience {
        beat: std::time::Duration::from_millis(25),
        missed: 16,
        ..patience()
    });
    std::thread::scope(|scope| {
        for caller in 0..4_u64 {
            let house = &house;
            scope.spawn(move || ask_without_end(house, caller));
        }
    });
    let account = house.apart.account();
    assert!(account.deaths >= 100, "{account:?}");
    assert!(account.lost * 10 <= account.again, "{account:?}");
    println!("a hundred deaths: {account:?}");
}

/// What comes is right; else it was given up.
fn right<T: PartialEq + std::fmt::Debug>(came: Result<T, Stopped>, expected: &T) {
    match came {
        Ok(came) => assert_eq!(came, *expected),
        Err(Stopped::Failed(failure)) => {
            assert!(failure.message.contains("broke down"), "{failure}")
        }
        Err(Stopped::Cancelled) => panic!("nobody cancelled"),
    }
}

fn ask_without_end(house: &House, caller: u64) {
    let mut seed = 0x9e37_79b9 + caller;
    let mut random = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695);
        (seed >> 33) % below
    };
    let mut number = 0;
    while house.apart.account().deaths < 100 {
        number += 1;
        let way = WAYS[random(WAYS.len() as u64) as usize];
        let fate = |step| format!("fate:{way}@{step}#{caller}-{number}");
        match random(6) {
            0 => compose(house, &format!("{} one two three", fate(random(4)))),
            1 => speak(house, &format!("{} Good morning.", fate(random(30)))),
            2 => hear(house, &fate(random(20))),
            3 => speak(house, "Somebody else speaks."),
            4 => hear(house, ""),
            _ => compose(house, "and asks"),
        }
    }
}

fn compose(house: &House, asked: &str) {
    let (said, ended) = house.compose(asked);
    right(ended.map(|()| said), &asked.to_owned());
}

fn speak(house: &House, text: &str) {
    let (samples, ended) = house.speak(text);
    let expected = ScriptedSynthesizer::new().samples(text, 1.0);
    right(
        ended.map(|counted| (counted, samples.len())),
        &(expected, expected),
    );
}

fn hear(house: &House, fate: &str) {
    right(house.hear(fate).map(|words| words.text), &HEARD.to_owned());
}
