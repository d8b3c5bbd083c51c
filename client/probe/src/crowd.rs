//! Many calls at once, or one after another: who was answered, how fast, and what it cost the server.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinSet;

use crate::call::{Call, CallOptions};
use crate::cost::{Cost, Spent};
use crate::door::Door;
use crate::level::FRAME_MS;
use crate::measure::{is_whole, percentile, voice_to_voice_ms};
use crate::speech::Speech;
use crate::tape::{Frame, Tape, Traffic};
use crate::trouble::Trouble;

/// Callers do not all ring in the same instant.
const ARRIVALS: Duration = Duration::from_secs(2);
/// How long a caller waits for an answer before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(30);
/// Callers breathe between a reply and the next question.
const BREATH_MS: f64 = 500.0;

/// What all callers do.
#[derive(Clone)]
pub struct Crowd {
    pub door: Door,
    pub options: CallOptions,
    pub calls: usize,
    /// Said one after another, again and again, each caller beginning with another one; none: they keep
    /// silent.
    pub speeches: Vec<Speech>,
    /// How long each call lasts once all of them stand.
    pub length: Duration,
    /// The server's process, to read its cost.
    pub pid: Option<u32>,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CrowdReport {
    pub calls: usize,
    /// Calls that stood to their end.
    pub held: usize,
    pub utterances: usize,
    pub replies_heard: usize,
    /// Of those, the ones that came in full and without a stall.
    pub replies_whole: usize,
    pub voice_to_voice_p50_ms: Option<f64>,
    pub voice_to_voice_p95_ms: Option<f64>,
    pub setup_p50_ms: Option<f64>,
    pub setup_p95_ms: Option<f64>,
    pub traffic: Traffic,
    /// Received packets a second and call.
    pub packets_per_s_and_call: f64,
    /// The part of the time in which callers spoke, and in which they heard a voice, in per cent.
    pub speaking_percent: f64,
    pub hearing_percent: f64,
    pub spent: Option<Spent>,
    /// What went wrong, and how often.
    pub troubles: BTreeMap<String, usize>,
}

impl CrowdReport {
    /// Everyone was answered, or else a sentence about it.
    pub fn verdict(&self) -> Result<(), Trouble> {
        let missing = self.utterances - self.replies_heard;
        if self.held == self.calls && missing == 0 {
            return Ok(());
        }
        let why: Vec<String> = self
            .troubles
            .iter()
            .map(|(what, n)| format!("{n}× {what}"))
            .collect();
        Err(Trouble::Incomplete {
            what: format!(
                "{} of {} calls held, {} of {} utterances were answered. {}",
                self.held,
                self.calls,
                self.replies_heard,
                self.utterances,
                why.join(" ")
            ),
        })
    }
}

/// One caller's part.
struct Visit {
    tape: Tape,
    asked: usize,
    answered: usize,
    whole: usize,
    trouble: Option<Trouble>,
}

/// Places all calls, lets them talk or be silent, and hangs up.
pub async fn gather(crowd: &Crowd) -> CrowdReport {
    let before = crowd.pid.and_then(Cost::read);
    let begin = Instant::now();
    let end = begin + ARRIVALS + crowd.length;
    let mut visits = JoinSet::new();
    for number in 0..crowd.calls {
        let crowd = crowd.clone();
        let arrival = begin + ARRIVALS * number as u32 / crowd.calls.max(1) as u32;
        visits.spawn(async move { visit(&crowd, number, arrival, end).await });
    }
    let spent = watch_cost(crowd, before, begin + ARRIVALS, end).await;
    let mut done = Vec::new();
    while let Some(visit) = visits.join_next().await {
        done.extend(visit);
    }
    sum_up(crowd, &done, spent)
}

/// The span in which every call stands, without arrivals and goodbyes.
async fn watch_cost(
    crowd: &Crowd,
    before: Option<Cost>,
    from: Instant,
    to: Instant,
) -> Option<Spent> {
    let pid = crowd.pid?;
    tokio::time::sleep_until(from.into()).await;
    let start = Cost::read(pid)?;
    let began = Instant::now();
    tokio::time::sleep_until(to.into()).await;
    let seconds = began.elapsed().as_secs_f64();
    Some(Spent::between(
        before?,
        start,
        Cost::read(pid)?,
        seconds,
        crowd.calls,
    ))
}

async fn visit(crowd: &Crowd, number: usize, arrival: Instant, end: Instant) -> Visit {
    tokio::time::sleep_until(arrival.into()).await;
    let mut visit = Visit {
        tape: Tape::default(),
        asked: 0,
        answered: 0,
        whole: 0,
        trouble: None,
    };
    let mut call = match Call::place(&crowd.door, &crowd.options).await {
        Ok(call) => call,
        Err(trouble) => {
            visit.trouble = Some(trouble);
            return visit;
        }
    };
    let talked = if crowd.speeches.is_empty() {
        hold(&call, end).await
    } else {
        let speeches = crowd.speeches.iter().cycle().skip(number);
        talk(&mut call, speeches, end, &mut visit).await
    };
    visit.tape = call.look(Tape::clone);
    match call.hang_up().await {
        Ok(tape) => visit.tape = tape,
        Err(trouble) => visit.trouble = Some(trouble),
    }
    visit.trouble = talked.err().or(visit.trouble);
    visit
}

async fn hold(call: &Call, end: Instant) -> Result<(), Trouble> {
    let left = end.saturating_duration_since(Instant::now());
    match call.wait("end of the call", left, |_| false).await {
        Err(Trouble::Waited { .. }) => Ok(()),
        broken => broken,
    }
}

/// Asks, listens to the whole reply, breathes, and asks again until the time is over.
async fn talk<'a>(
    call: &mut Call,
    mut speeches: impl Iterator<Item = &'a Speech>,
    end: Instant,
    visit: &mut Visit,
) -> Result<(), Trouble> {
    while Instant::now() < end
        && let Some(speech) = speeches.next()
    {
        let replies = call.look(|tape| tape.ledger.replies.len());
        visit.asked += 1;
        let index = call.say(speech).await?;
        call.wait(
            "reply to what was said",
            PATIENCE + speech_time(speech),
            |tape| {
                let ended = tape
                    .uttered
                    .get(index)
                    .is_some_and(|uttered| uttered.ended_ms.is_some());
                ended && tape.ledger.replies.len() > replies && tape.has_settled(replies, BREATH_MS)
            },
        )
        .await?;
        let heard = |tape: &Tape| voice_to_voice_ms(tape, &tape.uttered[index]).is_some();
        visit.answered += usize::from(call.look(heard));
        let whole = |tape: &Tape| is_whole(tape, replies);
        visit.whole += usize::from(call.look(heard) && call.look(whole));
    }
    Ok(())
}

