//! The language model on llama.cpp: one context and one decode loop for all calls, a sequence for each.
//!
//! A reply begins by finding the sequence that holds most of its prompt already: usually that of its own call,
//! cut back to what was heard. Only the rest is read, in portions, while other calls go on speaking.

mod calls;
mod decode;
mod file;
mod options;
mod prompt;
mod schema;
mod sequence;
mod template;

pub use decode::Counts;
pub use options::{LlamaOptions, Sampling, Watch};

use calls::{Grammar, Part, Reader};
use decode::{Ended, Loop, Request};
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;
use models_engine::{
    Ability, Aloud, Author, Cancel, Card, Failure, Grade, LanguageModel, Piece, Prompt, Stopped,
};
use models_ggml::Ggml;
use prompt::{Messages, Notes};
use std::pin::pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use template::Template;

/// Tokens on their way from the loop to the call that speaks them. When it is full that call waits, no other.
const AHEAD: usize = 32;

/// A call that waits for a word looks so often whether it is still wanted.
const LOOK: Duration = Duration::from_millis(5);

/// llama.cpp knows no more sequences.
const MOST_CALLS: usize = 256;

/// The model, and the loop that all calls share.
pub struct Llama {
    model: Arc<LlamaModel>,
    template: Template,
    decode: Loop,
    /// The notes that earlier questions came with.
    notes: Mutex<Notes>,
    options: LlamaOptions,
    name: String,
}

impl Llama {
    /// Loads the weights and makes the context, so that memory runs out now or never.
    pub fn load(mut options: LlamaOptions) -> Result<Self, Failure> {
        let ggml = Ggml::ready()?;
        file::check(&options.model)?;
        let layers = if options.gpu && ggml.has_gpu() {
            u32::MAX >> 1
        } else {
            0
        };
        let parameters = pin!(LlamaModelParams::default().with_n_gpu_layers(layers));
        let model = LlamaModel::load_from_file(ggml.llama(), &options.model, &parameters);
        let model = Arc::new(model.map_err(|_| file::unusable(&options.model))?);
        options.calls = options.calls.clamp(1, MOST_CALLS);
        // Beyond what it was trained on it talks nonsense.
        options.context_tokens = options.context_tokens.min(model.n_ctx_train() as usize);
        let template = Template::of(&model)?;
        let decode = Loop::start(ggml, Arc::clone(&model), &options)?;
        let stem = options
            .model
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            model,
            template,
            decode,
            notes: Mutex::default(),
            options,
            name: stem,
        })
    }

    /// How many replies can be composed at once, and so how many threads the host gives us.
    pub fn calls(&self) -> usize {
        self.options.calls
    }

    /// What was computed so far, for all calls together.
    pub fn counts(&self) -> Counts {
        self.decode.counts()
    }

    /// The prompt as tokens, within the context; and whether the reply begins inside a thought.
    fn tokens(&self, prompt: &Prompt) -> Result<(Vec<LlamaToken>, bool), Failure> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut messages = Messages::of(prompt, &mut notes, &self.template);
        drop(notes);
        let room = self
            .options
            .context_tokens
            .saturating_sub(self.most(prompt));
        loop {
            let text = self.template.render(&messages)?;
            let tokens = self.template.tokens(&self.model, &text);
            if tokens.len() <= room {
                return Ok((tokens, text.trim_end().ends_with("<think>")));
            }
            if !messages.shorten() {
                let length = tokens.len();
                return Err(Failure::new(format!(
                    "what was said last is longer than the model's context: {length} tokens where {room} fit"
                )));
            }
        }
    }

    /// How long the reply may be.
    fn most(&self, prompt: &Prompt) -> usize {
        let asked = prompt.max_tokens.map_or(usize::MAX, |most| most as usize);
        asked
            .min(self.options.max_tokens)
            .clamp(1, self.options.context_tokens / 2)
    }
}

impl LanguageModel for Llama {
    fn card(&self) -> Card {
        Card::new(&self.name, Grade::Local)
            .with(Ability::Instructions)
            .with(Ability::Tools)
            .with(Ability::Length)
    }

    fn compose(
        &self,
        prompt: &Prompt,
        emit: &mut dyn FnMut(Piece),
        cancel: &Cancel,
    ) -> Result<(), Stopped> {
        cancel.check()?;
        let spoke = |author| {
            prompt
                .lines
                .iter()
                .any(|line| line.author == author && !line.text.trim().is_empty())
        };
        if !spoke(Author::Caller) {
            return Err(Stopped::failed(
                "there is nothing to answer: the caller said nothing",
            ));
        }
        let (tokens, within_thought) = self.tokens(prompt).map_err(Stopped::Failed)?;
        let (words, reply) = sync_channel(AHEAD);
        let (enough, ended) = (Cancel::new(), Ended::default());
        let request = Request {
            asked: tokens.len().saturating_sub(self.template.head),
            tokens,
            most: self.most(prompt),
            seed: self.options.sampling.seed_for(prompt),
            grammar: Grammar::of(&prompt.tools, &prompt.tool_choice),
            cancel: cancel.clone(),
            enough: enough.clone(),
            words,
            ended: Arc::clone(&ended),
        };
        self.decode.submit(request).map_err(Stopped::Failed)?;
        let aloud = Aloud::new(prompt.passages.len());
        let aloud = if within_thought {
            aloud.within_thought()
        } else {
            aloud
        };
        let mut saying = Saying {
            llama: self,
            aloud,
            bytes: Vec::new(),
            held: String::new(),
            calls: (!prompt.tools.is_empty()).then(Reader::default),
            called: false,
            emit,
            cancel,
        };
        let followed = saying.follow(&reply, &ended);
        // Whatever ended it, the loop is not to go on.
        enough.cancel();
        followed
    }
}

