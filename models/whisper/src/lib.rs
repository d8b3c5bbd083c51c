//! The recognizer on whisper.cpp: one set of weights, and a state for each utterance heard at once.

mod audio;
mod file;
mod guards;
mod listening;
mod partial;
mod running;

use models_engine::{Ability, Card, Failure, Grade, Hint, Listening, Recognizer, Stopped};
use models_ggml::Ggml;
use running::Slot;
use std::ffi::{CStr, c_char};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use whisper_rs::{WhisperContext, WhisperContextParameters};

/// How Whisper is to be run.
#[derive(Clone, Debug)]
pub struct WhisperOptions {
    /// A model in whisper.cpp's format.
    pub model: PathBuf,
    /// How many utterances can be heard at once; each takes a state of its own.
    pub slots: usize,
    /// Threads for each of them. ggml's threads spin: together they must not be more than the cores.
    pub threads: usize,
    /// Uses a GPU where there is one.
    pub gpu: bool,
    /// Hears this language where a session names none; `None`: whatever is spoken.
    pub language: Option<String>,
    /// Words that are likely in every call: names and terms of the knowledge, the most important first.
    pub terms: String,
    /// The encoder sees at least so much time, in its steps of 20 ms, however short the utterance is. Models
    /// that were trained on 30 s only become unsure where they see little.
    pub least_audio_context: usize,
    /// Speaking must have taken so many times longer than listening again did before it is done once more: a slow
    /// machine shows words less often, and is not late at the end.
    pub rest: u32,
}

impl WhisperOptions {
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            slots: 1,
            threads: 1,
            gpu: true,
            language: None,
            terms: String::new(),
            least_audio_context: 512,
            rest: 2,
        }
    }
}

/// The weights, and the states that are not hearing anyone.
pub struct Whisper {
    context: WhisperContext,
    idle: Mutex<Vec<Slot>>,
    options: WhisperOptions,
    name: String,
    flash: bool,
    /// The terms as tokens, in front of what each session says is likely.
    terms: Vec<std::ffi::c_int>,
}

impl Whisper {
    /// Loads the weights and makes every state, so that memory runs out now or never.
    pub fn load(options: WhisperOptions) -> Result<Self, Failure> {
        let ggml = Ggml::ready()?;
        compiled_against_our_ggml()?;
        file::check(&options.model)?;
        listen_to_complaints();
        let gpu = options.gpu && ggml.has_gpu();
        let mut parameters = WhisperContextParameters::default();
        parameters.use_gpu(gpu).flash_attn(gpu);
        let context = WhisperContext::new_with_params(&options.model, parameters);
        let context = context.map_err(|_| file::unusable(&options.model))?;
        let slot = || Slot::new(&context).map_err(|()| no_memory(options.slots));
        let idle: Result<Vec<Slot>, Failure> = (0..options.slots.max(1)).map(|_| slot()).collect();
        let stem = options.model.file_stem().unwrap_or_default();
        let terms = listening::terms(&context, &options.terms);
        Ok(Self {
            terms,
            idle: Mutex::new(idle?),
            name: format!(
                "Whisper {}",
                stem.to_string_lossy().trim_start_matches("ggml-")
            ),
            flash: gpu,
            context,
            options,
        })
    }

    /// How many utterances can be heard at once, and so how many threads the host gives us.
    pub fn slots(&self) -> usize {
        self.options.slots.max(1)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Slot>> {
        // A list of states is whole between any two statements.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recognizer for Whisper {
    fn card(&self) -> Card {
        let card = Card::new(&self.name, Grade::Local)
            .with(Ability::Partials)
            .with(Ability::Vocabulary);
        if self.context.is_multilingual() {
            card.with(Ability::Languages)
        } else {
            card
        }
    }

    fn listen(&self, hint: &Hint) -> Result<Box<dyn Listening + '_>, Stopped> {
        let Some(slot) = self.idle().pop() else {
            return Err(Stopped::failed(format!(
                "Whisper is hearing {} callers already",
                self.slots()
            )));
        };
        Ok(Box::new(listening::Utterance::begin(self, slot, hint)))
    }
}

fn no_memory(slots: usize) -> Failure {
    let reason = models_ggml::reason().unwrap_or_default();
    Failure::new(format!(
        "there is no memory for {slots} utterances at once; ask for fewer: {reason}"
    ))
}

/// whisper.cpp sets ggml's log to its own whenever it loads a model; its own is ours. Left alone, a development build
/// of it prints every word that it hears.
#[allow(unsafe_code)]
fn listen_to_complaints() {
    // SAFETY: the listener lives as long as the process, and needs no data.
    unsafe { whisper_rs::set_log_callback(Some(models_ggml::listener()), std::ptr::null_mut()) }
}

#[allow(unsafe_code)]
unsafe extern "C" {
    /// From models/ggml/one.cmake.
    fn repartee_whisper_built_against() -> *const c_char;
}

/// Cargo does not compile whisper.cpp anew when its ggml changes, and a wrong header shows as a crash.
#[allow(unsafe_code)]
fn compiled_against_our_ggml() -> Result<(), Failure> {
    // SAFETY: it returns a constant.
    let against = unsafe { CStr::from_ptr(repartee_whisper_built_against()) };
    if against.to_bytes() == models_ggml::ONE_GGML.as_bytes() {
        return Ok(());
    }
    Err(Failure::new(
        "whisper.cpp was compiled against another ggml: run `cargo clean -p whisper-rs-sys` and build again",
    ))
}
