//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::features::{COUNT, Features};

/// How likely a sentence answers, beside the others.
const RANKING: [f32; COUNT] = [
    1.461, 1.328, 0.330, 0.045, 0.100, 0.092, 1.397, 0.283, -0.305, 0.613, 0.263, 1.666, 1.638,
    -1.424, 1.094, -0.139, 0.783, 1.233, 1.633, 1.399, 0.136, 0.905, 1.065, 1.439, 0.219, 0.774,
    0.115, 0.000, 0.116, -0.014, 0.781, 0.704, 1.633, -0.771, -0.000, -0.777, 1.623, 0.690, -0.871,
];

/// Whether the likeliest one answers at all.
const TRUST: [f32; COUNT] = [
    0.731, 0.746, 0.156, 0.091, 0.242, 0.391, 1.015, 0.049, -0.201, 0.514, -0.917, -0.038, 0.087,
    -1.315, 0.590, -0.076, 0.273, -1.016, 0.632, 0.693, 0.244, 0.141, 0.526, 0.308, -0.124, 0.587,
    -0.233, 0.000, -0.888, 0.000, 0.791, 0.488, 0.931, -1.305, 0.628, -0.081, 0.687, 0.272, -0.101,
];
const DOUBT: f32 = 1.202;

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
