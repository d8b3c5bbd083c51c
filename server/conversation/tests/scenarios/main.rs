//! Plays the cases of `scenarios.txt`: after each line of script stands what the core answered.
//!
//! `BLESS=1 cargo test -p server-conversation --test scenarios` writes the answers anew, to be read
//! before they are committed. Stages, floor changes apart, and empty fields are left out.

mod shown;

use server_conversation::{
    Author, Call, Conversation, Effect, Endpointing, Fact, HearingEvent, Input, LineId, Millis,
    Modality, Output, Passage, PhraseEvent, PhraseId, Place, PromptLine, ReplyEvent, ReplyId,
    ReplyRequest, Settings, Tool, UtteranceId,
};

use shown::shown;

const WINDOW: u64 = 32;
const INSTANT: u64 = 10;

struct Stage {
    core: Conversation,
    settings: Settings,
    now: u64,
    utterance: UtteranceId,
    reply: ReplyId,
    answers: Vec<String>,
}

impl Stage {
    fn new() -> Self {
        let settings = Settings {
            passages: 0,
            ..Settings::default()
        };
        Self {
            core: Conversation::new(settings.clone()),
            settings,
            now: 0,
            utterance: UtteranceId(0),
            reply: ReplyId(0),
            answers: Vec::new(),
        }
    }

    fn give(&mut self, input: Input) {
        self.core.handle(Millis(self.now), input);
        while let Some(output) = self.core.poll_output() {
            match &output {
                Output::Listen { utterance, .. } => self.utterance = *utterance,
                Output::Hold { reply, .. } | Output::Tell(Fact::ReplyStarted { reply, .. }) => {
                    self.reply = *reply
                }
                _ => {}
            }
            if let Some(shown) = shown(&output) {
                self.answers.push(format!("  {:>6} {shown}", self.now));
            }
        }
    }

    /// Sound for so long; the clock goes with it.
    fn sound(&mut self, length: u64, [probability, voicing, intent, level_dbfs]: [f32; 4]) {
        for _ in 0..length.div_ceil(WINDOW) {
            self.pass(WINDOW);
            self.window([probability, voicing, intent, level_dbfs]);
        }
    }

    /// One window, which ends now.
    fn window(&mut self, [probability, voicing, intent, level_dbfs]: [f32; 4]) {
        self.give(Input::Voice {
            probability,
            voicing,
            intent,
            level_dbfs,
            echo_dbfs: -120.0,
            end: Millis(self.now),
        });
    }

    /// A packet of so many dB, before its window is full.
    fn glimpse(&mut self, level: &str) {
        self.pass(12);
        self.give(Input::Sound {
            level_dbfs: level.parse().expect("a level"),
            echo_dbfs: -120.0,
            end: Millis(self.now),
        });
    }

    /// Instants of so many dB up to now, each without its window.
    fn instants(&mut self, length: u64, level_dbfs: f32) {
        for _ in 0..length.div_ceil(INSTANT) {
            self.pass(INSTANT);
            self.give(Input::Level {
                level_dbfs,
                echo_dbfs: -120.0,
                end: Millis(self.now),
            });
        }
    }

    /// Time passes, and the core is woken as it wants.
    fn pass(&mut self, length: u64) {
        let until = self.now + length;
        while let Some(wake) = self.core.poll_timeout().filter(|wake| wake.0 <= until) {
            self.now = wake.0;
            self.give(Input::Elapsed);
        }
        self.now = until;
    }

    fn hearing(&mut self, event: HearingEvent) {
        self.give(Input::Hearing(self.utterance, event));
    }

    fn replies(&mut self, event: ReplyEvent) {
        self.give(Input::Reply(self.reply, event));
    }

    fn phrase(&mut self, rest: &str, event: fn(Millis) -> PhraseEvent) {
        let (index, total) = rest.split_once(' ').unwrap_or((rest, "0"));
        let phrase = PhraseId {
            reply: self.reply,
            index: number(index),
        };
        self.give(Input::Phrase(phrase, event(Millis(number(total)))));
    }

