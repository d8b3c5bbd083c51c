//! A caller who says one thing, and may go on after a pause: when their voice is heard.

/// Silences within words, in windows: shorter than any pause.
const STOPS: u64 = 3;

pub(crate) struct Caller {
    /// From when to when they speak, in ms.
    pub(crate) parts: Vec<(u64, u64)>,
    seed: u64,
}

impl Caller {
    pub(crate) fn new(seed: u64, go_on_percent: u64) -> Self {
        let goes_on = chance(seed, 1) % 100 < go_on_percent;
        let first = (200, 200 + 600 + chance(seed, 2) % 2_000);
        let mut parts = vec![first];
        if goes_on {
            let from = first.1 + 160 + chance(seed, 3) % 320;
            parts.push((from, from + 400 + chance(seed, 4) % 1_200));
        }
        Self { parts, seed }
    }

    pub(crate) fn goes_on(&self) -> bool {
        self.parts.len() > 1
    }

    /// Whether the window that ends at `at` holds voice.
    pub(crate) fn speaks(&self, at: u64) -> bool {
        self.parts.iter().any(|&(from, to)| {
            let within = from < at && at <= to;
            // Every third of a second a consonant stops the voice for up to 96 ms.
            let phase = (at + self.seed * 32) / 32 % 10;
            let stops = phase < chance(self.seed, 5) % (STOPS + 1) && at + 128 < to;
            within && !stops
        })
    }

    /// The words of the parts that were begun before `at`.
    pub(crate) fn words(&self, at: u64) -> String {
        let parts = self.parts.iter().zip(["when is it open", "on sundays"]);
        let said = parts.filter(|((from, _), _)| *from < at);
        said.map(|(_, words)| words).collect::<Vec<_>>().join(" ")
    }
}

/// SplitMix64's last steps over the seed: the same number each time.
fn chance(seed: u64, which: u64) -> u64 {
    let mut z = (seed * 8 + which).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
