//! A phrase on its way along the line of voices: the next one says it anew, at the pace of samples that it began with.

use super::{Taken, Task};
use crate::port::Speaking;
use models_engine::{Cancel, Mark, Rerate, Script, Spoken, Stopped, Synthesizer};

/// Between half a phrase and the same phrase said anew.
const PAUSE_MS: u32 = 200;

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

    fn work(
        &mut self,
        engine: &dyn Synthesizer,
        out: &mut dyn FnMut(Speaking) -> bool,
        cancel: &Cancel,
    ) -> Result<Speaking, Stopped> {
        if self.samples == 0 {
            self.rate = engine.rate();
        }
        let rate = self.rate;
        let mut rerate = Rerate::new(engine.rate(), rate);
        let mut pause = match self.samples {
            0 => Vec::new(),
            _ => vec![0.0; (rate * PAUSE_MS / 1_000) as usize],
        };
        let given = &mut self.samples;
        let (before, made_at) = (*given + pause.len(), engine.rate());
        let mut emit = |speech: &[f32]| {
            let mut samples = std::mem::take(&mut pause);
            rerate.push(speech, &mut samples);
            *given += samples.len();
            if !out(Speaking::Speech { rate, samples }) {
                cancel.cancel();
            }
        };
        let spoken = engine.speak(&self.script, &mut emit, cancel)?;
        let rerated = |samples: usize| samples * rate as usize / made_at.max(1) as usize;
        let marks = spoken.marks.into_iter().map(|mark| Mark {
            samples: before + rerated(mark.samples),
            ..mark
        });
        Ok(Speaking::Ended(Ok(Spoken {
            samples: self.samples,
            marks: marks.collect(),
        })))
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
