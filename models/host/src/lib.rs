//! Threads that run engines, and the ports that sessions hold.
//!
//! A session never waits for an engine: it submits a job through a port and goes on; what the engine
//! says arrives in the session's own bounded mailbox. Dropping the job's handle cancels it. Where other engines
//! stand behind the first, a job that fails, or keeps a caller waiting for too long, goes on with the next: it stays
//! one job, which ends once.

mod admission;
mod fail_over;
mod figures;
mod health;
mod hearing;
mod job;
mod pool;
mod port;
mod queue;
mod watch;

pub use admission::Admission;
pub use fail_over::Taken;
pub use figures::{BOUNDS_MS, Figures, Histogram};
pub use hearing::{Heard, Hearing, RecognizerPort};
pub use job::{Job, Mailbox};
pub use pool::{Pool, PoolOptions};
pub use port::{Composing, EndpointerPort, LanguagePort, RetrieverPort, Speaking, SynthesizerPort};
pub use queue::{Fate, Next, Now, Priority, Queue, Refused, Terms};
