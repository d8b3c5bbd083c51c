//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::features::{COUNT, Features};

/// How likely a sentence answers, beside the others.
const RANKING: [f32; COUNT] = [
    1.464, 1.331, 0.375, 0.119, 0.101, 0.129, 1.369, 0.369, -0.263, 0.530, 0.224, 1.728, 1.602,
    -1.378, 1.125, -0.144, 0.707, 1.161, 1.658, 1.012, 0.038, 0.123, 1.018, 1.333, 0.225, 0.834,
    0.195, 0.000, 0.171, -0.016, 0.784, 0.612, 1.546, -0.779, -0.000, -0.954, 1.644, 0.604, -1.133,
];

/// Whether the likeliest one answers at all.
const TRUST: [f32; COUNT] = [
    0.737, 0.777, 0.010, -0.095, 0.281, 0.372, 1.075, 0.241, -0.163, 0.537, -0.874, -0.223, 0.110,
    -1.445, 0.870, -0.045, 0.481, -1.022, 0.529, 0.500, 0.574, 0.196, 0.684, 0.383, -0.024, 0.521,
    -0.291, 0.000, -0.985, 0.000, 0.645, 0.524, 0.720, -1.243, 0.744, -0.159, 0.781, 0.524, -0.324,
];
const DOUBT: f32 = 1.028;

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
