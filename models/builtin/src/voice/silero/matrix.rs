//! A matrix that a few rows are led through at once, a panel of columns at a time.

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

/// Columns that lie together, whatever the width of the machine's vectors.
const PANEL: usize = 64;

/// Of a layer: `inputs` by `outputs`, and what is added to each output.
pub(super) struct Matrix {
    /// Panel by panel, in each input by input.
    panels: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
}

impl Matrix {
    /// `weight` says how much of an input goes into an output.
    pub(super) fn new(inputs: usize, bias: Vec<f32>, weight: impl Fn(usize, usize) -> f32) -> Self {
        assert!(
            bias.len().is_multiple_of(PANEL),
            "the outputs fill whole panels"
        );
        let panels = (0..bias.len()).step_by(PANEL).flat_map(|first| {
            let weight = &weight;
            (0..inputs).flat_map(move |input| {
                (first..first + PANEL).map(move |output| weight(input, output))
            })
        });
        Self {
            panels: panels.collect(),
            inputs,
            bias,
        }
    }

    /// Leads `ROWS` rows through, which begin `step` after each other and may overlap, in `rows`; they lie one
    /// behind the other in `out`.
    pub(super) fn lead<const ROWS: usize>(&self, rows: &[f32], step: usize, out: &mut [f32]) {
        let rows =
            std::array::from_fn::<_, ROWS, _>(|row| &rows[row * step..row * step + self.inputs]);
        let outputs = self.bias.len();
        let out = &mut out[..ROWS * outputs];
        Lead {
            matrix: self,
            rows,
            out,
        }
        .dispatch();
    }
}

struct Lead<'a, const ROWS: usize> {
    matrix: &'a Matrix,
    rows: [&'a [f32]; ROWS],
    out: &'a mut [f32],
}

impl<const ROWS: usize> SimdOp for Lead<'_, ROWS> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        // As many sums at once as there are registers for.
        if ROWS > 2 {
            self.panels::<I, 2>(isa);
        } else {
            self.panels::<I, 4>(isa);
        }
    }
}

impl<const ROWS: usize> Lead<'_, ROWS> {
    #[inline(always)]
    fn panels<I: Isa, const VECTORS: usize>(self, isa: I) {
        let ops = isa.f32();
        let Matrix {
            panels,
            bias,
            inputs,
        } = self.matrix;
        let outputs = bias.len();
        let panels = panels.chunks_exact(inputs * PANEL);
        for (panel, first) in panels.zip((0..outputs).step_by(PANEL)) {
            for at in (0..PANEL).step_by(VECTORS * ops.len()) {
                let bias = ops.load_many::<VECTORS>(&bias[first + at..]);
                let mut sums = [bias; ROWS];
                for (input, weights) in panel.chunks_exact(PANEL).enumerate() {
                    let weights = ops.load_many::<VECTORS>(&weights[at..]);
                    for (sums, row) in sums.iter_mut().zip(self.rows) {
                        let value = ops.splat(row[input]);
                        for (sum, weight) in sums.iter_mut().zip(weights) {
                            *sum = ops.mul_add(weight, value, *sum);
                        }
                    }
                }
                for (row, sums) in sums.into_iter().enumerate() {
                    let start = row * outputs + first + at;
                    for (vector, sum) in sums.into_iter().enumerate() {
                        ops.store(sum, &mut self.out[start + vector * ops.len()..]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;

    #[test]
    fn rows_that_overlap_are_led_through_as_by_hand() {
        let weight = |input: usize, output: usize| ((input * 7 + output * 3) % 11) as f32 - 5.0;
        let bias: Vec<f32> = (0..128).map(|output| output as f32 / 4.0).collect();
        let matrix = Matrix::new(9, bias.clone(), weight);
        let rows: Vec<f32> = (0..9 + 3 * 4).map(|n| (n as f32).sin()).collect();
        let by_hand = |row: usize, output: usize| -> f32 {
            let products = (0..9).map(|input| rows[row * 4 + input] * weight(input, output));
            products.sum::<f32>() + bias[output]
        };
        let mut out = vec![f32::NAN; 4 * 128];
        matrix.lead::<4>(&rows, 4, &mut out);
        for (n, sum) in out.iter().enumerate() {
            assert!((sum - by_hand(n / 128, n % 128)).abs() < 1e-4, "{n}");
        }
        let mut alone = vec![f32::NAN; 128];
        matrix.lead::<1>(&rows[8..], 0, &mut alone);
        for (one, other) in alone.iter().zip(&out[2 * 128..]) {
            assert!((one - other).abs() < 1e-5);
        }
    }
}
