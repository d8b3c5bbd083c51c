//! One caller who asks, cuts into the answer with the next question, and so on: how late is each answer, and how
//! soon is the agent silent?

use std::time::Duration;

use serde::Serialize;

use crate::call::{Call, CallOptions};
use crate::door::Door;
use crate::level::FRAME_MS;
use crate::measure::voice_to_voice_ms;
use crate::speech::Speech;
use crate::tape::{Frame, Tape, Uttered};
use crate::trouble::Trouble;

/// The line is up and quiet for so long before the first word.
const BREATH: Duration = Duration::from_millis(700);
/// So far into an answer the caller cuts in.
const CUT_IN_MS: f64 = 600.0;
/// So long without voice is silence, and not a gap between words.
const SILENCE_MS: f64 = 300.0;
/// An answer that is not there by then is missing.
const PATIENCE: Duration = Duration::from_secs(8);
/// The agent's level is judged on so much before the caller cuts in.
const REFERENCE_MS: f64 = 400.0;
/// Silero's window, and that of the detectors that stand in for it: 512 samples at 16 kHz.
const DETECTOR_MS: u64 = 32;
/// What libopus holds back of its input at 48 kHz.
const CODEC_MS: f64 = 6.5;
/// The voice has to be down by this much to count as down.
const DUCK_DB: f32 = 12.0;

/// What to ask, and how.
pub(crate) struct Talk<'a> {
    pub(crate) questions: &'a [Speech],
    /// How many of them, going round.
    pub(crate) exchanges: usize,
    /// The silence that the server waits for.
    pub(crate) window_ms: u64,
}

/// What came of it; times in milliseconds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Talked {
    /// From the last voiced packet sent to the first one back, without the window: after quiet ...
    pub overhead_ms: Vec<f64>,
    /// ... and after cutting in.
    pub overhead_after_cut_ms: Vec<f64>,
    /// Of each of them, after quiet and after cutting in as they came, what the grids do not ask for.
    pub beyond_grids_ms: Vec<f64>,
    /// From the first voiced packet of a barge-in until the agent was 12 dB down, and until it was silent.
    pub down_ms: Vec<f64>,
    pub silent_ms: Vec<f64>,
    /// Answers that never came, and barge-ins that nobody minded.
    pub missing: usize,
    pub ignored: usize,
    pub late_frames: u64,
}

impl Talked {
    pub(crate) fn all_overheads_ms(&self) -> Vec<f64> {
        [&self.overhead_ms[..], &self.overhead_after_cut_ms].concat()
    }
}

/// Every second question cuts in on the answer to the one before.
pub(crate) async fn talk(
    door: &Door,
    options: &CallOptions,
    plan: &Talk<'_>,
) -> Result<Talked, Trouble> {
    let mut call = Call::place(door, options).await?;
    tokio::time::sleep(BREATH).await;
    let mut talked = Talked::default();
    let questions = plan.questions.iter().cycle().take(plan.exchanges);
    for (n, question) in questions.enumerate() {
        let cuts_in = n % 2 == 1;
        if cuts_in {
            wait_until_amid(&call).await;
        } else {
            wait_for_quiet(&call).await?;
        }
        let index = call.say(question).await?;
        note(&call, index, cuts_in, plan.window_ms, &mut talked).await?;
    }
    talked.late_frames = call.look(|tape| tape.traffic.late_frames);
    // Whoever does not know the goodbye learns of it from the connection.
    call.hang_up().await?;
    Ok(talked)
}

/// Waits for the answer and writes down what it was like.
async fn note(
    call: &Call,
    index: usize,
    cuts_in: bool,
    window_ms: u64,
    talked: &mut Talked,
) -> Result<(), Trouble> {
    let answered = call
        .wait("answer", PATIENCE, |tape| answer_ms(tape, index).is_some())
        .await;
    if let Err(trouble @ Trouble::Lost { .. }) = answered {
        return Err(trouble);
    }
    let uttered = call.look(|tape| tape.uttered.get(index).copied().unwrap_or_default());
    if cuts_in {
        match call.look(|tape| quietened(tape, &uttered)) {
            Some((down_ms, silent_ms)) => {
                talked.down_ms.push(down_ms);
                talked.silent_ms.push(silent_ms);
            }
            None => talked.ignored += 1,
        }
    }
    let overheads = match cuts_in {
        true => &mut talked.overhead_after_cut_ms,
        false => &mut talked.overhead_ms,
    };
    match call.look(|tape| answer_ms(tape, index)) {
        Some(ms) => {
            let (overhead_ms, grid_ms) = (
                ms - window_ms as f64,
                call.look(|tape| grid_ms(frames_up_to(tape, &uttered), window_ms)),
            );
            overheads.push(overhead_ms);
            talked.beyond_grids_ms.push(overhead_ms - grid_ms);
        }
        None => talked.missing += 1,
    }
    Ok(())
}

/// Frames that were sent, the last voiced one of the question included.
fn frames_up_to(tape: &Tape, uttered: &Uttered) -> usize {
    let last_ms = uttered.last_voiced_ms.unwrap_or(f64::INFINITY);
    tape.sent.partition_point(|frame| frame.at_ms <= last_ms)
}

