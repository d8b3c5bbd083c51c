//! The recognizer behind an HTTP address: `POST {base}/audio/transcriptions`, one utterance a request.
//!
//! That API takes a whole file: words come when the utterance is over, and none before.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use models_engine::{
    Ability, Cancel, Card, Failure, Grade, Hint, Hypothesis, LISTENING_RATE, Listening,
    Probability, Recognizer, Stopped, Transcript,
};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use crate::body;
use crate::link::{Link, Patience, RemoteOptions, Wait};
use crate::refusal::{Halt, Service, Trouble};

/// The longest utterance that is sent: twice what a conversation allows.
const LONGEST: usize = 120 * LISTENING_RATE as usize;
/// A transcript of that is some kilobytes, with its segments some tens.
const ANSWER_LIMIT_BYTES: usize = 1024 * 1024;
const TEXT_LIMIT_BYTES: usize = 16 * 1024;
/// Whisper looks at 224 tokens before the sound.
const PROMPT_LIMIT_BYTES: usize = 800;
/// Over 20 ms, below this there is nothing but a line's hiss: -60 dB of full scale. Whisper makes words up there.
const STRETCH: usize = LISTENING_RATE as usize / 50;
const AUDIBLE: f32 = 0.001;
/// So far below the loudest of an utterance (34 dB) there is no word of it, but the noise of its line.
const FAINT: f32 = 0.02;
/// Whisper's own bounds for a piece in which nobody spoke.
const NO_SPEECH: f32 = 0.6;
const UNLIKELY: f32 = -1.0;

#[derive(Clone, Debug, Default)]
pub struct HearingOptions {
    /// What is spoken where a session does not say; `None`: whatever it is.
    pub language: Option<String>,
    /// Words that are likely, such as names: they are told to the model.
    pub terms: String,
}

/// Any transcription server: vLLM, speaches, whisper.cpp's server, a hosted model.
pub struct RemoteRecognizer {
    link: Link,
    options: HearingOptions,
    /// The server knows `verbose_json`, so far as is known.
    verbose: AtomicBool,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
    #[serde(default)]
    segments: Option<Vec<Segment>>,
}

#[derive(Deserialize)]
struct Segment {
    #[serde(default)]
    text: String,
    avg_logprob: Option<f32>,
    no_speech_prob: Option<f32>,
}

impl RemoteRecognizer {
    pub fn new(server: RemoteOptions, options: HearingOptions) -> Result<Self, Failure> {
        Self::with_patience(server, options, Patience::for_transcripts())
    }

    pub fn with_patience(
        server: RemoteOptions,
        options: HearingOptions,
        patience: Patience,
    ) -> Result<Self, Failure> {
        // These of OpenAI's own give the text alone.
        let plain = server
            .model
            .as_deref()
            .is_some_and(|model| model.starts_with("gpt-"));
        Ok(Self {
            link: Link::new(server, Service::Transcription, patience)?,
            options,
            verbose: AtomicBool::new(!plain),
        })
    }

    pub fn warm(&self) -> Result<String, Failure> {
        self.link.warm()
    }

