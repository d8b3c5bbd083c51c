//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::features::{COUNT, Features};

/// How likely a sentence answers, beside the others.
const RANKING: [f32; COUNT] = [
    1.287, 1.162, 0.367, 0.491, -0.002, 0.130, 1.095, -0.103, 0.271, 0.255, 0.023, 1.802, 1.620,
    -1.250, 1.083, -0.164, 1.110, 1.067, 1.809, 0.804, 0.097, 0.203, 0.434, 1.538, 0.159, 0.596,
    0.179, 0.000, 0.298, -0.054, 1.058, 0.473, 1.381, -0.413, -0.000, -1.179, 1.401, 0.211, -1.104,
];

/// Whether the likeliest one answers at all.
const TRUST: [f32; COUNT] = [
    0.626, 0.743, 0.104, 0.497, 0.071, 0.312, 0.864, 0.077, 0.042, 0.473, -0.794, -0.113, -0.203,
    -1.689, 0.330, 0.094, 0.985, -1.048, 0.757, 0.512, 0.875, 0.320, 0.334, 0.649, 0.013, 0.460,
    -0.472, 0.000, -1.043, 0.000, 0.745, 0.604, 0.325, -1.184, 0.422, -0.311, 0.722, -0.009,
    -0.050,
];
const DOUBT: f32 = 1.198;

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
