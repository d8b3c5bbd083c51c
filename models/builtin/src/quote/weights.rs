//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::features::Features;

pub(super) struct Weights {
    /// How likely a sentence answers, beside the others.
    ranking: Features,
    /// Whether the likeliest one answers at all.
    trust: Features,
    doubt: f32,
}

/// For passages whose sentences were judged by their meaning.
const BY_MEANING: Weights = Weights {
    ranking: [
        1.015, 1.008, 0.086, -0.348, -0.075, -0.048, 1.062, 0.006, -0.008, 0.101, 0.087, 1.570,
        1.499, -1.468, 0.436, -0.096, 1.152, 0.916, 0.984, 1.145, -0.171, 0.022, 0.530, 0.467,
        -0.127, 0.575, -0.008, 0.000, 0.481, -0.072, 0.416, 0.119, 0.983, -0.804, 0.000, -0.350,
        1.451, 0.322, -0.854, 1.851, -1.856, 1.546, 0.782, 1.152, -0.067,
    ],
    trust: [
        0.621, 0.633, 0.445, -0.501, -0.117, 0.308, 0.656, -0.357, 0.217, 0.247, -0.711, 0.328,
        0.022, -1.075, 0.124, -0.153, 0.033, -1.359, 0.063, 0.905, 1.205, 0.058, 0.428, -0.435,
        -0.453, 0.194, -0.368, 0.000, -0.498, 0.000, 0.632, 0.489, 0.283, -1.643, 0.464, -0.156,
        0.439, 0.070, -0.117, 1.682, -0.183, 1.659, 0.779, 0.863, -0.179,
    ],
    doubt: 1.228,
};

/// For passages that were found by their words alone.
const BY_WORDS: Weights = Weights {
    ranking: [
        1.459, 1.321, 0.390, 0.109, 0.112, 0.124, 1.373, 0.381, -0.252, 0.590, 0.291, 1.702, 1.607,
        -1.453, 1.123, -0.142, 0.745, 1.204, 1.661, 0.982, 0.058, 0.120, 1.007, 1.390, 0.284,
        0.813, 0.208, 0.000, 0.084, -0.015, 0.779, 0.700, 1.602, -0.821, 0.000, -0.859, 1.618,
        0.589, -1.094, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
    ],
    trust: [
        0.786, 0.800, 0.037, -0.091, 0.314, 0.357, 1.082, 0.232, -0.133, 0.539, -0.906, -0.152,
        0.115, -1.431, 0.876, -0.051, 0.355, -0.968, 0.517, 0.476, 0.574, 0.196, 0.679, 0.432,
        -0.037, 0.468, -0.267, 0.000, -1.005, 0.000, 0.651, 0.544, 0.723, -1.276, 0.646, -0.137,
        0.723, 0.514, -0.283, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
    ],
    doubt: 1.148,
};

impl Weights {
    pub(super) fn of(by_meaning: bool) -> &'static Self {
        if by_meaning { &BY_MEANING } else { &BY_WORDS }
    }

    pub(super) fn score(&self, features: &Features) -> f32 {
        weighed(&self.ranking, features)
    }

    pub(super) fn trust(&self, features: &Features) -> f32 {
        weighed(&self.trust, features) - self.doubt
    }
}

fn weighed(weights: &Features, features: &Features) -> f32 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum()
}
