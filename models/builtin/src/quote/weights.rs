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
        2.243, 0.804, 0.598, 4.170, -4.180, 3.146, 0.497, 1.224, -0.509, -0.000, 0.000, -0.000,
        0.000, -0.000, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.000, 0.000, -0.000, -0.000,
        -0.000, -0.000, 0.000,
    ],
    trust: [
        0.049, -1.452, 1.500, -1.309, -0.019, -0.222, 0.209, 0.206, 0.329, 0.871, 0.187, -1.589,
        0.495, -0.975, 0.226, -0.623, 0.735, -1.544, -0.409, 0.309, 1.180, 0.344, -0.019, -0.852,
        0.477, 0.272, -0.218, 0.000, 0.424, -0.599, -0.262, -1.191, -0.221, -1.780, 2.854, -0.152,
        0.920, 0.342, -0.860, 1.260, -0.284, 1.613, -0.231, 1.598, -0.552, -0.190, -0.757, -0.566,
        -0.065, 0.181, 0.007, -1.090, 0.397, 0.855, 1.117, -0.515, 0.111, -2.150, 0.276, -0.443,
        0.558, -1.778, -1.205, 2.160, 1.029, 0.818, 1.440, -0.987,
    ],
    doubt: 3.125,
};

/// For passages that were found by their words alone.
const BY_WORDS: Weights = Weights {
    ranking: [
        1.615, 1.193, 0.366, 0.066, 0.107, -0.062, 1.595, -0.188, -0.464, -0.947, 0.066, 0.532,
        1.894, -0.820, 1.039, 1.153, 0.298, 2.165, 1.580, 1.492, 0.397, 0.331, 0.353, 1.998,
        -0.719, 0.717, -0.231, 0.000, 1.244, -0.741, 1.188, -0.404, 2.107, 0.156, -0.000, -1.918,
        2.669, 1.088, -0.520, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.000, -0.000, 0.000,
        -0.000, 0.000, -0.000, 0.000, 0.000, -0.000, -0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
        -0.000, 0.000, 0.000,
    ],
    trust: [
        0.838, -0.425, 0.506, -0.212, -0.227, -0.112, 0.835, 0.066, 0.253, 0.772, 0.465, -0.955,
        0.828, -1.041, 0.302, -0.061, 0.443, -1.584, 0.090, 0.743, 0.791, 0.678, 0.158, 0.462,
        -0.641, 0.441, -0.236, 0.000, -0.340, 0.000, 0.237, -0.946, 0.055, -1.989, 2.765, 0.447,
        0.652, 0.764, -0.822, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000, -0.249, -0.538, -0.482,
        -0.217, 0.907, 0.095, -1.189, -0.601, 0.795, 1.130, -0.585, 0.131, -2.335, -0.155, -0.465,
        1.189, -1.390, -1.109, 2.500, 1.019, 0.536, 0.232, -0.725,
    ],
    doubt: 3.016,
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
