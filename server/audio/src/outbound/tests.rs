//! What is mixed into each frame, sample by sample, before it is encoded.

use super::*;
use crate::fade::{FALL, RETURN, RISE};

const ONE: Tag = Tag {
    reply: 1,
    phrase: 0,
};
const TWO: Tag = Tag {
    reply: 1,
    phrase: 1,
};
const NEXT_REPLY: Tag = Tag {
    reply: 2,
    phrase: 0,
};

/// Speech whose every sample says where it stands.
fn ramp(samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|at| 0.25 + at as f32 / 131_072.0)
        .collect()
}

fn position(sample: f32) -> f32 {
    (sample - 0.25) * 131_072.0
}

struct Rig {
    outbound: Outbound,
    packet: Vec<u8>,
}

impl Rig {
    fn new() -> Self {
        Self {
            outbound: Outbound::new().expect("libopus is there"),
            packet: Vec::new(),
        }
    }

    fn speaking(tag: Tag, speech: &[f32]) -> Self {
        let mut rig = Self::new();
        rig.say(tag, speech);
        rig
    }

    fn say(&mut self, tag: Tag, speech: &[f32]) {
        assert!(self.outbound.push(tag, 48_000, speech), "there is room");
        self.outbound.end(tag);
    }

    fn frame(&mut self) -> (Frame, [f32; FRAME]) {
        let frame = self.outbound.frame(&mut self.packet);
        assert_eq!(frame.sent, !self.packet.is_empty(), "sent what there is");
        (frame, self.outbound.mix)
    }

    fn frames(&mut self, count: usize) {
        for _ in 0..count {
            self.frame();
        }
    }

    fn rms(mix: &[f32]) -> f32 {
        (mix.iter().map(|sample| sample * sample).sum::<f32>() / mix.len() as f32).sqrt()
    }
}

fn played(tag: Tag, total_ms: u64, done: bool) -> Played {
    Played {
        tag,
        total_ms,
        done,
    }
}

#[test]
fn a_duck_is_12_db_down_in_its_first_frame_and_silent_in_the_next() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.frames(4);
    let (_, before) = rig.frame();
    rig.outbound.duck();
    let (frame, ducked) = rig.frame();
    let fall = 20.0 * (Rig::rms(&ducked) / Rig::rms(&before)).log10();
    assert!(fall < -12.0, "only {fall:.1} dB");
    assert!(frame.played().is_empty(), "a held voice is not played");
    let (_, after) = rig.frame();
    assert_eq!(after, [0.0; FRAME]);
}

#[test]
fn a_duck_does_not_click() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.frames(4);
    let (_, before) = rig.frame();
    rig.outbound.duck();
    let (_, ducked) = rig.frame();
    rig.outbound.restore();
    let (_, restored) = rig.frame();
    let all: Vec<f32> = [before, ducked, restored].concat();
    let step = all.windows(2).map(|two| (two[1] - two[0]).abs());
    assert!(step.fold(0.0, f32::max) < 0.01, "no step in the wave");
}

#[test]
fn a_held_voice_goes_on_at_the_held_sample_however_long_it_was_held() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.frames(5);
    rig.outbound.duck();
    rig.frames(50);
    rig.outbound.restore();
    let (frame, mix) = rig.frame();
    assert!(mix[0].abs() < 0.01, "faded in");
    for (at, sample) in mix.iter().enumerate().skip(RETURN) {
        let found = position(*sample);
        assert!((found - (5 * FRAME + at) as f32).abs() < 6.0, "{found}");
    }
    assert_eq!(frame.played(), [played(ONE, 120, false)]);
}

#[test]
fn nothing_is_sent_of_a_held_voice_and_the_first_packet_after_it_is_marked() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    assert!(rig.frame().0.marker);
    assert!(!rig.frame().0.marker);
    rig.outbound.duck();
    rig.frames(4);
    for _ in 0..10 {
        assert!(!rig.frame().0.sent);
    }
    assert!(!rig.outbound.is_quiet(), "it is only held");
    rig.outbound.restore();
    assert!(rig.frame().0.marker);
}

#[test]
fn a_second_duck_and_a_restore_without_one_change_nothing() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.frames(2);
    rig.outbound.restore();
    let (_, mix) = rig.frame();
    assert!((position(mix[0]) - (2 * FRAME) as f32).abs() < 6.0);
    rig.outbound.duck();
    rig.frame();
    rig.outbound.duck();
    assert_eq!(rig.frame().1, [0.0; FRAME]);
}

#[test]
fn silence_fades_and_drops_all_of_the_reply_and_what_still_comes_of_it() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.say(TWO, &ramp(48_000));
    rig.frames(5);
    rig.outbound.silence(1);
    let (frame, mix) = rig.frame();
    assert!(frame.played().is_empty());
    assert!(mix[0] > 0.25, "it falls, it does not break off");
    assert_eq!(mix[FALL..], [0.0; FRAME - FALL]);
    assert!(rig.outbound.push(ONE, 48_000, &ramp(4_800)), "swallowed");
    assert!(rig.outbound.begin(TWO), "swallowed");
    rig.outbound.end(TWO);
    for _ in 0..20 {
        let (frame, mix) = rig.frame();
        assert!(frame.played().is_empty());
        assert_eq!(mix, [0.0; FRAME]);
    }
    assert!(rig.outbound.is_quiet());
}

