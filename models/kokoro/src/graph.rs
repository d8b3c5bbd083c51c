//! Kokoro's contract with its file: what goes in, what comes out, under any name that an export gave it.

use crate::onnx::{Kind, Numbers, Onnx, Port, Tensor};
use crate::vocabulary::END;
use crate::voices::STYLE;
use models_engine::{Cancel, Failure, Stopped};

/// Phonemes in one run; one more at either end is the network's whole context.
pub(crate) const MOST_PHONEMES: usize = 510;

/// More speech than this cannot come of so many phonemes at the slowest: ten minutes.
const MOST_SAMPLES: usize = 600 * 24_000;

pub(crate) struct Graph {
    onnx: Box<dyn Onnx>,
    ids: usize,
    style: usize,
    speed: usize,
    speech: usize,
    /// Some exports say how many steps each token takes.
    durations: Option<usize>,
}

/// What one run says.
pub(crate) struct Speech {
    pub(crate) samples: Vec<f32>,
    /// Where each phoneme ends, where the export tells.
    pub(crate) ends: Option<Vec<usize>>,
}

impl Graph {
    /// Finds each part by its name and checks that it is of the kind it must be.
    pub(crate) fn read(file: &str, onnx: Box<dyn Onnx>) -> Result<Self, Failure> {
        let (inputs, outputs) = (onnx.inputs(), onnx.outputs());
        let input = |names: &[&str]| found(file, "input", inputs, names);
        let (ids, style, speed) = (
            input(&["input_ids", "tokens"])?,
            input(&["style"])?,
            input(&["speed"])?,
        );
        let speech = found(file, "output", outputs, &["waveform", "audio"])?;
        let is_duration =
            |port: &Port| matches!(port.name.as_str(), "duration" | "durations" | "pred_dur");
        let durations = outputs.iter().position(is_duration);
        if inputs.len() != 3 {
            let names = names(inputs);
            return Err(Failure::new(format!(
                "{file} is not Kokoro: it wants {names} and not three things"
            )));
        }
        let wholes = [Kind::Whole, Kind::Long];
        of_kind(file, &inputs[ids], &wholes)?;
        of_kind(file, &inputs[style], &[Kind::Real])?;
        of_kind(file, &inputs[speed], &[Kind::Real, Kind::Whole, Kind::Long])?;
        Ok(Self {
            ids,
            style,
            speed,
            speech,
            durations,
            onnx,
        })
    }

    pub(crate) fn runtime(&self) -> &str {
        self.onnx.runtime()
    }

    pub(crate) fn stops_within(&self) -> bool {
        self.onnx.stops_within()
    }

    /// Whether it takes a speed between slow and fast; the first export of version 1.1 takes whole numbers.
    pub(crate) fn takes_any_speed(&self) -> bool {
        self.onnx.inputs()[self.speed].kind == Kind::Real
    }

    /// What these phonemes sound like, at most [`MOST_PHONEMES`].
    pub(crate) fn speak(
        &self,
        phonemes: &[i64],
        style: Vec<f32>,
        speed: f32,
        cancel: &Cancel,
    ) -> Result<Speech, Stopped> {
        debug_assert!(phonemes.len() <= MOST_PHONEMES && style.len() == STYLE);
        let mut inputs = vec![Tensor::reals([0], Vec::new()); 3];
        let mut ids = Vec::with_capacity(phonemes.len() + 2);
        ids.push(END);
        ids.extend_from_slice(phonemes);
        ids.push(END);
        inputs[self.ids] = Tensor::wholes([1, ids.len()], ids);
        inputs[self.style] = Tensor::reals([1, STYLE], style);
        inputs[self.speed] = self.speed(speed);
        let wanted: Vec<usize> = [self.speech].into_iter().chain(self.durations).collect();
        let answers = self.onnx.run(inputs, &wanted, cancel)?;
        let mut answers = answers.into_iter().map(|answer| answer.numbers);
        let samples = sound(answers.next())?;
        let steps = answers.next();
        let ends = steps.and_then(|steps| ends(&steps, phonemes.len(), samples.len()));
        Ok(Speech { samples, ends })
    }

    fn speed(&self, speed: f32) -> Tensor {
        let port = &self.onnx.inputs()[self.speed];
        let shape = vec![1; port.rank.unwrap_or(1)];
        match port.kind {
            Kind::Real | Kind::Other => Tensor::reals(shape, vec![speed]),
            Kind::Whole | Kind::Long => Tensor::wholes(shape, vec![(speed.round() as i64).max(1)]),
        }
    }
}

/// Where each phoneme ends, by the steps of all tokens, the two ends among them; `None` where these make no sense.
fn ends(steps: &Numbers, phonemes: usize, samples: usize) -> Option<Vec<usize>> {
    let steps: Vec<f64> = match steps {
        Numbers::Wholes(wholes) => wholes.iter().map(|steps| *steps as f64).collect(),
        Numbers::Reals(reals) => reals.iter().map(|steps| f64::from(*steps)).collect(),
    };
    let whole: f64 = steps.iter().sum();
    let sane = steps.len() == phonemes + 2 && steps.iter().all(|steps| *steps >= 0.0);
    if !sane || whole <= 0.0 || !whole.is_finite() {
        return None;
    }
    let passed = steps.iter().scan(0.0, |passed, steps| {
        *passed += steps;
        Some((*passed / whole * samples as f64).round() as usize)
    });
    Some(passed.skip(1).take(phonemes).collect())
}

fn sound(numbers: Option<Numbers>) -> Result<Vec<f32>, Stopped> {
    let Some(Numbers::Reals(mut samples)) = numbers else {
        return Err(Stopped::failed("Kokoro's answer is no sound"));
    };
    if samples.len() > MOST_SAMPLES {
        return Err(Stopped::failed("Kokoro's answer is too long to be speech"));
    }
    if samples.iter().any(|sample| !sample.is_finite()) {
        return Err(Stopped::failed(
            "Kokoro's answer has numbers that are no sound; is its file damaged?",
        ));
    }
    samples
        .iter_mut()
        .for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    Ok(samples)
}

fn found(file: &str, way: &str, ports: &[Port], names: &[&str]) -> Result<usize, Failure> {
    let place = ports
        .iter()
        .position(|port| names.contains(&port.name.as_str()));
    place.ok_or_else(|| {
        let (wanted, there) = (names.join(" or "), self::names(ports));
        Failure::new(format!(
            "{file} is not Kokoro: no {way} is called {wanted}, there are {there}"
        ))
    })
}

fn names(ports: &[Port]) -> String {
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    names.join(", ")
}

fn of_kind(file: &str, port: &Port, kinds: &[Kind]) -> Result<(), Failure> {
    if kinds.contains(&port.kind) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{file} is not Kokoro: its {} is of another kind of number",
        port.name
    )))
}
