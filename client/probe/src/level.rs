//! How loud a frame is: the server's own measure, so that both speak of the same decibels.

pub(crate) use server_audio::level_dbfs as dbfs;

/// One frame, in milliseconds.
pub use server_audio::FRAME_MS;

/// Samples a second of everything the probe handles, and of Opus on the wire.
pub(crate) const RATE: u32 = 48_000;
/// Samples in one frame of 20 ms.
pub(crate) const FRAME: usize = server_audio::FRAME_TICKS as usize;
/// A frame above this is voiced: where speech ends and a reply starts is judged by it alone.
pub const VOICED_DBFS: f32 = -45.0;

#[cfg(test)]
pub(crate) const SILENCE_DBFS: f32 = -120.0;
