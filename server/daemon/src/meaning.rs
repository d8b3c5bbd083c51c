//! What the knowledge means, learnt beside everything else that loads.

use crate::assemble::weights;
use models_builtin::{Minilm, Quoter};
use models_knowledge::Knowledge;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// So long a server waits for it at its start; what is left is learnt while it serves.
const PATIENCE: Duration = Duration::from_secs(20);

/// Being learnt, on a thread of its own.
pub(crate) struct Learning(Receiver<Result<(), String>>);

impl Learning {
    /// Whoever quotes from it learns to read it, too.
    pub(crate) fn begin(
        knowledge: &Arc<Knowledge>,
        folder: Option<&Path>,
        quoter: Option<Quoter>,
    ) -> Self {
        let (done, learnt) = sync_channel(1);
        let (knowledge, folder) = (Arc::clone(knowledge), folder.map(Path::to_owned));
        let learning = std::thread::Builder::new()
            .name("meaning".to_owned())
            .spawn(move || {
                let _ = done.send(learn(&knowledge, folder.as_deref(), quoter.as_ref()));
            });
        // Without a thread the channel is closed, which is told like any other failure.
        drop(learning);
        Self(learnt)
    }

    /// Why questions are answered by their words alone, if they are.
    pub(crate) fn finish(self) -> Option<String> {
        match self.0.recv_timeout(PATIENCE) {
            Ok(Ok(())) => None,
            Ok(Err(reason)) => Some(format!(
                "The knowledge is searched by words alone: {reason}. This fetches what is missing: \
                 sh models/setup.sh"
            )),
            Err(RecvTimeoutError::Timeout) => Some(
                "The knowledge is large: it is searched by words alone until all of it is read"
                    .to_owned(),
            ),
            Err(RecvTimeoutError::Disconnected) => {
                Some("The knowledge is searched by words alone: its reading broke off".to_owned())
            }
        }
    }
}

pub(crate) fn learn(
    knowledge: &Knowledge,
    folder: Option<&Path>,
    quoter: Option<&Quoter>,
) -> Result<(), String> {
    let weights = weights().ok_or("no folder for weights is known")?;
    let minilm = match quoter {
        Some(_) => Minilm::load_to_judge(&weights),
        None => Minilm::load(&weights),
    };
    let minilm = Arc::new(minilm.map_err(|error| error.to_string())?);
    if let Some(quoter) = quoter {
        quoter.learn(Arc::clone(&minilm));
    }
    knowledge.learn(minilm, Some(&cache(&weights, folder)));
    Ok(())
}

/// One file for each folder of knowledge, beside the weights.
fn cache(weights: &Path, folder: Option<&Path>) -> PathBuf {
    let Some(folder) = folder else {
        return weights.join("knowledge.places");
    };
    let mut hash = DefaultHasher::new();
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.hash(&mut hash);
    weights.join(format!("knowledge-{:016x}.places", hash.finish()))
}
