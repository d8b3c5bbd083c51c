//! ONNX by ONNX Runtime: its library is opened at the start, on a GPU where both know one.

use super::library::{self, Loaded};
use super::watch::Watch;
use super::{Kind, Numbers, Onnx, Port, Tensor};
use models_engine::{Cancel, Failure, Stopped};
use ort::ep::{CUDA, ExecutionProvider};
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct ByOrt {
    /// One for each run at once: a session is run by one thread at a time.
    idle: Mutex<Vec<Session>>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    watch: Watch,
    runtime: String,
}

/// Where to look, and how to run.
pub(crate) struct OrtOptions<'a> {
    pub(crate) library: Option<&'a Path>,
    pub(crate) folders: &'a [PathBuf],
    pub(crate) runs: usize,
    pub(crate) threads: usize,
}

/// The library is there; the network is not loaded yet.
pub(crate) struct Found(Loaded);

/// Opens ONNX Runtime's library, or says why there is none.
pub(crate) fn find(options: &OrtOptions<'_>) -> Result<Found, String> {
    library::load(options.library, options.folders).map(Found)
}

impl ByOrt {
    pub(crate) fn load(
        found: &Found,
        name: &str,
        bytes: &[u8],
        options: &OrtOptions<'_>,
    ) -> Result<Self, Failure> {
        let loaded = &found.0;
        let told = |error: String| Failure::new(format!("{name} cannot be loaded: {error}"));
        let threads = (options.threads / options.runs.max(1)).max(1);
        let (mut sessions, device) = match on_cuda(loaded, bytes, threads) {
            Some(Ok(session)) => (vec![session], "CUDA".to_owned()),
            Some(Err(why)) => {
                let session = session(loaded, bytes, threads, false).map_err(told)?;
                (
                    vec![session],
                    format!("the CPU; CUDA is of no use here: {why}"),
                )
            }
            None => {
                let session = session(loaded, bytes, threads, false).map_err(told)?;
                (vec![session], "the CPU".to_owned())
            }
        };
        for _ in 1..options.runs.max(1) {
            sessions.push(session(loaded, bytes, threads, device == "CUDA").map_err(told)?);
        }
        Ok(Self {
            inputs: sessions[0].inputs().iter().map(port).collect(),
            outputs: sessions[0].outputs().iter().map(port).collect(),
            idle: Mutex::new(sessions),
            watch: Watch::new(),
            runtime: format!("ONNX Runtime ({}) on {device}", loaded.place),
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        // A list of sessions is whole between any two statements.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_in(
        &self,
        session: &mut Session,
        inputs: Vec<Tensor>,
        wanted: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<Tensor>, Stopped> {
        let failed = |error: ort::Error| Stopped::failed(format!("ONNX Runtime: {error}"));
        let named: Result<Vec<(&str, SessionInputValue<'_>)>, ort::Error> = self
            .inputs
            .iter()
            .zip(inputs)
            .map(|(port, tensor)| Ok((port.name.as_str(), given(port.kind, tensor)?)))
            .collect();
        let run = Arc::new(RunOptions::new().map_err(failed)?);
        let watched = self.watch.over(cancel, &run);
        let answers = session.run_with_options(named.map_err(failed)?, &*run);
        drop(watched);
        cancel.check()?;
        let answers = answers.map_err(failed)?;
        wanted
            .iter()
            .map(|at| taken(&answers[self.outputs[*at].name.as_str()]).map_err(failed))
            .collect()
    }
}

/// A session on the GPU; `None` where the library was built without CUDA.
fn on_cuda(loaded: &Loaded, bytes: &[u8], threads: usize) -> Option<Result<Session, String>> {
    let is_built_in = CUDA::is_available().unwrap_or(false);
    is_built_in.then(|| session(loaded, bytes, threads, true))
}

fn session(loaded: &Loaded, bytes: &[u8], threads: usize, cuda: bool) -> Result<Session, String> {
    let builder = Session::builder(&loaded.environment).map_err(|error| error.to_string())?;
    let builder = builder
        .with_intra_threads(threads)
        .map_err(|error| error.to_string())?;
    // Threads that spin between phrases would take the cores of the other engines.
    let mut builder = builder
        .with_intra_op_spinning(false)
        .map_err(|error| error.to_string())?;
    if cuda {
        let provider = CUDA::default().build().error_on_failure();
        builder = builder
            .with_execution_providers([provider])
            .map_err(|error| error.to_string())?;
    }
    builder
        .commit_from_memory(bytes)
        .map_err(|error| error.to_string())
}

fn port(outlet: &Outlet) -> Port {
    let kind = match outlet.dtype().tensor_type() {
        Some(TensorElementType::Float32) => Kind::Real,
        Some(TensorElementType::Int32) => Kind::Whole,
        Some(TensorElementType::Int64) => Kind::Long,
        _ => Kind::Other,
    };
    Port {
        name: outlet.name().to_owned(),
        kind,
        rank: outlet.dtype().tensor_shape().map(|shape| shape.len()),
    }
}

impl Onnx for ByOrt {
    fn runtime(&self) -> &str {
        &self.runtime
    }

    fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    fn stops_within(&self) -> bool {
        true
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        wanted: &[usize],
        cancel: &Cancel,
    ) -> Result<Vec<Tensor>, Stopped> {
        cancel.check()?;
        let mut lent = Lent {
            session: self.idle().pop(),
            network: self,
        };
        let session = lent.session.as_mut();
        let session = session.ok_or_else(|| Stopped::failed("every session is running"))?;
        self.run_in(session, inputs, wanted, cancel)
    }
}

/// A session that goes back whatever becomes of its run.
struct Lent<'a> {
    session: Option<Session>,
    network: &'a ByOrt,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.network.idle().extend(self.session.take());
    }
}

fn given(kind: Kind, tensor: Tensor) -> Result<SessionInputValue<'static>, ort::Error> {
    let shape = tensor.shape;
    Ok(match (tensor.numbers, kind) {
        (Numbers::Reals(reals), _) => ort::value::Tensor::from_array((shape, reals))?.into(),
        (Numbers::Wholes(wholes), Kind::Whole) => {
            let narrow: Vec<i32> = wholes.into_iter().map(|whole| whole as i32).collect();
            ort::value::Tensor::from_array((shape, narrow))?.into()
        }
        (Numbers::Wholes(wholes), _) => ort::value::Tensor::from_array((shape, wholes))?.into(),
    })
}

fn taken(value: &ort::value::DynValue) -> Result<Tensor, ort::Error> {
    let sizes = |shape: &[i64]| -> Vec<usize> {
        shape
            .iter()
            .map(|size| usize::try_from(*size).unwrap_or(0))
            .collect()
    };
    if let Ok((shape, reals)) = value.try_extract_tensor::<f32>() {
        return Ok(Tensor::reals(sizes(shape), reals.to_vec()));
    }
    if let Ok((shape, narrow)) = value.try_extract_tensor::<i32>() {
        let wide = narrow.iter().map(|whole| i64::from(*whole)).collect();
        return Ok(Tensor::wholes(sizes(shape), wide));
    }
    let (shape, wholes) = value.try_extract_tensor::<i64>()?;
    Ok(Tensor::wholes(sizes(shape), wholes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use models_fixtures::kokoro::{Export, laborious};

    fn weights() -> Option<PathBuf> {
        let told = |name| std::env::var_os(name).map(PathBuf::from);
        let cache = told("XDG_CACHE_HOME").or_else(|| Some(told("HOME")?.join(".cache")));
        told("REPARTEE_WEIGHTS").or_else(|| Some(cache?.join("repartee/weights")))
    }

    #[test]
    fn a_cancel_stops_a_run_within() {
        let folders: Vec<PathBuf> = weights().into_iter().collect();
        let options = OrtOptions {
            library: None,
            folders: &folders,
            runs: 1,
            threads: 1,
        };
        let found = match find(&options) {
            Ok(found) => found,
            Err(why) => return println!("SKIPPED: {why}"),
        };
        let model = laborious(Export::HUB, 1);
        let network = ByOrt::load(&found, "laborious", &model, &options).expect("it loads");
        let inputs = || {
            vec![
                Tensor::wholes([1, 3], vec![0, 50, 0]),
                Tensor::reals([1, 256], vec![0.0; 256]),
                Tensor::reals([1], vec![1.0]),
            ]
        };
        let run = |run: &RunOptions| {
            let named = network.inputs.iter().zip(inputs()).map(|(port, tensor)| {
                let value = given(port.kind, tensor).expect("a tensor is made");
                (port.name.as_str(), value)
            });
            let named: Vec<_> = named.collect();
            let mut session = network.idle.lock().expect("nobody panics");
            let answers = session[0].run_with_options(named, run);
            answers.map(drop).map_err(|error| error.to_string())
        };
        let options = || Arc::new(RunOptions::new().expect("options are made"));
        let (told, untold, cancel) = (options(), options(), Cancel::new());
        let _watched = network.watch.over(&cancel, &told);
        cancel.cancel();
        // The watch lets go of a run once it has told it to stop.
        while Arc::strong_count(&told) > 1 {
            std::thread::yield_now();
        }
        let stopped = run(&told).expect_err("it was told to stop");
        assert!(stopped.contains("terminate"), "{stopped}");
        assert_eq!(run(&untold), Ok(()));
        assert_eq!(
            network.run(inputs(), &[0], &cancel),
            Err(Stopped::Cancelled)
        );
    }
}
