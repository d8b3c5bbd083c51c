//! How far a download is: a bar for people, a line now and then for everything else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use models_weights::{Progress, Step, size};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

const STYLE: &str = "{msg} [{bar:30}] {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
/// Without a terminal, a line each time that so much more has come.
const LINE_PERCENT: u64 = 10;

pub(crate) struct Bars {
    terminal: bool,
    now: Mutex<Option<Now>>,
}

struct Now {
    bar: ProgressBar,
    name: String,
    total: u64,
    /// The last percentage that a line was written for.
    told: u64,
}

impl Bars {
    pub(crate) fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            now: Mutex::new(None),
        }
    }

    fn with(&self, act: impl FnOnce(&mut Now)) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.as_mut().map(act);
    }
}

/// Who no longer reads does not stop us.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Progress for Bars {
    fn begin(&self, file: &str, step: Step, total_bytes: u64) {
        let name = match step {
            Step::Fetching => file.to_owned(),
            Step::Checking => format!("{file} (checking)"),
        };
        let target = if self.terminal {
            ProgressDrawTarget::stderr()
        } else {
            line(&format!("{name}: {}", size(total_bytes)));
            ProgressDrawTarget::hidden()
        };
        let style =
            ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(total_bytes), target).with_style(style);
        let bar = bar.with_message(name.clone());
        let now = Now {
            bar,
            name,
            total: total_bytes,
            told: 0,
        };
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn at(&self, done_bytes: u64) {
        let terminal = self.terminal;
        self.with(|now| {
            now.bar.set_position(done_bytes);
            let percent = 100 * done_bytes / now.total.max(1);
            if !terminal && percent >= now.told + LINE_PERCENT {
                now.told = percent - percent % LINE_PERCENT;
                line(&format!("{}: {} %", now.name, now.told));
            }
        });
    }

    fn end(&self) {
        self.with(|now| now.bar.finish_and_clear());
    }

    fn tell(&self, sentence: &str) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        match now.as_mut() {
            Some(now) if self.terminal => now.bar.suspend(|| line(sentence)),
            _ => line(sentence),
        }
    }
}
