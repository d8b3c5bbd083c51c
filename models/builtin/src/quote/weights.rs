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
        1.075, 1.101, 0.072, -0.240, -0.079, -0.034, 1.139, 0.035, -0.062, 0.449, 0.205, 1.486,
        1.639, -1.388, 0.406, -0.107, 1.091, 1.037, 0.699, 0.873, -0.070, 0.020, 0.178, 0.117,
        -0.441, 0.596, 0.088, 0.000, 0.512, -0.052, 0.428, 0.114, 1.153, -0.688, 0.000, -0.727,
        1.284, 0.213, -0.663, 1.831, -1.835, 1.163, 0.887, 1.231, 0.128,
    ],
    trust: [
        0.593, 0.607, 0.300, -0.507, -0.004, 0.203, 0.633, -0.182, -0.042, 0.382, -0.477, 0.182,
        0.098, -1.158, 0.274, -0.112, 0.287, -1.352, -0.133, 0.629, 0.941, 0.070, 0.059, -0.764,
        -0.808, 0.434, -0.278, 0.000, -0.489, 0.000, 0.477, 0.506, 0.524, -1.805, 0.328, -0.050,
        0.471, -0.053, -0.402, 1.571, -0.276, 1.505, 0.875, 0.960, -0.046,
    ],
    doubt: 1.448,
};

/// For passages that were found by their words alone.
const BY_WORDS: Weights = Weights {
    ranking: [
        1.506, 1.421, 0.329, 0.149, 0.176, 0.087, 1.462, 0.379, -0.300, 0.814, 0.255, 1.599, 1.777,
        -1.367, 1.022, -0.165, 0.786, 1.354, 1.431, 0.845, 0.069, 0.098, 0.541, 1.237, -0.187,
        0.823, 0.171, 0.000, 0.050, -0.012, 0.725, 0.606, 1.660, -0.739, -0.000, -1.170, 1.503,
        0.579, -1.027, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
    ],
    trust: [
        0.834, 0.826, -0.024, 0.240, 0.178, 0.152, 1.078, 0.098, -0.377, 0.520, -0.787, 0.041,
        -0.045, -1.227, 0.741, -0.092, 0.370, -1.103, 0.022, 0.595, 0.738, 0.231, 0.164, 0.090,
        -0.519, 0.726, -0.181, 0.000, -0.737, 0.000, 0.845, 0.885, 0.974, -1.336, 0.205, -0.214,
        0.351, 0.176, -0.174, 0.000, 0.000, 0.000, 0.000, 0.000, 0.000,
    ],
    doubt: 1.211,
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
