//! One layer of the transformer: each word looks at the others, then thinks by itself.

use super::WIDTH;
use super::weights::Weights;
use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdUnaryOp;
use rten_tensor::NdTensorView;
use rten_vecmath::Gelu;

const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;
const INNER: usize = 4 * WIDTH;
const EPSILON: f32 = 1e-12;

pub(super) struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    norm: Norm,
}

impl Layer {
    pub(super) fn read(
        weights: &Weights<'_>,
        gemm: &GemmExecutor,
        at: usize,
    ) -> Result<Self, String> {
        let name = |part: &str| format!("encoder.layer.{at}.{part}");
        let linear = |part: &str, from, to| Linear::read(weights, gemm, &name(part), from, to);
        Ok(Self {
            query: linear("attention.self.query", WIDTH, WIDTH)?,
            key: linear("attention.self.key", WIDTH, WIDTH)?,
            value: linear("attention.self.value", WIDTH, WIDTH)?,
            attended: linear("attention.output.dense", WIDTH, WIDTH)?,
            attended_norm: Norm::read(weights, &name("attention.output.LayerNorm"))?,
            wide: linear("intermediate.dense", WIDTH, INNER)?,
            narrow: linear("output.dense", INNER, WIDTH)?,
            norm: Norm::read(weights, &name("output.LayerNorm"))?,
        })
    }

    /// `state` holds one row a token, of as many tokens as `texts` say, one text after the other.
    pub(super) fn apply(&self, gemm: &GemmExecutor, state: &mut [f32], texts: &[usize]) {
        let [query, key, value] =
            [&self.query, &self.key, &self.value].map(|linear| linear.apply(gemm, state));
        let mut mixed = vec![0.0; state.len()];
        let mut first = 0;
        for tokens in texts {
            let text = first..first + tokens * WIDTH;
            first = text.end;
            let [query, key, value] = [&query, &key, &value].map(|all| &all[text.clone()]);
            attend(query, key, value, &mut mixed[text]);
        }
        let attended = self.attended.apply(gemm, &mixed);
        add(state, &attended);
        self.attended_norm.apply(state);
        let mut wide = self.wide.apply(gemm, state);
        Gelu {}.map_mut(&mut wide);
        add(state, &self.narrow.apply(gemm, &wide));
        self.norm.apply(state);
    }
}

/// For each head, each token's mix of all values by how well its query meets their keys.
fn attend(query: &[f32], key: &[f32], value: &[f32], mixed: &mut [f32]) {
    let tokens = query.len() / WIDTH;
    let scale = 1.0 / (HEAD as f32).sqrt();
    let mut weights = vec![0.0; tokens];
    for head in (0..WIDTH).step_by(HEAD) {
        let part = |of: usize| of * WIDTH + head..of * WIDTH + head + HEAD;
        for at in 0..tokens {
            for (other, weight) in weights.iter_mut().enumerate() {
                *weight = scale * dot(&query[part(at)], &key[part(other)]);
            }
            softmax(&mut weights);
            let mix = &mut mixed[part(at)];
            for (other, weight) in weights.iter().enumerate() {
                let value = &value[part(other)];
                mix.iter_mut()
                    .zip(value)
                    .for_each(|(sum, x)| *sum += weight * x);
            }
        }
    }
}

fn softmax(weights: &mut [f32]) {
    let most = weights.iter().copied().fold(f32::MIN, f32::max);
    weights
        .iter_mut()
        .for_each(|weight| *weight = (*weight - most).exp());
    let all: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= all);
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(state: &mut [f32], more: &[f32]) {
    state.iter_mut().zip(more).for_each(|(a, b)| *a += b);
}

struct Linear {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

impl Linear {
    fn read(
        weights: &Weights<'_>,
        gemm: &GemmExecutor,
        name: &str,
        from: usize,
        to: usize,
    ) -> Result<Self, String> {
        let table = weights.matrix(&format!("{name}.weight"), to, from)?;
        let matrix = NdTensorView::from_data([to, from], table.as_slice());
        Ok(Self {
            weights: gemm.prepack_b(matrix.transposed()),
            bias: weights.row(&format!("{name}.bias"), Some(to))?,
        })
    }

    fn apply(&self, gemm: &GemmExecutor, rows: &[f32]) -> Vec<f32> {
        let (from, to) = (GemmInputB::Packed(&self.weights).rows(), self.bias.len());
        let tokens = rows.len() / from;
        let rows = NdTensorView::from_data([tokens, from], rows);
        let mut out = vec![0.0; tokens * to];
        let options = GemmOptions {
            bias: Some(BiasVector::Row(&self.bias)),
            ..GemmOptions::default()
        };
        gemm.gemm(
            &mut out,
            GemmInputA::Unpacked(rows),
            GemmInputB::Packed(&self.weights),
            options,
        )
        .expect("the shapes were checked as the weights were read");
        out
    }
}

/// Each row to mean 0 and spread 1, then to what was learnt.
pub(super) struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    pub(super) fn read(weights: &Weights<'_>, name: &str) -> Result<Self, String> {
        Ok(Self {
            scale: weights.row(&format!("{name}.weight"), Some(WIDTH))?,
            shift: weights.row(&format!("{name}.bias"), Some(WIDTH))?,
        })
    }

    pub(super) fn apply(&self, state: &mut [f32]) {
        for row in state.chunks_exact_mut(WIDTH) {
            let mean = row.iter().sum::<f32>() / WIDTH as f32;
            let spread = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / WIDTH as f32;
            let scale = 1.0 / (spread + EPSILON).sqrt();
            for ((x, learnt), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *x = (*x - mean) * scale * learnt + shift;
            }
        }
    }
}
