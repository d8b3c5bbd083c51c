//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::features::{COUNT, Features};

/// How likely a sentence answers, beside the others.
const RANKING: [f32; COUNT] = [
    1.459, 1.321, 0.390, 0.109, 0.112, 0.124, 1.373, 0.381, -0.252, 0.590, 0.291, 1.702, 1.607,
    -1.453, 1.123, -0.142, 0.745, 1.204, 1.661, 0.982, 0.058, 0.120, 1.007, 1.390, 0.284, 0.813,
    0.208, 0.000, 0.084, -0.015, 0.779, 0.700, 1.602, -0.821, 0.000, -0.859, 1.618, 0.589, -1.094,
];

/// Whether the likeliest one answers at all.
const TRUST: [f32; COUNT] = [
    0.786, 0.800, 0.037, -0.091, 0.314, 0.357, 1.082, 0.232, -0.133, 0.539, -0.906, -0.152, 0.115,
    -1.431, 0.876, -0.051, 0.355, -0.968, 0.517, 0.476, 0.574, 0.196, 0.679, 0.432, -0.037, 0.468,
    -0.267, 0.000, -1.005, 0.000, 0.651, 0.544, 0.723, -1.276, 0.646, -0.137, 0.723, 0.514, -0.283,
];
const DOUBT: f32 = 0.998;

pub(super) fn score(features: &Features) -> f32 {
    weighed(&RANKING, features)
}

pub(super) fn trust(features: &Features) -> f32 {
    weighed(&TRUST, features) - DOUBT
}

fn weighed(weights: &Features, features: &Features) -> f32 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum()
}
