//! The constants of an ONNX graph, by the end of their name and with the shape that is expected.

use rten_onnx::onnx::{ModelProto, TensorProto};

pub(super) struct Weights(Vec<(String, TensorProto)>);

impl Weights {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let model = ModelProto::parse_buf(bytes).map_err(|e| format!("it is no graph: {e}"))?;
        let nodes = model.graph.map(|graph| graph.node).unwrap_or_default();
        let constant = |node: rten_onnx::onnx::NodeProto| {
            let name = node.output.into_iter().next()?;
            let tensor = node.attribute.into_iter().find_map(|given| given.t)?;
            Some((name, tensor))
        };
        Ok(Self(nodes.into_iter().filter_map(constant).collect()))
    }

    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let found = self.0.iter().find(|(full, _)| full.ends_with(name));
        let (_, tensor) = found.ok_or_else(|| format!("{name} is missing"))?;
        let fits = tensor.dims.len() == shape.len()
            && tensor
                .dims
                .iter()
                .zip(shape)
                .all(|(is, wanted)| usize::try_from(*is) == Ok(*wanted));
        let raw = tensor.raw_data.as_ref().map(|raw| raw.borrow());
        let raw = raw
            .as_ref()
            .filter(|raw| fits && raw.len() == 4 * shape.iter().product::<usize>());
        let raw = raw.ok_or_else(|| format!("{name} is {:?}, not {shape:?}", tensor.dims))?;
        let (words, _) = raw.as_chunks();
        Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
    }
}
