//! What a server process costs, read from /proc: CPU time and memory, with figures for each call.

use serde::Serialize;

/// Ticks a second of the CPU times in /proc, on every Linux that there is.
const TICKS: f64 = 100.0;

/// A look at a process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cost {
    pub cpu_s: f64,
    pub memory_kb: u64,
    /// Open files and sockets.
    pub files: usize,
}

impl Cost {
    /// `None` where the process, or /proc, is not there.
    pub fn read(pid: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
        Some(Self {
            cpu_s: cpu_s(&stat)?,
            memory_kb: memory_kb(&status)?,
            files,
        })
    }

    /// The process and all that it started; what has ended counts with whoever waited for it.
    pub fn of_tree(root: u32) -> Option<Self> {
        let mut all = Self::read(root)?;
        all.cpu_s += ended_s(&stat_of(root)?).unwrap_or(0.0);
        for pid in offspring(root, &parents()) {
            // One that has gone meanwhile has nothing to add.
            let Some((cost, stat)) = Self::read(pid).zip(stat_of(pid)) else {
                continue;
            };
            all.cpu_s += cost.cpu_s + ended_s(&stat).unwrap_or(0.0);
            all.memory_kb += cost.memory_kb;
            all.files += cost.files;
        }
        Some(all)
    }
}

fn stat_of(pid: u32) -> Option<String> {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()
}

/// Each process with the one that started it.
fn parents() -> Vec<(u32, u32)> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, parent(&stat_of(pid)?)?)))
        .collect()
}

fn offspring(root: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&older) = found.get(next) {
        let born = parents.iter().filter(|(_, parent)| *parent == older);
        let new: Vec<u32> = born
            .map(|(pid, _)| *pid)
            .filter(|pid| !found.contains(pid))
            .collect();
        found.extend(new);
        next += 1;
    }
    found.split_off(1)
}

/// What a span of time cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spent {
    pub seconds: f64,
    /// Of one core.
    pub cpu_percent: f64,
    pub cpu_percent_per_call: f64,
    pub memory_kb: u64,
    /// Against the memory before the first call.
    pub memory_kb_per_call: f64,
    pub files: usize,
}

impl Spent {
    /// `before` the calls, and at the `start` and the `end` of the span in which all of them stood.
    pub fn between(before: Cost, start: Cost, end: Cost, seconds: f64, calls: usize) -> Self {
        let cpu_percent = (end.cpu_s - start.cpu_s) / seconds * 100.0;
        let grown_kb = end.memory_kb as f64 - before.memory_kb as f64;
        let calls = calls.max(1) as f64;
        Self {
            seconds,
            cpu_percent,
            cpu_percent_per_call: cpu_percent / calls,
            memory_kb: end.memory_kb,
            memory_kb_per_call: grown_kb / calls,
            files: end.files,
        }
    }
}

/// A field behind the name, which may hold spaces and brackets; the state is field 3.
fn field(stat: &str, number: usize) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(number - 3)?.parse().ok()
}

fn parent(stat: &str) -> Option<u32> {
    field(stat, 4).map(|pid| pid as u32)
}

fn cpu_s(stat: &str) -> Option<f64> {
    Some((field(stat, 14)? + field(stat, 15)?) / TICKS)
}

/// Of children that have ended and were waited for.
fn ended_s(stat: &str) -> Option<f64> {
    Some((field(stat, 16)? + field(stat, 17)?) / TICKS)
}

fn memory_kb(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_right_fields_behind_any_name() {
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        assert_eq!(cpu_s(stat), Some(2.0));
        assert_eq!((parent(stat), ended_s(stat)), (Some(1), Some(0.0)));
        assert_eq!(memory_kb("Name:\tx\nVmRSS:\t  1234 kB\n"), Some(1234));
        assert_eq!((cpu_s("garbage"), memory_kb("")), (None, None));
    }

    #[test]
    fn sees_this_very_process_and_no_other() {
        let cost = Cost::read(std::process::id()).expect("this process is running");
        assert!(cost.memory_kb > 100 && cost.files > 2, "{cost:?}");
        assert_eq!(Cost::read(u32::MAX), None);
    }

    #[test]
    fn a_tree_is_all_that_was_started_and_nothing_else() {
        let parents = [(5, 4), (2, 1), (4, 2), (3, 2), (9, 8), (8, 9)];
        assert_eq!(offspring(2, &parents), [4, 3, 5]);
        assert_eq!(offspring(8, &parents), [9]);
        assert!(offspring(7, &parents).is_empty());
        let me = std::process::id();
        let (alone, tree) = (Cost::read(me), Cost::of_tree(me));
        assert!(
            tree.zip(alone)
                .is_some_and(|(tree, alone)| tree.cpu_s >= alone.cpu_s)
        );
    }

    #[test]
    fn what_is_spent_is_shared_among_the_calls() {
        let cost = |cpu_s, memory_kb| Cost {
            cpu_s,
            memory_kb,
            files: 9,
        };
        let spent = Spent::between(
            cost(0.0, 1_000),
            cost(1.0, 2_000),
            cost(2.0, 3_000),
            10.0,
            4,
        );
        assert_eq!((spent.cpu_percent, spent.cpu_percent_per_call), (10.0, 2.5));
        assert_eq!(spent.memory_kb_per_call, 500.0);
    }
}
