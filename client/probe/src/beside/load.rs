//! Several callers who talk and listen by the clock: what does that cost, and was everybody in time?

use std::time::{Duration, Instant};

use serde::Serialize;

use super::contender::{Contender, Running};
use super::steady::{Steadiness, steadiness};
use crate::call::{Call, CallOptions};
use crate::cost::Cost;
use crate::level::FRAME_MS;
use crate::pressing::Pressing;
use crate::tape::{Arrival, Frame, Tape};
use crate::trouble::Trouble;

/// A caller's first answer is not measured: Opus takes the end of a first steady tone for noise, and sends little of it.
pub(crate) const WARM_UP: Duration = Duration::from_secs(8);
/// Of so many callers one decodes what it hears; the others count packets.
const LISTENS: usize = 5;

/// What all callers do.
#[derive(Clone)]
pub(crate) struct Crew {
    /// A question and the pause for its answer, again and again.
    pub(crate) pressing: Pressing,
    pub(crate) calls: usize,
    /// Measured for so long.
    pub(crate) length: Duration,
    pub(crate) window_ms: u64,
}

/// What it cost.
#[derive(Clone, Debug, Serialize)]
pub struct Load {
    pub calls: usize,
    pub seconds: f64,
    /// Of one core.
    pub cpu_percent: f64,
    pub cpu_percent_per_call: f64,
    pub memory_kb_per_call: f64,
    /// Received by each call: the one that got fewest, and the one that got most.
    pub least_packets_per_s: f64,
    pub most_packets_per_s: f64,
    /// Sent more than 20 ms late by us.
    pub late_frames: u64,
    pub sent_packets: u64,
    /// The part of the time in which there was voice, our way out and our way in.
    pub speaking_percent: f64,
    pub hearing_percent: f64,
    pub stream: Steadiness,
}

/// Calls that stand and talk.
pub(crate) struct Crowded {
    calls: Vec<Call>,
    options: CallOptions,
    crew: Crew,
}

/// A look at all calls: where each of them is in its own time, and what it has sent.
struct Mark {
    at: Instant,
    cost: Cost,
    now_ms: Vec<f64>,
    late_frames: u64,
    sent_packets: u64,
}

impl Crowded {
    pub(crate) fn new(contender: &Contender, crew: &Crew) -> Self {
        Self {
            calls: Vec::new(),
            options: contender.options(crew.window_ms),
            crew: crew.clone(),
        }
    }

    /// More callers, until there are so many; they begin at different places of what they say.
    pub(crate) async fn grow(&mut self, server: &Running, calls: usize) -> Result<(), Trouble> {
        while self.calls.len() < calls {
            let number = self.calls.len();
            let options = CallOptions {
                deaf: !number.is_multiple_of(LISTENS),
                ..self.options.clone()
            };
            let call = Call::place(&server.door, &options).await?;
            // The golden ratio spreads any number of them evenly.
            let place = (number as f64 * 0.618).fract() * self.crew.pressing.frames() as f64;
            call.repeat(&self.crew.pressing, place as usize).await?;
            self.calls.push(call);
        }
        Ok(())
    }

    pub(crate) async fn measure(&self, server: &Running, before: Cost) -> Result<Load, Trouble> {
        let start = self.mark(server)?;
        tokio::time::sleep(self.crew.length).await;
        let end = self.mark(server)?;
        self.check()?;
        Ok(self.between(&start, &end, before))
    }

