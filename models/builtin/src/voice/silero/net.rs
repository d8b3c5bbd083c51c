//! The net itself, layer by layer rather than as a graph: it is on the media path, and a graph's own overhead and
//! the hand-over to its threads cost several times what the sums do.

use super::matrix::Matrix;
use super::weights::Weights;
use super::{CONTEXT, WINDOW};
use models_engine::Probability;
use models_spectrum::{Complex32, RealToComplex, spectrum};
use rten_simd::SimdUnaryOp;
use rten_vecmath::{Sigmoid, Tanh};
use std::sync::Arc;

/// A look at the sound, four of which make a window.
const LOOK: usize = 256;
const HOP: usize = 128;
const LOOKS: usize = 4;
const BINS: usize = LOOK / 2 + 1;
/// Taps of each convolution: a place and its neighbours.
const TAPS: usize = 3;
/// What comes out of the four convolutions.
const WIDTHS: [usize; 4] = [128, 64, 64, 128];
pub(super) const MEMORY: usize = 128;

/// The weights, loaded once and shared by all sessions.
pub(super) struct Net {
    spectrum: Arc<dyn RealToComplex<f32>>,
    bell: Vec<f32>,
    convolutions: [Matrix; 4],
    gates: Matrix,
    verdict: Vec<f32>,
    verdict_bias: f32,
}

/// What a session remembers from one window to the next.
pub(super) struct State {
    said: [f32; MEMORY],
    kept: [f32; MEMORY],
    looks: Looks,
}

/// Reused for each window.
struct Looks {
    sound: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl State {
    pub(super) fn new(net: &Net) -> Self {
        Self {
            said: [0.0; MEMORY],
            kept: [0.0; MEMORY],
            looks: Looks {
                sound: net.spectrum.make_input_vec(),
                bins: net.spectrum.make_output_vec(),
                scratch: net.spectrum.make_scratch_vec(),
            },
        }
    }

    pub(super) fn forget(&mut self) {
        self.said.fill(0.0);
        self.kept.fill(0.0);
    }
}

impl Net {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let weights = Weights::parse(bytes)?;
        // The graph's table of cosines and sines under a bell: its first row is the bell.
        let mut bell = weights.tensor("stft.forward_basis_buffer", &[2 * BINS, 1, LOOK])?;
        bell.truncate(LOOK);
        let mut verdict = weights.tensor("decoder.decoder.2.weight", &[1, MEMORY, 1])?;
        verdict.truncate(MEMORY);
        Ok(Self {
            spectrum: spectrum(LOOK),
            bell,
            convolutions: [
                convolution(&weights, 0, BINS)?,
                convolution(&weights, 1, WIDTHS[0])?,
                convolution(&weights, 2, WIDTHS[1])?,
                convolution(&weights, 3, WIDTHS[2])?,
            ],
            gates: gates(&weights)?,
            verdict,
            verdict_bias: weights.tensor("decoder.decoder.2.bias", &[1])?[0],
        })
    }

    /// One window with its context, and the state before it, which becomes the state after it.
    pub(super) fn hear(&self, framed: &[f32; CONTEXT + WINDOW], state: &mut State) -> Probability {
        let [first, second, third, fourth] = &self.convolutions;
        // Each stage has a place of nothing before it and behind it.
        let mut looks = [0.0; (LOOKS + 2) * BINS];
        self.look(framed, &mut state.looks, &mut looks[BINS..]);
        let mut one = [0.0; (LOOKS + 2) * WIDTHS[0]];
        first.lead::<4>(&looks, BINS, &mut one[WIDTHS[0]..]);
        one.iter_mut().for_each(positive);
        let mut two = [0.0; 4 * WIDTHS[1]];
        second.lead::<2>(&one, 2 * WIDTHS[0], &mut two[WIDTHS[1]..]);
        two.iter_mut().for_each(positive);
        let mut three = [0.0; 3 * WIDTHS[2]];
        third.lead::<1>(&two, 0, &mut three[WIDTHS[2]..]);
        three.iter_mut().for_each(positive);
        let mut heard = [0.0; WIDTHS[3] + MEMORY];
        fourth.lead::<1>(&three, 0, &mut heard);
        heard.iter_mut().for_each(positive);
        heard[WIDTHS[3]..].copy_from_slice(&state.said);
        self.remember(&heard, state);
        let said = state.said.iter().zip(&self.verdict);
        let sum: f32 = said.map(|(said, weight)| said.max(0.0) * weight).sum();
        Sigmoid {}.scalar_eval(sum + self.verdict_bias)
    }

