//! Smart Turn v3 in rten: hears from the melody of the last eight seconds whether the caller has finished.

use super::RuleEndpointer;
use super::mel::{COLUMNS, MELS, Mel};
use models_engine::{Card, Endpointer, Evidence, Failure, Grade, Probability};
use rten::{Model, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// The file in the folder of weights, as the `pipecat-ai` package names it.
pub const SMART_TURN_FILE: &str = "smart-turn-v3.2-cpu.onnx";

/// Of that file in `pipecat-ai` 1.14.0. A graph is a program: only this one is run.
const SHA_256: &str = "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f";

/// 8.7 MB; whatever is much larger is another file and not even read.
const MAX_BYTES: u64 = 16 << 20;

/// The words judged by rules, and the sound by the graph.
pub struct SmartTurn {
    words: RuleEndpointer,
    mel: Mel,
    model: Model,
    input: NodeId,
    output: NodeId,
    /// One thread a run: callers are many, and a pause is longer than a run.
    pool: Arc<ThreadPool>,
}

impl SmartTurn {
    /// Reads the file, checks that it is the very one pinned, and loads it.
    pub fn load(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let wrong = |why: String| Failure::new(format!("{name} is not Smart Turn v3.2: {why}"));
        let unread = |error: std::io::Error| Failure::new(format!("{name}: {error}"));
        if std::fs::metadata(file).map_err(unread)?.len() > MAX_BYTES {
            return Err(wrong("too large".to_owned()));
        }
        let bytes = std::fs::read(file).map_err(unread)?;
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if digest != SHA_256 {
            return Err(wrong(format!("its SHA-256 is {digest}, not {SHA_256}")));
        }
        let model = Model::load(bytes).map_err(|error| wrong(error.to_string()))?;
        let (&[input], &[output]) = (model.input_ids(), model.output_ids()) else {
            return Err(wrong("other inputs and outputs".to_owned()));
        };
        Ok(Self {
            words: RuleEndpointer::new(),
            mel: Mel::new(),
            pool: Arc::new(ThreadPool::with_num_threads(1)),
            model,
            input,
            output,
        })
    }

    fn run(&self, speech: &[f32]) -> Option<Probability> {
        let mel = self.mel.of(speech);
        let mel = NdTensorView::from_data([1, MELS, COLUMNS], mel.as_slice());
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![(self.input, mel.into())];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [found] = self
            .model
            .run_n(inputs, [self.output], Some(options))
            .ok()?;
        let found: NdTensor<f32, 2> = found.try_into().ok()?;
        let probability = found.data()?.first().copied()?;
        probability
            .is_finite()
            .then_some(probability.clamp(0.0, 1.0))
    }
}

impl Endpointer for SmartTurn {
    fn card(&self) -> Card {
        Card::new("Smart Turn v3.2 and rules over the words", Grade::Builtin)
    }

    fn judge(&self, evidence: &Evidence<'_>) -> Probability {
        self.words.judge(evidence)
    }

    fn listens(&self) -> bool {
        true
    }

    fn listen(&self, speech: &[f32]) -> Option<Probability> {
        if speech.is_empty() {
            return None;
        }
        self.run(speech)
    }
}
