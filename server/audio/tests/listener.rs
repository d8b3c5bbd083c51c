//! What is said of each window of the caller's sound: its pitch, its level, and where it ends.

use models_engine::LISTENING_RATE;
use models_engine::scripted::ScriptedVoice;
use server_audio::{FRAME_MS, Listener, Observation};

const RATE: usize = LISTENING_RATE as usize;
const FRAME: usize = RATE / 50;

/// A voice's buzz, its pitch gliding around `hertz`.
fn buzz(ms: usize, hertz: f32, seed: u32) -> Vec<f32> {
    let (mut phase, mut drift) = (0.0_f32, noise(ms, seed).into_iter());
    (0..RATE * ms / 1_000)
        .map(|n| {
            let glide = (n as f32 / RATE as f32 * 5.0 + seed as f32).sin();
            let waver = 0.1 * drift.next().unwrap_or(0.0);
            phase += hertz * (1.0 + 0.2 * glide + waver) / RATE as f32;
            let harmonic = |k: f32| (std::f32::consts::TAU * phase * k).sin() / k;
            0.1 * (harmonic(1.0) + harmonic(2.0) + harmonic(3.0) + harmonic(5.0))
        })
        .collect()
}

fn noise(ms: usize, mut seed: u32) -> Vec<f32> {
    let next = |seed: &mut u32| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..RATE * ms / 1_000).map(|_| next(&mut seed)).collect()
}

fn observed(caller: &[f32]) -> Vec<Observation> {
    let (mut listener, mut detector) = (Listener::new(), ScriptedVoice::louder_than(0.000_1));
    let mut seen = Vec::new();
    for (n, heard) in caller.chunks(FRAME).enumerate() {
        let end_ms = (n as u64 + 1) * FRAME_MS;
        listener.listen(heard, end_ms, &mut detector, &mut |window| {
            seen.push(window);
        });
    }
    seen
}

fn share(seen: &[Observation], is: impl Fn(&Observation) -> bool) -> f32 {
    seen.iter().filter(|window| is(window)).count() as f32 / seen.len() as f32
}

#[test]
fn a_voice_has_a_pitch_and_noise_has_none() {
    for hertz in [90.0, 160.0, 300.0] {
        let seen = observed(&buzz(1_000, hertz, 3));
        let pitched = share(&seen[3..], |window| window.voicing > 0.7);
        assert!(pitched > 0.9, "{pitched} of a voice of {hertz} Hz");
    }
    let hiss: Vec<f32> = noise(2_000, 5).iter().map(|sample| 0.1 * sample).collect();
    let pitched = share(&observed(&hiss), |window| window.voicing > 0.5);
    assert!(pitched < 0.05, "{pitched} of noise");
}

#[test]
fn windows_end_where_they_end_and_are_as_loud_as_they_are() {
    let hiss: Vec<f32> = noise(640, 5).iter().map(|sample| 0.1 * sample).collect();
    let seen = observed(&hiss);
    let ends: Vec<u64> = seen.iter().map(|window| window.end_ms).collect();
    assert_eq!(ends, (1..=20).map(|n| n * 32).collect::<Vec<u64>>());
    for window in &seen {
        let expected = server_audio::level_dbfs(&hiss);
        assert!(
            (window.level_dbfs - expected).abs() < 1.0,
            "{window:?} beside {expected}"
        );
    }
}

#[test]
fn instants_end_where_they_end_and_a_rest_before_them_is_left_out() {
    let mut sound = vec![0.0; RATE * 24 / 1_000];
    let hiss: Vec<f32> = noise(10, 5).iter().map(|sample| 0.1 * sample).collect();
    sound[RATE * 4 / 1_000..RATE * 14 / 1_000].copy_from_slice(&hiss);
    let listener = Listener::new();
    let instants: Vec<_> = listener.instants(&sound, 124).collect();
    let ends: Vec<u64> = instants.iter().map(|instant| instant.end_ms).collect();
    assert_eq!(ends, [114, 124]);
    assert!(instants[0].level_dbfs > -30.0 && instants[1].level_dbfs < -100.0);
}
