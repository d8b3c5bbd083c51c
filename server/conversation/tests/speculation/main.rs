//! What acting on a likely end gains and costs, in simulated time, with engines of fixed delays: on and off side by
//! side, all of the callers the same.
//!
//! `cargo test -p server-conversation --test speculation -- --nocapture` prints the figures.

mod caller;
mod engines;

use caller::Caller;
use engines::{Call, ENGINES, Outcome, WINDOW};

const CALLERS: u64 = 400;

/// What all callers together met with.
struct Figures {
    /// From the last voice to the first sound, in order.
    waits: Vec<u64>,
    went_on: usize,
    released: usize,
    discarded: usize,
    worked: u64,
    wasted: u64,
}

impl Figures {
    fn of(speculation: bool, go_on_percent: u64) -> Self {
        let calls = (0..CALLERS).map(|seed| {
            let caller = Caller::new(seed, go_on_percent);
            (caller.goes_on(), Call::new(speculation, caller).run())
        });
        let calls: Vec<(bool, Outcome)> = calls.collect();
        let sum = |of: fn(&Outcome) -> u64| calls.iter().map(|(_, call)| of(call)).sum();
        let mut waits: Vec<u64> = calls.iter().map(|(_, call)| call.wait).collect();
        waits.sort_unstable();
        Self {
            waits,
            went_on: calls.iter().filter(|(goes_on, _)| *goes_on).count(),
            released: calls.iter().map(|(_, call)| call.released).sum(),
            discarded: calls.iter().map(|(_, call)| call.discarded).sum(),
            worked: sum(|call| call.worked),
            wasted: sum(|call| call.wasted),
        }
    }

    fn at_percent(&self, percent: usize) -> u64 {
        self.waits[(self.waits.len() - 1) * percent / 100]
    }

    fn wasted_percent(&self) -> u64 {
        self.wasted * 100 / self.worked.max(1)
    }

    fn show(&self, name: &str) {
        println!(
            "{name:16} first sound p50 {} ms, p95 {} ms after the last voice; {} of {CALLERS} callers went on, \
             {} replies begun early were right, {} thrown away; of {} ms of work {} % wasted",
            self.at_percent(50),
            self.at_percent(95),
            self.went_on,
            self.released,
            self.discarded,
            self.worked,
            self.wasted_percent(),
        );
    }
}

/// So much of the engines' time is spent inside the silence that anyone must wait, in percent.
fn hidden_percent(off: &Figures, on: &Figures, percent: usize) -> u64 {
    (off.at_percent(percent) - on.at_percent(percent)) * 100 / ENGINES
}

#[test]
fn four_fifths_of_the_engines_time_are_hidden() {
    let (off, on) = (Figures::of(false, 0), Figures::of(true, 0));
    println!("silence window {WINDOW} ms, engines {ENGINES} ms");
    off.show("speculation off");
    on.show("speculation on");
    let (half, most) = (hidden_percent(&off, &on, 50), hidden_percent(&off, &on, 95));
    println!("hidden: {half} % at p50, {most} % at p95");
    assert!(half >= 80 && most >= 80, "hidden: {half} %, {most} %");
    assert_eq!(off.released + off.discarded, 0, "off is off");
    assert_eq!(on.released as u64, CALLERS, "each caller is answered early");
}

#[test]
fn callers_who_go_on_hear_nothing_in_vain_and_waste_little() {
    let (off, on) = (Figures::of(false, 30), Figures::of(true, 30));
    println!("30 % of the callers go on after a pause of 160 to 480 ms");
    off.show("speculation off");
    on.show("speculation on");
    assert!(on.went_on * 100 >= 25 * CALLERS as usize, "{}", on.went_on);
    assert!(
        on.discarded > 0 && on.discarded <= on.went_on,
        "{} thrown away",
        on.discarded
    );
    assert!(on.wasted_percent() <= 40, "{} %", on.wasted_percent());
    assert!(hidden_percent(&off, &on, 50) >= 80);
    assert_eq!(on.released as u64, CALLERS, "each caller is answered early");
}
