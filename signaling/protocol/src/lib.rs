//! The event model, and the dialects that put it on the wire.
//!
//! `model` is what a session says and is told, typed and numbered. A `Dialect` is one vocabulary for
//! it: it keeps the names that its clients use, and neither clock nor socket.

mod dialect;
pub mod model;
pub mod realtime;

pub use dialect::{Bad, Dialect};
