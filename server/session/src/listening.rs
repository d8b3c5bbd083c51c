//! The way in: packets to speech, speech to observations and to the recognizer.

use crate::peer::AudioPacket;
use models_engine::{CallerId, VoiceDetector};
use models_host::Hearing;
use server_audio::{AudioError, Glimpse, Inbound, Listener};
use server_conversation::{Input, Millis, UtteranceId};
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers the voices of this process; what a recognizer learns of one is lost with the process.
static CALLERS: AtomicU64 = AtomicU64::new(1);

/// No endpointer listens to more than these eight seconds.
const SOUND: usize = 8 * models_engine::LISTENING_RATE as usize;

pub(crate) struct Ears {
    caller: CallerId,
    inbound: Inbound,
    detector: Box<dyn VoiceDetector>,
    listener: Listener,
    hearing: Option<(UtteranceId, Hearing)>,
    /// The last seconds of the utterance, where an endpointer wants to hear them.
    sound: Option<Vec<f32>>,
    /// Reused for each packet.
    speech: Vec<f32>,
}

impl Ears {
    /// `keeps_sound`: an endpointer listens, too.
    pub(crate) fn new(
        detector: Box<dyn VoiceDetector>,
        keeps_sound: bool,
    ) -> Result<Self, AudioError> {
        let inbound = Inbound::new()?;
        Ok(Self {
            caller: CallerId(CALLERS.fetch_add(1, Ordering::Relaxed)),
            inbound,
            detector,
            listener: Listener::new(),
            hearing: None,
            sound: keeps_sound.then(Vec::new),
            speech: Vec::with_capacity(4_096),
        })
    }

    pub(crate) fn caller(&self) -> CallerId {
        self.caller
    }

    pub(crate) fn packet(&mut self, now: Millis, packet: &AudioPacket) {
        self.inbound
            .packet(now.0, packet.sequence, packet.timestamp, &packet.payload);
    }

    /// A frame of the agent's voice has left.
    pub(crate) fn said(&mut self, frame: &[f32]) {
        self.listener.said(frame);
    }

    /// Takes what is due, hands it to the recognizer, and says what the voice detector makes of it; while the
    /// agent speaks the first instants are told, too.
    pub(crate) fn observe(&mut self, now: Millis, speaking: bool, inputs: &mut impl Extend<Input>) {
        let mut end = 0;
        self.speech.clear();
        self.inbound.poll(now.0, &mut |speech, end_ms| {
            self.speech.extend_from_slice(speech);
            end = end_ms;
        });
        if self.speech.is_empty() {
            return;
        }
        if let Some((_, hearing)) = &mut self.hearing {
            hearing.push(&self.speech);
            if let Some(sound) = &mut self.sound {
                keep(sound, &self.speech);
            }
        }
        if self.hearing.is_some() {
            inputs.extend(self.listener.instants(&self.speech, end).map(level));
        }
        let detector = self.detector.as_mut();
        self.listener
            .listen(&self.speech, end, detector, &mut |window| {
                inputs.extend([Input::Voice {
                    probability: window.probability,
                    voicing: window.voicing,
                    intent: window.intent,
                    level_dbfs: window.level_dbfs,
                    echo_dbfs: window.echo_dbfs,
                    end: Millis(window.end_ms),
                }]);
            });
        let glimpse = speaking.then(|| self.listener.glimpse(&self.speech, end));
        inputs.extend(glimpse.flatten().map(|glimpse| Input::Sound {
            level_dbfs: glimpse.level_dbfs,
            echo_dbfs: glimpse.echo_dbfs,
            end: Millis(glimpse.end_ms),
        }));
    }

    pub(crate) fn deadline(&self) -> Option<Millis> {
        self.inbound.deadline().map(Millis)
    }

    /// From here on the sound belongs to this utterance, `from` included.
    pub(crate) fn listen(&mut self, utterance: UtteranceId, from: Millis, mut hearing: Hearing) {
        let mut kept = self.sound.as_mut();
        if let Some(sound) = &mut kept {
            sound.clear();
        }
        self.inbound.since(from.0, &mut |speech| {
            hearing.push(speech);
            if let Some(sound) = &mut kept {
                keep(sound, speech);
            }
        });
        self.hearing = Some((utterance, hearing));
    }

    /// The end of the utterance so far.
    pub(crate) fn sound(&self) -> Vec<f32> {
        let sound = self.sound.as_deref().unwrap_or_default();
        sound[sound.len().saturating_sub(SOUND)..].to_vec()
    }

    /// Its words are wanted as though no more sound belonged to it.
    pub(crate) fn settle(&mut self, utterance: UtteranceId, mark: u32) {
        if let Some((current, hearing)) = &mut self.hearing
            && *current == utterance
        {
            hearing.settle(mark);
        }
    }

    /// No more sound belongs to it. The hearing is handed out: it lives until its transcript is there.
    pub(crate) fn finish(&mut self, utterance: UtteranceId) -> Option<Hearing> {
        let (_, mut hearing) = self.hearing.take_if(|(current, _)| *current == utterance)?;
        hearing.finish();
        Some(hearing)
    }

    pub(crate) fn forget(&mut self, utterance: UtteranceId) {
        self.hearing.take_if(|(current, _)| *current == utterance);
    }
}

fn level(instant: Glimpse) -> Input {
    Input::Level {
        level_dbfs: instant.level_dbfs,
        echo_dbfs: instant.echo_dbfs,
        end: Millis(instant.end_ms),
    }
}

/// Adds to the end, and now and then lets go of what is too old.
fn keep(sound: &mut Vec<f32>, speech: &[f32]) {
    if sound.len() >= 2 * SOUND {
        sound.drain(..sound.len() - SOUND);
    }
    sound.extend_from_slice(speech);
}
