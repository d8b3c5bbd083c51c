//! What a tape says about latency and barge-in, judged by frames at the caller and nothing else.

use crate::ledger::Reply;
use crate::tape::{Frame, Tape, Uttered};

/// A reply that begins, or goes on after a pause between phrases: a gap of this much lies between.
const ONSET_GAP_MS: f64 = 200.0;
/// A hole of this much in a reply is heard as one.
const STALL_MS: f64 = 200.0;
/// The voice has to be down by this much to count as down.
const DUCK_DB: f32 = 12.0;
/// The agent's level is judged on this much before the caller cut in.
const REFERENCE_MS: f64 = 1_000.0;
/// Without a decision by then there was none.
const UNDECIDED_MS: f64 = 2_000.0;

/// From the caller's last voiced frame to the reply's first one.
pub fn voice_to_voice_ms(tape: &Tape, uttered: &Uttered) -> Option<f64> {
    let end_ms = uttered.last_voiced_ms?;
    let onset = tape.onset_after(end_ms, ONSET_GAP_MS)?;
    Some(onset.at_ms - end_ms)
}

/// A reply began before the caller had finished: the pause inside was taken for the end.
pub fn answered_before_end(tape: &Tape, uttered: &Uttered) -> bool {
    let (Some(first_ms), Some(last_ms)) = (uttered.first_voiced_ms, uttered.last_voiced_ms) else {
        return false;
    };
    let created = |reply: &Reply| reply.created_ms > first_ms && reply.created_ms < last_ms;
    tape.ledger.replies.iter().any(created)
        || tape
            .onset_after(first_ms, ONSET_GAP_MS)
            .is_some_and(|onset| onset.at_ms < last_ms)
}

/// The replies from this one on were played to their end, all their text was heard, and the sound never
/// stalled on the way.
pub fn is_whole(tape: &Tape, from_reply: usize) -> bool {
    let replies = tape.ledger.replies.get(from_reply..).unwrap_or_default();
    let whole = |reply: &Reply| {
        reply.status.as_deref() == Some("completed")
            && reply.heard.as_deref() == Some(&reply.text)
            && !stalls(tape, reply)
    };
    !replies.is_empty() && replies.iter().all(whole)
}

/// Frames come every 20 ms while a reply sounds; a gap of `STALL_MS` is heard as one.
fn stalls(tape: &Tape, reply: &Reply) -> bool {
    let Some((started_ms, ended_ms)) = reply.sound_started_ms.zip(reply.sound_ended_ms) else {
        return false;
    };
    let frames = span(tape, started_ms, ended_ms);
    let gaps = frames.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms);
    gaps.fold(0.0, f64::max) >= STALL_MS
}

/// What became of an attempt to cut in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The reply was silenced.
    Cut,
    /// It was a cough: speech went on from where it was held.
    Restored,
    Undecided,
}

/// One attempt to cut in; times from the first voiced frame of it that was sent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BargeIn {
    pub at_ms: f64,
    /// The agent's level before; nothing can be measured where it was silent.
    pub level_before_dbfs: Option<f32>,
    /// The end of the last frame within 12 dB of the level before.
    pub down_after_ms: Option<f64>,
    pub decision: Decision,
    pub decided_after_ms: Option<f64>,
    /// After a restore: when the voice was back.
    pub back_after_ms: Option<f64>,
}

/// Judges the utterance as an attempt to cut in.
pub fn barge_in(tape: &Tape, uttered: &Uttered) -> Option<BargeIn> {
    let at_ms = uttered.first_voiced_ms?;
    let (decision, decided_ms) = decision(tape, at_ms);
    let level_before_dbfs = level_before(tape, at_ms);
    let end_ms = match decision {
        // Until the next reply may begin: after the caller has finished.
        Decision::Cut => uttered
            .last_voiced_ms
            .unwrap_or(at_ms)
            .max(decided_ms? + 1.0),
        Decision::Restored => decided_ms?,
        Decision::Undecided => at_ms + UNDECIDED_MS,
    };
    let down_after_ms = level_before_dbfs.map(|level| {
        let loud = |frame: &&Frame| frame.level_dbfs > level - DUCK_DB;
        let last = span(tape, at_ms, end_ms).iter().rev().find(loud);
        last.map_or(0.0, |frame| frame.at_ms + crate::FRAME_MS as f64 - at_ms)
    });
    let back =
        (decision == Decision::Restored).then(|| tape.voice_after(decided_ms.unwrap_or(at_ms)));
    Some(BargeIn {
        at_ms,
        level_before_dbfs,
        down_after_ms,
        decision,
        decided_after_ms: decided_ms.map(|ms| ms - at_ms),
        back_after_ms: back.flatten().map(|frame| frame.at_ms - at_ms),
    })
}

