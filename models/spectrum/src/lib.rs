//! Fourier transforms, and changes of rate by them.
//!
//! Whoever names a planner of `rustfft` compiles all of its kernels: half a minute. So they are named here alone, and
//! what is planned is used through `dyn` elsewhere.

pub use realfft::RealToComplex;
pub use realfft::num_complex::Complex32;

use realfft::RealFftPlanner;
use rubato::{Fft, FixedSync, ResamplerConstructionError};
use std::sync::Arc;

/// The spectrum of so many samples.
#[must_use]
pub fn spectrum(length: usize) -> Arc<dyn RealToComplex<f32>> {
    RealFftPlanner::new().plan_fft_forward(length)
}

/// One channel from a rate to another, in blocks of about `block` samples of the first.
pub fn filter(from: u32, to: u32, block: usize) -> Result<Fft<f32>, ResamplerConstructionError> {
    Fft::new(from as usize, to as usize, block, 1, FixedSync::Both)
}
