//! Packets in order pass at once, a gap waits a little, silence is counted.

mod network;
mod signal;

use network::{Dice, Impairment, Packet, listen, stream};
use opus::{Application, Channels, Encoder};
use server_audio::{Inbound, InboundCounts, Outbound};
use signal::{packets, rms, voice};

fn voiced(millis: u32) -> Vec<Option<Vec<u8>>> {
    let mut outbound = Outbound::new().expect("libopus is there");
    let mut sent = packets(&mut outbound, 48_000, &voice(48_000, millis));
    sent.truncate(millis as usize / 20);
    sent
}

fn inbound() -> Inbound {
    Inbound::new().expect("libopus is there")
}

fn samples(counts: &InboundCounts) -> u64 {
    counts.decoded_samples
        + counts.recovered_samples
        + counts.concealed_samples
        + counts.silent_samples
}

/// Media time of a whole stream, in samples, if nothing is put in before its time.
fn span(stream: &[Packet]) -> u64 {
    let (first, last) = (&stream[0], &stream[stream.len() - 1]);
    u64::from(last.timestamp.wrapping_sub(first.timestamp)) / 3 + 320
}

#[test]
fn packets_in_order_pass_at_once() {
    let sent = stream(&voiced(2_000), 0, 0);
    let heard = listen(&mut inbound(), &sent, 2_000);
    let expected: Vec<_> = (0..100).map(|at| (at * 20, at * 20 + 20)).collect();
    assert_eq!(heard.times, expected);
}

#[test]
fn numbers_and_timestamps_wrap() {
    let sent = stream(&voiced(2_000), 65_500, u32::MAX - 20_000);
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 2_000);
    assert_eq!(heard.speech.len(), 32_000);
    let counts = inbound.counts();
    assert_eq!(
        (counts.lost, counts.restarts, counts.decoded_samples),
        (0, 0, 32_000)
    );
}

/// Whatever the network does, each moment of the stream is heard once: decoded, recovered, made up, or
/// silent.
#[test]
fn samples_in_are_samples_out_under_loss_jitter_reordering_and_repeats() {
    let sent = stream(&voiced(4_000), 65_000, 4_294_900_000);
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let impairment = Impairment {
            loss_percent: dice.below(30),
            jitter_ms: dice.below(40),
            reorder_percent: dice.below(15),
            duplicate_percent: dice.below(15),
        };
        let arriving = impairment.carry(&sent, &mut dice);
        let mut inbound = inbound();
        let end_ms = arriving[arriving.len() - 1].arrives_ms;
        let heard = listen(&mut inbound, &arriving, end_ms + 90);
        let counts = inbound.counts();
        let case = format!("seed {seed}: {impairment:?} {counts:?}");
        assert_eq!(heard.speech.len() as u64, samples(&counts), "{case}");
        let inserted = heard.speech.len() as u64 - span(&sent);
        assert!(inserted <= counts.awaited_samples, "{case}");
        assert_eq!(counts.received, arriving.len() as u64, "{case}");
        let played = counts.decoded_samples / 320;
        let told = played + counts.late + counts.duplicate;
        assert_eq!(told, counts.received, "{case}");
        assert_eq!(played + counts.lost, sent.len() as u64, "{case}");
    }
}

#[test]
fn repeats_are_counted_and_not_heard() {
    let sent = stream(&voiced(1_000), 7, 7);
    let twice: Vec<Packet> = sent.iter().flat_map(|p| [p.clone(), p.clone()]).collect();
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &twice, 1_000);
    let counts = inbound.counts();
    assert_eq!((counts.duplicate, counts.late), (50, 0));
    assert_eq!(
        heard.speech,
        listen(&mut self::inbound(), &sent, 1_000).speech
    );
}

#[test]
fn two_packets_swapped_are_put_right_and_nothing_is_lost() {
    let sent = stream(&voiced(2_000), 0, 0);
    let mut swapped = sent.clone();
    for at in (10..90).step_by(7) {
        let arrives_ms = sent[at + 1].arrives_ms;
        swapped[at].arrives_ms = arrives_ms;
        swapped.swap(at, at + 1);
    }
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &swapped, 2_000);
    assert_eq!(
        heard.speech,
        listen(&mut self::inbound(), &sent, 2_000).speech
    );
    assert_eq!((inbound.counts().lost, inbound.counts().late), (0, 0));
}

