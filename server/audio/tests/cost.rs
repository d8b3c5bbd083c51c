//! What a frame costs: `cargo test -p server-audio --test cost -- --ignored --nocapture`.

mod signal;

use opus::{Channels, Decoder};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};
use server_audio::{Inbound, Outbound};
use signal::{packets, tag, voice};
use std::time::Instant;

const SECONDS: u32 = 60;

/// The processor time of this thread, so that what else runs does not count; the clock where the
/// system does not tell.
struct Started {
    clock: Instant,
    processor_ns: Option<u64>,
}

#[allow(
    clippy::disallowed_methods,
    reason = "measuring takes a clock; the crate itself has none"
)]
impl Started {
    fn now() -> Self {
        Self {
            clock: Instant::now(),
            processor_ns: processor_ns(),
        }
    }

    fn seconds(&self) -> f64 {
        match (processor_ns(), self.processor_ns) {
            (Some(now), Some(then)) => (now - then) as f64 / 1e9,
            _ => self.clock.elapsed().as_secs_f64(),
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the kernel tells processor time in a file"
)]
fn processor_ns() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok()
}

fn say(what: &str, frames: usize, started: &Started) {
    let each = started.seconds() * 1e6 / frames as f64;
    let share = each / 20_000.0 * 100.0;
    println!("{what:<44} {each:8.1} µs a frame  {share:6.3} % of a core");
}

/// What decoding at 48 kHz and resampling would cost, in the place of decoding at 16 kHz.
fn the_long_way_in(sent: &[Option<Vec<u8>>]) {
    let mut decoder = Decoder::new(48_000, Channels::Mono).expect("libopus is there");
    let mut filter = Fft::<f32>::new(48_000, 16_000, 960, 1, FixedSync::Both).expect("rates");
    let (mut wide, mut narrow) = (vec![0.0; 960], vec![0.0; 320]);
    let started = Started::now();
    for packet in sent {
        let packet = packet.as_deref().unwrap_or_default();
        decoder
            .decode_float(packet, &mut wide, false)
            .expect("20 ms");
        let from = InterleavedSlice::new(&wide, 1, 960).expect("a frame");
        let mut to = InterleavedSlice::new_mut(&mut narrow, 1, 320).expect("a frame");
        filter
            .process_into_buffer(&from, &mut to, None)
            .expect("a frame");
    }
    say(
        "in, if decoded at 48 kHz and resampled",
        sent.len(),
        &started,
    );
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
            let started = Started::now();
            while !outbound.is_quiet() {
                frames += usize::from(outbound.frame(&mut packet).sent);
                bytes += packet.len();
            }
            say(
                &format!("out, voice at {rate}, declared loss {loss}"),
                frames,
                &started,
            );
            println!("    {} bit/s", bytes as u32 * 8 / SECONDS);
        }
    }
    let mut outbound = Outbound::new().expect("libopus is there");
    let mut packet = Vec::new();
    let started = Started::now();
    for _ in 0..3_000 {
        outbound.frame(&mut packet);
    }
    say("out, silence", 3_000, &started);
    for (lost, loss) in [(usize::MAX, 0.0), (20, 0.05)] {
        let mut outbound = Outbound::new().expect("libopus is there");
        outbound.set_loss(loss);
        let sent = packets(&mut outbound, 48_000, &voice(48_000, SECONDS * 1_000));
        let mut inbound = Inbound::new().expect("libopus is there");
        let started = Started::now();
        for (at, packet) in sent.iter().enumerate() {
            let packet = packet.as_ref().filter(|_| at % lost != lost - 1);
            if let Some(packet) = packet {
                inbound.packet(at as u64 * 20, at as u16, at as u32 * 960, packet);
            }
            inbound.poll(at as u64 * 20, &mut |_, _| {});
        }
        say(&format!("in, loss {loss}"), sent.len(), &started);
    }
    let mut outbound = Outbound::new().expect("libopus is there");
    the_long_way_in(&packets(
        &mut outbound,
        48_000,
        &voice(48_000, SECONDS * 1_000),
    ));
    let mut inbound = Inbound::new().expect("libopus is there");
    inbound.packet(0, 0, 0, &[0x78]);
    let started = Started::now();
    for at in 1..3_000 {
        inbound.poll(at * 20, &mut |_, _| {});
    }
    say("in, nothing arrives", 3_000, &started);
}
