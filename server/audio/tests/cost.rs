//! What a frame costs: `cargo test -p server-audio --test cost -- --ignored --nocapture`.

mod signal;

use server_audio::{Inbound, Outbound};
use signal::{packets, tag, voice};
use std::time::Instant;

const SECONDS: u32 = 60;

fn say(what: &str, frames: usize, started: Instant) {
    let each = started.elapsed().as_secs_f64() * 1e6 / frames as f64;
    let share = each / 20_000.0 * 100.0;
    println!("{what:<44} {each:8.1} µs a frame  {share:6.3} % of a core");
}

#[test]
#[ignore = "prints figures, asserts nothing"]
fn what_a_frame_costs() {
    for rate in [16_000, 22_050, 24_000, 48_000] {
        for loss in [0.0, 0.05] {
            let mut outbound = Outbound::new().expect("libopus is there");
            outbound.set_loss(loss);
            let speech = voice(rate, SECONDS * 1_000);
            assert!(outbound.push(tag(1, 0), rate, &speech), "room");
            outbound.end(tag(1, 0));
            let mut packet = Vec::new();
            let (mut frames, mut bytes) = (0, 0);
            let started = Instant::now();
            while !outbound.is_quiet() {
                frames += usize::from(outbound.frame(&mut packet).sent);
                bytes += packet.len();
            }
            say(
                &format!("out, voice at {rate}, declared loss {loss}"),
                frames,
                started,
            );
            println!("    {} bit/s", bytes as u32 * 8 / SECONDS);
        }
    }
    let mut outbound = Outbound::new().expect("libopus is there");
    let mut packet = Vec::new();
    let started = Instant::now();
    for _ in 0..3_000 {
        outbound.frame(&mut packet);
    }
    say("out, silence", 3_000, started);
    for lost in [usize::MAX, 20] {
        let mut outbound = Outbound::new().expect("libopus is there");
        outbound.set_loss(0.05);
        let sent = packets(&mut outbound, 48_000, &voice(48_000, SECONDS * 1_000));
        let mut inbound = Inbound::new().expect("libopus is there");
        let started = Instant::now();
        for (at, packet) in sent.iter().enumerate() {
            let packet = packet.as_ref().filter(|_| at % lost != lost - 1);
            if let Some(packet) = packet {
                inbound.packet(at as u64 * 20, at as u16, at as u32 * 960, packet);
            }
            inbound.poll(at as u64 * 20, &mut |_, _| {});
        }
        say(
            &format!("in, one packet in {lost} lost"),
            sent.len(),
            started,
        );
    }
    let mut inbound = Inbound::new().expect("libopus is there");
    inbound.packet(0, 0, 0, &[0x78]);
    let started = Instant::now();
    for at in 1..3_000 {
        inbound.poll(at * 20, &mut |_, _| {});
    }
    say("in, nothing arrives", 3_000, started);
}
