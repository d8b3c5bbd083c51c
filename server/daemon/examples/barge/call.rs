//! One call in media time: the true levels, gate, detector, core and playout, and a caller made of samples.

use models_engine::{Cancel, Listening, Recognizer, Script, Synthesizer, VoiceDetector};
use server_audio::{FRAME_TICKS, Inbound, Listener, Observation, Outbound, Tag};
use server_conversation::{
    Conversation, Fact, HearingEvent, Input, Millis, Output, PhraseEvent, PhraseId, ReplyEvent,
    Settings, UtteranceId,
};
use std::collections::VecDeque;

const FRAME: usize = FRAME_TICKS as usize;
const FRAME_MS: u64 = 20;
/// The agent speaks alone for so long before the sound begins, and so long is looked at after its begin.
pub(crate) const BEFORE_MS: u64 = 1_600;
pub(crate) const AFTER_MS: u64 = 2_400;
/// As the session's port hands sound over, and what the words of such a piece may take to come.
const HANDOVER: usize = 1_600;
const WORDS_MS: u64 = 40;
const TOLD: &str = "Repartee is a media server that answers questions aloud. It hears what you say, looks \
    it up in what it was given to read, and tells you what it found. You may cut in at any time, and it \
    will listen. When you have finished it goes on with what you asked for, and not with what it had in mind.";

/// From here on a window counts as having a pitch.
const PITCH: f32 = 0.5;
const WINDOW_MS: i64 = 32;

/// The engines of a call. Words come only where a recognizer is given.
pub(crate) struct House<'a> {
    pub(crate) detector: Box<dyn VoiceDetector>,
    pub(crate) recognizer: Option<&'a dyn Recognizer>,
    pub(crate) voice: &'a dyn Synthesizer,
}

/// What the caller's microphone hears while the agent speaks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Caller<'a> {
    /// At 48 kHz, so many samples after [`BEFORE_MS`].
    pub(crate) sound: &'a [f32],
    pub(crate) offset: usize,
    /// What their own loudspeaker says.
    pub(crate) echo: Option<Loudspeaker>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Loudspeaker {
    pub(crate) softer_db: f32,
    /// The way there and back.
    pub(crate) after_ms: usize,
}

/// Times are in ms from the first sample of the sound.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) down_ms: Option<i64>,
    /// Where the first window begins that has a voice's pitch: "s" and "f" have none.
    pub(crate) pitch_ms: Option<i64>,
    pub(crate) contested: u32,
    pub(crate) cut_ms: Option<i64>,
    pub(crate) restored_ms: Option<i64>,
    pub(crate) words: String,
    pub(crate) seen: Vec<(i64, Observation)>,
}

impl Outcome {
    /// An echo of the agent's voice was expected, be there one or not.
    pub(crate) fn believed_an_echo(&self) -> bool {
        self.seen.iter().any(|(_, seen)| seen.echo_dbfs > -120.0)
    }
}

struct Call<'a> {
    house: House<'a>,
    core: Conversation,
    inbound: Inbound,
    listener: Listener,
    outbound: Outbound,
    now: u64,
    inputs: VecDeque<(u64, Input)>,
    hearing: Option<(UtteranceId, Box<dyn Listening + 'a>, Vec<f32>)>,
    speech: Vec<f32>,
    levels: Vec<(u64, f32)>,
    began: i64,
    outcome: Outcome,
}

pub(crate) fn place(house: House<'_>, caller: &Caller<'_>) -> Outcome {
    let settings = Settings {
        passages: 0,
        ..Settings::default()
    };
    let mut call = Call {
        house,
        core: Conversation::new(settings),
        inbound: Inbound::new().expect("Opus is there"),
        listener: Listener::new(),
        outbound: Outbound::new().expect("Opus is there"),
        now: 0,
        inputs: VecDeque::new(),
        hearing: None,
        speech: Vec::new(),
        levels: Vec::new(),
        began: (BEFORE_MS + caller.offset as u64 / 48) as i64,
        outcome: Outcome::default(),
    };
    call.give(Input::Connected);
    let text = "tell me".to_owned();
    call.give(Input::Typed { token: 1, text });
    call.play(caller);
    call.judge_levels();
    call.outcome
}

