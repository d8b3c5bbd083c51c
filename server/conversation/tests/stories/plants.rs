//! Bugs planted between the core and the world: the witness must see each of them.

use server_conversation::{Fact, Millis, Output, PhraseId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plant {
    /// A late piece of a silenced reply is spoken.
    LateSpeech,
    /// History keeps what was composed, not what was heard.
    UnheardKept,
    /// Nobody tells the recogniser that it was nothing.
    JobNeverEnded,
    DeadlineInThePast,
    /// A reply begins while another holds the floor.
    TwoReplies,
    Flood,
    /// A tool that writes is called again.
    WroteTwice,
    /// The words came, and no answer.
    NeverAnswered,
}

pub(crate) const ALL: &[Plant] = &[
    Plant::LateSpeech,
    Plant::UnheardKept,
    Plant::JobNeverEnded,
    Plant::DeadlineInThePast,
    Plant::TwoReplies,
    Plant::Flood,
    Plant::NeverAnswered,
    Plant::WroteTwice,
];

impl Plant {
    /// The number of the invariant that it breaks.
    pub(crate) fn invariant(self) -> &'static str {
        match self {
            Self::TwoReplies => "1",
            Self::LateSpeech => "2",
            Self::UnheardKept => "3",
            Self::NeverAnswered => "4",
            Self::WroteTwice => "9",
            Self::Flood => "5",
            Self::DeadlineInThePast => "6",
            Self::JobNeverEnded => "7",
        }
    }

    pub(crate) fn spoil(self, now: u64, outputs: &mut Vec<Output>, wake: &mut Option<Millis>) {
        match self {
            Self::LateSpeech => late_speech(outputs),
            Self::UnheardKept => unheard_kept(outputs),
            Self::JobNeverEnded => {
                outputs.retain(|output| !matches!(output, Output::Forget { .. }))
            }
            Self::DeadlineInThePast => *wake = wake.map(|_| Millis(now)),
            Self::TwoReplies => {
                outputs.retain(|output| !matches!(output, Output::Tell(Fact::ReplyEnded { .. })));
            }
            Self::Flood => {
                let cancel = outputs
                    .iter()
                    .find(|output| matches!(output, Output::Cancel { .. }));
                if let Some(cancel) = cancel.cloned() {
                    outputs.extend(std::iter::repeat_n(cancel, 200));
                }
            }
            Self::NeverAnswered => never_answered(outputs),
            Self::WroteTwice => outputs.extend(called(outputs)),
        }
    }
}

fn late_speech(outputs: &mut Vec<Output>) {
    let silenced = outputs
        .iter()
        .position(|output| matches!(output, Output::Silence { .. }));
    let Some(at) = silenced else { return };
    let Output::Silence { reply } = outputs[at] else {
        return;
    };
    let phrase = PhraseId { reply, index: 99 };
    let speak = Output::Speak {
        phrase,
        text: "late".to_owned(),
        voice: None,
        speed: 1.0,
    };
    outputs.insert(at + 1, speak);
}

fn called(outputs: &[Output]) -> Vec<Output> {
    let called = |output: &&Output| matches!(output, Output::Tell(Fact::Called { .. }));
    outputs.iter().filter(called).cloned().collect()
}

fn unheard_kept(outputs: &mut [Output]) {
    for output in outputs {
        if let Output::Tell(Fact::LineCut { heard, .. }) = output {
            heard.push_str(" and what nobody heard");
        }
    }
}

/// The reply answers nobody.
fn never_answered(outputs: &mut [Output]) {
    for output in outputs {
        if let Output::Tell(Fact::ReplyStarted { answers, .. }) = output {
            *answers = None;
        }
    }
}