/// What no server can save that counts silence in whole windows of its detector from the first packet on, and hears of
/// their ends by packets: the voice ends this many frames after the first, and as much later as the codec holds back.
fn grid_ms(frames: usize, silence_ms: u64) -> f64 {
    let window = DETECTOR_MS as f64;
    let spoken_ms = (frames as u64 * FRAME_MS) as f64;
    let last_window_ms = ((spoken_ms + CODEC_MS) / window).ceil() * window;
    let silence_windows = silence_ms.div_ceil(DETECTOR_MS) as f64;
    let over_ms = last_window_ms + silence_windows * window;
    let frame = FRAME_MS as f64;
    (over_ms / frame).ceil() * frame - spoken_ms - silence_ms as f64
}

/// Once all of the question is out.
fn answer_ms(tape: &Tape, index: usize) -> Option<f64> {
    let uttered = tape.uttered.get(index)?;
    uttered.ended_ms?;
    voice_to_voice_ms(tape, uttered)
}

/// Lets the answer that has just begun go on for a while; without one there is nothing to wait for.
async fn wait_until_amid(call: &Call) {
    let begun_ms = call.look(|tape| tape.last_voice_ms.unwrap_or(tape.now_ms));
    let amid = |tape: &Tape| tape.now_ms > begun_ms + CUT_IN_MS;
    call.wait("middle of the answer", PATIENCE, amid).await.ok();
}

async fn wait_for_quiet(call: &Call) -> Result<(), Trouble> {
    let quiet = |tape: &Tape| tape.quiet_for_ms() > SILENCE_MS;
    call.wait("end of the answer", PATIENCE, quiet).await
}

/// When the agent was down and when silent, from the first voiced packet of the barge-in; nothing where it was silent
/// already, or not yet when the caller had finished.
fn quietened(tape: &Tape, barge: &Uttered) -> Option<(f64, f64)> {
    let (from_ms, to_ms) = (barge.first_voiced_ms?, barge.last_voiced_ms?);
    let voiced: Vec<Frame> = tape
        .received
        .iter()
        .copied()
        .filter(Frame::is_voiced)
        .collect();
    let before = voiced
        .iter()
        .filter(|frame| (from_ms - REFERENCE_MS..from_ms).contains(&frame.at_ms));
    let mut levels: Vec<f32> = before.map(|frame| frame.level_dbfs).collect();
    levels.sort_by(f32::total_cmp);
    let level = *levels.get(levels.len() / 2)?;
    let end_ms = |frame: &Frame| frame.at_ms + FRAME_MS as f64 - from_ms;
    let last = |loud_dbfs: f32| {
        let after = voiced.iter().filter(|frame| frame.at_ms >= from_ms);
        let mut last_ms = 0.0;
        for frame in after.filter(|frame| frame.level_dbfs > loud_dbfs) {
            if frame.at_ms - from_ms - last_ms > SILENCE_MS {
                break;
            }
            last_ms = end_ms(frame);
        }
        last_ms
    };
    let silent_ms = last(f32::NEG_INFINITY);
    (from_ms + silent_ms < to_ms).then(|| (last(level - DUCK_DB), silent_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An agent of this level in each frame of 20 ms.
    fn tape(level_dbfs: impl Fn(f64) -> f32) -> Tape {
        let mut tape = Tape::default();
        for n in 0..200 {
            let at_ms = f64::from(n) * 20.0;
            tape.note_received(Frame {
                at_ms,
                level_dbfs: level_dbfs(at_ms),
            });
        }
        tape
    }

    const BARGE: Uttered = Uttered {
        first_voiced_ms: Some(1_000.0),
        last_voiced_ms: Some(2_000.0),
        ended_ms: Some(2_000.0),
    };

    #[test]
    fn down_and_silent_are_told_apart() {
        let agent = |at_ms: f64| match at_ms as u64 {
            0..1_100 => -20.0,
            1_100..1_400 => -35.0,
            2_500.. => -20.0,
            _ => -120.0,
        };
        assert_eq!(quietened(&tape(agent), &BARGE), Some((100.0, 400.0)));
    }

    #[test]
    fn the_grids_ask_for_one_or_two_packets_more_than_the_silence() {
        // 480 ms are 15 windows and 24 packets: what is left is where the voice ended.
        let asked: Vec<f64> = (1..=8).map(|frames| grid_ms(frames, 480)).collect();
        assert_eq!(asked, [20.0, 40.0, 40.0, 20.0, 40.0, 20.0, 20.0, 40.0]);
        assert_eq!(grid_ms(9, 480), grid_ms(1, 480));
        // 500 ms are counted as 512.
        assert_eq!(grid_ms(6, 500), 20.0);
        assert_eq!(grid_ms(2, 500), 60.0 - 20.0);
    }

    #[test]
    fn an_agent_that_goes_on_or_was_silent_is_no_success() {
        assert_eq!(quietened(&tape(|_| -20.0), &BARGE), None);
        let before = |at_ms: f64| if at_ms < 500.0 { -20.0 } else { -120.0 };
        assert_eq!(quietened(&tape(before), &BARGE), None);
    }

    #[test]
    fn the_answer_after_the_barge_in_is_not_the_old_one() {
        let agent = |at_ms: f64| match at_ms as u64 {
            0..1_060 | 2_300.. => -20.0,
            _ => -120.0,
        };
        assert_eq!(quietened(&tape(agent), &BARGE), Some((60.0, 60.0)));
    }
}
