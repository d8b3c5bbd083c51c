//! What a scripted call found, as a page for a person.

use std::fmt;

use crate::report::{Exchange, Manner, ReplyReport, Report, Summary};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "set up      answer {}, connected {}, data channel {}, first packet {}",
            ms(self.setup.answered_ms),
            ms(self.setup.connected_ms),
            ms(self.setup.channel_open_ms),
            ms(self.setup.first_packet_ms)
        )?;
        if let Some(greeting) = &self.greeting {
            writeln!(f, "greeting    {}", greeting.text)?;
        }
        for exchange in &self.exchanges {
            exchange.fmt(f)?;
        }
        if self.summary.voice_to_voice.count > 1 {
            self.summary.fmt(f)?;
        }
        for complaint in &self.errors {
            writeln!(f, "error       {}: {}", complaint.code, complaint.message)?;
        }
        for complaint in &self.notices {
            writeln!(f, "notice      {}: {}", complaint.code, complaint.message)?;
        }
        let traffic = &self.traffic;
        writeln!(
            f,
            "packets     {} sent, {} received, {} concealed, {} dropped on purpose, {} late",
            traffic.sent_packets,
            traffic.received_packets,
            traffic.concealed_frames,
            traffic.dropped_on_purpose,
            traffic.late_frames
        )?;
        if traffic.is_doubtful() {
            writeln!(
                f,
                "{:<11} this machine was too busy to send in time: measure again when it is idle",
                "doubtful"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = &self.voice_to_voice;
        writeln!(
            f,
            "\nof {:<8} voice to voice p50 {}, p95 {}",
            all.count,
            ms(all.p50_ms),
            ms(all.p95_ms)
        )?;
        for (stage, spread) in &self.stages {
            writeln!(
                f,
                "            {stage} p50 {}, p95 {}",
                ms(spread.p50_ms),
                ms(spread.p95_ms)
            )?;
        }
        writeln!(
            f,
            "            {} answered before their end",
            self.answered_before_end
        )
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let manner = match self.manner {
            Manner::Spoken => "spoken",
            Manner::Typed => "typed",
            Manner::BargeIn => "cut in",
        };
        let words = self
            .typed
            .clone()
            .unwrap_or_else(|| self.understood.join(" / "));
        writeln!(f, "\n{manner:<11} \"{words}\"")?;
        if self.answered_before_end {
            writeln!(f, "            answered before the end")?;
        }
        if let Some(barge) = &self.barge_in {
            writeln!(
                f,
                "            down by 12 dB after {}, {:?} after {}",
                ms(barge.down_after_ms),
                barge.decision,
                ms(barge.decided_after_ms)
            )?;
        }
        for reply in &self.replies {
            reply.fmt(f)?;
        }
        writeln!(
            f,
            "            voice to voice {}, {} ms of voice",
            ms(self.voice_to_voice_ms),
            self.reply_voiced_ms
        )
    }
}

impl fmt::Display for ReplyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "reply       {} [{}]",
            self.text,
            self.status.as_deref().unwrap_or("not done")
        )?;
        if self.heard.as_ref().is_some_and(|heard| *heard != self.text) {
            writeln!(f, "heard       {}", self.heard.as_deref().unwrap_or(""))?;
        }
        for citation in &self.citations {
            writeln!(f, "source      {} › {}", citation.source, citation.heading)?;
        }
        let stages: Vec<String> = self
            .stages
            .iter()
            .map(|(stage, after_ms)| format!("{stage} {after_ms:.0} ms"))
            .collect();
        if stages.is_empty() {
            return Ok(());
        }
        writeln!(f, "            {}", stages.join(", "))
    }
}

fn ms(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |ms| format!("{ms:.0} ms"))
}
