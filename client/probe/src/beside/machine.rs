//! What machine it was, and how busy.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_mb: u64,
    pub kernel: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let memory_kb: u64 = line(&read("/proc/meminfo"), "MemTotal")
            .and_then(|text| text.split_whitespace().next()?.parse().ok())
            .unwrap_or(0);
        Self {
            processor: line(&read("/proc/cpuinfo"), "model name").unwrap_or_default(),
            cores: cores(),
            memory_mb: memory_kb / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Over one, five and fifteen minutes.
pub(crate) fn load_average() -> Vec<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .take(3)
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// What stands behind "name:" in the first line that begins so.
fn line(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_name_is_found() {
        let text = "a\t: 1\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: other\n";
        assert_eq!(
            line(text, "model name").as_deref(),
            Some("Some CPU @ 2 GHz")
        );
        assert_eq!(line(text, "model"), None);
    }

    #[test]
    fn this_machine_has_a_name_and_a_load() {
        let machine = Machine::here();
        assert!(machine.cores > 0 && machine.memory_mb > 0, "{machine:?}");
        assert_eq!(load_average().len(), 3);
    }
}
