//! What this machine has: memory, and a GPU's where ggml knows one.

use models_weights::{Manifest, WeightSet};

/// The system and everything else need some of the memory, too; of a GPU's they need less.
const PERCENT: u64 = 70;
const PERCENT_OF_GPU: u64 = 90;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Machine {
    /// `None` where it is not known.
    pub(crate) memory: Option<u64>,
    pub(crate) gpu_memory: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Fits,
    /// There is room, but no GPU that it would be fast on.
    Slow,
    TooLarge,
    Unknown,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self {
            memory: entry(&told, "MemTotal:"),
            gpu_memory: gpu_memory(),
        }
    }

    pub(crate) fn fit(&self, manifest: &Manifest, set: &WeightSet) -> Fit {
        let needed = manifest.memory_of(set);
        let holds = |memory: u64, percent| memory / 100 * percent >= needed;
        if self
            .gpu_memory
            .is_some_and(|memory| holds(memory, PERCENT_OF_GPU))
        {
            return Fit::Fits;
        }
        match self.memory {
            None => Fit::Unknown,
            Some(memory) if !holds(memory, PERCENT) => Fit::TooLarge,
            Some(_) if set.gpu => Fit::Slow,
            Some(_) => Fit::Fits,
        }
    }

    /// The largest that fits; the manifest names the small ones first.
    pub(crate) fn best<'a>(&self, manifest: &'a Manifest) -> Option<&'a WeightSet> {
        let mut sets = manifest.sets.iter().rev();
        sets.find(|set| self.fit(manifest, set) == Fit::Fits)
    }
}

/// What may still be taken without taking it from others; `None` where it is not known.
pub(crate) fn available() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let free = entry(&read("/proc/meminfo"), "MemAvailable:")?;
    let group = |name: &str| {
        read(&format!("/sys/fs/cgroup/{name}"))
            .trim()
            .parse::<u64>()
    };
    let left = match (group("memory.max"), group("memory.current")) {
        (Ok(most), Ok(used)) => most.saturating_sub(used),
        _ => u64::MAX,
    };
    Some(free.min(left))
}

/// `MemTotal:       24567890 kB`
fn entry(meminfo: &str, name: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Of the largest one.
#[cfg(feature = "native")]
fn gpu_memory() -> Option<u64> {
    let ggml = models_ggml::Ggml::ready().ok()?;
    let gpus = ggml.devices().iter().filter(|device| device.gpu);
    gpus.map(|device| device.memory_total_bytes).max()
}

#[cfg(not(feature = "native"))]
fn gpu_memory() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    fn best(memory: u64, gpu_memory: Option<u64>) -> Option<String> {
        let (memory, manifest) = (Some(memory), Manifest::embedded());
        let machine = Machine { memory, gpu_memory };
        machine.best(&manifest).map(|set| set.name.clone())
    }

    #[test]
    fn the_set_fits_the_machine() {
        assert_eq!(best(2 * GB, None), None);
        assert_eq!(best(8 * GB, None).as_deref(), Some("small"));
        assert_eq!(best(512 * GB, None).as_deref(), Some("small"), "no GPU");
        assert_eq!(best(16 * GB, Some(6 * GB)).as_deref(), Some("small"));
        assert_eq!(best(16 * GB, Some(12 * GB)).as_deref(), Some("standard"));
        assert_eq!(best(128 * GB, Some(80 * GB)).as_deref(), Some("best"));
    }

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        let told = "MemTotal:       24567890 kB\nMemFree:  1 kB\n";
        assert_eq!(entry(told, "MemTotal:"), Some(24_567_890 * 1024));
        assert_eq!(entry(told, "MemFree:"), Some(1024));
        for strange in ["", "MemTotal:", "MemTotal: many kB", "MemTotal: 5 MB"] {
            assert_eq!(entry(strange, "MemTotal:"), None, "{strange}");
        }
    }
}
