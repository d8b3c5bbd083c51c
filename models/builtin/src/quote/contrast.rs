//! How far the likeliest sentence stands out from the others: what speaks for trusting it.

pub(super) const COUNT: usize = 5;

/// A lead beyond this says no more.
const CLEAR_LEAD: f32 = 4.0;
/// Where there is nobody to lead.
const ALONE: f32 = 3.0;
/// No score of use is higher.
const HIGH_SCORE: f32 = 30.0;

/// `scored` are the passage and the score of each sentence; the first one is the likeliest.
///
/// Its share of all likelihood, its lead over other passages and over its own, its score, and the
/// share of its passage.
pub fn contrast(scored: &[(usize, f32)]) -> [f32; COUNT] {
    let Some(((home, best), others)) = scored.split_first() else {
        return [0.0; COUNT];
    };
    let likely = |score: f32| (score - best).exp();
    let sum = |at_home_only: bool| -> f32 {
        let counted = scored
            .iter()
            .filter(|(passage, _)| !at_home_only || passage == home);
        counted.map(|(_, score)| likely(*score)).sum()
    };
    let lead = |at_home: bool| {
        let rivals = others
            .iter()
            .filter(|(passage, _)| (passage == home) == at_home);
        let highest = rivals.map(|(_, score)| *score).reduce(f32::max);
        highest.map_or(ALONE, |highest| (best - highest).clamp(0.0, CLEAR_LEAD)) / CLEAR_LEAD
    };
    let all = sum(false);
    [
        1.0 / all,
        lead(false),
        lead(true),
        best.min(HIGH_SCORE) / 10.0,
        sum(true) / all,
    ]
}

#[cfg(test)]
mod tests {
    use super::contrast;

    #[test]
    fn a_lone_sentence_has_all_likelihood() {
        assert_eq!(contrast(&[(0, 8.0)]), [1.0, 0.75, 0.75, 0.8, 1.0]);
        assert_eq!(contrast(&[]), [0.0; 5]);
    }

    #[test]
    fn a_rival_elsewhere_takes_trust_and_one_beside_takes_none_from_the_passage() {
        let clear = contrast(&[(0, 8.0), (1, 2.0)]);
        let [share, lead, _, _, home] = contrast(&[(0, 8.0), (1, 8.0)]);
        assert!(share < clear[0] && lead < clear[1] && home < clear[4]);
        let [share, lead, beside, _, home] = contrast(&[(0, 8.0), (0, 7.0), (1, 2.0)]);
        assert!(share < clear[0] && lead == clear[1] && home > share);
        assert!((beside - 0.25).abs() < 1e-6);
    }
}
