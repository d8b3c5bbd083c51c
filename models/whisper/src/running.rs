//! One run of whisper.cpp over some sound: what to ask for, how to stop it, what came out.

use models_engine::{Cancel, LISTENING_RATE, Stopped};
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperState};

/// whisper.cpp's own sign that its abort callback said yes.
const ABORTED: c_int = -6;

/// A state, and the parameters it was run with, by language. whisper-rs leaks the name of a language each time it
/// is set: so it is set once for each, and copied.
pub(crate) struct Slot {
    state: WhisperState,
    parameters: HashMap<Option<c_int>, FullParams<'static, 'static>>,
}

/// What to run over.
pub(crate) struct Run<'a> {
    pub(crate) sound: &'a [f32],
    pub(crate) language: Option<c_int>,
    /// Words before this one, as tokens.
    pub(crate) prompt: &'a [c_int],
    pub(crate) audio_context: usize,
    pub(crate) threads: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) text: String,
    /// How likely each token of text was.
    pub(crate) probabilities: Vec<f32>,
    /// How likely it is that nobody spoke, by the model's own account.
    pub(crate) no_speech: f32,
    /// The language spoken, or asked for.
    pub(crate) language: Option<c_int>,
}

impl Slot {
    pub(crate) fn new(context: &WhisperContext) -> Result<Self, ()> {
        let state = context.create_state().map_err(|_| ())?;
        Ok(Self {
            state,
            parameters: HashMap::new(),
        })
    }

    pub(crate) fn run(&mut self, run: &Run<'_>, cancel: &Cancel) -> Result<Found, Stopped> {
        cancel.check()?;
        self.run_through(run, cancel)
    }

    fn run_through(&mut self, run: &Run<'_>, cancel: &Cancel) -> Result<Found, Stopped> {
        let mut parameters: FullParams<'_, '_> = self.parameters(run.language).clone();
        parameters.set_n_threads(run.threads.max(1) as c_int);
        parameters.set_audio_ctx(run.audio_context as c_int);
        parameters.set_tokens(run.prompt);
        parameters.set_max_tokens(most_tokens(run.sound.len()));
        abort_on(&mut parameters, cancel);
        match self.state.full(parameters, run.sound) {
            Ok(()) => {}
            Err(_) if cancel.is_cancelled() => return Err(Stopped::Cancelled),
            Err(whisper_rs::WhisperError::GenericError(ABORTED)) => return Err(Stopped::Cancelled),
            Err(error) => {
                let reason = models_ggml::reason().unwrap_or_else(|| error.to_string());
                return Err(Stopped::failed(format!("Whisper broke off: {reason}")));
            }
        }
        cancel.check()?;
        Ok(self.found())
    }

    fn parameters(&mut self, language: Option<c_int>) -> &FullParams<'static, 'static> {
        self.parameters.entry(language).or_insert_with(|| {
            let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
            parameters.set_language(language.and_then(whisper_rs::get_lang_str));
            parameters.set_no_context(true);
            // One utterance is one segment, and its times are known from outside.
            parameters.set_single_segment(true);
            parameters.set_no_timestamps(true);
            // A second try at another temperature would double the delay.
            parameters.set_temperature_inc(0.0);
            parameters.set_suppress_nst(true);
            // "Nothing" is a good first word: forbidden, the model makes one up.
            parameters.set_suppress_blank(false);
            parameters.set_print_special(false);
            parameters.set_print_progress(false);
            parameters.set_print_realtime(false);
            parameters.set_print_timestamps(false);
            parameters
        })
    }

    fn found(&self) -> Found {
        let mut found = Found::default();
        let mut bytes = Vec::new();
        for segment in self.state.as_iter() {
            found.no_speech = found.no_speech.max(segment.no_speech_probability());
            let tokens = (0..segment.n_tokens()).filter_map(|number| segment.get_token(number));
            for token in tokens {
                let text = token.to_bytes().unwrap_or_default();
                // Special tokens are written in brackets: no caller says "[_EOT_]".
                if text.starts_with(b"[_") || text.starts_with(b"<|") {
                    continue;
                }
                bytes.extend_from_slice(text);
                found.probabilities.push(token.token_probability());
            }
        }
        // A token may end within a letter, an utterance does not.
        found.text = String::from_utf8_lossy(&bytes).replace('\u{fffd}', "");
        let language = self.state.full_lang_id_from_state();
        found.language = (language >= 0).then_some(language);
        found
    }
}

/// Nobody speaks eight tokens a second for long. A model that goes on for ever ends there.
fn most_tokens(samples: usize) -> c_int {
    (16 + 8 * samples / LISTENING_RATE as usize) as c_int
}

/// Asked between the steps of a run: after each pass of the encoder, after each token.
#[allow(unsafe_code)]
fn abort_on(parameters: &mut FullParams<'_, '_>, cancel: &Cancel) {
    unsafe extern "C" fn asked(cancel: *mut c_void) -> bool {
        // SAFETY: it is the reference set below, and the run during which this is asked borrows it.
        unsafe { &*cancel.cast::<Cancel>().cast_const() }.is_cancelled()
    }
    let cancel: *const Cancel = cancel;
    // SAFETY: the callback only reads a flag; the parameters are consumed by the run before the borrow ends.
    // (whisper-rs's safe way to set it hands the callback a pointer of another type.)
    unsafe {
        parameters.set_abort_callback(Some(asked));
        parameters.set_abort_callback_user_data(cancel.cast_mut().cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use models_fixtures::sound::voice;
    use models_fixtures::{place, whisper};
    use whisper_rs::WhisperContextParameters;

    #[test]
    fn a_run_is_stopped_from_within_and_the_next_one_is_whole() {
        models_ggml::Ggml::ready().expect("the plugins lie beside the test");
        // A unit test has no folder of cargo's own.
        let folder = std::env::temp_dir().display().to_string();
        let name = format!("hearing-{}.bin", std::process::id());
        let path = place(&folder, &name, &whisper::hearing()).expect("a fixture is written");
        let context = WhisperContext::new_with_params(&path, WhisperContextParameters::default());
        let context = context.expect("the fixture loads");
        std::fs::remove_file(&path).expect("it was written");
        let mut slot = Slot::new(&context).expect("there is memory");
        let sound = voice(1, 1100);
        let run = Run {
            sound: &sound,
            language: Some(0),
            prompt: &[],
            audio_context: 128,
            threads: 1,
        };

        let cancel = Cancel::new();
        cancel.cancel();
        assert_eq!(slot.run_through(&run, &cancel), Err(Stopped::Cancelled));
        assert_eq!(
            slot.state.full_n_segments(),
            0,
            "it was stopped before a word"
        );
        let found = slot.run(&run, &Cancel::new()).expect("it is not stopped");
        assert_eq!(found.text, " where can I");
    }
}