    async fn transcribe(&self, hint: &Hint, wav: bytes::Bytes) -> Result<Transcript, Trouble> {
        let model = self.link.find_model().await?;
        let verbose = self.verbose.load(Ordering::Relaxed);
        let asked = self.ask(&model, hint, &wav, verbose).await;
        let response = match asked {
            Err(trouble) if trouble.is_ours && verbose => {
                let plain = self.ask(&model, hint, &wav, false).await?;
                self.verbose.store(false, Ordering::Relaxed);
                plain
            }
            other => other?,
        };
        let place = &self.link.place;
        let body = body::read(response, ANSWER_LIMIT_BYTES).await;
        let body = body.map_err(|()| place.broken())?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| place.no_answer())?;
        understood(answer).ok_or_else(|| place.too_much().into())
    }

    async fn ask(
        &self,
        model: &str,
        hint: &Hint,
        wav: &bytes::Bytes,
        verbose: bool,
    ) -> Result<reqwest::Response, Trouble> {
        let url = self.link.place.url("audio/transcriptions");
        let build = |http: &reqwest::Client| {
            http.post(url.clone())
                .multipart(self.form(model, hint, wav, verbose))
        };
        self.link.send(Some(model), build).await
    }

    fn form(&self, model: &str, hint: &Hint, wav: &bytes::Bytes, verbose: bool) -> Form {
        let length = wav.len() as u64;
        let file = Part::stream_with_length(wav.clone(), length).file_name("utterance.wav");
        let file = file.mime_str("audio/wav").expect("a good media type");
        let format = if verbose { "verbose_json" } else { "json" };
        let mut form = Form::new()
            .part("file", file)
            .text("model", model.to_owned())
            .text("response_format", format)
            .text("temperature", "0");
        let language = hint.language.as_ref().or(self.options.language.as_ref());
        if let Some(language) = language {
            // "en-US" is "en" there.
            let primary = language.split(['-', '_']).next().unwrap_or_default();
            form = form.text("language", primary.to_ascii_lowercase());
        }
        let likely = [hint.prompt.as_deref(), Some(self.options.terms.as_str())];
        let likely: Vec<&str> = likely
            .into_iter()
            .flatten()
            .filter(|s| !s.is_empty())
            .collect();
        if !likely.is_empty() {
            let likely = likely.join(", ");
            let end = likely.floor_char_boundary(PROMPT_LIMIT_BYTES);
            form = form.text("prompt", likely[..end].to_owned());
        }
        form
    }
}

impl fmt::Debug for RemoteRecognizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteRecognizer")
            .field("card", &self.card())
            .finish_non_exhaustive()
    }
}

impl Recognizer for RemoteRecognizer {
    fn card(&self) -> Card {
        Card::new(self.link.name(), Grade::Remote)
            .with(Ability::Languages)
            .with(Ability::Vocabulary)
    }

    /// A server that is left alone says so now: who stands behind it hears the utterance from its beginning.
    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        self.link.look().map_err(Stopped::Failed)?;
        Ok(Box::new(Utterance {
            recognizer: self,
            hint: hint.clone(),
            sound: Vec::new(),
            settled: None,
        }))
    }
}

struct Utterance<'a> {
    recognizer: &'a RemoteRecognizer,
    hint: Hint,
    sound: Vec<f32>,
    /// What the server made of so many samples.
    settled: Option<(usize, Transcript)>,
}

impl Utterance<'_> {
    /// The words of all that was said. Where nothing but silence came since the server was asked, it is not asked again.
    fn words(&mut self, cancel: &Cancel) -> Result<Transcript, Stopped> {
        cancel.check()?;
        let known = self.settled.as_ref();
        let loudest = loudest(&self.sound);
        if loudest < AUDIBLE {
            return Ok(Transcript::default());
        }
        let silence = AUDIBLE.max(loudest * FAINT);
        if let Some((_, words)) =
            known.filter(|(upto, _)| self::loudest(&self.sound[*upto..]) < silence)
        {
            return Ok(words.clone());
        }
        let link = &self.recognizer.link;
        let ticket = link.enter().map_err(Stopped::Failed)?;
        let wav = bytes::Bytes::from(wav(&self.sound));
        let asking = self.recognizer.transcribe(&self.hint, wav);
        let ended = link.block_on(cancel, Wait::of(link.patience.first), asking);
        let ended = ended.and_then(|words| cancel.check().map(|()| words).map_err(Halt::from));
        let words = ticket.settle(ended)?;
        self.settled = Some((self.sound.len(), words.clone()));
        Ok(words)
    }
}

impl Listening for Utterance<'_> {
    fn push(&mut self, speech: &[f32], cancel: &Cancel) -> Result<Option<Hypothesis>, Stopped> {
        cancel.check()?;
        let room = LONGEST.saturating_sub(self.sound.len());
        self.sound
            .extend_from_slice(&speech[..speech.len().min(room)]);
        Ok(None)
    }

    /// The whole sound so far is sent: what it finds is what `finish` finds when the caller has finished.
    fn settle(&mut self, cancel: &Cancel) -> Result<Option<String>, Stopped> {
        self.words(cancel).map(|words| Some(words.text))
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Transcript, Stopped> {
        self.words(cancel)
    }
}

