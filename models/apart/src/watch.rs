//! A keeper's thread: begins a child, listens to its heart, buries it, and begins the next.

use crate::berth::{Berth, State, Turn};
use crate::crew::Start;
use crate::keeper::Shared;
use crate::line::{Line, News};
use crate::pulse::Pulse;
use crate::wire::Order;
use std::borrow::Cow;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// So often it is asked anew whether a second child is wanted.
const ANEW: Duration = Duration::from_secs(2);

/// Why a child is of no more use, and when it was last known to live.
struct Fell {
    why: String,
    since: Instant,
}

impl Fell {
    fn now(why: String) -> Self {
        let since = Instant::now();
        Self { why, since }
    }
}

/// Keeps this place until the server has no use for the engines any more.
pub(crate) fn keep(shared: &Arc<Shared>, place: usize) {
    while let Some(start) = takes_its_turn(shared, place) {
        let fell = match begin(shared, place, start) {
            Ok((child, line)) => {
                let fell = watch(shared, place, &child, &line);
                line.close();
                // Whoever stands by need not wait for the burial.
                step_down(shared, place, fell.since);
                Fell {
                    why: bury(child, fell.why),
                    ..fell
                }
            }
            Err(error) => {
                let fell = Fell::now(format!("the engines' process cannot be begun: {error}"));
                step_down(shared, place, fell.since);
                fell
            }
        };
        if !mourn(shared, place, fell.why) {
            return;
        }
    }
}

/// Waits until a child may be begun in this place, and why; none when nobody needs one any more.
fn takes_its_turn(shared: &Shared, place: usize) -> Option<Start> {
    let mut state = shared.state();
    loop {
        if state.over {
            return None;
        }
        let wanted = match state.turn() {
            Turn::Wait => None,
            Turn::ToServe if state.crew.is_none() => Some(Start::First),
            Turn::ToServe => Some(Start::Again),
            Turn::ToStandBy => {
                let crew = state.crew.clone();
                drop(state);
                let wanted = crew.is_some_and(|crew| (shared.program.spare)(&crew));
                state = shared.state();
                (wanted && state.turn() == Turn::ToStandBy).then_some(Start::Beside)
            }
        };
        if wanted.is_some() {
            state.berths[place] = Berth {
                taken: true,
                ..Berth::default()
            };
            return wanted;
        }
        state = shared.wait(state, ANEW);
    }
}

