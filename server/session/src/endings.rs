//! What the endpointer makes of a pause: of its words at once, and of its sound when it has listened to that, too.

use crate::reports::Report;
use crate::session::Session;
use models_engine::{Evidence, Probability};
use models_host::Job;
use server_conversation::{HearingEvent, Input, Millis, UtteranceId};

/// A pause: how long the utterance had lasted before it tells one from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    utterance: UtteranceId,
    speech: Millis,
}

/// What is known of the present pause.
pub(crate) struct Ending {
    pause: Pause,
    partial: String,
    silence: Millis,
    sound: Option<Probability>,
    /// Listening, unless it is over. Dropped with the pause.
    job: Option<Job>,
}

impl Session {
    pub(crate) fn judge(
        &mut self,
        utterance: UtteranceId,
        partial: String,
        silence: Millis,
        speech: Millis,
    ) {
        let pause = Pause { utterance, speech };
        match &mut self.ending {
            Some(ending) if ending.pause == pause => {
                ending.partial = partial;
                ending.silence = silence;
            }
            _ => {
                let job = self.listen_to(pause);
                self.ending = Some(Ending {
                    pause,
                    partial,
                    silence,
                    sound: None,
                    job,
                });
            }
        }
        self.tell_judgement();
    }

    fn listen_to(&self, pause: Pause) -> Option<Job> {
        let port = self.engines.sound_endpointer.as_ref()?;
        let heard = move |sound| Report::Sounded(pause, sound);
        Some(port.listen(self.ears.sound(), &self.mailbox, heard))
    }

    /// The sound of a pause was judged: what was said of its words is said again, of both.
    pub(crate) fn on_sounded(&mut self, pause: Pause, sound: Option<Probability>) {
        let Some(ending) = self.ending.as_mut().filter(|ending| ending.pause == pause) else {
            return;
        };
        ending.job = None;
        ending.sound = sound;
        if sound.is_some() {
            self.tell_judgement();
        }
    }

    fn tell_judgement(&mut self) {
        let Some(ending) = &self.ending else { return };
        let evidence = Evidence {
            partial: &ending.partial,
            silence_ms: small(ending.silence),
            speech_ms: small(ending.pause.speech),
            sound: ending.sound,
        };
        let finished = self.engines.endpointer.judge(&evidence);
        let judged = HearingEvent::Judged { finished };
        self.inputs
            .push_back(Input::Hearing(ending.pause.utterance, judged));
    }
}

/// Longer than a month of silence is said to be a month.
fn small(millis: Millis) -> u32 {
    u32::try_from(millis.0).unwrap_or(u32::MAX)
}
