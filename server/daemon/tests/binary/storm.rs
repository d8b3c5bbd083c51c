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
    /// Of children that served: who strikes one that was struck already does nothing.
    pub(crate) deaths: AtomicUsize,
    /// Of those that stood by, or were being loaded to.
    pub(crate) beside: AtomicUsize,
    struck: Mutex<BTreeSet<i32>>,
    pub(crate) heard: AtomicUsize,
    pub(crate) apologised: AtomicUsize,
}

impl Toll {
    /// False where it was struck before.
    fn strike(&self, child: Pid, signal: Signal, deaths: &AtomicUsize) -> bool {
        let mut before = self.struck.lock().expect("nobody panicked");
        let struck =
            before.insert(child.as_raw_nonzero().get()) && kill_process(child, signal).is_ok();
        deaths.fetch_add(usize::from(struck), Ordering::Relaxed);
        struck
    }
}

/// Children of the server, the oldest first: that one serves, and the other stands by or is being loaded. `flite` and its
/// like are none that stay.
pub(crate) fn engines_of(server: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").expect("Linux has it").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let mut ours: Vec<(u64, i32)> = numbers
        .filter_map(|number| Some((began(number, server)?, number)))
        .collect();
    ours.sort_unstable();
    let pids = ours.into_iter();
    pids.filter_map(|(_, number)| Pid::from_raw(number))
        .collect()
}

/// When it began, if it is a child of the server and lives.
fn began(number: i32, server: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    // What follows the name in brackets: the state, then the parent. The dead have no command line.
    let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').collect();
    // One that is just being begun still is the server by its name: it is not there yet.
    let line = std::fs::read_to_string(format!("/proc/{number}/cmdline")).ok()?;
    let ours = line.contains("engines") && fields.get(1)?.parse() == Ok(server);
    ours.then(|| fields.get(19)?.parse().ok())?
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
            let engines = engines_of(server.pid());
            // Now and then the one that stands by goes with it.
            let both = (seed >> 44).is_multiple_of(4);
            if let (true, [_, second]) = (both, engines.as_slice()) {
                toll.strike(*second, signal, &toll.beside);
            }
            engines
                .first()
                .is_some_and(|first| toll.strike(*first, signal, &toll.deaths))
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
