//! Nothing that arrives can make it panic, run away, or keep it from hearing what is sound.

mod network;
mod signal;

use network::{Dice, listen, stream};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use server_audio::{Inbound, Outbound};
use signal::{packets, rms, voice};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_payload_panics(
        arriving in vec((any::<u16>(), any::<u32>(), vec(any::<u8>(), 0..80), 0_u64..400), 0..60)
    ) {
        let mut inbound = Inbound::new().expect("libopus is there");
        let mut now_ms = 0;
        for (sequence, timestamp, payload, pause_ms) in arriving {
            now_ms += pause_ms;
            inbound.packet(now_ms, sequence, timestamp, &payload);
            inbound.poll(now_ms, &mut |speech, _| {
                assert!(speech.iter().all(|sample| sample.is_finite()));
            });
        }
    }

    #[test]
    fn no_payload_panics_in_a_stream_that_is_otherwise_sound(
        payloads in vec(vec(any::<u8>(), 0..200), 1..80)
    ) {
        let mut inbound = Inbound::new().expect("libopus is there");
        for (at, payload) in payloads.iter().enumerate() {
            let now_ms = at as u64 * 20;
            inbound.packet(now_ms, at as u16, at as u32 * 960, payload);
            inbound.poll(now_ms, &mut |_, _| {});
        }
        // No more media time than the wildest lengths (120 ms a packet) could give.
        let mut end = 0;
        inbound.poll(payloads.len() as u64 * 20, &mut |_, end_ms| end = end_ms);
        assert!(end <= payloads.len() as u64 * 140 + 200);
    }
}

#[test]
fn flipped_bits_do_not_keep_the_rest_from_being_heard() {
    let mut outbound = Outbound::new().expect("libopus is there");
    let packets = packets(&mut outbound, 24_000, &voice(24_000, 4_000));
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut sent = stream(&packets, 9, 9);
        for packet in sent.iter_mut().take(150) {
            if dice.percent(30) {
                let at = dice.below(packet.payload.len() as u64) as usize;
                packet.payload[at] ^= 1 << dice.below(8);
            }
            if dice.percent(5) {
                packet.timestamp ^= 1 << dice.below(32);
            }
            if dice.percent(5) {
                packet.sequence ^= 1 << dice.below(16);
            }
        }
        let mut inbound = Inbound::new().expect("libopus is there");
        let heard = listen(&mut inbound, &sent, 4_000);
        let end = heard.speech.len();
        assert!(
            rms(&heard.speech[end - 8_000..]) > 0.03,
            "seed {seed} {:?} {end}",
            inbound.counts()
        );
    }
}

#[test]
fn a_flood_of_packets_takes_no_more_than_its_window() {
    let mut inbound = Inbound::new().expect("libopus is there");
    let mut dice = Dice(1);
    let mut end = 0;
    for at in 0..20_000_u64 {
        let sequence = dice.next() as u16;
        inbound.packet(at / 100, sequence, dice.next() as u32, &[0x78, 1, 2, 3]);
        inbound.poll(at / 100, &mut |_, end_ms| end = end_ms);
    }
    assert!(inbound.counts().received == 20_000);
    assert!(end < 20_000 * 20 + 400_000, "{end}");
}
