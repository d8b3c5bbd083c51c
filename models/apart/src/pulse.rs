//! Whether a child lives: its heartbeats, and whether it was stopped.

use crate::keeper::Patience;
use crate::line::Line;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::process::Child;
use std::time::{Duration, Instant};

/// Between two heartbeats while the child has nothing to do.
const IDLE: Duration = Duration::from_secs(2);

pub(crate) struct Pulse<'a> {
    patience: &'a Patience,
    child: Option<Pid>,
    /// The last heartbeat that was asked for, and the last that was answered.
    beat: u64,
    heard: u64,
    /// In a row without an answer.
    missed: u32,
    next: Instant,
    pause: Duration,
    /// When it last answered, and when it was last seen not to be stopped.
    answered: Instant,
    seen: Instant,
    was_stopped: bool,
}

impl<'a> Pulse<'a> {
    pub(crate) fn new(child: &Child, patience: &'a Patience) -> Self {
        let now = Instant::now();
        Self {
            patience,
            child: i32::try_from(child.id()).ok().and_then(Pid::from_raw),
            beat: 1,
            heard: 0,
            missed: 0,
            next: now + patience.beat,
            pause: patience.look,
            answered: now,
            seen: now,
            was_stopped: false,
        }
    }

    pub(crate) fn beat(&self) -> u64 {
        self.beat
    }

    /// Until the next look.
    pub(crate) fn pause(&self) -> Duration {
        self.pause
    }

    /// What is wrong with it, and when it was last known to live.
    pub(crate) fn look(&mut self, line: &Line, at_work: bool) -> Option<(&'static str, Instant)> {
        let (now, beat) = (Instant::now(), self.patience.beat);
        self.pause = if at_work { self.patience.look } else { beat };
        if at_work {
            self.next = self.next.min(now + beat);
        }
        // Twice, for somebody may let it go on at once; and no heartbeat is waited for, which a busy machine may delay.
        let stopped = self.child.is_some_and(is_stopped);
        if stopped && std::mem::replace(&mut self.was_stopped, stopped) {
            return Some(("it was stopped", self.seen));
        }
        if !stopped {
            (self.seen, self.was_stopped) = (now, false);
        }
        if now < self.next {
            return None;
        }
        self.next = now + if at_work { beat } else { IDLE };
        self.listen(line, now)
    }

    fn listen(&mut self, line: &Line, now: Instant) -> Option<(&'static str, Instant)> {
        let answered = line.answered();
        if answered > self.heard {
            (self.heard, self.missed, self.answered) = (answered, 0, now);
        } else {
            self.missed += 1;
        }
        if self.missed >= self.patience.missed {
            return Some(("it answered no heartbeat", self.answered));
        }
        if self.patience.beat * line.overstaying() > self.patience.silent {
            return Some(("a job that was cancelled went on in it", now));
        }
        self.beat += 1;
        line.ping(self.beat);
        None
    }
}

/// By a signal. One that a debugger holds is not, to us.
fn is_stopped(child: Pid) -> bool {
    let looks = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(child), looks).is_ok_and(|status| status.is_some())
}
