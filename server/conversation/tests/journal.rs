//! A session recorded as JSON and replayed in a fresh conversation answers byte for byte the same.

use server_conversation::{
    Conversation, HearingEvent, Input, Millis, Output, PhraseEvent, ReplyEvent, Settings,
};

fn settings() -> Settings {
    Settings {
        speculation: true,
        ..Settings::default()
    }
}

/// A conversation with its journal: what came in, and what went out, as JSON lines.
struct Recorded {
    core: Conversation,
    inputs: Vec<String>,
    outputs: Vec<String>,
    now: u64,
}

impl Recorded {
    fn new() -> Self {
        let core = Conversation::new(settings());
        Self {
            core,
            inputs: Vec::new(),
            outputs: Vec::new(),
            now: 0,
        }
    }

    fn give(&mut self, input: Input) -> Vec<Output> {
        let entry = (Millis(self.now), &input);
        self.inputs
            .push(serde_json::to_string(&entry).expect("an input is plain data"));
        self.core.handle(Millis(self.now), input);
        let outputs: Vec<Output> = std::iter::from_fn(|| self.core.poll_output()).collect();
        let written = outputs
            .iter()
            .map(|output| serde_json::to_string(output).expect("plain data"));
        self.outputs.extend(written);
        outputs
    }

    /// Engines that answer at once, and a caller who cuts in every few seconds.
    fn live(&mut self) {
        for window in 1..2_000_u64 {
            self.now = window * 32;
            let speaks = matches!(window % 130, 0..8 | 13..25);
            let probability = if speaks { 0.93 } else { 0.017 };
            let mut todo = self.give(Input::Voice {
                probability,
                voicing: probability,
                intent: 0.5,
                level_dbfs: 50.0 * probability - 70.0,
                echo_dbfs: -120.0,
                end: Millis(self.now),
            });
            while let Some(output) = todo.pop() {
                for input in answers(&output) {
                    todo.extend(self.give(input));
                }
            }
        }
        self.give(Input::HangUp);
    }
}

fn answers(output: &Output) -> Vec<Input> {
    match output {
        Output::Judge { utterance, .. } => vec![Input::Hearing(
            *utterance,
            HearingEvent::Judged { finished: 0.71 },
        )],
        Output::Settle { utterance, mark } => {
            let (mark, text) = (*mark, "What is it".to_owned());
            vec![Input::Hearing(
                *utterance,
                HearingEvent::Settled { mark, text },
            )]
        }
        Output::Finish { utterance } => {
            let text = "what is ».« \"it\"?".to_owned();
            vec![Input::Hearing(
                *utterance,
                HearingEvent::Transcript {
                    text,
                    confidence: 0.6,
                },
            )]
        }
        Output::Search { reply, .. } => {
            vec![Input::Reply(
                *reply,
                ReplyEvent::Found {
                    passages: Vec::new(),
                },
            )]
        }
        Output::Compose { reply, .. } => {
            let text = "It is a server. It is written in Rust, and it speaks. ".repeat(3);
            vec![
                Input::Reply(*reply, ReplyEvent::Text { text }),
                Input::Reply(*reply, ReplyEvent::Composed),
            ]
        }
        Output::Speak { phrase, .. } => {
            let total = Millis(1_300);
            vec![
                Input::Phrase(*phrase, PhraseEvent::Spoken { total }),
                Input::Phrase(
                    *phrase,
                    PhraseEvent::Played {
                        total: Millis(777),
                        done: false,
                    },
                ),
            ]
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_replayed_journal_gives_the_same_bytes() {
    let mut recorded = Recorded::new();
    recorded.live();
    for happened in ["BargedIn", "Hold", "Release", "Discard"] {
        let shown = |output: &String| output.contains(happened);
        assert!(recorded.outputs.iter().any(shown), "{happened} happened");
    }

    let mut replayed = Conversation::new(settings());
    let mut outputs = Vec::new();
    for entry in &recorded.inputs {
        let (now, input): (Millis, Input) =
            serde_json::from_str(entry).expect("it was written by us");
        let again = serde_json::to_string(&(now, &input)).expect("plain data");
        assert_eq!(*entry, again, "an input survives its journal");
        replayed.handle(now, input);
        while let Some(output) = replayed.poll_output() {
            outputs.push(serde_json::to_string(&output).expect("plain data"));
        }
    }
    assert_eq!(recorded.outputs, outputs);
}
