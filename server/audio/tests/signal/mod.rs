//! Sounds to test with, and how loud they are.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test takes what it needs of this"
)]

use server_audio::{Outbound, Tag};

pub fn tag(reply: u32, phrase: u32) -> Tag {
    Tag { reply, phrase }
}

pub fn sine(rate: u32, hertz: f32, amplitude: f32, millis: u32) -> Vec<f32> {
    let samples = rate as u64 * u64::from(millis) / 1000;
    let step = std::f64::consts::TAU * f64::from(hertz) / f64::from(rate);
    (0..samples)
        .map(|at| amplitude * (at as f64 * step).sin() as f32)
        .collect()
}

/// Something like a voice: a buzz of 110 to 170 Hz with formants, in syllables of 200 ms.
pub fn voice(rate: u32, millis: u32) -> Vec<f32> {
    let samples = (u64::from(rate) * u64::from(millis) / 1000) as usize;
    let mut phase = 0.0_f64;
    (0..samples)
        .map(|at| {
            let seconds = at as f64 / f64::from(rate);
            phase += (140.0 + 30.0 * (seconds * 4.1).sin()) / f64::from(rate);
            let syllable = (seconds * std::f64::consts::PI * 5.0).sin().abs().sqrt();
            let formant = 700.0 + 400.0 * (seconds * 6.3).sin();
            let buzz: f64 = (1..20)
                .map(|harmonic| {
                    let hertz = 140.0 * f64::from(harmonic);
                    let near = (-((hertz - formant) / 350.0).powi(2)).exp() + 0.05;
                    near * (std::f64::consts::TAU * phase * f64::from(harmonic)).sin()
                })
                .sum();
            (0.12 * syllable * buzz) as f32
        })
        .collect()
}

pub fn rms(speech: &[f32]) -> f32 {
    let energy: f64 = speech.iter().map(|sample| f64::from(sample * sample)).sum();
    (energy / speech.len().max(1) as f64).sqrt() as f32
}

/// How far `found` is above the difference to `wanted`, in dB.
pub fn signal_to_noise(wanted: &[f32], found: &[f32]) -> f32 {
    let noise: Vec<f32> = wanted.iter().zip(found).map(|(a, b)| a - b).collect();
    20.0 * (rms(wanted) / rms(&noise).max(1e-9)).log10()
}

/// The packets of some speech, in order; `None` where nothing was sent.
pub fn packets(outbound: &mut Outbound, rate: u32, speech: &[f32]) -> Vec<Option<Vec<u8>>> {
    assert!(outbound.push(tag(1, 0), rate, speech), "there is room");
    outbound.end(tag(1, 0));
    let mut packets = Vec::new();
    while !outbound.is_quiet() {
        let mut packet = Vec::new();
        let frame = outbound.frame(&mut packet);
        packets.push(frame.sent.then_some(packet));
    }
    packets
}