    /// How much of each pitch is in each look. The last of them goes on behind the end, mirrored there.
    fn look(&self, framed: &[f32; CONTEXT + WINDOW], looks: &mut Looks, out: &mut [f32]) {
        let at = |place: usize| match place.checked_sub(framed.len()) {
            None => framed[place],
            Some(behind) => framed[framed.len() - 2 - behind],
        };
        for (n, out) in out.chunks_exact_mut(BINS).take(LOOKS).enumerate() {
            for (offset, (slot, bell)) in looks.sound.iter_mut().zip(&self.bell).enumerate() {
                *slot = at(n * HOP + offset) * bell;
            }
            self.spectrum
                .process_with_scratch(&mut looks.sound, &mut looks.bins, &mut looks.scratch)
                .expect("the buffers are the plan's own");
            for (slot, bin) in out.iter_mut().zip(&looks.bins) {
                *slot = bin.norm_sqr().sqrt();
            }
        }
    }

    /// A long short-term memory: what is let in, what is kept, what is new, and what is said of it.
    fn remember(&self, heard: &[f32], state: &mut State) {
        let mut gates = [0.0; 4 * MEMORY];
        self.gates.lead::<1>(heard, 0, &mut gates);
        let (open, said) = gates.split_at_mut(3 * MEMORY);
        let (open, new) = open.split_at_mut(2 * MEMORY);
        Sigmoid {}.map_mut(open);
        Tanh {}.map_mut(new);
        Sigmoid {}.map_mut(said);
        let (let_in, keep) = open.split_at(MEMORY);
        for n in 0..MEMORY {
            state.kept[n] = keep[n] * state.kept[n] + let_in[n] * new[n];
        }
        state.said = state.kept;
        Tanh {}.map_mut(&mut state.said);
        for (all, said) in state.said.iter_mut().zip(said) {
            *all *= *said;
        }
    }
}

fn positive(value: &mut f32) {
    *value = value.max(0.0);
}

fn convolution(weights: &Weights, layer: usize, inputs: usize) -> Result<Matrix, String> {
    let outputs = WIDTHS[layer];
    let name = |part: &str| format!("encoder.{layer}.reparam_conv.{part}");
    let table = weights.tensor(&name("weight"), &[outputs, inputs, TAPS])?;
    let bias = weights.tensor(&name("bias"), &[outputs])?;
    // In a row the taps lie one behind the other, each with all of its inputs.
    Ok(Matrix::new(TAPS * inputs, bias, |at, output| {
        table[(output * inputs + at % inputs) * TAPS + at / inputs]
    }))
}

/// What was heard and what was said last, into the four gates.
fn gates(weights: &Weights) -> Result<Matrix, String> {
    let name = |part: &str| format!("decoder.rnn.{part}");
    let table = |part: &str| weights.tensor(&name(part), &[4 * MEMORY, MEMORY]);
    let row = |part: &str| weights.tensor(&name(part), &[4 * MEMORY]);
    let (heard, said) = (table("weight_ih")?, table("weight_hh")?);
    let bias = row("bias_ih")?.into_iter().zip(row("bias_hh")?);
    let bias = bias.map(|(one, other)| one + other).collect();
    Ok(Matrix::new(2 * MEMORY, bias, |at, gate| {
        let table = if at < MEMORY { &heard } else { &said };
        table[gate * MEMORY + at % MEMORY]
    }))
}
