//! A storm over the engines' process: it is killed on events of running calls, and what the callers get is counted.

use crate::server::{PATIENCE, Server};
use client_probe::{Call, CallOptions, Door, Speech, Tape};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the callers say, and how what they should get for it ends.
#[derive(Clone)]
pub(crate) struct Talk {
    pub(crate) speech: Speech,
    pub(crate) for_speech: String,
    pub(crate) typed: String,
    pub(crate) for_typed: String,
}

/// What came of the questions that a death fell into.
#[derive(Debug, Default)]
pub(crate) struct Toll {
    /// Of children: who strikes one that was struck already does nothing.
    pub(crate) deaths: AtomicUsize,
    struck: Mutex<BTreeSet<i32>>,
    pub(crate) heard: AtomicUsize,
    pub(crate) apologised: AtomicUsize,
}

/// Children of the server: `flite` and its like are none that stay.
pub(crate) fn engines_of(server: u32) -> Option<Pid> {
    let processes = std::fs::read_dir("/proc").expect("Linux has it").flatten();
    let mut numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let ours = |number: &i32| {
        let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        // What follows the name in brackets: the state, then the parent.
        let rest = stat.rsplit(") ").next().unwrap_or_default();
        let mut fields = rest.split(' ');
        let dead = fields.next() == Some("Z");
        !dead && fields.next() == Some(server.to_string().as_str())
    };
    numbers.find(ours).and_then(Pid::from_raw)
}

pub(crate) async fn place(server: &Server) -> Call {
    let door = Door::new(&server.url, None, false).expect("a good address");
    let call = Call::place(&door, &CallOptions::default()).await;
    call.unwrap_or_else(|trouble| panic!("{trouble}"))
}

/// Callers ask until so many children were killed. Panics when a call is lost, or a question goes without any answer.
pub(crate) async fn rage(server: &Server, talk: &Talk, callers: u64, deaths: usize) -> Toll {
    let toll = Toll::default();
    let asking = (0..callers).map(|caller| ask(server, talk, caller, deaths, &toll));
    futures_util::future::join_all(asking).await;
    toll
}

async fn ask(server: &Server, talk: &Talk, caller: u64, deaths: usize, toll: &Toll) {
    let mut call = place(server).await;
    let mut seed = 0x5eed + caller;
    while toll.deaths.load(Ordering::Relaxed) < deaths {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695);
        let signals = [Signal::KILL, Signal::ABORT, Signal::STOP];
        let signal = signals[(seed >> 40) as usize % 3];
        let from = call.look(|tape| tape.ledger.replies.len());
        let strike = || {
            let child = engines_of(server.pid());
            let struck = child.is_some_and(|child| {
                let mut before = toll.struck.lock().expect("nobody panicked");
                before.insert(child.as_raw_nonzero().get()) && kill_process(child, signal).is_ok()
            });
            toll.deaths
                .fetch_add(usize::from(struck), Ordering::Relaxed);
            struck
        };
        let spoken = (seed >> 33).is_multiple_of(4);
        let expected = if spoken {
            &talk.for_speech
        } else {
            &talk.for_typed
        };
        match spoken {
            true => drop(call.say(&talk.speech).await.expect("it stands")),
            false => call.type_text(&talk.typed).await.expect("it stands"),
        }
        let struck = match (seed >> 36) % 3 {
            // While it is listened to, or thought about.
            0 => strike(),
            1 => {
                until(&call, "a reply", move |tape| {
                    tape.ledger.replies.len() > from
                })
                .await;
                strike()
            }
            _ => {
                until(&call, "sound, or the end", move |tape| {
                    let mut replies = tape.ledger.replies.iter().skip(from);
                    replies.any(|reply| reply.sound_started_ms.is_some() || reply.is_done())
                })
                .await;
                strike()
            }
        };
        let expected = expected.clone();
        let outcome = move |tape: &Tape| outcome(tape, from, &expected);
        let look = outcome.clone();
        until(&call, "an answer of some kind", move |tape| {
            look(tape).is_some()
        })
        .await;
        let heard = call.look(&outcome).expect("it was waited for");
        if struck {
            let counted = if heard { &toll.heard } else { &toll.apologised };
            counted.fetch_add(1, Ordering::Relaxed);
        }
    }
    call.look(|tape| assert!(tape.ended.is_none(), "a call was lost"));
    call.hang_up().await.expect("it stood to its end");
}

/// True: heard as it should be. False: an apology came in its place.
fn outcome(tape: &Tape, from: usize, expected: &str) -> Option<bool> {
    let mut replies = tape.ledger.replies.iter().skip(from);
    let heard = replies.clone().any(|reply| {
        let heard = reply.heard.as_deref().unwrap_or_default().trim();
        let whole = heard == reply.text.trim() && heard.ends_with(expected);
        reply.is_done() && whole && reply.sound_ended_ms.is_some()
    });
    let sorry = replies.any(|reply| reply.is_done() && reply.text.contains("sorry"));
    match (heard, sorry) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

async fn until(call: &Call, what: &str, over: impl Fn(&Tape) -> bool + Send + 'static) {
    let waited = call.wait(what, PATIENCE, over).await;
    waited
        .unwrap_or_else(|trouble| panic!("{trouble} {:?}", call.look(|tape| tape.ledger.clone())));
}
