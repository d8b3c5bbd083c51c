//! A sequence that is always the same for one seed.

pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        ((self.roll() * most as f32) as usize).min(most.saturating_sub(1))
    }
}