fn speech_time(speech: &Speech) -> Duration {
    Duration::from_millis(speech.length_ms())
}

fn sum_up(crowd: &Crowd, visits: &[Visit], spent: Option<Spent>) -> CrowdReport {
    let latencies: Vec<f64> = visits
        .iter()
        .flat_map(|visit| {
            visit
                .tape
                .uttered
                .iter()
                .filter_map(|said| voice_to_voice_ms(&visit.tape, said))
        })
        .collect();
    let setups: Vec<f64> = visits
        .iter()
        .filter_map(|visit| visit.tape.channel_open_ms)
        .collect();
    let mut troubles = BTreeMap::new();
    for trouble in visits.iter().filter_map(|visit| visit.trouble.as_ref()) {
        *troubles.entry(trouble.to_string()).or_default() += 1;
    }
    let traffic = visits
        .iter()
        .fold(Traffic::default(), |sum, visit| sum + visit.tape.traffic);
    let stood_ms: f64 = visits
        .iter()
        .filter_map(|visit| Some(visit.tape.now_ms - visit.tape.connected_ms?))
        .sum();
    CrowdReport {
        calls: crowd.calls,
        held: visits
            .iter()
            .filter(|visit| visit.trouble.is_none())
            .count(),
        utterances: visits.iter().map(|visit| visit.asked).sum(),
        replies_heard: visits.iter().map(|visit| visit.answered).sum(),
        replies_whole: visits.iter().map(|visit| visit.whole).sum(),
        voice_to_voice_p50_ms: percentile(&latencies, 0.5),
        voice_to_voice_p95_ms: percentile(&latencies, 0.95),
        setup_p50_ms: percentile(&setups, 0.5),
        setup_p95_ms: percentile(&setups, 0.95),
        traffic,
        packets_per_s_and_call: traffic.received_packets as f64 * 1000.0 / stood_ms.max(1.0),
        speaking_percent: voiced_percent(visits, stood_ms, |tape| &tape.sent),
        hearing_percent: voiced_percent(visits, stood_ms, |tape| &tape.received),
        spent,
        troubles,
    }
}