/// The root mean square of its loudest 20 ms.
fn loudest(sound: &[f32]) -> f32 {
    let powers = sound.chunks(STRETCH).map(|stretch| {
        let power: f32 = stretch.iter().map(|sample| sample * sample).sum();
        (power / stretch.len() as f32).sqrt()
    });
    powers.fold(0.0, f32::max)
}

/// A WAV file of 16-bit samples.
fn wav(sound: &[f32]) -> Vec<u8> {
    let data = u32::try_from(sound.len() * 2).expect("two minutes are some megabytes");
    let mut file = Vec::with_capacity(44 + sound.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&LISTENING_RATE.to_le_bytes());
    file.extend_from_slice(&(LISTENING_RATE * 2).to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&data.to_le_bytes());
    // The cast saturates, and makes 0 of what is not a number.
    let samples = sound.iter().map(|sample| (sample * 32_767.0) as i16);
    file.extend(samples.flat_map(i16::to_le_bytes));
    file
}

/// The words without what no caller says, and how sure the server was, if it says so. `None` for a novel.
fn understood(answer: Answer) -> Option<Transcript> {
    let segments = answer.segments.unwrap_or_default();
    let spoken = |segment: &&Segment| {
        !(segment.no_speech_prob.is_some_and(|p| p > NO_SPEECH)
            && segment.avg_logprob.is_some_and(|p| p < UNLIKELY))
    };
    let silent = segments.iter().any(|segment| !spoken(&segment));
    let text = if silent {
        let texts = segments
            .iter()
            .filter(spoken)
            .map(|segment| segment.text.as_str());
        tidy(&texts.collect::<Vec<_>>().join(" "))
    } else {
        tidy(&answer.text)
    };
    if text.len() > TEXT_LIMIT_BYTES {
        return None;
    }
    if text.is_empty() {
        return Some(Transcript::default());
    }
    let sure: Vec<f32> = segments
        .iter()
        .filter(spoken)
        .filter_map(|s| s.avg_logprob)
        .collect();
    Some(Transcript {
        text,
        confidence: confidence(&sure),
    })
}

fn confidence(logprobs: &[f32]) -> Probability {
    if logprobs.is_empty() {
        return 1.0;
    }
    let mean = logprobs.iter().sum::<f32>() / logprobs.len() as f32;
    let sure = mean.exp();
    if sure.is_finite() {
        sure.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// Without "[BLANK_AUDIO]", "<|en|>" and the like, and with single spaces.
fn tidy(text: &str) -> String {
    let (mut plain, mut within) = (String::with_capacity(text.len()), 0_u32);
    for letter in text.chars() {
        match letter {
            '[' | '<' => within += 1,
            ']' | '>' => within = within.saturating_sub(1),
            letter if within == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_caller_says_is_left_out() {
        let table = [
            (" Hello  there. ", "Hello there."),
            ("[BLANK_AUDIO]", ""),
            ("<|en|> Yes [music] please <|endoftext|>", "Yes please"),
            ("broken ] and > [ end", "broken and"),
        ];
        for (said, tidied) in table {
            assert_eq!(tidy(said), tidied);
        }
    }

    #[test]
    fn a_piece_in_which_nobody_spoke_is_dropped() {
        let segment = |text: &str, logprob, silence| Segment {
            text: text.to_owned(),
            avg_logprob: Some(logprob),
            no_speech_prob: Some(silence),
        };
        let answer = Answer {
            text: "Hello. Thanks for watching!".to_owned(),
            segments: Some(vec![
                segment(" Hello.", -0.1, 0.1),
                segment(" Thanks for watching!", -1.5, 0.9),
            ]),
        };
        let words = understood(answer).expect("it is short");
        assert_eq!(words.text, "Hello.");
        assert!((words.confidence - (-0.1_f32).exp()).abs() < 1e-6);
        assert_eq!(confidence(&[f32::NAN]), 0.0);
        assert_eq!(confidence(&[]), 1.0);
    }

    #[test]
    fn a_file_says_truthfully_what_is_in_it() {
        let file = wav(&[0.0, 1.0, -1.0, f32::NAN, 9.0]);
        assert_eq!(file.len(), 54);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(&file[4..8], &46_u32.to_le_bytes());
        assert_eq!(&file[40..44], &10_u32.to_le_bytes());
        assert_eq!(file[44..], [0, 0, 255, 127, 1, 128, 0, 0, 255, 127]);
    }
}
