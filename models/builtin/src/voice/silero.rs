//! Silero VAD v6.2 (its graph of fixed shape for 16 kHz).

mod matrix;
mod net;
mod weights;

use self::net::{Net, State};
use super::gate::Gate;
use super::windows::Windows;
use models_engine::{Card, Failure, Grade, Probability, VoiceDetector};
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

/// How many windows shut out are heard late when the gate opens, so that the state is right. With
/// the new one they are five runs of 20 µs.
const LATE: usize = 4;

/// The net, loaded once and shared by all sessions.
pub struct SileroWeights(Net);

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
        match Net::read(&bytes) {
            Ok(net) => Ok(Arc::new(Self(net))),
            Err(reason) => Err(Failure::new(format!("{name}: {reason}"))),
        }
    }
}

/// One session's detector, 32 ms a window.
pub struct Silero {
    weights: Arc<SileroWeights>,
    windows: Windows<WINDOW>,
    gate: Gate,
    memory: Memory,
}

/// What the net has to be told besides the window.
struct Memory {
    state: State,
    framed: [f32; CONTEXT + WINDOW],
    /// The latest windows that the gate shut out, a ring.
    late: [[f32; WINDOW]; LATE],
    shut_out: usize,
}

impl Memory {
    fn empty(weights: &SileroWeights) -> Self {
        Self {
            state: State::new(&weights.0),
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
            self.state.forget();
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
        weights.0.hear(&self.framed, &mut self.state)
    }
}

impl Silero {
    pub fn new(weights: &Arc<SileroWeights>) -> Self {
        Self {
            weights: Arc::clone(weights),
            windows: Windows::new(),
            gate: Gate::shut(),
            memory: Memory::empty(weights),
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
        self.memory = Memory::empty(&self.weights);
    }
}