/// One reply on its way from tokens to pieces.
struct Saying<'a> {
    llama: &'a Llama,
    aloud: Aloud,
    /// A token may end within a letter.
    bytes: Vec<u8>,
    /// What may be the beginning of a stop word.
    held: String,
    /// Looks for calls, where there is something to call.
    calls: Option<Reader>,
    called: bool,
    emit: &'a mut dyn FnMut(Piece),
    cancel: &'a Cancel,
}

impl Saying<'_> {
    fn follow(&mut self, reply: &Receiver<LlamaToken>, ended: &Ended) -> Result<(), Stopped> {
        loop {
            let token = reply.recv_timeout(LOOK);
            self.cancel.check()?;
            if token == Err(RecvTimeoutError::Timeout) {
                continue;
            }
            let Ok(token) = token else {
                let broken = Err(Stopped::failed("the language model has broken down"));
                ended.get().cloned().unwrap_or(broken)?;
                break;
            };
            if self.token(token)? {
                break;
            }
        }
        let held = std::mem::take(&mut self.held);
        self.wrote(&held)?;
        let rest = self.calls.as_mut().map_or(Ok(None), Reader::finish);
        if let Some(Part::Words(words)) = rest.map_err(Stopped::failed)? {
            self.aloud.push(&words);
        }
        self.aloud.finish();
        self.say()?;
        if self.aloud.said_nothing() && !self.called {
            return Err(Stopped::failed("the language model gave an empty answer"));
        }
        Ok(())
    }

    /// True once a stop word was written.
    fn token(&mut self, token: LlamaToken) -> Result<bool, Stopped> {
        let vocabulary = self.llama.model.vocab();
        self.bytes
            // Some models have tokens of their own for the marks of a call.
            .extend(vocabulary.token_to_piece(token, self.calls.is_some(), None));
        self.held.push_str(&whole_letters(&mut self.bytes));
        let (ready, stopped) = up_to_stop(&mut self.held, &self.llama.options.stop);
        self.wrote(&ready)?;
        Ok(stopped)
    }

    /// Words are said, and calls are told.
    fn wrote(&mut self, text: &str) -> Result<(), Stopped> {
        let Some(reader) = &mut self.calls else {
            self.aloud.push(text);
            return self.say();
        };
        for part in reader.read(text) {
            let call = match part {
                Part::Words(words) => {
                    self.aloud.push(&words);
                    self.say()?;
                    continue;
                }
                Part::Call(tool) => Piece::Call(tool),
                Part::Arguments(text) => Piece::Arguments(text),
            };
            self.aloud.finish();
            self.say()?;
            self.cancel.check()?;
            (self.emit)(call);
            self.called = true;
        }
        Ok(())
    }

    fn say(&mut self) -> Result<(), Stopped> {
        while let Some(piece) = self.aloud.pop() {
            self.cancel.check()?;
            (self.emit)(piece);
        }
        Ok(())
    }
}

/// Takes what is whole; what can never become a letter is dropped.
fn whole_letters(bytes: &mut Vec<u8>) -> String {
    let mut text = String::new();
    loop {
        match std::str::from_utf8(bytes) {
            Ok(whole) => {
                text.push_str(whole);
                bytes.clear();
                return text;
            }
            Err(error) => {
                text.push_str(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]));
                let Some(wrong) = error.error_len() else {
                    bytes.drain(..error.valid_up_to());
                    return text;
                };
                bytes.drain(..error.valid_up_to() + wrong);
            }
        }
    }
}

/// Takes what comes before a stop word, and keeps what may yet become one.
fn up_to_stop(held: &mut String, stops: &[String]) -> (String, bool) {
    let found = stops
        .iter()
        .filter(|stop| !stop.is_empty())
        .filter_map(|stop| held.find(stop.as_str()))
        .min();
    if let Some(at) = found {
        held.truncate(at);
        return (std::mem::take(held), true);
    }
    let beginning = |from: usize| stops.iter().any(|stop| stop.starts_with(&held[from..]));
    let keep = held
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| beginning(*at))
        .unwrap_or(held.len());
    let rest = held.split_off(keep);
    (std::mem::replace(held, rest), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_whole() {
        let mut bytes = "a é".as_bytes()[..3].to_vec();
        assert_eq!(whole_letters(&mut bytes), "a ");
        bytes.push("é".as_bytes()[1]);
        bytes.extend([0xff, b'b']);
        assert_eq!(whole_letters(&mut bytes), "éb");
        assert!(bytes.is_empty());
    }

    #[test]
    fn stop_words_are_never_said() {
        let stops = ["\nUser:".to_owned(), "END".to_owned()];
        let mut held = "well\nUs".to_owned();
        assert_eq!(up_to_stop(&mut held, &stops), ("well".to_owned(), false));
        held.push_str("ed EN");
        assert_eq!(up_to_stop(&mut held, &stops), ("\nUsed ".to_owned(), false));
        held.push_str("D more");
        assert_eq!(up_to_stop(&mut held, &stops), (String::new(), true));
    }
}
