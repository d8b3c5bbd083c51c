//! The keeper's thread: begins a child, listens to its heart, buries it, and begins the next.

use crate::keeper::{Phase, Shared, State};
use crate::line::{Line, News};
use crate::wire::Order;
use std::borrow::Cow;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// While the child has nothing to do.
const IDLE: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// Until the server has no use for the engines any more.
pub(crate) fn keep(shared: &Arc<Shared>) {
    loop {
        let why = match begin(shared) {
            Ok((child, line)) => {
                let why = watch(shared, &line);
                line.close();
                bury(child, why)
            }
            Err(error) => format!("the engines' process cannot be begun: {error}"),
        };
        if !mourn(shared, why) {
            return;
        }
    }
}

fn begin(shared: &Arc<Shared>) -> std::io::Result<(Child, Arc<Line>)> {
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
    shared.state().pid = Some(child.id());
    match call(shared, ours) {
        Ok(line) => Ok((child, line)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// Greets a child and tells it what to load.
fn call(shared: &Arc<Shared>, ours: UnixStream) -> std::io::Result<Arc<Line>> {
    let line = Arc::new(Line::new(ours)?);
    attend(shared, &line)?;
    let plan = Cow::Borrowed(shared.program.plan.as_slice());
    // A child that died at once is noticed by the thread that listens.
    let _ = line.send(&Order::Load { plan });
    Ok(line)
}

/// A thread for what the child says.
fn attend(shared: &Arc<Shared>, line: &Arc<Line>) -> std::io::Result<()> {
    let (shared, line) = (Arc::clone(shared), Arc::clone(line));
    let hears = move || {
        line.attend(&mut |news| {
            let mut state = shared.state();
            match news {
                News::Loaded(Ok(crew))
                    if state.crew.as_ref().is_none_or(|same| same.is_as(&crew)) =>
                {
                    state.crew = Some(*crew);
                    if let Some(fell) = state.fell.take() {
                        let away = fell.elapsed();
                        state.slowest_return = state.slowest_return.max(away);
                        tracing::info!(ms = away.as_millis() as u64, "the engines are back");
                    }
                    state.phase = Phase::Up(Arc::clone(&line));
                }
                News::Loaded(Ok(_)) => {
                    state.unfit = Some("other engines came up than before".to_owned());
                }
                News::Loaded(Err(why)) => state.unfit = Some(why),
                News::Ended { done: false } => return,
                News::Ended { done: true } => {
                    state.died.clear();
                    state.rests = 0;
                    return;
                }
                News::Broken(how) => state.broken = Some(how),
            }
            drop(state);
            shared.changed.notify_all();
        });
    };
    let thread = std::thread::Builder::new().name("engines-ear".to_owned());
    thread.spawn(hears).map(drop)
}

/// Returns when this child is of no more use, and says why.
fn watch(shared: &Shared, line: &Line) -> String {
    let patience = &shared.patience;
    let (mut beat, mut missed, mut heard) = (1, 0, 0);
    line.ping(beat);
    let loaded_by = Instant::now() + patience.loading;
    let mut next = Instant::now() + patience.beat;
    let mut state = shared.state();
    loop {
        if state.over {
            return "nobody needs it any more".to_owned();
        }
        if let Some(why) = state.unfit.take() {
            return why;
        }
        if line.is_broken() {
            return state.broken.take().unwrap_or_default();
        }
        if line.is_condemned() {
            return "a job hung in it".to_owned();
        }
        let loading = matches!(state.phase, Phase::Loading);
        let at_work = loading || line.is_at_work();
        let now = Instant::now();
        if loading && now > loaded_by {
            return "its engines were not loaded in time".to_owned();
        }
        if at_work {
            next = next.min(now + patience.beat);
        }
        if now < next {
            let pause = (next - now).min(patience.beat);
            state = shared.wait(state, pause);
            continue;
        }
        drop(state);
        next = now + if at_work { patience.beat } else { IDLE };
        let answered = line.answered();
        missed = if answered > heard { 0 } else { missed + 1 };
        heard = answered;
        if missed >= patience.missed {
            return "it answered no heartbeat".to_owned();
        }
        if patience.beat * line.overstaying() > patience.silent {
            return "a job that was cancelled went on in it".to_owned();
        }
        beat += 1;
        line.ping(beat);
        state = shared.state();
    }
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
fn mourn(shared: &Shared, why: String) -> bool {
    let mut state = shared.state();
    state.pid = None;
    state.fell.get_or_insert_with(Instant::now);
    state.broken = None;
    if state.over {
        return false;
    }
    let (now, patience) = (Instant::now(), &shared.patience);
    shared.deaths.fetch_add(1, Ordering::Relaxed);
    let stranger = state.crew.is_none();
    let never_up = !matches!(state.phase, Phase::Up(_));
    state.phase = Phase::Loading;
    state.died.retain(|died| now - *died < patience.within);
    state.died.push(now);
    if stranger {
        // It never worked: whoever started the server is told, and nobody waits.
        state.phase = Phase::Resting(why);
        shared.changed.notify_all();
        return false;
    }
    tracing::warn!(
        deaths = state.died.len(),
        "the engines' process is begun anew: {why}"
    );
    if state.died.len() >= patience.deaths {
        state = rest(shared, state, &why, never_up);
    }
    !state.over
}

fn rest<'a>(
    shared: &'a Shared,
    mut state: MutexGuard<'a, State>,
    why: &str,
    never_up: bool,
) -> MutexGuard<'a, State> {
    let longer = 2_u32.saturating_pow(state.rests);
    let pause = (shared.patience.rest.saturating_mul(longer)).min(LONGEST_REST);
    state.rests = state.rests.saturating_add(1).min(16);
    let deed = match never_up {
        true => "do not come up",
        false => "break down again and again",
    };
    let reason = format!("the engines {deed}: {why}");
    tracing::error!(seconds = pause.as_secs(), "{reason}; they rest");
    state.phase = Phase::Resting(reason);
    // One more death is enough to rest again.
    state
        .died
        .truncate(shared.patience.deaths.saturating_sub(1));
    shared.changed.notify_all();
    let until = Instant::now() + pause;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || state.over {
            state.phase = Phase::Loading;
            return state;
        }
        state = shared.wait(state, left);
    }
}
