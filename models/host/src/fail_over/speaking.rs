//! A phrase on its way along the line of voices: the next one says it anew, at the pace of samples that it began with.

use super::{Taken, Task};
use crate::port::Speaking;
use models_engine::{Cancel, Mark, Rerate, Script, Spoken, Stopped, Synthesizer};
use std::time::Duration;

/// Between half a phrase and the same phrase said anew.
const PAUSE_MS: u32 = 200;

#[derive(Clone)]
pub(crate) struct Phrase {
    script: Script,
    /// That of its first sample: a phrase has one rate.
    rate: u32,
    samples: usize,
}

impl Phrase {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            script,
            rate: 0,
            samples: 0,
        }
    }
}

impl Task<dyn Synthesizer> for Phrase {
    type Report = Speaking;
    type Left = Self;

    /// Of 8 s.
    const PATIENCE: Duration = Duration::from_secs(5);

    fn left(&mut self) -> Self {
        self.clone()
    }

    fn work(
        left: Self,
        engine: &dyn Synthesizer,
        out: &mut dyn FnMut(Speaking) -> bool,
        cancel: &Cancel,
    ) -> Result<Speaking, Stopped> {
        let made_at = engine.rate();
        let (rate, mut pause) = match left.samples {
            0 => (made_at, Vec::new()),
            _ => {
                let pause = left.rate * PAUSE_MS / 1_000;
                (left.rate, vec![0.0; pause as usize])
            }
        };
        let mut rerate = Rerate::new(made_at, rate);
        let mut given = left.samples;
        let before = given + pause.len();
        let mut emit = |speech: &[f32]| {
            let mut samples = std::mem::take(&mut pause);
            rerate.push(speech, &mut samples);
            given += samples.len();
            if !out(Speaking::Speech { rate, samples }) {
                cancel.cancel();
            }
        };
        let spoken = engine.speak(&left.script, &mut emit, cancel)?;
        let rerated = |samples: usize| samples * rate as usize / made_at.max(1) as usize;
        let marks = spoken.marks.into_iter().map(|mark| Mark {
            samples: before + rerated(mark.samples),
            ..mark
        });
        Ok(Speaking::Ended(Ok(Spoken {
            samples: given,
            marks: marks.collect(),
        })))
    }

    fn note(&mut self, report: &Speaking) -> bool {
        let Speaking::Speech { rate, samples } = report else {
            return false;
        };
        self.rate = *rate;
        self.samples += samples.len();
        true
    }

    fn stopped(stopped: Stopped) -> Speaking {
        Speaking::Ended(Err(stopped))
    }

    fn taken(taken: Taken) -> Speaking {
        Speaking::Taken(taken)
    }

    fn name(engine: &dyn Synthesizer) -> String {
        engine.card().name
    }
}
