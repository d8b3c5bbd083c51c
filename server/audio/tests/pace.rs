//! Frames are due every 20 ms, neither drifting nor bursting.

use server_audio::{FRAME_TICKS, Pace};

#[test]
fn an_hour_of_late_wakings_loses_no_frame_and_no_time() {
    let mut pace = Pace::new(5_000_000);
    let mut frames = 0_u64;
    let mut now_us = 5_000_000;
    while now_us < 5_000_000 + 3_600_000_000 {
        let due = pace.due(now_us);
        for at in 0..due {
            let timestamp = pace.timestamp().wrapping_add(at * FRAME_TICKS);
            assert_eq!(timestamp, (frames as u32).wrapping_mul(FRAME_TICKS));
            frames += 1;
        }
        // Woken up to 15 ms late, each time by another amount.
        now_us = pace.next_us() + (frames * 7_919) % 15_000;
    }
    assert_eq!(frames, 180_000);
}

#[test]
fn a_frame_is_due_once_and_not_before_its_time() {
    let mut pace = Pace::new(1_000);
    assert_eq!(pace.due(999), 0);
    assert_eq!(pace.next_us(), 1_000);
    assert_eq!(pace.due(1_000), 1);
    assert_eq!(pace.due(1_000), 0);
    assert_eq!(pace.next_us(), 21_000);
    assert_eq!(pace.due(20_999), 0);
    assert_eq!(pace.due(21_000), 1);
}

#[test]
fn a_hiccup_of_three_frames_is_made_up_for() {
    let mut pace = Pace::new(0);
    assert_eq!(pace.due(0), 1);
    assert_eq!(pace.due(60_000), 3);
    assert_eq!(pace.timestamp(), FRAME_TICKS);
    assert_eq!(pace.next_us(), 80_000);
}

#[test]
fn what_a_suspended_process_missed_is_skipped_in_time_not_sent_in_a_burst() {
    let mut pace = Pace::new(0);
    assert_eq!(pace.due(0), 1);
    assert_eq!(pace.due(2_000_000), 3);
    assert_eq!(pace.timestamp(), 98 * FRAME_TICKS, "the last three of 101");
    assert_eq!(pace.next_us(), 2_020_000);
    assert_eq!(pace.due(2_020_000), 1);
    assert_eq!(pace.timestamp(), 101 * FRAME_TICKS);
}

#[test]
fn a_clock_that_steps_back_yields_nothing_and_then_goes_on() {
    let mut pace = Pace::new(0);
    assert_eq!(pace.due(40_000), 3);
    assert_eq!(pace.due(10_000), 0);
    assert_eq!(pace.due(60_000), 1);
}

#[test]
fn the_timestamp_wraps() {
    let mut pace = Pace::new(0);
    let frames = u64::from(u32::MAX) / u64::from(FRAME_TICKS) + 2;
    pace.due(frames * 20_000);
    let first = (frames + 1 - 3) as u32;
    assert_eq!(pace.timestamp(), first.wrapping_mul(FRAME_TICKS));
}
