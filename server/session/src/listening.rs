//! The way in: packets to speech, speech to observations and to the recognizer.

use crate::peer::AudioPacket;
use models_engine::{CallerId, VoiceDetector};
use models_host::Hearing;
use server_audio::{AudioError, Inbound, Listener};
use server_conversation::{Input, Millis, UtteranceId};
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers the voices of this process; what a recognizer learns of one is lost with the process.
static CALLERS: AtomicU64 = AtomicU64::new(1);

pub(crate) struct Ears {
    caller: CallerId,
    inbound: Inbound,
    detector: Box<dyn VoiceDetector>,
    listener: Listener,
    hearing: Option<(UtteranceId, Hearing)>,
    /// Reused for each packet.
    speech: Vec<f32>,
}

impl Ears {
    pub(crate) fn new(detector: Box<dyn VoiceDetector>) -> Result<Self, AudioError> {
        let inbound = Inbound::new()?;
        Ok(Self {
            caller: CallerId(CALLERS.fetch_add(1, Ordering::Relaxed)),
            inbound,
            detector,
            listener: Listener::new(),
            hearing: None,
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
        self.inbound
            .since(from.0, &mut |speech| hearing.push(speech));
        self.hearing = Some((utterance, hearing));
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
