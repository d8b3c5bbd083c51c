//! Silero VAD v6.2 (its graph of fixed shape for 16 kHz) in rten.

use super::gate::Gate;
use super::windows::Windows;
use models_engine::{Card, Failure, Grade, Probability, VoiceDetector};
use rten::{Model, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// The file in the folder of weights, as the `silero-vad` package names it.
pub const SILERO_FILE: &str = "silero_vad_openvino_16k.onnx";

/// Of that file in `silero-vad` 6.2.3. A graph is a program: only this one is run.
const SHA_256: &str = "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87";

/// 1.29 MB; whatever is much larger is another file and not even read.
const MAX_BYTES: u64 = 4 << 20;

const WINDOW: usize = 512;
/// The end of the window before, put before each window.
const CONTEXT: usize = 64;
const STATE: [usize; 3] = [2, 1, 128];

/// How many windows shut out are heard late when the gate opens, so that the state is right. With
/// the new one they are five runs of 0.2 ms: under the 2 ms of the media path.
const LATE: usize = 4;

/// The graph, loaded once and shared by all sessions.
pub struct SileroWeights {
    model: Model,
    input: NodeId,
    state: NodeId,
    outputs: [NodeId; 2],
    /// One thread for all: a run is too short to be worth dividing.
    pool: Arc<ThreadPool>,
}

impl SileroWeights {
    /// Reads the file, checks that it is the very one pinned, and loads it.
    pub fn load(file: &Path) -> Result<Arc<Self>, Failure> {
        let name = file.display();
        let size = std::fs::metadata(file).map_err(|e| Failure::new(format!("{name}: {e}")))?;
        if size.len() > MAX_BYTES {
            return Err(Failure::new(format!(
                "{name} is not Silero v6.2: too large"
            )));
        }
        let bytes = std::fs::read(file).map_err(|e| Failure::new(format!("{name}: {e}")))?;
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        if digest != SHA_256 {
            return Err(Failure::new(format!(
                "{name} is not Silero v6.2: its SHA-256 is {digest}, not {SHA_256}"
            )));
        }
        Self::of(bytes).map_err(|e| Failure::new(format!("{name}: {e}")))
    }

    fn of(bytes: Vec<u8>) -> Result<Arc<Self>, Box<dyn std::error::Error>> {
        let model = Model::load(bytes)?;
        let (&[input, state], &[probability, next]) = (model.input_ids(), model.output_ids())
        else {
            return Err("the graph has other inputs and outputs".into());
        };
        Ok(Arc::new(Self {
            input,
            state,
            outputs: [probability, next],
            pool: Arc::new(ThreadPool::with_num_threads(1)),
            model,
        }))
    }

    /// One window with its context, and the state before it: its probability and the state after it.
    fn run(&self, window: &[f32; CONTEXT + WINDOW], state: &mut [f32]) -> Option<Probability> {
        let window = NdTensorView::from_data([1, CONTEXT + WINDOW], window.as_slice());
        let before = NdTensorView::from_data(STATE, &*state);
        let inputs: Vec<(NodeId, ValueOrView<'_>)> =
            vec![(self.input, window.into()), (self.state, before.into())];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let [probability, next] = self.model.run_n(inputs, self.outputs, Some(options)).ok()?;
        let next: NdTensor<f32, 3> = next.try_into().ok()?;
        let probability: NdTensor<f32, 2> = probability.try_into().ok()?;
        state.copy_from_slice(next.data()?);
        probability.data()?.first().copied()
    }
}

/// One session's detector, 32 ms a window.
pub struct Silero {
    weights: Arc<SileroWeights>,
    windows: Windows<WINDOW>,
    gate: Gate,
    memory: Memory,
}

/// What the graph has to be told besides the window.
struct Memory {
    state: [f32; STATE[0] * STATE[1] * STATE[2]],
    framed: [f32; CONTEXT + WINDOW],
    /// The latest windows that the gate shut out, a ring.
    late: [[f32; WINDOW]; LATE],
    shut_out: usize,
}

impl Memory {
    fn empty() -> Self {
        Self {
            state: [0.0; STATE[0] * STATE[1] * STATE[2]],
            framed: [0.0; CONTEXT + WINDOW],
            late: [[0.0; WINDOW]; LATE],
            shut_out: 0,
        }
    }

    fn shut_out(&mut self, window: &[f32; WINDOW]) {
        self.late[self.shut_out % LATE] = *window;
        self.shut_out += 1;
    }

    /// Hears late what the gate shut out. Of a long silence only the end: what came before it is
    /// forgotten, as if the call had begun there.
    fn catch_up(&mut self, weights: &SileroWeights) {
        let missed = std::mem::take(&mut self.shut_out);
        if missed > LATE {
            self.state.fill(0.0);
            self.framed.fill(0.0);
        }
        for n in missed.saturating_sub(LATE)..missed {
            let window = self.late[n % LATE];
            self.hear(weights, &window);
        }
    }

    fn hear(&mut self, weights: &SileroWeights, window: &[f32; WINDOW]) -> Probability {
        self.framed.copy_within(WINDOW.., 0);
        self.framed[CONTEXT..].copy_from_slice(window);
        // A run fails only where the graph is another one, and its hash says that it is not.
        let heard = weights.run(&self.framed, &mut self.state);
        heard.unwrap_or(0.0).clamp(0.0, 1.0)
    }
}

impl Silero {
    pub fn new(weights: &Arc<SileroWeights>) -> Self {
        Self {
            weights: Arc::clone(weights),
            windows: Windows::new(),
            gate: Gate::shut(),
            memory: Memory::empty(),
        }
    }
}

impl VoiceDetector for Silero {
    fn card(&self) -> Card {
        Card::new("Silero VAD v6.2", Grade::Builtin)
    }

    fn push(&mut self, speech: &[f32], observe: &mut dyn FnMut(Probability)) {
        let Self {
            weights,
            windows,
            gate,
            memory,
        } = self;
        windows.push(speech, |window| {
            if gate.passes(window) {
                memory.catch_up(weights);
                observe(memory.hear(weights, window));
            } else {
                memory.shut_out(window);
                observe(0.0);
            }
        });
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn reset(&mut self) {
        self.windows.clear();
        self.gate = Gate::shut();
        self.memory = Memory::empty();
    }
}
