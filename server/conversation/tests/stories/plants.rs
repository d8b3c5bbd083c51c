//! Bugs planted between the core and the world: the witness must see each of them.

use server_conversation::{Fact, Millis, Output, PhraseId, ReplyId};

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
    /// A reply is let go as soon as it is begun.
    NotKeptBack,
    /// Its first words are told while it is kept back.
    ToldTooSoon,
    /// The caller went on, and the reply to half of it is let go all the same.
    LetGoInVain,
    KeptForEver,
    /// What the client asked for begins, and it is not told which reply that is.
    BegunUntold,
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
    Plant::NotKeptBack,
    Plant::ToldTooSoon,
    Plant::LetGoInVain,
    Plant::KeptForEver,
    Plant::BegunUntold,
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
            Self::NotKeptBack | Self::ToldTooSoon | Self::LetGoInVain | Self::KeptForEver => "10",
            Self::BegunUntold => "11",
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
            Self::NotKeptBack => not_kept_back(outputs),
            Self::ToldTooSoon => told_too_soon(outputs),
            Self::LetGoInVain => let_go_in_vain(outputs),
            Self::KeptForEver => {
                outputs.retain(|output| !matches!(output, Output::Discard { .. }));
            }
            Self::BegunUntold => begun_untold(outputs),
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

fn held(outputs: &[Output]) -> Option<ReplyId> {
    outputs.iter().find_map(|output| match output {
        Output::Hold { reply, .. } => Some(*reply),
        _ => None,
    })
}

fn not_kept_back(outputs: &mut Vec<Output>) {
    if let Some(reply) = held(outputs) {
        outputs.push(Output::Release { reply });
    }
}

fn told_too_soon(outputs: &mut Vec<Output>) {
    if let Some(reply) = held(outputs) {
        let text = "Well, ".to_owned();
        outputs.push(Output::Tell(Fact::ReplyText { reply, text }));
    }
}

fn let_go_in_vain(outputs: &mut [Output]) {
    for output in outputs {
        if let Output::Discard { reply, .. } = output {
            *output = Output::Release { reply: *reply };
        }
    }
}

fn unheard_kept(outputs: &mut [Output]) {
    for output in outputs {
        if let Output::Tell(Fact::LineCut { heard, .. }) = output {
            heard.push_str(" and what nobody heard");
        }
    }
}

fn begun_untold(outputs: &mut [Output]) {
    for output in outputs {
        if let Output::Tell(Fact::ReplyStarted { token, .. }) = output {
            *token = None;
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