    pub(crate) async fn leave(self) -> Result<(), Trouble> {
        for call in self.calls {
            call.hang_up().await?;
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Trouble> {
        let ended = |call: &Call| call.look(|tape| tape.ended.clone());
        match self.calls.iter().find_map(ended) {
            Some(reason) => Err(Trouble::Lost { reason }),
            None => Ok(()),
        }
    }

    fn mark(&self, server: &Running) -> Result<Mark, Trouble> {
        let sum = |part: fn(&Tape) -> u64| self.calls.iter().map(|call| call.look(part)).sum();
        Ok(Mark {
            at: Instant::now(),
            cost: server.cost()?,
            now_ms: self
                .calls
                .iter()
                .map(|call| call.look(|tape| tape.now_ms))
                .collect(),
            late_frames: sum(|tape| tape.traffic.late_frames),
            sent_packets: sum(|tape| tape.traffic.sent_packets),
        })
    }

    fn between(&self, start: &Mark, end: &Mark, before: Cost) -> Load {
        let seconds = end.at.duration_since(start.at).as_secs_f64();
        let count = self.calls.len().max(1) as f64;
        let cpu_percent = (end.cost.cpu_s - start.cost.cpu_s) / seconds * 100.0;
        let (mut rates, mut stream) = (Vec::new(), Steadiness::default());
        let (mut speaking, mut hearing) = (Vec::new(), Vec::new());
        for (call, span) in self.calls.iter().zip(start.now_ms.iter().zip(&end.now_ms)) {
            let (from_ms, to_ms) = (*span.0, *span.1);
            let share = |frames: &[Frame]| voiced_percent(frames, from_ms, to_ms);
            call.look(|tape| {
                rates.push(packets_per_s(&tape.arrivals, from_ms, to_ms));
                stream = stream + steadiness(&tape.arrivals, from_ms, to_ms);
                speaking.push(share(&tape.sent));
                if !tape.received.is_empty() {
                    hearing.push(share(&tape.received));
                }
            });
        }
        Load {
            calls: self.calls.len(),
            seconds,
            cpu_percent,
            cpu_percent_per_call: cpu_percent / count,
            memory_kb_per_call: (end.cost.memory_kb as f64 - before.memory_kb as f64) / count,
            least_packets_per_s: rates.iter().copied().fold(f64::INFINITY, f64::min),
            most_packets_per_s: rates.iter().copied().fold(0.0, f64::max),
            late_frames: end.late_frames - start.late_frames,
            sent_packets: end.sent_packets - start.sent_packets,
            speaking_percent: mean(&speaking),
            hearing_percent: mean(&hearing),
            stream,
        }
    }
}

/// All callers at once, measured, and gone again.
pub(crate) async fn load(
    contender: &Contender,
    server: &Running,
    crew: &Crew,
) -> Result<Load, Trouble> {
    let before = server.cost()?;
    let mut crowd = Crowded::new(contender, crew);
    crowd.grow(server, crew.calls).await?;
    tokio::time::sleep(WARM_UP).await;
    let found = crowd.measure(server, before).await?;
    crowd.leave().await?;
    Ok(found)
}

fn packets_per_s(arrivals: &[Arrival], from_ms: f64, to_ms: f64) -> f64 {
    let within = |arrival: &&Arrival| (from_ms..to_ms).contains(&arrival.at_ms);
    arrivals.iter().filter(within).count() as f64 * 1000.0 / (to_ms - from_ms).max(1.0)
}

fn voiced_percent(frames: &[Frame], from_ms: f64, to_ms: f64) -> f64 {
    let within = |frame: &&Frame| frame.is_voiced() && (from_ms..to_ms).contains(&frame.at_ms);
    let voiced = frames.iter().filter(within).count() as u64 * FRAME_MS;
    voiced as f64 * 100.0 / (to_ms - from_ms).max(1.0)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_shares_are_those_of_the_span() {
        let arrivals: Vec<Arrival> = (0..200)
            .map(|n| Arrival {
                at_ms: f64::from(n) * 20.0,
                media_ms: 0.0,
            })
            .collect();
        assert_eq!(packets_per_s(&arrivals, 1_000.0, 3_000.0), 50.0);
        assert_eq!(packets_per_s(&arrivals, 3_000.0, 5_000.0), 25.0);
        let frames: Vec<Frame> = (0..100)
            .map(|n| Frame {
                at_ms: f64::from(n) * 20.0,
                level_dbfs: if n % 5 < 2 { -20.0 } else { -80.0 },
            })
            .collect();
        assert_eq!(voiced_percent(&frames, 0.0, 1_000.0), 40.0);
        assert_eq!(voiced_percent(&[], 0.0, 1_000.0), 0.0);
        assert_eq!((mean(&[]), mean(&[1.0, 2.0])), (0.0, 1.5));
    }
}
