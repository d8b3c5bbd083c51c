//! The figures of a crowd, as a page for a person.

use std::fmt;

use crate::cost::{Cost, Spent};
use crate::crowd::{ChurnReport, CrowdReport};

impl fmt::Display for CrowdReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "calls         {} of {} held", self.held, self.calls)?;
        writeln!(
            f,
            "set up        p50 {}, p95 {}",
            ms(self.setup_p50_ms),
            ms(self.setup_p95_ms)
        )?;
        if self.utterances > 0 {
            writeln!(
                f,
                "replies       {} of {} heard, {} whole",
                self.replies_heard, self.utterances, self.replies_whole
            )?;
            writeln!(
                f,
                "voice-voice   p50 {}, p95 {}",
                ms(self.voice_to_voice_p50_ms),
                ms(self.voice_to_voice_p95_ms)
            )?;
        }
        writeln!(
            f,
            "voiced        {:.0} % from us, {:.0} % to us",
            self.speaking_percent, self.hearing_percent
        )?;
        let traffic = &self.traffic;
        writeln!(
            f,
            "packets       {} sent, {} received ({:.1} a second and call), {} made up, {} of ours late",
            traffic.sent_packets,
            traffic.received_packets,
            self.packets_per_s_and_call,
            traffic.concealed_frames,
            traffic.late_frames
        )?;
        if traffic.is_doubtful() {
            writeln!(
                f,
                "{:<13} this machine was too busy to send in time: measure again when it is idle",
                "doubtful"
            )?;
        }
        if let Some(spent) = &self.spent {
            spent.fmt(f)?;
        }
        self.troubles
            .iter()
            .try_for_each(|(what, n)| writeln!(f, "{n}×            {what}"))
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "server        {:.2} % of a core ({:.3} % a call) over {:.0} s, {} kB ({:.0} kB a call), {} files",
            self.cpu_percent,
            self.cpu_percent_per_call,
            self.seconds,
            self.memory_kb,
            self.memory_kb_per_call,
            self.files
        )
    }
}

impl fmt::Display for ChurnReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "cycles        {} of {} completed",
            self.completed, self.cycles
        )?;
        writeln!(
            f,
            "set up        p50 {}, p95 {}, {:.1} calls a second",
            ms(self.setup_p50_ms),
            ms(self.setup_p95_ms),
            self.calls_per_s
        )?;
        for (when, cost) in [
            ("before", self.before),
            ("at a quarter", self.quarter),
            ("after", self.after),
        ] {
            if let Some(Cost {
                cpu_s,
                memory_kb,
                files,
            }) = cost
            {
                writeln!(
                    f,
                    "{when:<13} {memory_kb} kB, {files} files, {cpu_s:.2} s of CPU"
                )?;
            }
        }
        self.troubles
            .iter()
            .try_for_each(|(what, n)| writeln!(f, "{n}×            {what}"))
    }
}

fn ms(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0} ms"))
}
