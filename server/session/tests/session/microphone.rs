//! The caller's own voice: packets of 20 ms at the world's pace, none while the caller is silent.

use crate::caller::Caller;
use bytes::Bytes;
use models_engine::LISTENING_RATE;
use server_audio::{FRAME_MS, FRAME_TICKS, Outbound, Tag};
use server_session::peer::{AudioPacket, FromPeer};
use std::time::Duration;
use tokio::sync::mpsc;

pub(crate) struct Microphone {
    speech: mpsc::Sender<u64>,
}

/// What the line between does to the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Straight,
    /// Each packet comes twice, and each second one before its elder.
    Jumbled,
}

impl Microphone {
    pub(crate) fn of(caller: &Caller) -> Self {
        Self::through(caller, Route::Straight)
    }

    pub(crate) fn through(caller: &Caller, route: Route) -> Self {
        let (speech, wanted) = mpsc::channel(16);
        tokio::spawn(run(wanted, caller.events.clone(), route));
        Self { speech }
    }

    /// The caller raises their voice for so long, from the next packet on.
    pub(crate) fn say(&self, ms: u64) {
        self.speech.try_send(ms).expect("the microphone is on");
    }
}

async fn run(mut wanted: mpsc::Receiver<u64>, events: mpsc::Sender<FromPeer>, route: Route) {
    let mut outbound = Outbound::new().expect("the codec is there");
    let mut clock = tokio::time::interval(Duration::from_millis(FRAME_MS));
    let (mut packet, mut sequence, mut held) = (Vec::new(), 0_u16, Vec::new());
    for tick in 0_u32.. {
        clock.tick().await;
        while let Ok(ms) = wanted.try_recv() {
            let tag = Tag {
                reply: tick,
                phrase: 0,
            };
            outbound.push(tag, LISTENING_RATE, &voice(ms));
            outbound.end(tag);
        }
        if !outbound.frame(&mut packet).sent {
            continue;
        }
        held.push(AudioPacket {
            sequence,
            timestamp: tick.wrapping_mul(FRAME_TICKS),
            payload: Bytes::copy_from_slice(&packet),
        });
        sequence = sequence.wrapping_add(1);
        for packet in let_through(&mut held, route) {
            if events.send(FromPeer::Audio(packet)).await.is_err() {
                return;
            }
        }
    }
}

fn let_through(held: &mut Vec<AudioPacket>, route: Route) -> Vec<AudioPacket> {
    match route {
        Route::Straight => std::mem::take(held),
        Route::Jumbled if held.len() < 2 => Vec::new(),
        Route::Jumbled => {
            let pair: Vec<AudioPacket> = held.drain(..).rev().collect();
            [pair.clone(), pair].concat()
        }
    }
}

/// How loud a voice is at this sample: it swings with its syllables. The codec takes what stays the
/// same for noise, and stops sending it.
pub(crate) fn swell(sample: usize, rate: u32) -> f32 {
    let phase = std::f32::consts::TAU * 5.0 * sample as f32 / rate as f32;
    0.6 - 0.4 * phase.cos()
}

/// A buzz of 150 Hz with ten harmonics, well above what counts as voice.
fn voice(ms: u64) -> Vec<f32> {
    let samples = ms * u64::from(LISTENING_RATE) / 1_000;
    let step = std::f32::consts::TAU * 150.0 / LISTENING_RATE as f32;
    let buzz = |n: u64| {
        let harmonic = |k: u64| ((n * k) as f32 * step).sin() / k as f32;
        0.2 * swell(n as usize, LISTENING_RATE) * (1..=10).map(harmonic).sum::<f32>()
    };
    (0..samples).map(buzz).collect()
}
