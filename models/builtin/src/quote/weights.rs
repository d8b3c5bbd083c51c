//! What each of the numbers in `features.rs` is worth, as the example `fit` found it.

use super::contrast;
use super::features::{COUNT, Features};

/// What it says itself, then how far it stands out.
const TRUST: usize = COUNT + contrast::COUNT;

pub(super) struct Weights {
    /// How likely a sentence answers, beside the others.
    ranking: Features,
    /// Whether the likeliest one answers at all.
    trust: [f32; TRUST],
    doubt: f32,
}

/// For passages whose sentences were judged by their meaning.
const BY_MEANING: Weights = Weights {
    ranking: [
        1.012, 0.916, 0.117, -1.323, -0.269, 0.085, 0.919, -0.689, -0.218, -0.894, -0.178, 0.503,
        1.548, -1.067, 0.243, 0.847, 0.681, 1.304, 0.448, 1.842, 0.507, -0.100, -0.039, -0.133,
        -1.135, 0.422, -0.461, 0.000, 1.318, -1.314, 1.099, -0.790, 1.325, -0.565, -0.000, -1.678,
        2.243, 0.804, 0.598, 4.170, -4.180, 3.146, 0.497, 1.224, -0.509, -0.000, 0.000, 0.000,
        0.000, -0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.000, -0.000, 0.000, 0.000, 0.000,
        -0.000, -0.000, 0.000,
    ],
    trust: [
        0.034, -1.426, 1.526, -0.898, -0.089, 0.041, 0.309, 0.664, -0.515, 1.093, 0.463, -1.540,
        0.440, -1.024, 0.077, -0.653, 0.797, -1.852, -0.482, 0.376, 0.810, 0.231, 0.534, -0.257,
        -0.228, 0.349, -0.239, 0.000, 0.077, 0.686, -0.615, -1.383, -0.248, -1.951, 3.660, -0.147,
        1.013, 0.735, -1.238, 1.910, 0.297, 2.213, -0.094, 1.081, -0.806, -0.113, -1.078, -0.945,
        -0.360, -0.164, -0.300, -0.688, -0.074, 0.888, 0.615, -0.526, 0.098, -1.938, 0.384, -0.254,
        0.957, -1.297, -1.566, 1.949, 0.666, -0.160, 1.199, -0.518,
    ],
    doubt: 2.930,
};

/// For passages that were found by their words alone.
const BY_WORDS: Weights = Weights {
    ranking: [
        1.615, 1.193, 0.366, 0.066, 0.107, -0.062, 1.595, -0.188, -0.464, -0.947, 0.066, 0.532,
        1.894, -0.820, 1.039, 1.153, 0.298, 2.165, 1.580, 1.492, 0.397, 0.331, 0.353, 1.998,
        -0.719, 0.717, -0.231, 0.000, 1.244, -0.741, 1.188, -0.404, 2.107, 0.156, -0.000, -1.918,
        2.669, 1.088, -0.520, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.000, -0.000, 0.000,
        -0.000, 0.000, -0.000, 0.000, 0.000, -0.000, -0.000, 0.000, -0.000, 0.000, 0.000, -0.000,
        -0.000, 0.000, 0.000,
    ],
    trust: [
        1.134, -1.078, 1.027, 0.049, -0.083, 0.191, 0.859, 0.527, -0.138, 1.173, 0.428, -0.823,
        0.822, -0.970, 0.485, -0.253, -0.014, -1.398, 0.024, 0.813, 0.670, 0.572, 0.720, 1.457,
        -1.358, 0.385, -0.252, 0.000, -0.734, 0.000, -0.072, -1.490, 0.547, -1.539, 3.321, 0.724,
        1.229, -0.020, -1.256, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.107, -0.574, -0.637,
        -0.314, 0.655, -0.147, -0.827, -0.620, 1.110, 0.867, -0.270, 0.171, -1.913, 0.423, -0.108,
        0.850, -1.106, -1.499, 2.827, 0.814, -0.721, 0.605, -0.831,
    ],
    doubt: 2.415,
};

impl Weights {
    pub(super) fn of(by_meaning: bool) -> &'static Self {
        if by_meaning { &BY_MEANING } else { &BY_WORDS }
    }

    pub(super) fn score(&self, features: &Features) -> f32 {
        weighed(&self.ranking, features)
    }

    /// Below 0 it is rather no answer.
    pub(super) fn trust(&self, features: &Features, contrast: &[f32; contrast::COUNT]) -> f32 {
        let (own, standing) = self.trust.split_at(COUNT);
        weighed(own, features) + weighed(standing, contrast) - self.doubt
    }
}

fn weighed(weights: &[f32], features: &[f32]) -> f32 {
    weights
        .iter()
        .zip(features)
        .map(|(weight, feature)| weight * feature)
        .sum()
}
