//! Which engine of each line works for this session now, and the news when it becomes another.

use crate::session::Session;
use models_host::Taken;
use server_conversation::Input;
use signaling_protocol::model::Event;

/// The seams that may have several engines in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seam {
    Recognizer,
    LanguageModel,
    Synthesizer,
}

impl Seam {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Recognizer => "recognizer",
            Self::LanguageModel => "language_model",
            Self::Synthesizer => "synthesizer",
        }
    }
}

/// The place in each line of the engine that did its last job; the first of each at the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acting {
    recognizer: usize,
    language_model: usize,
    synthesizer: usize,
}

impl Acting {
    pub(crate) fn at(self, seam: Seam) -> usize {
        match seam {
            Seam::Recognizer => self.recognizer,
            Seam::LanguageModel => self.language_model,
            Seam::Synthesizer => self.synthesizer,
        }
    }

    pub(crate) fn with(mut self, seam: Seam, at: usize) -> Self {
        match seam {
            Seam::Recognizer => self.recognizer = at,
            Seam::LanguageModel => self.language_model = at,
            Seam::Synthesizer => self.synthesizer = at,
        }
        self
    }
}

impl Session {
    /// An engine begins a job. Where it is not the one that did the last, client and log are told, and what of the
    /// session's settings it cannot do and the last one could. The conversation sees one job, and nothing of this.
    pub(crate) fn on_taken(&mut self, seam: Seam, taken: Taken) -> Option<Input> {
        let before = self.acting;
        if taken.by == before.at(seam) {
            return None;
        }
        let now = before.with(seam, taken.by);
        let (from, to) = (
            self.engines.entry(seam, before)?,
            self.engines.entry(seam, now)?,
        );
        let why = match taken.why {
            Some(failure) => failure.message,
            None => format!("{} answers again.", to.name),
        };
        let (old, new, seam) = (&from.name, &to.name, seam.name());
        tracing::warn!(
            call = self.call,
            seam,
            from = old,
            to = new,
            why,
            "another engine works"
        );
        self.acting = now;
        self.wire.tell(Event::EngineChanged { from, to, why });
        let known = self.engines.shortcomings(&self.settings, before);
        let notices = self.engines.shortcomings(&self.settings, now);
        self.tell_new(&known, notices);
        None
    }
}