#[test]
fn silence_of_a_held_reply_is_silent_and_the_next_reply_is_not_held() {
    let mut rig = Rig::speaking(ONE, &ramp(48_000));
    rig.say(NEXT_REPLY, &ramp(9_600));
    rig.frames(5);
    rig.outbound.duck();
    rig.frames(3);
    rig.outbound.silence(1);
    let (frame, mix) = rig.frame();
    assert_eq!(frame.played(), [played(NEXT_REPLY, 20, false)]);
    assert!((position(mix[FRAME - 1]) - FRAME as f32).abs() < 6.0);
}

#[test]
fn phrases_follow_each_other_without_a_gap_in_the_order_of_their_beginning() {
    let mut rig = Rig::new();
    assert!(rig.outbound.begin(ONE));
    rig.say(TWO, &ramp(960));
    assert!(!rig.frame().0.sent, "the second waits for the first");
    rig.say(ONE, &ramp(1_200));
    let (first, _) = rig.frame();
    assert_eq!(first.played(), [played(ONE, 20, false)]);
    let (second, mix) = rig.frame();
    assert_eq!(
        second.played(),
        [played(ONE, 25, true), played(TWO, 15, false)]
    );
    assert!((position(mix[240 + RISE]) - RISE as f32).abs() < 6.0);
    let (third, _) = rig.frame();
    assert_eq!(third.played(), [played(TWO, 20, true)]);
}

#[test]
fn an_empty_phrase_is_done_at_once_and_many_do_not_crowd_a_frame() {
    let mut rig = Rig::new();
    for phrase in 0..10 {
        rig.outbound.end(Tag { reply: 1, phrase });
    }
    let mut done = Vec::new();
    for _ in 0..3 {
        let (frame, _) = rig.frame();
        assert!(!frame.sent);
        done.extend(frame.played().iter().map(|report| report.tag.phrase));
        assert!(frame.played().iter().all(|report| report.done));
    }
    assert_eq!(done, (0..10).collect::<Vec<_>>());
}

#[test]
fn a_phrase_whose_end_comes_late_is_done_then() {
    let mut rig = Rig::new();
    assert!(rig.outbound.push(ONE, 48_000, &ramp(960)));
    assert_eq!(rig.frame().0.played(), [played(ONE, 20, false)]);
    assert!(rig.frame().0.played().is_empty());
    rig.outbound.end(ONE);
    assert_eq!(rig.frame().0.played(), [played(ONE, 20, true)]);
}

#[test]
fn speech_that_runs_dry_fades_and_goes_on_where_it_stopped() {
    let mut rig = Rig::new();
    let speech = ramp(9_600);
    assert!(rig.outbound.push(ONE, 48_000, &speech[..1_440]));
    let (_, first) = rig.frame();
    let (_, second) = rig.frame();
    assert!(first[FRAME - 1] > 0.25, "enough is left for the next");
    assert!(second[479].abs() < 0.01, "faded out: {}", second[479]);
    assert_eq!(second[480..], [0.0; 480]);
    assert!(rig.outbound.push(ONE, 48_000, &speech[1_440..2_400]));
    assert_eq!(
        rig.frame().1,
        [0.0; FRAME],
        "waits for 40 ms, not to stutter"
    );
    assert!(rig.outbound.push(ONE, 48_000, &speech[2_400..]));
    let (frame, third) = rig.frame();
    assert!((position(third[RISE]) - (1_440 + RISE) as f32).abs() < 6.0);
    assert_eq!(frame.played(), [played(ONE, 50, false)]);
}

#[test]
fn too_much_or_at_no_sensible_rate_is_refused_whole() {
    let mut rig = Rig::new();
    let minute = vec![0.1; 48_000 * 60];
    assert!(rig.outbound.push(ONE, 48_000, &minute));
    assert!(rig.outbound.push(TWO, 48_000, &minute));
    assert!(!rig.outbound.push(TWO, 48_000, &[0.1; 960]), "two minutes");
    assert!(!rig.outbound.push(ONE, 24_000, &[]), "not its rate");
    for rate in [0, 1, 7_999, 47_993, 96_001, u32::MAX] {
        assert!(!rig.outbound.push(NEXT_REPLY, rate, &[0.1; 960]), "{rate}");
    }
    rig.frames(100);
    assert!(rig.outbound.push(TWO, 48_000, &[0.1; 960]), "room again");
}

#[test]
fn no_more_than_a_sensible_number_of_phrases_waits() {
    let mut rig = Rig::new();
    let begun = (0..1_000).filter(|phrase| {
        let tag = Tag {
            reply: 1,
            phrase: *phrase,
        };
        rig.outbound.begin(tag)
    });
    assert_eq!(begun.count(), 256);
}