/// When each gap was closed, in ms after the packet that showed it.
fn waits(inbound: &mut Inbound, lost: impl Fn(usize) -> Option<u64>, count: usize) -> Vec<u64> {
    let sent = stream(&voiced(count as u32 * 20), 0, 0);
    let mut arriving = Vec::new();
    for (at, packet) in sent.iter().enumerate() {
        let mut packet = packet.clone();
        match lost(at) {
            Some(u64::MAX) => continue,
            Some(late_ms) => packet.arrives_ms += late_ms,
            None => {}
        }
        arriving.push(packet);
    }
    arriving.sort_by_key(|packet| packet.arrives_ms);
    let heard = listen(inbound, &arriving, count as u64 * 20 + 200);
    let gap = |at: usize| {
        let end_ms = at as u64 * 20 + 20;
        let heard = heard.times.iter().find(|(_, media_ms)| *media_ms >= end_ms);
        heard.map(|(now_ms, _)| now_ms - (at as u64 + 1) * 20)
    };
    (0..count)
        .filter(|at| lost(*at) == Some(u64::MAX))
        .filter_map(gap)
        .collect()
}

#[test]
fn a_gap_waits_for_one_packet_time_where_nothing_is_reordered() {
    let waits = waits(&mut inbound(), |at| (at % 10 == 5).then_some(u64::MAX), 100);
    assert_eq!(waits, [20; 10]);
}

#[test]
fn a_gap_waits_longer_where_packets_come_out_of_order_and_less_again_when_they_do_not() {
    let lost = |at: usize| match at {
        20 | 40 => Some(65),
        60 | 600 => Some(u64::MAX),
        _ => None,
    };
    let mut inbound = inbound();
    let waits = waits(&mut inbound, lost, 700);
    assert_eq!(
        inbound.counts().late,
        1,
        "the first came too late, and taught"
    );
    assert!((45..=55).contains(&waits[0]), "{waits:?}");
    assert!((20..=35).contains(&waits[1]), "{waits:?}");
}

#[test]
fn no_gap_waits_longer_than_80_ms() {
    let lost = |at: usize| match at {
        at if at % 50 == 49 => Some(u64::MAX),
        at if at % 10 == 5 => Some(90),
        _ => None,
    };
    let waits = waits(&mut inbound(), lost, 490);
    assert!(waits.iter().all(|wait_ms| *wait_ms <= 80), "{waits:?}");
    assert!(waits.contains(&75) || waits.contains(&80), "{waits:?}");
}

/// What libopus sends for a caller with DTX: nothing for most of a silence.
fn with_dtx(speech: &[f32]) -> Vec<Option<Vec<u8>>> {
    let mut encoder =
        Encoder::new(48_000, Channels::Mono, Application::Voip).expect("libopus is there");
    encoder.set_dtx(true).expect("it knows DTX");
    encoder.set_inband_fec(true).expect("it knows FEC");
    let mut resting = false;
    let frames = speech.chunks_exact(960).map(|frame| {
        let packet = encoder.encode_vec_float(frame, 1_275).expect("20 ms");
        let rests = packet.len() <= 2;
        let sent = !(rests && resting);
        resting = rests;
        sent.then_some(packet)
    });
    frames.collect()
}

#[test]
fn silence_that_is_not_sent_is_heard_as_silence_when_it_happens() {
    let speech = [
        voice(48_000, 1_000),
        vec![0.0; 48_000 * 3],
        voice(48_000, 1_000),
    ]
    .concat();
    let packets = with_dtx(&speech);
    assert!(packets.iter().flatten().count() < 150, "DTX is at work");
    let sent = stream(&packets, 0, 0);
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 5_000);
    for (now_ms, media_ms) in &heard.times {
        assert!(
            media_ms + 30 > *now_ms,
            "at {now_ms} heard up to {media_ms}"
        );
    }
    assert!(heard.times.windows(2).all(|two| two[1].0 - two[0].0 <= 30));
    assert!(rms(&heard.speech[24_000..60_000]) < 0.001);
    assert!(rms(&heard.speech[66_000..]) > 0.05);
    let surplus = heard.speech.len() as i64 - 80_000;
    assert!((0..=320).contains(&surplus), "{surplus}");
    assert_eq!(inbound.counts().concealed_samples, 0);
}

#[test]
fn a_pause_that_nobody_polled_is_counted_by_the_timestamp() {
    let speech = voiced(200);
    let mut packets = speech.clone();
    packets.extend(vec![None; 500]);
    packets.extend(speech);
    let sent = stream(&packets, 0, 0);
    let mut inbound = inbound();
    for packet in &sent {
        inbound.packet(
            packet.arrives_ms,
            packet.sequence,
            packet.timestamp,
            &packet.payload,
        );
    }
    let mut end = 0;
    inbound.poll(10_400, &mut |_, end_ms| end = end_ms);
    assert_eq!(end, 10_400);
}

#[test]
fn when_nothing_comes_any_more_silence_is_heard_after_80_ms_and_goes_on() {
    let sent = stream(&voiced(500), 0, 0);
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 20_000);
    let first = heard.times[25];
    assert_eq!(first, (480 + 20 + 80, 520));
    for (now_ms, media_ms) in &heard.times[25..] {
        assert!(media_ms + 180 >= *now_ms, "at {now_ms} only {media_ms}");
    }
    let mut polls: Vec<u64> = heard.times.iter().map(|(now_ms, _)| *now_ms).collect();
    polls.dedup();
    assert!(polls.len() <= 25 + 150 + 170, "long silence costs less");
    assert_eq!(rms(&heard.speech[16_000..]), 0.0);
}

