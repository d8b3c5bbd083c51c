//! One story: a caller who speaks, coughs, types and clicks, from arrival to hang-up.

use crate::chance::Chance;
use crate::coverage::{Coverage, kind};
use crate::plants::Plant;
use crate::settings::settings;
use crate::tools::tools;
use crate::witness::Witness;
use crate::world::World;
use server_conversation::{
    Author, Conversation, Endpointing, Fact, FloorName, HearingEvent, Input, LineId, Millis,
    Modality, Output, PhraseEvent, PhraseId, Place, PromptLine, ReplyEvent, ReplyId, ReplyRequest,
    Settings, UtteranceId,
};

const WINDOW: u64 = 32;
const PLAYED_EVERY: u64 = 64;
/// Requests for a reply have tokens of their own from here on; those of the world lie above.
const ASKED: u32 = 1_000_000;

struct Story<'a> {
    core: Conversation,
    world: World,
    witness: Witness,
    plant: Option<Plant>,
    coverage: &'a mut Coverage,
    now: u64,
    media: u64,
    played: u64,
    voice_until: u64,
    probability: f32,
    /// Committed utterances are answered without being asked.
    asks: bool,
    replies: u32,
    lines: u32,
    utterances: u32,
    requests: u32,
    contested: bool,
}

/// Tells the story of this seed.
pub(crate) fn tell(seed: u64, plant: Option<Plant>, coverage: &mut Coverage) -> Result<(), String> {
    let mut chance = Chance::new(seed);
    let settings = settings(&mut chance);
    let asks = answers_by_itself(&settings);
    let mut story = Story {
        core: Conversation::new(settings),
        world: World::new(chance),
        witness: Witness::default(),
        plant,
        coverage,
        now: 0,
        media: 0,
        played: 0,
        voice_until: 0,
        probability: 0.0,
        asks,
        replies: 0,
        lines: 0,
        utterances: 0,
        requests: 0,
        contested: false,
    };
    story.happen(Input::Connected)?;
    let length = story.world.chance.among(5_000, 40_000);
    let vanishes = story.world.chance.once_in(3);
    while story.now < length {
        story.step(true)?;
    }
    let leaves = !vanishes && story.world.chance.once_in(2);
    if leaves {
        story.happen(Input::Leave)?;
    }
    if !vanishes {
        story.come_to_rest()?;
    }
    if leaves && !story.witness.is_over() {
        return Err("the house took leave, and the call did not end by itself".to_owned());
    }
    story.happen(Input::HangUp)?;
    if story.witness.is_over() {
        Ok(())
    } else {
        Err("it did not end".to_owned())
    }
}

fn answers_by_itself(settings: &Settings) -> bool {
    matches!(
        settings.endpointing,
        Endpointing::Automatic { respond: true, .. }
    )
}

