//! Sounds over the agent's voice, one call each: what is cut, what goes on, and how soon.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::call::{Call, CallOptions};
use crate::door::Door;
use crate::measure::{barge_in, percentile};
use crate::sounds::{Kind, Sound};
use crate::tape::Tape;
use crate::trouble::Trouble;

/// For each wait of a call.
const PATIENCE: Duration = Duration::from_secs(30);
/// So long after the sound a cut may still come, and everything is then over.
const AFTERMATH_MS: f64 = 2_500.0;
/// The moments at which the sounds begin, after the reply's first sound: they go round.
const MOMENTS_MS: [f64; 5] = [700.0, 1_130.0, 1_590.0, 2_010.0, 2_470.0];

/// Which sounds to make on calls to which server.
pub struct Bout {
    pub door: Door,
    /// Typed to make the agent speak.
    pub question: String,
    pub sounds: Vec<Sound>,
}

/// What became of one sound; times from the first voiced frame of it that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct Round {
    pub name: String,
    pub kind: Kind,
    pub down_ms: Option<f64>,
    pub cut: bool,
    pub decided_ms: Option<f64>,
    /// The line of the history is what was heard: all of the reply, or a true part where it was cut.
    pub history_true: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct BoutReport {
    pub rounds: Vec<Round>,
    pub troubles: Vec<String>,
}

/// One call after the other: side by side they would measure each other.
pub async fn bout(bout: &Bout) -> BoutReport {
    let mut report = BoutReport::default();
    for (n, sound) in bout.sounds.iter().enumerate() {
        let moment_ms = MOMENTS_MS[n % MOMENTS_MS.len()];
        match round(bout, sound, moment_ms).await {
            Ok(round) => report.rounds.push(round),
            Err(trouble) => report.troubles.push(format!("{}: {trouble}", sound.name)),
        }
    }
    report
}

async fn round(bout: &Bout, sound: &Sound, moment_ms: f64) -> Result<Round, Trouble> {
    let mut call = Call::place(&bout.door, &CallOptions::default()).await?;
    call.wait("session", PATIENCE, |tape| tape.ledger.session_id.is_some())
        .await?;
    call.type_text(&bout.question).await?;
    call.wait("first sound of the reply", PATIENCE, |tape| {
        tape.voice_after(0.0)
            .is_some_and(|first| tape.now_ms > first.at_ms + moment_ms)
    })
    .await?;
    let index = call.say(&sound.speech).await?;
    call.wait("end of what followed", PATIENCE, |tape| {
        let ended_ms = tape.uttered.get(index).and_then(|uttered| uttered.ended_ms);
        let waited = ended_ms.is_some_and(|ms| tape.now_ms > ms + AFTERMATH_MS);
        let first = tape.ledger.replies.first();
        waited && first.is_some_and(|reply| reply.is_over(tape.now_ms))
    })
    .await?;
    let tape = call.hang_up().await?;
    Ok(judged(&tape, index, sound))
}

fn judged(tape: &Tape, index: usize, sound: &Sound) -> Round {
    let seen = barge_in(tape, &tape.uttered[index]);
    let at_ms = seen.as_ref().map_or(0.0, |seen| seen.at_ms);
    let cut = tape.event_after("repartee.cut", at_ms);
    let history_true = tape.ledger.replies.first().is_some_and(|reply| {
        let (heard, text) = (
            reply.heard.as_deref().unwrap_or("").trim(),
            reply.text.trim(),
        );
        match cut {
            Some(_) => text.starts_with(heard),
            None => heard == text,
        }
    });
    let first_decided_ms = seen.as_ref().and_then(|seen| seen.decided_after_ms);
    Round {
        name: sound.name.clone(),
        kind: sound.kind,
        down_ms: seen
            .filter(|seen| seen.decided_after_ms.is_some())
            .and_then(|seen| seen.down_after_ms),
        cut: cut.is_some(),
        decided_ms: cut.map(|cut| cut.at_ms - at_ms).or(first_decided_ms),
        history_true,
    }
}

impl fmt::Display for BoutReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: BTreeMap<Kind, Vec<&Round>> = BTreeMap::new();
        for round in &self.rounds {
            kinds.entry(round.kind).or_default().push(round);
        }
        for (kind, rounds) in &kinds {
            line(f, &format!("{kind:?}"), rounds)?;
            for wrong in rounds.iter().filter(|round| round.cut != kind.cuts()) {
                writeln!(f, "    wrong: {}", wrong.name)?;
            }
        }
        let part = |cuts: bool| -> Vec<&Round> {
            self.rounds
                .iter()
                .filter(|round| round.kind.cuts() == cuts)
                .collect()
        };
        line(f, "to be cut", &part(true))?;
        line(f, "to go on", &part(false))?;
        line(f, "all", &self.rounds.iter().collect::<Vec<_>>())?;
        let told = self
            .rounds
            .iter()
            .filter(|round| round.history_true)
            .count();
        writeln!(
            f,
            "the history is what was heard: {told} of {}",
            self.rounds.len()
        )?;
        for trouble in &self.troubles {
            writeln!(f, "trouble: {trouble}")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, rounds: &[&Round]) -> fmt::Result {
    let cut = rounds.iter().filter(|round| round.cut).count();
    let spread = |values: &[f64]| {
        let at = |part| percentile(values, part).map_or("-".to_owned(), |ms| format!("{ms:.0}"));
        format!(
            "p50 {:>4} p95 {:>4} ms of {:>3}",
            at(0.5),
            at(0.95),
            values.len()
        )
    };
    let down: Vec<f64> = rounds.iter().filter_map(|round| round.down_ms).collect();
    let decided: Vec<f64> = rounds.iter().filter_map(|round| round.decided_ms).collect();
    writeln!(
        f,
        "{name:12} cut {cut:>3} of {:>3}   down {}   decided {}",
        rounds.len(),
        spread(&down),
        spread(&decided)
    )
}
