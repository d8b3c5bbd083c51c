//! What is said leaves whole, in time, and no silence does.

mod network;
mod signal;

use network::{listen, stream};
use server_audio::{Inbound, Outbound, Played};
use signal::{packets, rms, sine, tag, voice};

fn outbound() -> Outbound {
    Outbound::new().expect("libopus is there")
}

fn heard(packets: &[Option<Vec<u8>>]) -> Vec<f32> {
    let mut inbound = Inbound::new().expect("libopus is there");
    let until_ms = packets.len() as u64 * 20;
    listen(&mut inbound, &stream(packets, 0, 0), until_ms).speech
}

#[test]
fn a_phrase_lasts_as_long_as_it_was_at_any_rate_and_in_any_pieces() {
    for rate in [8_000, 16_000, 22_050, 24_000, 44_100, 48_000] {
        for piece in [7, 160, 1_000, usize::MAX] {
            let speech = voice(rate, 1_237);
            let mut outbound = outbound();
            for part in speech.chunks(piece.min(speech.len())) {
                assert!(outbound.push(tag(3, 1), rate, part), "room");
            }
            outbound.end(tag(3, 1));
            let (mut packet, mut frames, mut last) = (Vec::new(), 0, None);
            while !last.is_some_and(|played: Played| played.done) {
                let frame = outbound.frame(&mut packet);
                assert!(frame.sent);
                frames += 1;
                last = frame.played().last().copied();
            }
            let wanted = speech.len() as u64 * 1_000 / u64::from(rate);
            let last = last.expect("done");
            assert_eq!((last.tag, last.total_ms), (tag(3, 1), wanted), "{rate}");
            assert_eq!(frames, wanted.div_ceil(20), "{rate} in pieces of {piece}");
        }
    }
}

#[test]
fn played_grows_with_each_frame_that_left_and_with_no_other() {
    let mut outbound = outbound();
    assert!(
        outbound.push(tag(1, 0), 22_050, &voice(22_050, 1_000)),
        "room"
    );
    outbound.end(tag(1, 0));
    let mut packet = Vec::new();
    for frames in 1..=10 {
        let frame = outbound.frame(&mut packet);
        assert_eq!(frame.played().len(), 1);
        assert_eq!(frame.played()[0].total_ms, frames * 20);
        assert!(!frame.played()[0].done);
    }
    outbound.duck();
    for _ in 0..10 {
        assert!(outbound.frame(&mut packet).played().is_empty());
    }
    outbound.restore();
    assert_eq!(outbound.frame(&mut packet).played()[0].total_ms, 220);
}

#[test]
fn the_end_of_a_phrase_is_heard_to_its_last_millisecond() {
    for rate in [16_000, 22_050, 24_000, 48_000] {
        // A click of 10 ms as the very last thing.
        let mut speech = vec![0.0; rate as usize / 2];
        speech.extend(sine(rate, 1_000.0, 0.5, 10));
        let heard = heard(&packets(&mut outbound(), rate, &speech));
        let click = rms(&heard[7_900..]) * ((heard.len() - 7_900) as f32 / 160.0).sqrt();
        assert!(click > 0.15, "{rate}: {click}");
    }
}

#[test]
fn silence_is_not_sent_and_the_first_packet_after_it_is_marked() {
    let mut outbound = outbound();
    let mut packet = vec![1, 2, 3];
    for _ in 0..10 {
        let frame = outbound.frame(&mut packet);
        assert!(!frame.sent && !frame.marker && packet.is_empty());
        assert_eq!(frame.level_dbfs, -120.0);
    }
    for phrase in 0..3 {
        assert!(
            outbound.push(tag(1, phrase), 16_000, &voice(16_000, 200)),
            "room"
        );
        outbound.end(tag(1, phrase));
        let frames: Vec<(bool, bool)> = (0..20)
            .map(|_| outbound.frame(&mut packet))
            .map(|frame| (frame.sent, frame.marker))
            .collect();
        assert_eq!(frames[0], (true, true), "phrase {phrase}");
        assert_eq!(frames[1..13], [(true, false); 12], "voice and its trail");
        assert_eq!(frames[13..], [(false, false); 7]);
        assert!(outbound.is_quiet());
    }
}