/// The first event that settles the contested floor, either way.
fn decision(tape: &Tape, from_ms: f64) -> (Decision, Option<f64>) {
    let cut = [
        "repartee.cut",
        "output_audio_buffer.cleared",
        "input_audio_buffer.speech_started",
    ]
    .iter()
    .filter_map(|kind| tape.event_after(kind, from_ms))
    .map(|event| event.at_ms)
    .fold(f64::INFINITY, f64::min);
    let restored = tape.ledger.floor.iter().find(|change| {
        change.at_ms >= from_ms && change.from == "contested" && change.to == "agent"
    });
    let restored = restored.map_or(f64::INFINITY, |change| change.at_ms);
    if cut.min(restored) - from_ms > UNDECIDED_MS {
        (Decision::Undecided, None)
    } else if cut <= restored {
        (Decision::Cut, Some(cut))
    } else {
        (Decision::Restored, Some(restored))
    }
}

/// The median of the voiced frames just before; the median, so that a click does not move it.
fn level_before(tape: &Tape, at_ms: f64) -> Option<f32> {
    let before = span(tape, at_ms - REFERENCE_MS, at_ms);
    let mut levels: Vec<f32> = before
        .iter()
        .filter(|frame| frame.is_voiced())
        .map(|frame| frame.level_dbfs)
        .collect();
    levels.sort_by(f32::total_cmp);
    levels.get(levels.len() / 2).copied()
}

fn span(tape: &Tape, from_ms: f64, to_ms: f64) -> &[Frame] {
    let from = tape.received.partition_point(|frame| frame.at_ms < from_ms);
    let to = tape.received.partition_point(|frame| frame.at_ms < to_ms);
    &tape.received[from..to.max(from)]
}

