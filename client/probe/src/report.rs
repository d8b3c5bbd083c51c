//! What a scripted call found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ledger::{Citation, Complaint, Reply};
use crate::measure::{self, BargeIn};
use crate::tape::{Tape, Traffic};

/// A whole call.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub setup: Setup,
    /// The greeting, if there was one before anything was said.
    pub greeting: Option<ReplyReport>,
    pub exchanges: Vec<Exchange>,
    /// Over all exchanges, cut-ins apart.
    pub summary: Summary,
    pub errors: Vec<Complaint>,
    pub notices: Vec<Complaint>,
    pub malformed_events: u64,
    pub traffic: Traffic,
    pub event_counts: BTreeMap<String, u64>,
    /// Why the script stopped early, if it did.
    pub trouble: Option<String>,
}

/// Half and nearly all of the exchanges were at least as fast.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    pub voice_to_voice: Spread,
    /// As the server counts, from the caller's last voice.
    pub stages: BTreeMap<String, Spread>,
    pub answered_before_end: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    pub count: usize,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        Self {
            count: values.len(),
            p50_ms: measure::percentile(values, 0.5),
            p95_ms: measure::percentile(values, 0.95),
        }
    }
}

impl Summary {
    fn of(exchanges: &[Exchange]) -> Self {
        let plain = || {
            exchanges
                .iter()
                .filter(|exchange| exchange.manner != Manner::BargeIn)
        };
        let latencies: Vec<f64> = plain()
            .filter_map(|exchange| exchange.voice_to_voice_ms)
            .collect();
        let mut stages: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for reply in plain().filter_map(|exchange| exchange.replies.first()) {
            for (stage, after_ms) in &reply.stages {
                stages.entry(stage.clone()).or_default().push(*after_ms);
            }
        }
        Self {
            voice_to_voice: Spread::of(&latencies),
            stages: stages
                .into_iter()
                .map(|(stage, values)| (stage, Spread::of(&values)))
                .collect(),
            answered_before_end: plain()
                .filter(|exchange| exchange.answered_before_end)
                .count(),
        }
    }
}

/// From the offer, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Setup {
    pub answered_ms: Option<f64>,
    pub connected_ms: Option<f64>,
    pub channel_open_ms: Option<f64>,
    pub first_packet_ms: Option<f64>,
}

/// How the caller said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    Spoken,
    Typed,
    BargeIn,
}

/// One thing said or typed, and what came of it until the next.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    pub manner: Manner,
    pub began_ms: f64,
    /// What was typed.
    pub typed: Option<String>,
    /// The caller's words as the server understood them; several if it heard several utterances.
    pub understood: Vec<String>,
    pub replies: Vec<ReplyReport>,
    /// From the last voiced frame sent (or the typed message) to the first one received.
    pub voice_to_voice_ms: Option<f64>,
    pub answered_before_end: bool,
    pub barge_in: Option<BargeIn>,
    /// How much voice was received from then on.
    pub reply_voiced_ms: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReplyReport {
    pub id: String,
    pub status: Option<String>,
    pub text: String,
    pub heard: Option<String>,
    pub citations: Vec<Citation>,
    /// Stage and milliseconds after our last voice, as the server counts.
    pub stages: BTreeMap<String, f64>,
}

/// What the script did, for the report to look up on the tape.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) manner: Manner,
    pub(crate) at_ms: f64,
    /// Its place in `Tape::uttered`, if it was voice.
    pub(crate) uttered: Option<usize>,
    pub(crate) typed: Option<String>,
}

impl Report {
    pub(crate) fn read(tape: &Tape, deeds: &[Deed], trouble: Option<String>) -> Self {
        let first_ms = deeds.first().map_or(f64::INFINITY, |deed| deed.at_ms);
        let greeting = tape
            .ledger
            .replies
            .iter()
            .find(|reply| reply.created_ms < first_ms);
        let exchanges = deeds.iter().enumerate().map(|(n, deed)| {
            let next_ms = deeds.get(n + 1).map_or(f64::INFINITY, |next| next.at_ms);
            Exchange::read(tape, deed, next_ms)
        });
        let exchanges: Vec<Exchange> = exchanges.collect();
        Self {
            setup: Setup {
                answered_ms: tape.answered_ms,
                connected_ms: tape.connected_ms,
                channel_open_ms: tape.channel_open_ms,
                first_packet_ms: tape.first_packet_ms,
            },
            greeting: greeting.map(ReplyReport::read),
            summary: Summary::of(&exchanges),
            exchanges,
            errors: tape.ledger.errors.clone(),
            notices: tape.ledger.notices.clone(),
            malformed_events: tape.ledger.malformed,
            traffic: tape.traffic,
            event_counts: tape.ledger.counts.clone(),
            trouble,
        }
    }
}

impl Exchange {
    fn read(tape: &Tape, deed: &Deed, next_ms: f64) -> Self {
        let uttered = deed.uttered.and_then(|index| tape.uttered.get(index));
        let span = deed.at_ms..next_ms;
        let understood = tape
            .ledger
            .understood
            .iter()
            .filter(|line| span.contains(&line.at_ms));
        let replies = tape
            .ledger
            .replies
            .iter()
            .filter(|reply| span.contains(&reply.created_ms));
        let voice_to_voice_ms = match uttered {
            Some(uttered) => measure::voice_to_voice_ms(tape, uttered),
            None => tape
                .onset_after(deed.at_ms, 0.0)
                .map(|frame| frame.at_ms - deed.at_ms),
        };
        // What came after the next thing was said belongs to that.
        let end_ms = uttered
            .and_then(|uttered| uttered.last_voiced_ms)
            .unwrap_or(deed.at_ms);
        let voice_to_voice_ms = voice_to_voice_ms.filter(|ms| end_ms + ms < next_ms);
        let barge_in = (deed.manner == Manner::BargeIn)
            .then(|| uttered.and_then(|uttered| measure::barge_in(tape, uttered)));
        Self {
            manner: deed.manner,
            began_ms: deed.at_ms,
            typed: deed.typed.clone(),
            understood: understood.map(|line| line.text.clone()).collect(),
            replies: replies.map(ReplyReport::read).collect(),
            voice_to_voice_ms,
            answered_before_end: uttered
                .is_some_and(|uttered| measure::answered_before_end(tape, uttered)),
            barge_in: barge_in.flatten(),
            reply_voiced_ms: tape.voiced_ms(end_ms, next_ms),
        }
    }
}

impl ReplyReport {
    fn read(reply: &Reply) -> Self {
        Self {
            id: reply.id.clone(),
            status: reply.status.clone(),
            text: reply.text.clone(),
            heard: reply.heard.clone(),
            citations: reply.citations.clone(),
            stages: reply.stages.clone(),
        }
    }
}
