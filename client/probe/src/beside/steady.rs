//! Which frames of a stream of speech came in time, told by their own clock.

use serde::Serialize;

use crate::level::FRAME_MS;
use crate::tape::Arrival;

/// Who hears with this much delay misses a frame that comes later.
const PATIENCE_MS: f64 = 60.0;
/// A longer gap in the stream's own time is a pause between two replies, in which nothing is due. Opus sends what it
/// takes for noise each 400 ms.
const PAUSE_MS: f64 = 300.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Steadiness {
    /// Frames that were due.
    pub due: u64,
    /// Of those, the ones that never came or came too late.
    pub missed: u64,
}

impl Steadiness {
    pub fn missed_percent(self) -> f64 {
        self.missed as f64 * 100.0 / self.due.max(1) as f64
    }
}

impl std::ops::Add for Steadiness {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            due: self.due + other.due,
            missed: self.missed + other.missed,
        }
    }
}

/// Judges what came between two moments; the earliest packet of the call, by its own clock, is in time.
pub(crate) fn steadiness(arrivals: &[Arrival], from_ms: f64, to_ms: f64) -> Steadiness {
    let lag = |arrival: &Arrival| arrival.at_ms - arrival.media_ms;
    let base = arrivals.iter().map(lag).fold(f64::INFINITY, f64::min);
    let span = arrivals
        .iter()
        .filter(|arrival| (from_ms..to_ms).contains(&arrival.at_ms));
    let mut in_order: Vec<Arrival> = span.copied().collect();
    in_order.sort_by(|a, b| a.media_ms.total_cmp(&b.media_ms));
    let mut found = Steadiness::default();
    let mut before: Option<f64> = None;
    for arrival in in_order {
        let gap_ms = before.map_or(0.0, |before| arrival.media_ms - before);
        let frames = (gap_ms / FRAME_MS as f64).round() as u64;
        if gap_ms <= PAUSE_MS {
            found.due += frames.saturating_sub(1);
            found.missed += frames.saturating_sub(1);
        }
        found.due += 1;
        found.missed += u64::from(lag(&arrival) - base > PATIENCE_MS);
        before = Some(arrival.media_ms);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of these places in the stream, each so much later than its time.
    fn stream(frames: impl IntoIterator<Item = (u64, f64)>) -> Vec<Arrival> {
        let arrival = |(place, late_ms): (u64, f64)| {
            let media_ms = 700.0 + (place * FRAME_MS) as f64;
            let at_ms = 10_000.0 + (place * FRAME_MS) as f64 + late_ms;
            Arrival { at_ms, media_ms }
        };
        frames.into_iter().map(arrival).collect()
    }

    fn judged(frames: impl IntoIterator<Item = (u64, f64)>) -> (u64, u64) {
        let found = steadiness(&stream(frames), 0.0, f64::INFINITY);
        (found.due, found.missed)
    }

    #[test]
    fn an_even_stream_misses_nothing() {
        assert_eq!(judged((0..100).map(|place| (place, 0.0))), (100, 0));
        let jitter = |place: u64| (place, (place % 4) as f64 * 19.0);
        assert_eq!(judged((0..100).map(jitter)), (100, 0));
    }

    #[test]
    fn what_is_left_out_or_late_is_missed() {
        let without = (0..100).filter(|place| !(40..45).contains(place));
        assert_eq!(judged(without.map(|place| (place, 0.0))), (100, 5));
        let late = |place: u64| (place, if place == 50 { 61.0 } else { 0.0 });
        assert_eq!(judged((0..100).map(late)), (100, 1));
        // From one moment on, and never caught up with.
        let behind = |place: u64| (place, if place >= 90 { 100.0 } else { 0.0 });
        assert_eq!(judged((0..100).map(behind)), (100, 10));
    }

    #[test]
    fn a_pause_between_replies_is_not_missed() {
        let replies = (0..50).chain(150..200);
        assert_eq!(judged(replies.map(|place| (place, 0.0))), (100, 0));
    }

    #[test]
    fn only_the_span_counts() {
        let all = stream((0..100).map(|place| (place, if place < 50 { 90.0 } else { 0.0 })));
        let found = steadiness(&all, 11_100.0, 11_500.0);
        assert_eq!((found.due, found.missed), (20, 0));
        assert_eq!(steadiness(&[], 0.0, 1.0), Steadiness::default());
        assert_eq!(Steadiness::default().missed_percent(), 0.0);
        assert_eq!(
            Steadiness {
                due: 200,
                missed: 1
            }
            .missed_percent(),
            0.5
        );
    }
}