fn begin(shared: &Arc<Shared>, place: usize, start: Start) -> std::io::Result<(Child, Arc<Line>)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = (shared.program.command)();
    command.stdin(Stdio::from(OwnedFd::from(theirs)));
    // What native code prints is nobody's answer; its complaints stay to be read.
    command.stdout(Stdio::null());
    // Ctrl-C is for the server: calls are said goodbye to, and that takes engines.
    command.process_group(0);
    let mut child = command.spawn()?;
    // It holds a copy of the child's end: with it the line would never end.
    drop(command);
    shared.state().berths[place].pid = Some(child.id());
    match call(shared, place, start, ours) {
        Ok(line) => Ok((child, line)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// Greets a child and tells it what to load.
fn call(
    shared: &Arc<Shared>,
    place: usize,
    start: Start,
    ours: UnixStream,
) -> std::io::Result<Arc<Line>> {
    let line = Arc::new(Line::new(ours)?);
    shared.state().berths[place].line = Some(Arc::clone(&line));
    attend(shared, place, &line)?;
    let plan = Cow::Borrowed(shared.program.plan.as_slice());
    // A child that died at once is noticed by the thread that listens.
    let _ = line.send(&Order::Load { start, plan });
    Ok(line)
}

/// A thread for what the child says.
fn attend(shared: &Arc<Shared>, place: usize, line: &Arc<Line>) -> std::io::Result<()> {
    let (shared, line) = (Arc::clone(shared), Arc::clone(line));
    let hears = move || {
        line.attend(&mut |news| {
            let mut state = shared.state();
            if !state.berths[place].holds(&line) {
                return;
            }
            // Nobody waits for the end of a job here.
            let awaited = !matches!(news, News::Ended { .. });
            note(&mut state, place, news);
            drop(state);
            if awaited {
                shared.changed.notify_all();
            }
        });
    };
    let thread = std::thread::Builder::new().name("engines-ear".to_owned());
    thread.spawn(hears).map(drop)
}

fn note(state: &mut State, place: usize, news: News) {
    match news {
        News::Loaded(Ok(crew)) => {
            if state.crew.as_ref().is_some_and(|same| !same.is_as(&crew)) {
                let unfit = "other engines came up than before".to_owned();
                state.berths[place].unfit = Some(unfit);
                return;
            }
            state.crew.get_or_insert(*crew);
            told(state.came_up(place));
        }
        News::Loaded(Err(why)) => state.berths[place].unfit = Some(why),
        News::Ended { done } => {
            if done {
                state.alone.forget();
            }
        }
        News::Broken(how) => state.berths[place].broken = Some(how),
    }
}

fn told(away: Option<Duration>) {
    if let Some(away) = away {
        tracing::info!(ms = away.as_millis() as u64, "the engines are back");
    }
}

/// Returns when this child is of no more use.
fn watch(shared: &Shared, place: usize, child: &Child, line: &Line) -> Fell {
    let patience = &shared.patience;
    let mut pulse = Pulse::new(child, patience);
    line.ping(pulse.beat());
    let loaded_by = Instant::now() + patience.loading;
    let mut state = shared.state();
    loop {
        let berth = &mut state.berths[place];
        let loading = !berth.up;
        if let Some(why) = berth.unfit.take() {
            return Fell::now(why);
        }
        if line.is_broken() {
            return Fell::now(berth.broken.take().unwrap_or_default());
        }
        if state.over {
            return Fell::now("nobody needs it any more".to_owned());
        }
        if line.is_condemned() {
            return Fell::now("a job hung in it".to_owned());
        }
        if loading && Instant::now() > loaded_by {
            return Fell::now("its engines were not loaded in time".to_owned());
        }
        if let Some((why, since)) = pulse.look(line, loading || line.is_at_work()) {
            let why = why.to_owned();
            return Fell { why, since };
        }
        state = shared.wait(state, pulse.pause());
    }
}

fn step_down(shared: &Shared, place: usize, since: Instant) {
    told(shared.state().step_down(place, since));
    shared.changed.notify_all();
}

/// How it died, in words.
fn bury(mut child: Child, why: String) -> String {
    // It may be dead already: then its status tells of what.
    let _ = child.kill();
    match child.wait() {
        Ok(status) if why.is_empty() => format!("it ended ({status})"),
        Ok(status) => format!("{why} ({status})"),
        Err(error) => format!("{why} ({error})"),
    }
}

/// Notes a death, and rests where the next child would only die again. False when that was the last.
fn mourn(shared: &Shared, place: usize, why: String) -> bool {
    let mut state = shared.state();
    let never_up = !std::mem::take(&mut state.berths[place]).was_up;
    if state.over {
        return false;
    }
    shared.deaths.fetch_add(1, Ordering::Relaxed);
    if state.crew.is_none() {
        // It never worked: whoever started the server is told, and nobody waits.
        state.resting = Some(why);
        shared.changed.notify_all();
        return false;
    }
    tracing::warn!("an engines' process has died, and another is begun: {why}");
    let deaths = match state.serves() {
        true => &mut state.beside,
        false => &mut state.alone,
    };
    if let Some(pause) = deaths.note(Instant::now(), &shared.patience) {
        let deed = match never_up {
            true => "do not come up",
            false => "break down again and again",
        };
        let why = format!("the engines {deed}: {why}");
        tracing::error!(seconds = pause.as_secs(), "{why}; they rest");
        state = rest(shared, state, why, pause);
    }
    shared.changed.notify_all();
    !state.over
}

/// Not longer than somebody serves, where somebody does: then it was the one to stand by that died.
fn rest<'a>(
    shared: &'a Shared,
    mut state: MutexGuard<'a, State>,
    why: String,
    pause: Duration,
) -> MutexGuard<'a, State> {
    let served = state.serves();
    if !served {
        state.resting = Some(why);
    }
    shared.changed.notify_all();
    let until = Instant::now() + pause;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || state.over || served != state.serves() {
            if !served {
                state.resting = None;
            }
            return state;
        }
        state = shared.wait(state, left);
    }
}
