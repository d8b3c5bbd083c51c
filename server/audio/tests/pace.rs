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

#[test]
fn the_first_frame_is_followed_by_others_right_behind_the_callers_packets() {
    let mut pace = Pace::new(1_000);
    assert_eq!(pace.due(1_000), 1);
    // Every 20 ms, some early and some late, and one far too late.
    for n in 1..40 {
        let late_us = if n == 38 { 8_000 } else { n % 3 * 500 };
        pace.heard(1_000 + n * 20_000 + 13_000 + late_us);
    }
    let next = |pace: &Pace| (pace.next_us() - 1_000) % 20_000;
    assert_eq!(
        next(&pace),
        0,
        "while something plays the clock stays as it is"
    );
    pace.settle();
    assert!(pace.due(801_000) > 0);
    assert!((17_000..19_000).contains(&next(&pace)), "{}", next(&pace));
}

#[test]
fn packets_around_the_turn_of_the_clock_have_a_mean_there() {
    let mut pace = Pace::new(0);
    for n in 1..100 {
        pace.heard(n * 20_000 + if n % 2 == 0 { 500 } else { 19_500 } - 20_000);
    }
    pace.settle();
    pace.due(2_000_000);
    let next = pace.next_us() % 20_000;
    assert!((3_000..5_000).contains(&next), "{next}");
}

#[test]
fn a_clock_that_is_moved_gives_no_timestamp_twice_and_none_from_the_past() {
    let mut pace = Pace::new(0);
    let (mut now_us, mut last) = (0, None);
    for n in 0..2_000_u64 {
        // Whoever speaks now and then, to one whose packets wander through the 20 ms.
        pace.heard(n * 20_000 + n * 37);
        if n % 10 == 0 {
            now_us = now_us.max(n * 20_000);
            pace.settle();
        }
        for frame in 0..pace.due(now_us) {
            let timestamp = u64::from(pace.timestamp()) + u64::from(frame * FRAME_TICKS);
            assert!(last.is_none_or(|last| timestamp > last), "{n}");
            assert!(timestamp / 48 <= now_us / 1_000, "{n}");
            assert!(timestamp / 48 + 80 > now_us / 1_000, "{n}");
            last = Some(timestamp);
        }
        now_us = pace.next_us();
    }
}