#[test]
fn a_poll_after_a_suspension_does_not_make_up_for_all_of_it() {
    let sent = stream(&voiced(500), 0, 0);
    let mut inbound = inbound();
    listen(&mut inbound, &sent, 500);
    let mut made = 0;
    inbound.poll(30_000, &mut |speech, _| made += speech.len());
    assert_eq!(made, 200 * 16);
    let next_ms = inbound.deadline().expect("silence goes on");
    assert!((30_000..30_120).contains(&next_ms));
}

#[test]
fn words_that_come_in_a_burst_after_a_stall_are_all_heard() {
    let packets = voiced(2_000);
    let mut sent = stream(&packets, 0, 0);
    for packet in &mut sent[30..70] {
        packet.arrives_ms = 1_400;
    }
    let mut inbound = inbound();
    listen(&mut inbound, &sent, 2_000);
    let counts = inbound.counts();
    assert_eq!((counts.decoded_samples, counts.lost), (32_000, 0));
    assert!(counts.awaited_samples > 0);
}

#[test]
fn a_long_outage_is_silence_but_for_a_little_made_up_speech() {
    let mut sent = stream(&voiced(5_000), 0, 0);
    sent.drain(50..200);
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 5_000);
    let counts = inbound.counts();
    assert_eq!(counts.lost, 150);
    assert!(counts.concealed_samples <= 960);
    assert_eq!(heard.speech.len(), 80_000);
    assert_eq!(rms(&heard.speech[18_000..60_000]), 0.0);
    assert!(rms(&heard.speech[66_000..]) > 0.05, "and then speech again");
}

#[test]
fn another_stream_is_taken_up_at_its_second_packet_and_time_goes_on() {
    let packets = voiced(1_000);
    let mut sent = stream(&packets, 100, 1_000);
    for mut packet in stream(&packets, 40_000, 3_000_000_000) {
        packet.arrives_ms += 1_000;
        sent.push(packet);
    }
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 2_000);
    let counts = inbound.counts();
    assert_eq!((counts.garbage, counts.restarts), (1, 1));
    assert_eq!(heard.speech.len(), 32_000 - 320);
}

#[test]
fn a_stray_packet_disturbs_nothing() {
    let sent = stream(&voiced(1_000), 0, 0);
    let mut strayed = sent.clone();
    for at in [40, 30, 20] {
        let mut stray = sent[at].clone();
        stray.sequence = 30_000 + at as u16 * 50;
        strayed.insert(at, stray);
    }
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &strayed, 1_000);
    assert_eq!(inbound.counts().garbage, 3);
    assert_eq!(
        heard.speech,
        listen(&mut self::inbound(), &sent, 1_000).speech
    );
}

#[test]
fn a_jump_of_the_timestamp_alone_is_no_pause() {
    let mut sent = stream(&voiced(1_000), 0, 0);
    for (at, packet) in sent.iter_mut().enumerate() {
        let jump = [0, 2_000_000_000, 5][at / 17];
        packet.timestamp = packet.timestamp.wrapping_add(jump);
    }
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 1_000);
    assert_eq!(heard.speech.len(), 16_000);
    assert_eq!(inbound.counts().restarts, 2);
}

#[test]
fn padding_is_neither_speech_nor_a_loss() {
    let packets = voiced(1_000);
    let mut sent = stream(&packets, 0, 0);
    for (at, packet) in sent.iter_mut().enumerate() {
        packet.sequence += (at / 10) as u16;
    }
    for at in (10..50).step_by(10).rev() {
        let mut padding = sent[at].clone();
        padding.sequence -= 1;
        padding.timestamp = sent[at - 1].timestamp;
        padding.payload.clear();
        sent.insert(at, padding);
    }
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 1_000);
    assert_eq!(heard.speech.len(), 16_000);
    assert_eq!((inbound.counts().lost, inbound.counts().garbage), (0, 0));
}

#[test]
fn what_was_heard_is_kept_for_a_while() {
    let sent = stream(&voiced(6_000), 0, 0);
    let mut inbound = inbound();
    let heard = listen(&mut inbound, &sent, 6_000);
    let mut kept = Vec::new();
    inbound.since(5_400, &mut |speech| kept.extend_from_slice(speech));
    assert_eq!(kept, heard.speech[5_400 * 16..]);
    kept.clear();
    inbound.since(0, &mut |speech| kept.extend_from_slice(speech));
    assert_eq!(kept, heard.speech[(6_000 - 2_560) * 16..]);
    kept.clear();
    inbound.since(u64::MAX, &mut |speech| kept.extend_from_slice(speech));
    assert!(kept.is_empty());
}