impl<'a> Call<'a> {
    fn play(&mut self, caller: &Caller<'_>) {
        let application = opus::Application::Voip;
        let mut microphone = opus::Encoder::new(48_000, opus::Channels::Mono, application)
            .expect("Opus has such an encoder");
        let mut loudspeaker =
            opus::Decoder::new(48_000, opus::Channels::Mono).expect("Opus has such a decoder");
        let after_ms = caller.echo.map_or(20, |echo| echo.after_ms);
        let gain = caller
            .echo
            .map_or(0.0, |echo| 10_f32.powf(-echo.softer_db / 20.0));
        let (mut packet, mut played) = (Vec::new(), vec![0.0; after_ms * 48]);
        let mut hiss = 1_u32;
        for frame in 1..=(BEFORE_MS + AFTER_MS) / FRAME_MS {
            self.now = frame * FRAME_MS;
            let sent = self.outbound.frame(&mut packet);
            self.levels.push((self.now, sent.level_dbfs));
            self.listener.said(self.outbound.said());
            let mut heard = [0.0; FRAME];
            if sent.sent {
                let decoded = loudspeaker.decode_float(&packet, &mut heard, false);
                decoded.expect("what we send is Opus");
            }
            for played in sent.played() {
                let reply = server_conversation::ReplyId(played.tag.reply);
                let index = played.tag.phrase;
                let (total, done) = (Millis(played.total_ms), played.done);
                let event = PhraseEvent::Played { total, done };
                self.give(Input::Phrase(PhraseId { reply, index }, event));
            }
            let mut said = [0.0; FRAME];
            let from = (frame as usize - 1) * FRAME;
            for (n, sample) in said.iter_mut().enumerate() {
                hiss = hiss.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample = ((hiss >> 8) as f32 / (1 << 23) as f32 - 1.0) * 3e-4;
                let at = (from + n).checked_sub(BEFORE_MS as usize * 48 + caller.offset);
                *sample += at.and_then(|at| caller.sound.get(at)).unwrap_or(&0.0);
                *sample += gain * played[from + n];
            }
            played.extend_from_slice(&heard);
            let coded = microphone
                .encode_vec_float(&said, 1_275)
                .expect("a frame is encoded");
            let sequence = frame as u16;
            self.inbound
                .packet(self.now, sequence, frame as u32 * FRAME_TICKS, &coded);
            self.observe();
            self.settle();
        }
    }

    fn observe(&mut self) {
        let mut end = 0;
        self.speech.clear();
        let speech = &mut self.speech;
        self.inbound.poll(self.now, &mut |piece, end_ms| {
            speech.extend_from_slice(piece);
            end = end_ms;
        });
        if let Some((id, listening, gathered)) = &mut self.hearing {
            gathered.extend_from_slice(&self.speech);
            if gathered.len() >= HANDOVER {
                let piece = std::mem::take(gathered);
                let news = listening.push(&piece, &Cancel::new()).expect("it hears");
                if let Some(news) = news {
                    let text = news.text.clone();
                    let event = HearingEvent::Partial {
                        text,
                        stable: news.stable,
                    };
                    self.inputs
                        .push_back((self.now + WORDS_MS, Input::Hearing(*id, event)));
                    self.outcome.words = format!(
                        "{} @{} {}|",
                        self.outcome.words,
                        self.now as i64 + WORDS_MS as i64 - self.began,
                        news.text
                    );
                }
            }
        }
        let (now, began, seen) = (self.now, self.began, &mut self.outcome.seen);
        let inputs = &mut self.inputs;
        inputs.extend(self.listener.instants(&self.speech, end).map(|instant| {
            let level = Input::Level {
                level_dbfs: instant.level_dbfs,
                echo_dbfs: instant.echo_dbfs,
                end: Millis(instant.end_ms),
            };
            (now, level)
        }));
        let detector = self.house.detector.as_mut();
        self.listener
            .listen(&self.speech, end, detector, &mut |observation| {
                seen.push((observation.end_ms as i64 - began, observation));
                let Observation {
                    probability,
                    voicing,
                    intent,
                    level_dbfs,
                    echo_dbfs,
                    end_ms,
                } = observation;
                let end = Millis(end_ms);
                inputs.push_back((
                    now,
                    Input::Voice {
                        probability,
                        voicing,
                        intent,
                        level_dbfs,
                        echo_dbfs,
                        end,
                    },
                ));
            });
        if let Some(glimpse) = self.listener.glimpse(&self.speech, end) {
            let sound = Input::Sound {
                level_dbfs: glimpse.level_dbfs,
                echo_dbfs: glimpse.echo_dbfs,
                end: Millis(glimpse.end_ms),
            };
            self.inputs.push_back((now, sound));
        }
    }

    fn settle(&mut self) {
        if self.core.poll_timeout().is_some_and(|at| at.0 <= self.now) {
            self.give(Input::Elapsed);
        }
        for _ in 0..self.inputs.len() {
            let (at, input) = self.inputs.pop_front().expect("so many wait");
            if at <= self.now {
                self.give(input);
            } else {
                self.inputs.push_back((at, input));
            }
        }
    }

