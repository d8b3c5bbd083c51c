//! The tensors of a safetensors file, by name and with the shape that is expected.

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

pub(super) struct Weights<'a>(SafeTensors<'a>);

impl<'a> Weights<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        SafeTensors::deserialize(bytes)
            .map(Self)
            .map_err(|error| format!("the file is broken: {error}"))
    }

    /// The first rows of a table, which may have more.
    pub(super) fn table(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, String> {
        let tensor = self
            .0
            .tensor(name)
            .map_err(|_| format!("{name} is missing"))?;
        let fits = matches!(tensor.shape(), [r, c] if *r >= rows && *c == columns);
        if tensor.dtype() != Dtype::F32 || !fits {
            let (kind, shape) = (tensor.dtype(), tensor.shape());
            return Err(format!(
                "{name} is {kind:?} {shape:?}, not F32 [{rows}, {columns}]"
            ));
        }
        Ok(floats(&tensor.data()[..4 * rows * columns]))
    }

    pub(super) fn row(&self, name: &str, length: usize) -> Result<Vec<f32>, String> {
        let tensor = self
            .0
            .tensor(name)
            .map_err(|_| format!("{name} is missing"))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != [length] {
            let (kind, shape) = (tensor.dtype(), tensor.shape());
            return Err(format!("{name} is {kind:?} {shape:?}, not F32 [{length}]"));
        }
        Ok(floats(tensor.data()))
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}