impl Story<'_> {
    /// The next thing that is planned, due, or said.
    fn step(&mut self, lively: bool) -> Result<(), String> {
        let wake = self.core.poll_timeout().map_or(u64::MAX, |wake| wake.0);
        let planned = self.world.next_at().unwrap_or(u64::MAX);
        let sound = self.media + WINDOW;
        let played = self.played + PLAYED_EVERY;
        let next = wake.min(planned).min(sound).min(played);
        self.now = self.now.max(next);
        if next == planned {
            let input = self.world.next().expect("something is planned");
            self.happen(input)
        } else if next == wake {
            self.happen(Input::Elapsed)
        } else if next == played {
            self.played = next;
            match self.world.play(PLAYED_EVERY) {
                Some(input) => self.happen(input),
                None => Ok(()),
            }
        } else {
            self.media = sound;
            self.sound(lively)?;
            if lively && self.contested && self.world.chance.once_in(12) {
                let command = self.meddle();
                self.happen(command)
            } else if lively && self.world.chance.once_in(45) {
                let command = self.command();
                self.happen(command)
            } else {
                Ok(())
            }
        }
    }

    /// A client that acts in the short while in which the floor is contested.
    fn meddle(&mut self) -> Input {
        let token = 1;
        match self.world.chance.among(0, 3) {
            0 => Input::Typed {
                token,
                text: "wait".to_owned(),
            },
            1 => Input::ClearPlayout { token },
            _ => Input::CancelReply { token, reply: None },
        }
    }

    /// One window of the caller's sound.
    fn sound(&mut self, lively: bool) -> Result<(), String> {
        let chance = &mut self.world.chance;
        if lively && self.media >= self.voice_until && chance.once_in(40) {
            let (length, probability) = *chance.one_of(&[
                (40, 0.9),
                (250, 0.6),
                (450, 0.55),
                (900, 0.95),
                (3_000, 0.9),
                (1_500, 0.97),
            ]);
            self.voice_until = self.media + chance.among(length / 2, length);
            self.probability = probability;
        }
        if lively && chance.once_in(2_000) {
            // The line is dead for a while.
            self.media += chance.among(200, 4_000);
        }
        let voiced = self.media < self.voice_until && !chance.once_in(15);
        let probability = if voiced { self.probability } else { 0.03 };
        if voiced {
            self.world.voiced(self.now);
        }
        let chance = &mut self.world.chance;
        let voicing = if chance.once_in(4) { 0.2 } else { probability };
        let level_dbfs = if voiced || chance.once_in(20) {
            -25.0
        } else {
            -65.0
        };
        let intent = if chance.once_in(3) { 0.2 } else { probability };
        let echo_dbfs = if chance.once_in(30) { -25.0 } else { -120.0 };
        let end = Millis(self.media);
        if chance.once_in(2) {
            self.happen(Input::Sound {
                level_dbfs,
                echo_dbfs,
                end: Millis(end.0 - 7),
            })?;
        }
        let chance = &mut self.world.chance;
        if chance.once_in(2) {
            let early = chance.among(0, 24);
            self.happen(Input::Level {
                level_dbfs,
                echo_dbfs,
                end: Millis((end.0 + 10).saturating_sub(early)),
            })?;
        }
        self.happen(Input::Voice {
            probability,
            voicing,
            intent,
            level_dbfs,
            echo_dbfs,
            end,
        })
    }

    /// Whatever a client may ask, sensible or not.
    fn command(&mut self) -> Input {
        let chance = &mut self.world.chance;
        let token = u32::try_from(chance.among(0, 1_000)).expect("a small number");
        let line =
            LineId(u32::try_from(chance.among(0, u64::from(self.lines) + 1)).expect("small"));
        let reply =
            ReplyId(u32::try_from(chance.among(0, u64::from(self.replies) + 1)).expect("small"));
        match chance.among(0, 13) {
            0 => Input::Typed {
                token,
                text: "what is repartee?".to_owned(),
            },
            1 => {
                let place = *chance.one_of(&[Place::First, Place::Last, Place::After(line)]);
                let author = *chance.one_of(&[Author::System, Author::Caller, Author::Agent]);
                Input::Write {
                    token,
                    line: written(author, "written"),
                    place,
                }
            }
            2 => Input::Delete { token, line },
            3 => Input::Truncate {
                token,
                line,
                heard: Millis(chance.among(0, 1_500)),
            },
            4 | 5 => {
                self.requests += 1;
                Input::Respond {
                    token: ASKED + self.requests,
                    request: request(chance),
                }
            }
            6 => Input::CancelReply {
                token,
                reply: chance.once_in(3).then_some(reply),
            },
            7 => Input::ClearPlayout { token },
            8 => Input::Commit { token },
            9 => Input::Clear { token },
            10 => Input::Configure(settings(chance)),
            11 => Input::Elapsed,
            12 => self.stale(reply),
            _ => Input::Typed {
                token,
                text: if chance.once_in(2) {
                    " ".to_owned()
                } else {
                    "stop".to_owned()
                },
            },
        }
    }

    /// Something about a reply or an utterance that may be long over, or not there yet.
    fn stale(&mut self, reply: ReplyId) -> Input {
        let chance = &mut self.world.chance;
        // Of what is not over only what the world does itself would be true.
        let reply = ReplyId(reply.0.saturating_sub(6));
        let phrase = PhraseId { reply, index: 1 };
        let old = UtteranceId(self.utterances.saturating_sub(12));
        let text = "late".to_owned();
        match chance.among(0, 6) {
            0 => Input::Reply(reply, ReplyEvent::Text { text }),
            1 => Input::Reply(reply, ReplyEvent::Composed),
            2 => Input::Phrase(
                phrase,
                PhraseEvent::Played {
                    total: Millis(500),
                    done: true,
                },
            ),
            3 => Input::Phrase(phrase, PhraseEvent::Spoken { total: Millis(500) }),
            4 => Input::Hearing(
                old,
                HearingEvent::Transcript {
                    text,
                    confidence: 1.0,
                },
            ),
            5 => Input::Hearing(old, HearingEvent::Partial { text, stable: 99 }),
            _ => Input::Connected,
        }
    }

    fn happen(&mut self, input: Input) -> Result<(), String> {
        *self.coverage.inputs.entry(kind(&input)).or_default() += 1;
        if let Input::Configure(settings) = &input {
            self.asks = answers_by_itself(settings);
        }
        match &input {
            Input::Phrase(phrase, PhraseEvent::Speech { total }) => {
                self.world.spoken(*phrase, *total, false)
            }
            Input::Phrase(phrase, PhraseEvent::Spoken { total }) => {
                self.world.spoken(*phrase, *total, true)
            }
            _ => {}
        }
        self.witness.input(&input);
        let shown = format!("{input:?}");
        self.core.handle(Millis(self.now), input);
        let mut outputs: Vec<Output> = std::iter::from_fn(|| self.core.poll_output()).collect();
        self.obey(&outputs);
        let mut wake = self.core.poll_timeout();
        if std::env::var_os("STORY_SEED").is_some() && self.plant.is_none() {
            println!("{:>6} {shown}\n       {outputs:?}", self.now);
        }
        if let Some(plant) = self.plant {
            plant.spoil(self.now, &mut outputs, &mut wake);
        }
        let judged = self.witness.outputs(self.now, &outputs, wake, self.asks);
        judged.map_err(|why| format!("{why}; at {} ms, on {shown}: {outputs:?}", self.now))
    }

    fn obey(&mut self, outputs: &[Output]) {
        self.coverage.outputs += outputs.len() as u64;
        for output in outputs {
            self.world.obey(self.now, output);
            self.coverage.order(output);
            match output {
                Output::Tell(Fact::Floor { from, to }) => {
                    self.contested = *to == FloorName::Contested;
                    *self
                        .coverage
                        .changes
                        .entry(format!("{from:?}→{to:?}"))
                        .or_default() += 1;
                }
                Output::Tell(Fact::ReplyStarted { reply, .. }) => self.replies = reply.0,
                Output::Tell(Fact::LineAdded { line, .. }) => self.lines = self.lines.max(line.0),
                Output::Listen { utterance, .. } => self.utterances = utterance.0,
                _ => {}
            }
        }
    }

    /// Nobody says anything more: all that was begun must come to its end.
    fn come_to_rest(&mut self) -> Result<(), String> {
        self.world.calm = true;
        self.voice_until = 0;
        self.happen(Input::Clear { token: 0 })?;
        let end = self.now + 150_000;
        while self.now < end && !(self.world.is_quiet() && self.core.poll_timeout().is_none()) {
            self.step(false)?;
        }
        self.witness
            .at_rest()
            .map_err(|why| format!("{why}; at rest, in {:?}", self.core))
    }
}

fn written(author: Author, text: &str) -> PromptLine {
    PromptLine {
        author,
        text: text.to_owned(),
        cut: false,
        call: None,
    }
}

fn request(chance: &mut Chance) -> ReplyRequest {
    ReplyRequest {
        instructions: chance.once_in(3).then(|| "Sing.".to_owned()),
        modality: chance
            .once_in(3)
            .then(|| *chance.one_of(&[Modality::Audio, Modality::Text])),
        aside: chance.once_in(3),
        lines: chance
            .once_in(4)
            .then(|| vec![written(Author::Caller, "only this")]),
        tools: chance.once_in(4).then(tools),
        ..ReplyRequest::default()
    }
}