    fn give(&mut self, input: Input) {
        self.core.handle(Millis(self.now), input);
        let mut orders = Vec::new();
        while let Some(output) = self.core.poll_output() {
            orders.push(output);
        }
        for order in orders {
            self.carry_out(order);
        }
    }

    fn carry_out(&mut self, order: Output) {
        let after = self.now as i64 - self.began;
        match order {
            Output::Listen { utterance, from } => self.listen(utterance, from),
            Output::Forget { .. } => self.hearing = None,
            Output::Finish { utterance } => self.finish(utterance),
            Output::Judge { utterance, .. } => {
                let event = HearingEvent::Judged { finished: 0.5 };
                self.inputs
                    .push_back((self.now, Input::Hearing(utterance, event)));
            }
            Output::Compose { reply, .. } => {
                let text = TOLD.to_owned();
                for event in [ReplyEvent::Text { text }, ReplyEvent::Composed] {
                    self.inputs
                        .push_back((self.now, Input::Reply(reply, event)));
                }
            }
            Output::Speak {
                phrase,
                text,
                voice,
                speed,
            } => {
                self.speak(phrase, &Script { text, voice, speed });
            }
            Output::Duck { .. } => {
                self.outcome.contested += 1;
                self.outbound.duck();
            }
            Output::Restore { .. } => {
                self.outcome.restored_ms.get_or_insert(after);
                self.outbound.restore();
            }
            Output::Silence { reply } => {
                self.outcome.cut_ms.get_or_insert(after);
                self.outbound.silence(reply.0);
            }
            Output::Tell(Fact::Refused { .. }) => panic!("nothing is refused here"),
            _ => {}
        }
    }

    fn listen(&mut self, utterance: UtteranceId, from: Millis) {
        let Some(recognizer) = self.house.recognizer else {
            return;
        };
        let listening = recognizer.listen(&models_engine::Hint::default());
        let mut gathered = Vec::new();
        self.inbound
            .since(from.0, &mut |piece| gathered.extend_from_slice(piece));
        self.hearing = Some((utterance, listening.expect("a decoder is free"), gathered));
    }

    fn finish(&mut self, utterance: UtteranceId) {
        let text = match self.hearing.take() {
            None => "words".to_owned(),
            Some((_, mut listening, rest)) => {
                let cancel = Cancel::new();
                listening.push(&rest, &cancel).expect("it hears");
                listening.finish(&cancel).expect("it ends").text
            }
        };
        let event = HearingEvent::Transcript {
            text,
            confidence: 1.0,
        };
        self.inputs
            .push_back((self.now + 100, Input::Hearing(utterance, event)));
    }

    fn speak(&mut self, phrase: PhraseId, script: &Script) {
        let tag = Tag {
            reply: phrase.reply.0,
            phrase: phrase.index,
        };
        let mut speech = Vec::new();
        let said = self.house.voice.speak(
            script,
            &mut |piece| speech.extend_from_slice(piece),
            &Cancel::new(),
        );
        said.expect("the voice speaks");
        let rate = self.house.voice.rate();
        self.outbound.begin(tag);
        self.outbound.push(tag, rate, &speech);
        self.outbound.end(tag);
        let total = Millis(speech.len() as u64 * 1_000 / u64::from(rate));
        self.inputs.push_back((
            self.now,
            Input::Phrase(phrase, PhraseEvent::Spoken { total }),
        ));
    }

    /// Down: the end of the last frame before the decision within 12 dB of what was loud before.
    fn judge_levels(&mut self) {
        let decided = self.outcome.cut_ms.or(self.outcome.restored_ms);
        let (Some(decided), true) = (decided, self.outcome.contested > 0) else {
            return;
        };
        let began = self.began;
        let mut before: Vec<f32> = self
            .levels
            .iter()
            .filter(|(at, level)| (*at as i64) < began && *level > -45.0)
            .map(|(_, level)| *level)
            .collect();
        before.sort_by(f32::total_cmp);
        let Some(usual) = before.get(before.len() / 2) else {
            return;
        };
        // A frame that leaves now is heard from now on, for 20 ms.
        let loud = self.levels.iter().filter(|(at, level)| {
            let at = *at as i64;
            at >= began && at <= began + decided && *level > usual - 12.0
        });
        let pitched = |seen: &&(i64, Observation)| seen.0 > 0 && seen.1.voicing >= PITCH;
        let first = self.outcome.seen.iter().find(pitched);
        self.outcome.pitch_ms = first.map(|(end, _)| (end - WINDOW_MS).max(0));
        self.outcome.down_ms = Some(
            loud.map(|(at, _)| *at as i64 + FRAME_MS as i64 - began)
                .max()
                .unwrap_or(0),
        );
    }
}
