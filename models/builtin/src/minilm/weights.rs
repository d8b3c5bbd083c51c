//! The tensors of a safetensors file, by name and with the shape that is expected; and a second, small file that
//! changes them.

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

pub(super) struct Weights<'a> {
    base: SafeTensors<'a>,
    change: Option<SafeTensors<'a>>,
}

impl<'a> Weights<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let base = parse(bytes)?;
        Ok(Self { base, change: None })
    }

    /// With a change, which has whole tensors, or for a table the few directions in which it differs: `down` reads
    /// them from what comes in, `up` writes them to what goes out, both as bytes of a common `scale` a direction.
    pub(super) fn changed(base: &'a [u8], change: &'a [u8]) -> Result<Self, String> {
        let (base, change) = (parse(base)?, Some(parse(change)?));
        Ok(Self { base, change })
    }

    fn find(&self, name: &str) -> Result<TensorView<'_>, String> {
        let changed = self.change.as_ref().map(|change| change.tensor(name));
        let found = match changed {
            Some(Ok(tensor)) => Ok(tensor),
            _ => self.base.tensor(name),
        };
        found.map_err(|_| format!("{name} is missing"))
    }

    /// A table of this shape, with what changes it.
    pub(super) fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, String> {
        let mut table = self.table(name, rows, columns)?;
        let Some(change) = &self.change else {
            return Ok(table);
        };
        let scale = self.row(&format!("{name}.scale"), None)?;
        let part = |part: &str, shape: [usize; 2]| {
            let name = format!("{name}.{part}");
            let tensor = change
                .tensor(&name)
                .map_err(|_| format!("{name} is missing"))?;
            let fits = tensor.dtype() == Dtype::I8 && tensor.shape() == shape;
            let bytes = fits.then(|| tensor.data());
            bytes.ok_or_else(|| format!("{name} is {:?}, not I8 {shape:?}", tensor.shape()))
        };
        let (up, down) = (
            part("up", [rows, scale.len()])?,
            part("down", [scale.len(), columns])?,
        );
        for (row, up) in table
            .chunks_exact_mut(columns)
            .zip(up.chunks_exact(scale.len()))
        {
            for ((up, scale), down) in up.iter().zip(&scale).zip(down.chunks_exact(columns)) {
                let much = f32::from(up.cast_signed()) * scale;
                for (weight, down) in row.iter_mut().zip(down) {
                    *weight += much * f32::from(down.cast_signed());
                }
            }
        }
        Ok(table)
    }

    /// The first rows of a table, which may have more.
    pub(super) fn table(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, String> {
        let tensor = self.find(name)?;
        let fits = matches!(tensor.shape(), [r, c] if *r >= rows && *c == columns);
        if tensor.dtype() != Dtype::F32 || !fits {
            let (kind, shape) = (tensor.dtype(), tensor.shape());
            return Err(format!(
                "{name} is {kind:?} {shape:?}, not F32 [{rows}, {columns}]"
            ));
        }
        Ok(floats(&tensor.data()[..4 * rows * columns]))
    }

    /// Of this length, or of any.
    pub(super) fn row(&self, name: &str, length: Option<usize>) -> Result<Vec<f32>, String> {
        let tensor = self.find(name)?;
        let fits = matches!(tensor.shape(), [is] if length.is_none_or(|length| *is == length));
        if tensor.dtype() != Dtype::F32 || !fits {
            let (kind, shape) = (tensor.dtype(), tensor.shape());
            return Err(format!("{name} is {kind:?} {shape:?}, not one row of F32"));
        }
        Ok(floats(tensor.data()))
    }
}

fn parse(bytes: &[u8]) -> Result<SafeTensors<'_>, String> {
    SafeTensors::deserialize(bytes).map_err(|error| format!("the file is broken: {error}"))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}
