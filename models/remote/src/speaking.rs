//! The voice behind an HTTP address: `POST {base}/audio/speech`, played as it arrives.

use std::fmt;
use std::time::{Duration, Instant};

use models_engine::{Ability, Cancel, Card, Failure, Grade, Script, Spoken, Stopped, Synthesizer};
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::link::{Link, Patience, RemoteOptions, Ticket, Wait};
use crate::refusal::{Halt, Service, Trouble};
use crate::sound::Sound;

/// What `response_format: "pcm"` is, by OpenAI's word: 24 kHz, 16 bit, one channel.
const RATE: u32 = 24_000;
/// What may stand in a request; a phrase is a few hundred bytes.
const TEXT_LIMIT_BYTES: usize = 4_000;
/// No voice lingers longer on a letter; what is longer is no speech of this phrase.
const LETTER: Duration = Duration::from_millis(500);
const SPARE: Duration = Duration::from_secs(5);
/// OpenAI's own, and what many servers map to theirs.
const DEFAULT_VOICE: &str = "alloy";
const OPENAI_VOICES: [&str; 11] = [
    "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse",
];

/// How the sound is asked for. Whatever comes is understood if it is one of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeechFormat {
    #[default]
    Pcm,
    Wav,
}

#[derive(Clone, Debug, Default)]
pub struct VoiceOptions {
    /// Where a session names none; `None`: "alloy".
    pub voice: Option<String>,
    pub format: SpeechFormat,
}

/// Any speech server: Kokoro-FastAPI, speaches, vLLM, a hosted model.
pub struct RemoteSynthesizer {
    link: Link,
    voices: Vec<String>,
    format: SpeechFormat,
}

impl RemoteSynthesizer {
    pub fn new(server: RemoteOptions, options: VoiceOptions) -> Result<Self, Failure> {
        Self::with_patience(server, options, Patience::for_speech())
    }

    pub fn with_patience(
        server: RemoteOptions,
        options: VoiceOptions,
        patience: Patience,
    ) -> Result<Self, Failure> {
        let link = Link::new(server, Service::Speech, patience)?;
        let first = options.voice.filter(|voice| !voice.trim().is_empty());
        let mut voices = vec![first.unwrap_or_else(|| DEFAULT_VOICE.to_owned())];
        if link.place.is_openai() {
            let others = OPENAI_VOICES.iter().filter(|&&voice| voice != voices[0]);
            let others: Vec<String> = others.map(|&voice| voice.to_owned()).collect();
            voices.extend(others);
        }
        Ok(Self {
            link,
            voices,
            format: options.format,
        })
    }

    pub fn warm(&self) -> Result<String, Failure> {
        self.link.warm()
    }

    async fn ask(&self, script: &Script, text: &str) -> Result<reqwest::Response, Trouble> {
        let (link, place) = (&self.link, &self.link.place);
        let model = link.find_model().await?;
        let wished = script.voice.as_ref();
        let voice = wished.filter(|voice| self.voices.contains(voice));
        let format = match self.format {
            SpeechFormat::Pcm => "pcm",
            SpeechFormat::Wav => "wav",
        };
        let mut body = json!({
            "model": model, "input": text, "voice": voice.unwrap_or(&self.voices[0]),
            "response_format": format,
        });
        if let Some(speed) = other_speed(script.speed) {
            body["speed"] = json!(speed);
        }
        let url = place.url("audio/speech");
        let asked = link.send(Some(&model), |http| http.post(url.clone()).json(&body));
        let response = asked.await?;
        let kind = response
            .headers()
            .get(CONTENT_TYPE)
            .map(|kind| kind.as_bytes());
        let is = |start: &[u8]| kind.is_some_and(|kind| kind.starts_with(start));
        if is(b"text/") || is(b"application/json") {
            return Err(place.no_answer().into());
        }
        Ok(response)
    }

    fn stream(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
        ticket: &mut Ticket<'_>,
    ) -> Result<Spoken, Halt> {
        let (link, place) = (&self.link, &self.link.place);
        let text = &script.text[..script.text.floor_char_boundary(TEXT_LIMIT_BYTES)];
        let mut wait = Wait::of(link.patience.first);
        let mut response = link.block_on(cancel, wait, self.ask(script, text))?;
        let (mut sound, mut played) = (Sound::new(RATE), Played::new(text));
        loop {
            let next = async { response.chunk().await.map_err(|_| place.broken().into()) };
            let part = link.block_on(cancel, wait, next)?;
            let mut samples = Vec::new();
            let (decoded, over) = match &part {
                Some(part) => (sound.push(part, &mut samples), false),
                None => (sound.finish(&mut samples), true),
            };
            decoded.map_err(|strange| place.strange_sound(strange))?;
            if !samples.is_empty() {
                cancel.check()?;
                ticket.answered();
                played
                    .add(samples.len())
                    .map_err(|TooMuch| place.too_much())?;
                emit(&samples);
                wait = Wait::of(link.patience.next);
            }
            cancel.check()?;
            if over {
                return played.spoken().ok_or_else(|| place.empty().into());
            }
            if played.lags(link.patience.lag) {
                return Err(place.too_slow().into());
            }
        }
    }
}

/// The account of one phrase.
struct Played {
    samples: usize,
    most: usize,
    since: Option<Instant>,
}

struct TooMuch;

impl Played {
    fn new(text: &str) -> Self {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let longest = LETTER.saturating_mul(letters).saturating_add(SPARE);
        let most = (longest.as_secs_f64() * f64::from(RATE)) as usize;
        Self {
            samples: 0,
            most,
            since: None,
        }
    }

    fn add(&mut self, samples: usize) -> Result<(), TooMuch> {
        self.since.get_or_insert_with(Instant::now);
        self.samples += samples;
        if self.samples > self.most {
            return Err(TooMuch);
        }
        Ok(())
    }

    /// Whoever listens since the first sample has heard all there is, and waits so long already.
    fn lags(&self, lag: Duration) -> bool {
        let given = Duration::from_secs_f64(self.samples as f64 / f64::from(RATE));
        self.since
            .is_some_and(|since| since.elapsed() > given + lag)
    }

    fn spoken(&self) -> Option<Spoken> {
        let samples = self.samples;
        (samples > 0).then(|| Spoken::of(samples))
    }
}

/// A pace that is a pace, and not the usual one.
fn other_speed(speed: f32) -> Option<f32> {
    let speed = if speed.is_finite() && speed > 0.0 {
        speed.clamp(0.25, 1.5)
    } else {
        1.0
    };
    ((speed - 1.0).abs() > f32::EPSILON).then_some(speed)
}

impl fmt::Debug for RemoteSynthesizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSynthesizer")
            .field("card", &self.card())
            .finish_non_exhaustive()
    }
}

impl Synthesizer for RemoteSynthesizer {
    fn card(&self) -> Card {
        Card::new(self.link.name(), Grade::Remote)
            .with(Ability::Languages)
            .with(Ability::Speed)
    }

    fn rate(&self) -> u32 {
        RATE
    }

    fn voices(&self) -> Vec<String> {
        self.voices.clone()
    }

    fn speak(
        &self,
        script: &Script,
        emit: &mut dyn FnMut(&[f32]),
        cancel: &Cancel,
    ) -> Result<Spoken, Stopped> {
        cancel.check()?;
        if !script.text.contains(char::is_alphanumeric) {
            return Ok(Spoken::default());
        }
        let mut ticket = self.link.enter().map_err(Stopped::Failed)?;
        let ended = self.stream(script, emit, cancel, &mut ticket);
        ticket.settle(ended)
    }
}
