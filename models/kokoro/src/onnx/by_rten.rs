//! ONNX by rten: pure Rust, on the CPU, always there.

use super::{Kind, Numbers, Onnx, Port, Tensor};
use models_engine::{Cancel, Failure, Stopped};
use rten::{DataType, Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueType};
use std::sync::Arc;

pub(crate) struct ByRten {
    model: Model,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    pool: Arc<ThreadPool>,
}

impl ByRten {
    pub(crate) fn load(name: &str, bytes: Vec<u8>, threads: usize) -> Result<Self, Failure> {
        let model = Model::load(bytes)
            .map_err(|error| Failure::new(format!("{name} cannot be loaded: {error}")))?;
        let ports = |ids: &[NodeId]| ids.iter().map(|id| port(&model, *id)).collect();
        Ok(Self {
            inputs: ports(model.input_ids()),
            outputs: ports(model.output_ids()),
            pool: Arc::new(ThreadPool::with_num_threads(threads.max(1))),
            model,
        })
    }
}

fn port(model: &Model, id: NodeId) -> Port {
    let info = model.node_info(id);
    let info = info.as_ref();
    let kind = match info.and_then(rten::NodeInfo::dtype) {
        Some(ValueType::Tensor(DataType::Float)) => Kind::Real,
        Some(ValueType::Tensor(DataType::Int32)) => Kind::Whole,
        _ => Kind::Other,
    };
    Port {
        name: info.and_then(|info| info.name()).unwrap_or("").to_owned(),
        kind,
        rank: info.and_then(|info| info.shape()).map(|shape| shape.len()),
    }
}

impl Onnx for ByRten {
    fn runtime(&self) -> &str {
        "rten"
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn stops_within(&self) -> bool {
        false
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        wanted: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<Tensor>, Stopped> {
        cancel.check()?;
        let ids = self.model.input_ids().iter().copied();
        let values: Result<Vec<(NodeId, ValueOrView<'_>)>, Stopped> = ids
            .zip(inputs)
            .map(|(id, tensor)| Ok((id, given(tensor)?.into())))
            .collect();
        let outputs: Vec<NodeId> = wanted
            .iter()
            .map(|at| self.model.output_ids()[*at])
            .collect();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let answers = self.model.run(values?, &outputs, Some(options));
        let answers = answers.map_err(|error| Stopped::failed(format!("rten: {error}")))?;
        cancel.check()?;
        answers.into_iter().map(taken).collect()
    }
}

fn given(tensor: Tensor) -> Result<Value, Stopped> {
    let misshapen = |_| Stopped::failed("rten: numbers and shape do not fit");
    match tensor.numbers {
        Numbers::Reals(reals) => Value::from_shape(tensor.shape, reals).map_err(misshapen),
        Numbers::Wholes(wholes) => {
            let narrow = wholes.iter().map(|whole| i32::try_from(*whole));
            let narrow: Vec<i32> = narrow
                .collect::<Result<_, _>>()
                .map_err(|_| Stopped::failed("rten: a number is too large"))?;
            Value::from_shape(tensor.shape, narrow).map_err(|_| misshapen_whole())
        }
    }
}

fn misshapen_whole() -> Stopped {
    Stopped::failed("rten: numbers and shape do not fit")
}

fn taken(value: Value) -> Result<Tensor, Stopped> {
    use rten_tensor::prelude::*;
    match value {
        Value::FloatTensor(reals) => Ok(Tensor::reals(reals.shape(), reals.to_vec())),
        Value::Int32Tensor(wholes) => {
            let wide = wholes.iter().map(|whole| i64::from(*whole)).collect();
            Ok(Tensor::wholes(wholes.shape(), wide))
        }
        _ => Err(Stopped::failed("rten: an output is of an unknown kind")),
    }
}
