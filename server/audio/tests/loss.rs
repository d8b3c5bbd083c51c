//! What is lost is recovered from the next packet where it can be, and else made up.

mod network;
mod signal;

use network::{listen, stream};
use opus::{Channels, Decoder};
use server_audio::{Inbound, Outbound};
use signal::{packets, rms, signal_to_noise, voice};

fn sent(declared_loss: f32) -> Vec<Option<Vec<u8>>> {
    let mut outbound = Outbound::new().expect("libopus is there");
    outbound.set_loss(declared_loss);
    let mut sent = packets(&mut outbound, 48_000, &voice(48_000, 6_000));
    sent.truncate(300);
    sent
}

fn heard(packets: &[Option<Vec<u8>>], lost: impl Fn(usize) -> bool) -> (Vec<f32>, Inbound) {
    let mut arriving = stream(packets, 0, 0);
    arriving.retain(|packet| !lost(usize::from(packet.sequence)));
    let mut inbound = Inbound::new().expect("libopus is there");
    let heard = listen(&mut inbound, &arriving, 6_000);
    (heard.speech, inbound)
}

/// The same losses, each made up by libopus alone.
fn made_up(packets: &[Option<Vec<u8>>], lost: impl Fn(usize) -> bool) -> Vec<f32> {
    let mut decoder = Decoder::new(16_000, Channels::Mono).expect("libopus is there");
    let mut speech = vec![0.0; packets.len() * 320];
    for (at, place) in speech.chunks_mut(320).enumerate() {
        let packet = packets[at].as_deref().filter(|_| !lost(at));
        let packet = packet.unwrap_or_default();
        decoder.decode_float(packet, place, false).expect("20 ms");
    }
    speech
}

fn only(speech: &[f32], lost: impl Fn(usize) -> bool) -> Vec<f32> {
    let frames = speech.chunks(320).enumerate();
    let frames = frames.filter(|(at, _)| lost(*at));
    frames.flat_map(|(_, frame)| frame.to_vec()).collect()
}

#[test]
fn single_losses_are_recovered_much_better_than_made_up() {
    let packets = sent(0.05);
    let lost = |at: usize| at % 7 == 3;
    let (whole, _) = heard(&packets, |_| false);
    let (recovered, inbound) = heard(&packets, lost);
    let concealed = made_up(&packets, lost);
    let counts = inbound.counts();
    assert_eq!(counts.lost, 43);
    assert!(counts.recovered >= 30, "{counts:?}");
    let truth = only(&whole, lost);
    let with = signal_to_noise(&truth, &only(&recovered, lost));
    let without = signal_to_noise(&truth, &only(&concealed, lost));
    println!("lost frames: {with:.1} dB recovered, {without:.1} dB made up");
    assert!(with > without + 6.0, "{with:.1} dB against {without:.1} dB");
}

#[test]
fn without_declared_loss_nothing_is_carried_twice_and_losses_are_made_up() {
    let (speech, inbound) = heard(&sent(0.0), |at| at % 7 == 3);
    let counts = inbound.counts();
    assert_eq!((counts.lost, counts.recovered), (43, 0));
    assert_eq!(counts.concealed_samples, 43 * 320);
    assert!(rms(&only(&speech, |at| at % 7 == 3)) > 0.02, "not silence");
}

#[test]
fn of_a_longer_loss_the_last_packet_is_recovered_and_the_first_60_ms_are_made_up() {
    let (speech, inbound) = heard(&sent(0.05), |at| (100..110).contains(&at));
    let counts = inbound.counts();
    assert_eq!((counts.lost, counts.recovered), (10, 1));
    assert_eq!(counts.recovered_samples, 320);
    assert_eq!(
        speech.len(),
        96_000 + counts.awaited_samples as usize - consumed(&counts)
    );
}

/// Of the silence that the clock put in, what the loss then used up.
fn consumed(counts: &server_audio::InboundCounts) -> usize {
    let lost = counts.lost * 320;
    let bridged = counts.recovered_samples + counts.concealed_samples;
    (lost - bridged).min(counts.awaited_samples) as usize
}

#[test]
fn the_declared_loss_moves_in_steps_with_some_play() {
    let copies = |shares: &[f32]| {
        let mut outbound = Outbound::new().expect("libopus is there");
        shares.iter().for_each(|share| outbound.set_loss(*share));
        let packets = packets(&mut outbound, 48_000, &voice(48_000, 2_000));
        let lost = |at: usize| at % 5 == 2;
        let (_, inbound) = heard(&packets, lost);
        inbound.counts().recovered > 0
    };
    assert!(!copies(&[0.0]));
    assert!(!copies(&[0.019]));
    assert!(copies(&[0.02]));
    assert!(copies(&[0.02, 0.015]), "not at once back");
    assert!(!copies(&[0.02, 0.009]));
    assert!(copies(&[1.0]));
    assert!(!copies(&[f32::NAN]) || copies(&[f32::NAN]), "and no panic");
}
