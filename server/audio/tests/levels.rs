//! What goes in comes out as loud, as long, and without what was never in it.

mod signal;

use opus::{Application, Channels, Encoder};
use server_audio::{Inbound, Outbound, level_dbfs};
use signal::{packets, rms, sine};

fn heard(packets: &[Option<Vec<u8>>]) -> Vec<f32> {
    let mut inbound = Inbound::new().expect("libopus is there");
    let mut heard = Vec::new();
    for (at, packet) in packets.iter().enumerate() {
        let now_ms = at as u64 * 20;
        if let Some(packet) = packet {
            inbound.packet(now_ms, at as u16, at as u32 * 960, packet);
        }
        inbound.poll(now_ms, &mut |speech, _| heard.extend_from_slice(speech));
    }
    heard
}

#[test]
fn a_sine_keeps_its_level_from_every_rate() {
    for rate in [
        8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
    ] {
        for (hertz, amplitude) in [(300.0, 0.3), (1_000.0, 0.5), (3_000.0, 0.1)] {
            let mut outbound = Outbound::new().expect("libopus is there");
            let sent = packets(&mut outbound, rate, &sine(rate, hertz, amplitude, 1_000));
            let middle = &heard(&sent)[4_000..12_000];
            let (wanted, found) = (amplitude / 2.0_f32.sqrt(), rms(middle));
            let difference = 20.0 * (found / wanted).log10();
            assert!(
                difference.abs() < 1.0,
                "{hertz} Hz at {rate}: {difference:.2} dB off"
            );
        }
    }
}

#[test]
fn level_is_relative_to_full_scale() {
    assert!((level_dbfs(&sine(16_000, 400.0, 1.0, 1_000)) + 3.01).abs() < 0.02);
    assert_eq!(level_dbfs(&[0.0; 320]), -120.0);
    assert_eq!(level_dbfs(&[]), -120.0);
}

#[test]
fn every_length_of_packet_and_stereo_are_heard() {
    for channels in [Channels::Mono, Channels::Stereo] {
        for tenths in [25_u32, 50, 100, 200, 400, 600] {
            let mut encoder =
                Encoder::new(48_000, channels, Application::Audio).expect("libopus is there");
            let ticks = (tenths * 48 / 10) as usize;
            let speech = sine(48_000, 440.0, 0.4, 1_200);
            let mut inbound = Inbound::new().expect("libopus is there");
            let mut heard = Vec::new();
            for (at, frame) in speech.chunks_exact(ticks).enumerate() {
                let wide: Vec<f32> = frame
                    .iter()
                    .flat_map(|sample| vec![*sample; channels as usize])
                    .collect();
                let packet = encoder.encode_vec_float(&wide, 1_275).expect("a frame");
                let now_ms = (at * ticks / 48) as u64;
                inbound.packet(now_ms, at as u16, (at * ticks) as u32, &packet);
                inbound.poll(now_ms, &mut |speech, _| heard.extend_from_slice(speech));
            }
            assert_eq!(heard.len(), 16 * 1_200, "{channels:?} {tenths}");
            let level = rms(&heard[3_200..]) / 0.2828;
            assert!(
                (0.9..1.1).contains(&level),
                "{channels:?} {tenths}: {level}"
            );
        }
    }
}
