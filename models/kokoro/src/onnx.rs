//! A neural network in ONNX, whoever runs it.

pub(crate) mod by_ort;
pub(crate) mod by_rten;
mod library;
mod watch;

use models_engine::{Cancel, Failure, Stopped};

/// What a number is where it goes in or comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Real,
    /// Of 32 bits where the engine tells; rten knows no other.
    Whole,
    /// Of 64 bits.
    Long,
    Other,
}

/// Something that goes in or comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// How many sizes its shape has, where the file says.
    pub(crate) rank: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Numbers {
    Reals(Vec<f32>),
    Wholes(Vec<i64>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Numbers,
}

impl Tensor {
    pub(crate) fn reals(shape: impl Into<Vec<usize>>, numbers: Vec<f32>) -> Self {
        Self {
            shape: shape.into(),
            numbers: Numbers::Reals(numbers),
        }
    }

    pub(crate) fn wholes(shape: impl Into<Vec<usize>>, numbers: Vec<i64>) -> Self {
        Self {
            shape: shape.into(),
            numbers: Numbers::Wholes(numbers),
        }
    }
}

/// A loaded network. Several threads may run it at once.
pub(crate) trait Onnx: Send + Sync {
    /// As a person would write it.
    fn runtime(&self) -> &str;

    fn inputs(&self) -> &[Port];

    fn outputs(&self) -> &[Port];

    /// Whether a cancel ends a run, and not only the next one.
    fn stops_within(&self) -> bool;

    /// One run: a tensor for each of `inputs`, in their order; the answers are those of `wanted`, places in `outputs`.
    fn run(
        &self,
        inputs: Vec<Tensor>,
        wanted: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<Tensor>, Stopped>;
}

/// Anything that is no ONNX file has this said of it: the first bytes of one are the number of its version.
pub(crate) fn check(name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let told = |what: &str| Err(Failure::new(format!("{name}: {what}")));
    match bytes {
        [] => told("is empty"),
        [b'G', b'G', b'U', b'F', ..] => told("is a GGUF file; Kokoro's ONNX file is wanted"),
        [b'P', b'K', 3, 4, ..] => told("is an archive; Kokoro's ONNX file is wanted"),
        [0x08, 1..=64, ..] => Ok(()),
        _ => told("is not an ONNX file"),
    }
}