    fn play(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = rest.to_owned();
        let message = rest.to_owned();
        let token = 7;
        match word {
            "set" => self.set(rest),
            "voice" => self.sound(number(rest), [0.9, 0.9, 0.5, -20.0]),
            "wish" => self.sound(number(rest), [0.9, 0.9, 0.98, -20.0]),
            "drone" => self.sound(number(rest), [0.3, 0.6, 0.5, -30.0]),
            "rings" => self.sound(number(rest), [0.9, 0.1, 0.5, -75.0]),
            "hum" => self.sound(number(rest), [0.9, 0.9, 0.01, -20.0]),
            "likely" => self.sound(number(rest), [0.9, 0.9, 0.6, -20.0]),
            "glimpse" => self.glimpse(rest),
            "hush" => self.instants(number(rest), -75.0),
            "voiced" => self.window([0.9, 0.9, 0.5, -20.0]),
            "silent" => self.window([0.02, 0.0, 0.5, -70.0]),
            "murmur" => self.instants(number(rest), -30.0),
            "cough" => self.sound(number(rest), [0.9, 0.3, 0.5, -20.0]),
            "hiss" => self.sound(number(rest), [0.1, 0.2, 0.5, -30.0]),
            "quiet" => self.sound(number(rest), [0.02, 0.0, 0.5, -70.0]),
            "wait" => self.pass(number(rest)),
            "hears" => self.hearing(HearingEvent::Partial { text, stable: 0 }),
            "judged" => {
                self.hearing(HearingEvent::Judged {
                    finished: rest.parse().expect("a probability"),
                });
            }
            "settles" => {
                let (mark, text) = rest.split_once(' ').expect("a number and the words");
                let (mark, text) = (number(mark), text.to_owned());
                self.hearing(HearingEvent::Settled { mark, text });
            }
            "words" => self.hearing(HearingEvent::Transcript {
                text,
                confidence: 1.0,
            }),
            "guesses" => self.hearing(HearingEvent::Transcript {
                text,
                confidence: 0.2,
            }),
            "deaf" => self.hearing(HearingEvent::Failed { message }),
            "about" => {
                self.utterance = UtteranceId(number(rest));
            }
            "of" => self.reply = ReplyId(number(rest)),
            "found" => self.replies(ReplyEvent::Found {
                passages: vec![passage(rest)],
            }),
            "says" => self.replies(ReplyEvent::Text {
                text: text.replace("\\n", "\n"),
            }),
            "cites" => self.replies(ReplyEvent::Cite {
                passage: number(rest),
            }),
            "composed" => self.replies(ReplyEvent::Composed),
            "calls" => self.replies(ReplyEvent::Call { tool: text }),
            "with" => self.replies(ReplyEvent::Arguments { text }),
            "gives" => {
                let (id, text) = rest.split_once(' ').expect("a call and what came of it");
                self.give(Input::Write {
                    token,
                    line: written(Author::Tool, text, Some(id)),
                    place: Place::Last,
                });
            }
            "breaks" => self.replies(ReplyEvent::Failed { message }),
            "spoken" => self.phrase(rest, |total| PhraseEvent::Spoken { total }),
            "played" => self.phrase(rest, |total| PhraseEvent::Played { total, done: false }),
            "done" => self.phrase(rest, |total| PhraseEvent::Played { total, done: true }),
            "mute" => self.phrase(rest, |_| PhraseEvent::Failed {
                message: "no voice".to_owned(),
            }),
            "types" => self.give(Input::Typed { token, text }),
            "writes" => {
                self.give(Input::Write {
                    token,
                    line: written(Author::System, rest, None),
                    place: Place::Last,
                });
            }
            "writes-after" => {
                let place = Place::After(LineId(number(rest)));
                self.give(Input::Write {
                    token,
                    line: written(Author::Caller, "new", None),
                    place,
                });
            }
            "deletes" => self.give(Input::Delete {
                token,
                line: LineId(number(rest)),
            }),
            "truncates" => {
                let (line, heard) = rest.split_once(' ').expect("a line and a time");
                let (line, heard) = (LineId(number(line)), Millis(number(heard)));
                self.give(Input::Truncate { token, line, heard });
            }
            "asks" => self.give(Input::Respond {
                token,
                request: request(rest),
            }),
            "cancels" => self.give(Input::CancelReply { token, reply: None }),
            "clears-playout" => self.give(Input::ClearPlayout { token }),
            "commits" => self.give(Input::Commit { token }),
            "clears" => self.give(Input::Clear { token }),
            "connects" => self.give(Input::Connected),
            "leaves" => self.give(Input::Leave),
            "hangs-up" => self.give(Input::HangUp),
            _ => panic!("the script knows no {word:?}"),
        }
    }

