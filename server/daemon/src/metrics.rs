//! What `GET /metrics` tells: the engines' queues, their process, and the calls, in Prometheus' text format.

use models_apart::{Account, Gauge};
use models_host::{BOUNDS_MS, Figures, Histogram};
use server_session::Engines;
use std::fmt::Write;

/// The queue of each engine that has one, by its seam.
pub(crate) fn queues(engines: &Engines) -> Vec<(&'static str, Figures)> {
    let mut queues = vec![("language_model", engines.language_model.0.figures())];
    queues.extend(
        engines
            .recognizer
            .as_ref()
            .map(|port| ("recognizer", port.0.figures())),
    );
    queues.extend(
        engines
            .retriever
            .as_ref()
            .map(|port| ("retriever", port.0.figures())),
    );
    queues.extend(
        engines
            .synthesizer
            .as_ref()
            .map(|port| ("synthesizer", port.0.figures())),
    );
    queues
}

/// How busy the busiest engine is whose time calls compete for. A recognizer is held for as long as somebody speaks, which
/// says nothing of its time.
pub(crate) fn load(queues: &[(&'static str, Figures)]) -> f64 {
    let counted = queues.iter().filter(|(seam, _)| *seam != "recognizer");
    let permille = counted.map(|(_, figures)| figures.load_permille).max();
    f64::from(permille.unwrap_or_default()) / 1_000.0
}

pub(crate) fn text(
    calls: usize,
    queues: &[(&'static str, Figures)],
    gauges: &[Gauge],
    apart: Option<&Account>,
) -> String {
    let mut page = Page(String::new());
    page.plain(
        "repartee_calls",
        "gauge",
        "Calls on the line.",
        calls as f64,
    );
    type Number = fn(&Figures) -> f64;
    let numbers: [(&str, &str, &str, Number); 8] = [
        (
            "jobs_waiting",
            "gauge",
            "Jobs that wait for an engine.",
            |f| f.waiting as f64,
        ),
        ("jobs_running", "gauge", "Jobs that an engine does.", |f| {
            f.running as f64
        }),
        (
            "threads",
            "gauge",
            "Jobs that an engine does at once.",
            |f| f.threads as f64,
        ),
        (
            "load_ratio",
            "gauge",
            "Share of its time used over ten seconds.",
            |f| f64::from(f.load_permille) / 1_000.0,
        ),
        (
            "jobs_refused_full_total",
            "counter",
            "Refused: the queue was full.",
            |f| f.full as f64,
        ),
        (
            "jobs_refused_slow_total",
            "counter",
            "Refused: the wait was too long.",
            |f| f.slow as f64,
        ),
        (
            "jobs_late_total",
            "counter",
            "Not begun: past the deadline.",
            |f| f.late as f64,
        ),
        (
            "jobs_left_total",
            "counter",
            "Not begun: nobody wanted them.",
            |f| f.left as f64,
        ),
    ];
    for (name, kind, help, number) in numbers {
        page.head(&format!("repartee_{name}"), kind, help);
        for (seam, figures) in queues {
            page.line(
                &format!("repartee_{name}"),
                &format!("engine=\"{seam}\""),
                number(figures),
            );
        }
    }
    page.histograms(
        "wait",
        "How long jobs waited that were begun.",
        queues,
        |f| &f.waited,
    );
    page.histograms(
        "run",
        "How long jobs took, without their wait.",
        queues,
        |f| &f.ran,
    );
    for gauge in gauges {
        page.plain(
            &format!("repartee_{}", gauge.name),
            "counter",
            "Counted by an engine.",
            gauge.value as f64,
        );
    }
    if let Some(account) = apart {
        page.apart(account);
    }
    page.0
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(self.0, "{name}{{{labels}}} {value}");
    }

    fn plain(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn histograms(
        &mut self,
        what: &str,
        help: &str,
        queues: &[(&'static str, Figures)],
        histogram: fn(&Figures) -> &Histogram,
    ) {
        let name = format!("repartee_{what}_seconds");
        self.head(&name, "histogram", help);
        for (seam, figures) in queues {
            let (histogram, mut below) = (histogram(figures), 0);
            for (bound_ms, count) in BOUNDS_MS.iter().zip(histogram.buckets) {
                below += count;
                let bound = *bound_ms as f64 / 1_000.0;
                self.line(
                    &format!("{name}_bucket"),
                    &format!("engine=\"{seam}\",le=\"{bound}\""),
                    below as f64,
                );
            }
            let engine = format!("engine=\"{seam}\"");
            self.line(
                &format!("{name}_bucket"),
                &format!("{engine},le=\"+Inf\""),
                histogram.count as f64,
            );
            self.line(&format!("{name}_sum"), &engine, histogram.sum.as_secs_f64());
            self.line(&format!("{name}_count"), &engine, histogram.count as f64);
        }
    }

    fn apart(&mut self, account: &Account) {
        let up = f64::from(u8::from(account.pid.is_some()));
        self.plain(
            "repartee_engines_up",
            "gauge",
            "The engines' process lives.",
            up,
        );
        self.plain(
            "repartee_engines_slowest_return_seconds",
            "gauge",
            "The longest that no engines' process served.",
            account.returns.slowest.as_secs_f64(),
        );
        self.plain(
            "repartee_engines_spare",
            "gauge",
            "A second engines' process stands by.",
            f64::from(u8::from(account.spare.is_some())),
        );
        let name = "repartee_engines_return_seconds";
        self.head(name, "summary", "From a death to engines that serve.");
        let _ = writeln!(self.0, "{name}_sum {}", account.returns.sum.as_secs_f64());
        let _ = writeln!(self.0, "{name}_count {}", account.returns.count);
        let counters = [
            ("deaths", "Deaths of the engines' process.", account.deaths),
            (
                "again",
                "Jobs asked once more of a new process.",
                account.again,
            ),
            ("lost", "Jobs that a death cost.", account.lost),
        ];
        for (name, help, value) in counters {
            self.plain(
                &format!("repartee_engines_{name}_total"),
                "counter",
                help,
                value as f64,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_number_has_its_name_and_its_kind() {
        let mut figures = Figures {
            waiting: 3,
            threads: 2,
            load_permille: 250,
            ..Figures::default()
        };
        figures.waited.note(Duration::from_millis(3));
        figures.waited.note(Duration::from_secs(60));
        let gauges = [Gauge {
            name: "llama_steps_total".to_owned(),
            value: 7,
        }];
        let account = Account {
            deaths: 2,
            ..Account::default()
        };
        let text = text(4, &[("language_model", figures)], &gauges, Some(&account));
        for line in [
            "repartee_calls 4",
            "repartee_jobs_waiting{engine=\"language_model\"} 3",
            "repartee_load_ratio{engine=\"language_model\"} 0.25",
            "repartee_wait_seconds_bucket{engine=\"language_model\",le=\"0.002\"} 0",
            "repartee_wait_seconds_bucket{engine=\"language_model\",le=\"0.005\"} 1",
            "repartee_wait_seconds_bucket{engine=\"language_model\",le=\"10\"} 1",
            "repartee_wait_seconds_bucket{engine=\"language_model\",le=\"+Inf\"} 2",
            "repartee_wait_seconds_sum{engine=\"language_model\"} 60.003",
            "repartee_llama_steps_total 7",
            "repartee_engines_up 0",
            "repartee_engines_deaths_total 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        let named = text.lines().filter(|line| !line.starts_with('#'));
        for line in named {
            let name = line.split(['{', ' ']).next().unwrap_or_default();
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| name.strip_suffix(end));
            let kind = format!("# TYPE {} ", base.unwrap_or(name));
            assert!(text.contains(&kind), "{line}");
        }
    }

    #[test]
    fn who_only_listens_is_not_busy() {
        let busy = |load_permille| Figures {
            load_permille,
            ..Figures::default()
        };
        let queues = [
            ("recognizer", busy(900)),
            ("synthesizer", busy(300)),
            ("language_model", busy(100)),
        ];
        assert!((load(&queues) - 0.3).abs() < 1e-9);
    }
}