#[test]
fn after_a_silence_the_voice_is_as_loud_as_before_from_its_first_frame_on() {
    let mut outbound = outbound();
    let mut sent = Vec::new();
    for phrase in 0..3 {
        let speech = sine(24_000, 300.0, 0.5, 400);
        assert!(outbound.push(tag(1, phrase), 24_000, &speech), "room");
        outbound.end(tag(1, phrase));
        for _ in 0..50 {
            let mut packet = Vec::new();
            let frame = outbound.frame(&mut packet);
            sent.push(frame.sent.then_some(packet));
        }
    }
    let heard = heard(&sent);
    let level = |frame: usize| 20.0 * rms(&heard[frame * 320..(frame + 1) * 320]).log10();
    for phrase in 1..3 {
        for frame in 1..20 {
            let change = level(phrase * 50 + frame) - level(frame);
            assert!(change.abs() < 1.0, "{phrase}, {frame}: {change:.1} dB");
        }
    }
}

#[test]
fn a_long_silence_inside_a_phrase_is_hardly_sent_but_counts_as_played() {
    let speech = [voice(24_000, 500), vec![0.0; 48_000], voice(24_000, 500)].concat();
    let mut outbound = outbound();
    assert!(outbound.push(tag(1, 0), 24_000, &speech), "room");
    outbound.end(tag(1, 0));
    let mut packet = Vec::new();
    let (mut sent, mut markers, mut last) = (0, 0, 0);
    for _ in 0..150 {
        let frame = outbound.frame(&mut packet);
        sent += usize::from(frame.sent);
        markers += usize::from(frame.marker);
        last = frame.played().last().map_or(last, |played| played.total_ms);
    }
    assert!((60..90).contains(&sent), "{sent}");
    assert!((2..=8).contains(&markers), "{markers}");
    assert_eq!(last, 3_000);
}

#[test]
fn a_duck_is_heard_as_silence_after_the_codec_too() {
    let mut outbound = outbound();
    let speech = sine(24_000, 300.0, 0.5, 2_000);
    assert!(outbound.push(tag(1, 0), 24_000, &speech), "room");
    let mut sent = Vec::new();
    for at in 0..80 {
        match at {
            20 => outbound.duck(),
            50 => outbound.restore(),
            _ => {}
        }
        let mut packet = Vec::new();
        let frame = outbound.frame(&mut packet);
        sent.push(frame.sent.then_some(packet));
    }
    let heard = heard(&sent);
    let level = |frame: usize| 20.0 * rms(&heard[frame * 320..(frame + 1) * 320]).log10();
    let before = level(18);
    // The codec holds 6.5 ms back, so that the frame after the duck still begins with voice.
    for f in 18..56 {
        println!("{f} {}", level(f));
    }
    assert!(level(21) < before - 12.0, "{} after {before}", level(21));
    assert!(level(22) < before - 40.0, "{} after {before}", level(22));
    assert!(level(52) > before - 1.0, "{} after {before}", level(52));
}

#[test]
fn no_pieces_of_speech_panic() {
    let mut outbound = outbound();
    let wild = [f32::NAN, f32::INFINITY, -1e30, 1e30, 0.0, -0.0];
    assert!(outbound.push(tag(1, 0), 16_000, &wild.repeat(500)), "room");
    outbound.end(tag(1, 0));
    outbound.end(tag(1, 0));
    assert!(!outbound.push(tag(1, 0), 16_000, &[0.0]), "it had ended");
    let mut packet = Vec::new();
    for _ in 0..20 {
        assert!(outbound.frame(&mut packet).level_dbfs.is_finite());
    }
    outbound.silence(u32::MAX);
    outbound.set_loss(f32::NAN);
    outbound.set_loss(-1.0);
    outbound.frame(&mut packet);
}