fn voiced_percent(visits: &[Visit], stood_ms: f64, side: fn(&Tape) -> &Vec<Frame>) -> f64 {
    let frames = visits.iter().flat_map(|visit| side(&visit.tape));
    let voiced = frames.filter(|frame| frame.is_voiced()).count();
    (voiced as u64 * FRAME_MS) as f64 * 100.0 / stood_ms.max(1.0)
}

/// Connects and hangs up, again and again.
#[derive(Clone)]
pub struct Churn {
    pub door: Door,
    pub options: CallOptions,
    pub cycles: usize,
    /// Calls that are set up side by side.
    pub at_once: usize,
    pub pid: Option<u32>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct ChurnReport {
    pub cycles: usize,
    pub completed: usize,
    pub calls_per_s: f64,
    pub setup_p50_ms: Option<f64>,
    pub setup_p95_ms: Option<f64>,
    /// The same up to where media could flow.
    pub connected_p95_ms: Option<f64>,
    /// The server before, after a quarter of the cycles, and after all.
    pub before: Option<Cost>,
    pub quarter: Option<Cost>,
    pub after: Option<Cost>,
    pub troubles: BTreeMap<String, usize>,
}

impl ChurnReport {
    pub fn verdict(&self) -> Result<(), Trouble> {
        if self.completed == self.cycles {
            return Ok(());
        }
        let why: Vec<String> = self
            .troubles
            .iter()
            .map(|(what, n)| format!("{n}× {what}"))
            .collect();
        Err(Trouble::Incomplete {
            what: format!(
                "{} of {} cycles completed. {}",
                self.completed,
                self.cycles,
                why.join(" ")
            ),
        })
    }
}

pub async fn churn(churn: &Churn) -> ChurnReport {
    let mut report = ChurnReport {
        cycles: churn.cycles,
        before: churn.pid.and_then(Cost::read),
        ..ChurnReport::default()
    };
    let begin = Instant::now();
    let (mut setups, mut connects) = (Vec::new(), Vec::new());
    let mut running = JoinSet::new();
    let mut started = 0;
    while started < churn.cycles || !running.is_empty() {
        while started < churn.cycles && running.len() < churn.at_once.max(1) {
            let Churn { door, options, .. } = churn.clone();
            running.spawn(async move { come_and_go(&door, &options).await });
            started += 1;
        }
        match running.join_next().await {
            Some(Ok(Ok((connected_ms, setup_ms)))) => {
                connects.push(connected_ms);
                setups.push(setup_ms);
            }
            Some(Ok(Err(trouble))) => *report.troubles.entry(trouble.to_string()).or_default() += 1,
            Some(Err(_)) | None => {}
        }
        if setups.len() == churn.cycles / 4 {
            report.quarter = churn.pid.and_then(Cost::read);
        }
    }
    report.completed = setups.len();
    report.calls_per_s = setups.len() as f64 / begin.elapsed().as_secs_f64();
    report.setup_p50_ms = percentile(&setups, 0.5);
    report.setup_p95_ms = percentile(&setups, 0.95);
    report.connected_p95_ms = percentile(&connects, 0.95);
    report.after = churn.pid.and_then(Cost::read);
    report
}

/// When media could flow, and when the data channel was open, too.
async fn come_and_go(door: &Door, options: &CallOptions) -> Result<(f64, f64), Trouble> {
    let call = Call::place(door, options).await?;
    let tape = call.hang_up().await?;
    let open_ms = tape.channel_open_ms;
    let open_ms = open_ms.expect("a placed call has its data channel");
    Ok((tape.connected_ms.unwrap_or(open_ms), open_ms))
}