    fn set(&mut self, rest: &str) {
        let Endpointing::Automatic {
            shortest,
            usual,
            longest,
            mut idle,
            mut respond,
            mut interrupt,
        } = Settings::default().endpointing
        else {
            unreachable!("the default is automatic");
        };
        match rest.split_once(' ').unwrap_or((rest, "")) {
            ("manual", _) => {
                return self.configure(|settings| settings.endpointing = Endpointing::Manual);
            }
            ("text", _) => return self.configure(|settings| settings.modality = Modality::Text),
            ("tools", _) => return self.configure(|settings| settings.tools = tools()),
            ("speculation", _) => {
                return self.configure(|settings| settings.speculation = true);
            }
            ("passages", count) => {
                let count = number(count);
                return self.configure(|settings| settings.passages = count);
            }
            ("greeting", text) => {
                let greeting = Some(text.to_owned());
                return self.configure(|settings| settings.greeting = greeting);
            }
            ("idle", after) => idle = Some(Millis(number(after))),
            ("no-respond", _) => respond = false,
            ("no-interrupt", _) => interrupt = false,
            (other, _) => panic!("no setting is called {other:?}"),
        }
        self.configure(|settings| {
            settings.endpointing = Endpointing::Automatic {
                shortest,
                usual,
                longest,
                idle,
                respond,
                interrupt,
            };
        });
    }

    fn configure(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.give(Input::Configure(self.settings.clone()));
    }
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{text:?} is no number"))
}

fn written(author: Author, text: &str, call: Option<&str>) -> PromptLine {
    PromptLine {
        author,
        text: text.to_owned(),
        cut: false,
        call: call.map(|id| Call {
            id: id.to_owned(),
            tool: "any".to_owned(),
        }),
    }
}

/// One tool of each kind.
fn tools() -> Vec<Tool> {
    let tool = |(name, effect): (&str, Effect)| Tool {
        name: name.to_owned(),
        description: String::new(),
        parameters: "{}".to_owned(),
        effect,
    };
    let kinds = [
        ("look", Effect::Reads),
        ("set", Effect::Repeats),
        ("book", Effect::Writes),
    ];
    kinds.into_iter().map(tool).collect()
}

fn passage(text: &str) -> Passage {
    Passage {
        source: "a.md".to_owned(),
        heading: "A".to_owned(),
        text: text.to_owned(),
        score: 1.0,
        likeness: Vec::new(),
    }
}

fn request(rest: &str) -> ReplyRequest {
    ReplyRequest {
        aside: rest == "aside",
        modality: (rest == "text").then_some(Modality::Text),
        ..ReplyRequest::default()
    }
}

/// The whole file with the answers as they are.
fn played(script: &str) -> String {
    let mut stage = Stage::new();
    let mut out = Vec::new();
    for line in script.lines() {
        if line.starts_with("==") {
            stage = Stage::new();
        }
        if !line.starts_with("  ") {
            out.push(line.to_owned());
        }
        if let Some(command) = line.strip_prefix("> ") {
            stage.play(command);
            out.append(&mut stage.answers);
        }
    }
    out.join("\n") + "\n"
}

const SCRIPT: &str = include_str!("scenarios.txt");

#[expect(
    clippy::disallowed_methods,
    reason = "only the tests of a pure crate write their answers"
)]
fn bless(played: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/scenarios.txt");
    std::fs::write(path, played).expect("the scenarios can be written");
}

#[test]
fn every_scenario_goes_as_written() {
    let played = played(SCRIPT);
    if std::env::var_os("BLESS").is_some() {
        return bless(&played);
    }
    for (at, (expected, answered)) in SCRIPT.lines().zip(played.lines()).enumerate() {
        assert_eq!(expected, answered, "line {} of scenarios.txt", at + 1);
    }
    assert_eq!(
        SCRIPT.lines().count(),
        played.lines().count(),
        "the same number of lines"
    );
    assert!(SCRIPT.lines().filter(|line| line.starts_with("==")).count() >= 25);
}
