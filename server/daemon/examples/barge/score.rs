//! A set of sounds, each on a call of its own, and how they came out.

use crate::call::{Caller, House, Loudspeaker, Outcome, place};
use client_probe::percentile;
use client_probe::sounds::{Kind, Sound};
use models_engine::{Recognizer, Synthesizer};
use server_session::VoiceDetectors;
use std::fmt;

/// The agent's own voice at three levels, by three ways.
pub(crate) const ECHOES: [(f32, usize); 9] = [
    (10.0, 60),
    (20.0, 60),
    (30.0, 60),
    (10.0, 140),
    (20.0, 140),
    (30.0, 140),
    (10.0, 330),
    (20.0, 330),
    (30.0, 330),
];

/// The engines that all calls share.
pub(crate) struct Town<'a> {
    pub(crate) detectors: VoiceDetectors,
    pub(crate) recognizer: Option<&'a dyn Recognizer>,
    pub(crate) voice: &'a dyn Synthesizer,
}

impl Town<'_> {
    pub(crate) fn call(&self, caller: &Caller<'_>) -> Outcome {
        let house = House {
            detector: (self.detectors)(),
            recognizer: self.recognizer,
            voice: self.voice,
        };
        place(house, caller)
    }

    /// A caller who is silent, and whose loudspeaker is heard by their microphone.
    pub(crate) fn echo(&self, softer_db: f32, after_ms: usize) -> Outcome {
        self.call(&Caller {
            echo: Some(Loudspeaker {
                softer_db,
                after_ms,
            }),
            ..Caller::default()
        })
    }

    /// The sounds begin at all places within a frame.
    pub(crate) fn hear(&self, n: usize, sound: &Sound) -> Outcome {
        self.call(&Caller {
            sound: sound.speech.samples(),
            offset: n * 137 % 960,
            echo: None,
        })
    }
}

/// How the sounds of some kinds came out.
#[derive(Default)]
pub(crate) struct Score {
    pub(crate) all: usize,
    pub(crate) cut: usize,
    pub(crate) down_ms: Vec<f64>,
    /// The same from the first pitch on, of what has one.
    pub(crate) down_from_pitch_ms: Vec<f64>,
    pub(crate) decided_ms: Vec<f64>,
}

impl Score {
    pub(crate) fn of(outcomes: &[(Kind, Outcome)], belongs: impl Fn(Kind) -> bool) -> Self {
        let mut score = Self::default();
        for (_, outcome) in outcomes.iter().filter(|(kind, _)| belongs(*kind)) {
            score.all += 1;
            score.cut += usize::from(outcome.cut_ms.is_some());
            let float = |ms: i64| ms as f64;
            score.down_ms.extend(outcome.down_ms.map(float));
            let pitched = outcome.down_ms.zip(outcome.pitch_ms);
            score
                .down_from_pitch_ms
                .extend(pitched.map(|(down, pitch)| float((down - pitch).max(0))));
            let decided = outcome.cut_ms.or(outcome.restored_ms);
            score.decided_ms.extend(decided.map(float));
        }
        score
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spread = |values: &[f64]| {
            let at =
                |part| percentile(values, part).map_or("-".to_owned(), |ms| format!("{ms:.0}"));
            format!(
                "p50 {:>4} p95 {:>4} ms of {:>3}",
                at(0.5),
                at(0.95),
                values.len()
            )
        };
        let (down, decided) = (spread(&self.down_ms), spread(&self.decided_ms));
        let pitched = spread(&self.down_from_pitch_ms);
        write!(
            f,
            "cut {:>3} of {:>3}   down {down}   from its first pitch {pitched}   decided {decided}",
            self.cut, self.all
        )
    }
}