/// The value below which `part` of the sorted values lie; nearest rank.
pub fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::level::SILENCE_DBFS;

    const LOUD: f32 = -20.0;

    /// A tape of ten seconds on which the agent is as loud as `agent` says.
    fn tape(agent: impl Fn(f64) -> f32) -> Tape {
        let mut tape = Tape::default();
        for n in 0..500 {
            let at_ms = f64::from(n) * 20.0;
            tape.note_received(Frame {
                at_ms,
                level_dbfs: agent(at_ms),
            });
        }
        tape
    }

    fn between(from_ms: f64, to_ms: f64) -> impl Fn(f64) -> f32 {
        move |at_ms| {
            if (from_ms..to_ms).contains(&at_ms) {
                LOUD
            } else {
                SILENCE_DBFS
            }
        }
    }

    fn uttered(first_ms: f64, last_ms: f64) -> Uttered {
        Uttered {
            first_voiced_ms: Some(first_ms),
            last_voiced_ms: Some(last_ms),
            ended_ms: Some(last_ms),
        }
    }

    fn event(tape: &mut Tape, at_ms: f64, mut body: serde_json::Value) {
        body["event_id"] = json!("event");
        tape.note_event(at_ms, body);
    }

    #[test]
    fn latency_counts_from_the_last_voice_to_the_first() {
        let tape = tape(between(2_000.0, 4_000.0));
        assert_eq!(
            voice_to_voice_ms(&tape, &uttered(0.0, 1_200.0)),
            Some(800.0)
        );
        assert!(!answered_before_end(&tape, &uttered(0.0, 1_200.0)));
        assert_eq!(voice_to_voice_ms(&tape, &uttered(0.0, 5_000.0)), None);
    }

    #[test]
    fn a_reply_into_a_pause_is_an_early_one() {
        let early = tape(between(2_000.0, 4_000.0));
        assert!(answered_before_end(&early, &uttered(500.0, 3_000.0)));
        let mut silent = tape(|_| SILENCE_DBFS);
        event(
            &mut silent,
            2_000.0,
            json!({"type": "response.created", "response": {"id": "r"}}),
        );
        assert!(answered_before_end(&silent, &uttered(500.0, 3_000.0)));
        assert!(!answered_before_end(&silent, &uttered(500.0, 1_900.0)));
    }

    #[test]
    fn the_agents_own_voice_at_the_start_is_not_an_early_reply() {
        let tape = tape(between(0.0, 2_000.0));
        assert!(!answered_before_end(&tape, &uttered(1_000.0, 3_000.0)));
    }

    #[test]
    fn a_cut_is_timed_to_the_last_loud_frame_and_its_event() {
        let mut tape = tape(between(0.0, 2_080.0));
        event(
            &mut tape,
            2_300.0,
            json!({"type": "repartee.cut", "response_id": "r", "heard": "x"}),
        );
        let barge = barge_in(&tape, &uttered(2_000.0, 3_000.0)).expect("it was voiced");
        assert_eq!(barge.decision, Decision::Cut);
        assert_eq!(barge.down_after_ms, Some(80.0));
        assert_eq!(barge.decided_after_ms, Some(300.0));
        assert_eq!(barge.level_before_dbfs, Some(LOUD));
    }

    #[test]
    fn a_pause_between_words_does_not_count_as_down() {
        let speech = |at_ms: f64| match at_ms as u64 {
            2_000..2_100 | 2_400.. => SILENCE_DBFS,
            _ => LOUD,
        };
        let mut tape = tape(speech);
        event(
            &mut tape,
            2_450.0,
            json!({"type": "repartee.cut", "response_id": "r", "heard": "x"}),
        );
        let barge = barge_in(&tape, &uttered(2_000.0, 3_000.0)).expect("it was voiced");
        assert_eq!(barge.down_after_ms, Some(400.0));
    }

    #[test]
    fn a_restore_is_told_from_a_cut_and_the_voice_comes_back() {
        let held = |at_ms: f64| {
            if (2_080.0..2_400.0).contains(&at_ms) {
                SILENCE_DBFS
            } else {
                LOUD
            }
        };
        let mut tape = tape(held);
        event(
            &mut tape,
            2_060.0,
            json!({"type": "repartee.floor", "from": "agent", "to": "contested"}),
        );
        event(
            &mut tape,
            2_390.0,
            json!({"type": "repartee.floor", "from": "contested", "to": "agent"}),
        );
        let barge = barge_in(&tape, &uttered(2_000.0, 2_200.0)).expect("it was voiced");
        assert_eq!(barge.decision, Decision::Restored);
        assert_eq!(
            (barge.down_after_ms, barge.decided_after_ms),
            (Some(80.0), Some(390.0))
        );
        assert_eq!(barge.back_after_ms, Some(400.0));
    }

    #[test]
    fn nothing_decided_is_said_so() {
        let tape = tape(between(0.0, 10_000.0));
        let barge = barge_in(&tape, &uttered(2_000.0, 2_200.0)).expect("it was voiced");
        assert_eq!(barge.decision, Decision::Undecided);
        assert_eq!(barge.down_after_ms, Some(2_000.0));
        assert_eq!(barge_in(&tape, &Uttered::default()), None);
    }

    #[test]
    fn a_reply_is_whole_when_all_of_it_came_in_one_go() {
        let told = |heard: &str, stall: std::ops::Range<f64>| {
            let mut tape = Tape::default();
            let events = [
                (
                    900.0,
                    json!({"type": "response.created", "response": {"id": "r"}}),
                ),
                (
                    1_000.0,
                    json!({"type": "output_audio_buffer.started", "response_id": "r"}),
                ),
                (
                    1_100.0,
                    json!({"type": "response.output_audio_transcript.done", "response_id": "r", "transcript": "All of it."}),
                ),
                (
                    1_200.0,
                    json!({"type": "response.done", "response": {"id": "r", "status": "completed"}}),
                ),
                (
                    3_000.0,
                    json!({"type": "repartee.heard", "response_id": "r", "heard": heard}),
                ),
                (
                    3_000.0,
                    json!({"type": "output_audio_buffer.stopped", "response_id": "r"}),
                ),
            ];
            for (at_ms, body) in events {
                event(&mut tape, at_ms, body);
            }
            for n in 50..150 {
                let at_ms = f64::from(n) * 20.0;
                if !stall.contains(&at_ms) {
                    let level_dbfs = LOUD;
                    tape.note_received(Frame { at_ms, level_dbfs });
                }
            }
            is_whole(&tape, 0)
        };
        assert!(told("All of it.", 0.0..0.0));
        assert!(!told("All of", 0.0..0.0));
        assert!(!told("All of it.", 2_000.0..2_200.0));
        assert!(told("All of it.", 2_000.0..2_100.0));
        assert!(!is_whole(&Tape::default(), 0));
    }

    #[test]
    fn percentiles_are_nearest_rank() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(percentile(&values, 0.5), Some(50.0));
        assert_eq!(percentile(&values, 0.95), Some(95.0));
        assert_eq!(percentile(&[7.0], 0.95), Some(7.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
