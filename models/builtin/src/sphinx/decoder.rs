//! One PocketSphinx decoder with its language models, as a safe thing.
#![allow(unsafe_code)]

use super::library::{Config, Functions, NgramModel, Ps, functions};
use models_engine::Failure;
use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::ptr::{NonNull, null_mut};

/// The type of file that `ngram_model_read` finds out by itself.
const NGRAM_AUTO: i32 = 0;

/// The name that our search has inside the decoder.
const SEARCH: &CStr = c"call";

/// `CMN_WIN` of `sphinxbase/cmn.h`: the weight of a mean that was set.
const PRIOR_FRAMES: i32 = 500;

/// Everything a decoder is made of.
pub(super) struct Recipe<'a> {
    /// Options of the command line `pocketsphinx_continuous`, name and value.
    pub(super) options: &'a [(String, String)],
    pub(super) general_model: &'a Path,
    /// An ARPA file, and its share of the probability.
    pub(super) own_model: Option<(&'a Path, f32)>,
    /// Words missing in the dictionary, with their phones.
    pub(super) words: &'a [(String, String)],
}

/// One word of a hypothesis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// As the dictionary has it, fillers such as "<sil>" included.
    pub(super) text: String,
    /// In frames of 10 ms, the last one included.
    pub(super) first_frame: i32,
    pub(super) last_frame: i32,
    /// How likely it is beside all else that the decoder thought of.
    pub(super) posterior: f64,
}

/// Owns a `ps_decoder_t`. One utterance at a time: [`begin`](Self::begin), feed, [`end`](Self::end).
pub(super) struct Decoder {
    functions: &'static Functions,
    ps: NonNull<Ps>,
    open: bool,
    /// The library keeps pointers into its arguments.
    _arguments: Vec<CString>,
}

// SAFETY: a decoder keeps nothing in thread-local storage and is used by one thread at a time: all
// methods that reach into it take `&mut self`.
unsafe impl Send for Decoder {}

impl Decoder {
    pub(super) fn new(recipe: &Recipe<'_>) -> Result<Self, Failure> {
        let functions = functions()?;
        let arguments = arguments(recipe.options)?;
        let ps = init(functions, &arguments)?;
        let decoder = Self {
            functions,
            ps,
            open: false,
            _arguments: arguments,
        };
        for (word, phones) in recipe.words {
            decoder.add_word(word, phones);
        }
        decoder.set_models(recipe)?;
        Ok(decoder)
    }

    /// A word that the library refuses (a phone that it does not know) is left out.
    fn add_word(&self, word: &str, phones: &str) {
        let (Ok(word), Ok(phones)) = (CString::new(word), CString::new(phones)) else {
            return;
        };
        // SAFETY: the decoder lives, and the library copies both strings.
        unsafe {
            (self.functions.ps_add_word)(self.ps.as_ptr(), word.as_ptr(), phones.as_ptr(), 0)
        };
    }

    fn set_models(&self, recipe: &Recipe<'_>) -> Result<(), Failure> {
        let general = self.read_model(recipe.general_model)?;
        let model = match recipe.own_model {
            None => general,
            Some((path, share)) => {
                let own = self.read_model(path)?;
                self.mix(general, own, share)?
            }
        };
        let f = self.functions;
        // SAFETY: decoder and model live; the decoder retains the model, we give our share up.
        let set = unsafe {
            let set = (f.ps_set_lm)(self.ps.as_ptr(), SEARCH.as_ptr(), model.as_ptr());
            (f.ngram_model_free)(model.as_ptr());
            set
        };
        // SAFETY: the decoder lives and SEARCH ends in a null byte.
        if set < 0 || unsafe { (f.ps_set_search)(self.ps.as_ptr(), SEARCH.as_ptr()) } < 0 {
            return Err(Failure::new("PocketSphinx refuses the language model"));
        }
        Ok(())
    }

    fn read_model(&self, path: &Path) -> Result<NonNull<NgramModel>, Failure> {
        let f = self.functions;
        let file = c_path(path)?;
        // SAFETY: the decoder lives, its configuration and log table with it; `file` ends in null.
        let model = unsafe {
            (f.ngram_model_read)(
                (f.ps_get_config)(self.ps.as_ptr()),
                file.as_ptr(),
                NGRAM_AUTO,
                (f.ps_get_logmath)(self.ps.as_ptr()),
            )
        };
        let name = path.display();
        NonNull::new(model)
            .ok_or_else(|| Failure::new(format!("PocketSphinx cannot read the model {name}")))
    }

    fn mix(
        &self,
        general: NonNull<NgramModel>,
        own: NonNull<NgramModel>,
        share: f32,
    ) -> Result<NonNull<NgramModel>, Failure> {
        let f = self.functions;
        let mut models = [general.as_ptr(), own.as_ptr()];
        let mut names = [c"general".as_ptr().cast_mut(), c"own".as_ptr().cast_mut()];
        let weights = [1.0 - share, share];
        // SAFETY: both arrays hold two entries, all alive; the set copies the names and takes our
        // share of both models over.
        let set = unsafe {
            (f.ngram_model_set_init)(
                (f.ps_get_config)(self.ps.as_ptr()),
                models.as_mut_ptr(),
                names.as_mut_ptr(),
                weights.as_ptr(),
                2,
            )
        };
        NonNull::new(set).ok_or_else(|| Failure::new("PocketSphinx cannot mix two language models"))
    }

    /// Begins an utterance whose cepstral mean is `mean`. The library's own would be that of
    /// whoever spoke last.
    pub(super) fn begin(&mut self, mean: &[f32]) -> Result<(), Failure> {
        self.end();
        self.set_mean(mean);
        let f = self.functions;
        // SAFETY: the decoder lives and no utterance is open.
        let begun = unsafe {
            (f.ps_start_stream)(self.ps.as_ptr());
            (f.ps_start_utt)(self.ps.as_ptr())
        };
        self.open = begun >= 0;
        if self.open {
            Ok(())
        } else {
            Err(Failure::new("PocketSphinx does not begin an utterance"))
        }
    }

    fn set_mean(&mut self, mean: &[f32]) {
        let f = self.functions;
        // SAFETY: the decoder owns a `feat_t` of the header's layout; widths are compared before the
        // mean, an array of `width` floats, is copied from ours of the same length.
        unsafe {
            if let Some(cmn) = self.cmn()
                && usize::try_from((*cmn.as_ptr()).width) == Ok(mean.len())
            {
                (f.cmn_live_set)(cmn.as_ptr(), mean.as_ptr());
            }
        }
    }

    /// The sum of the cepstra of this utterance's frames with speech, and how many there were.
    /// `mean` is what it began with: the library counts that as if it had been heard for 5 s.
    pub(super) fn cepstra(&mut self, mean: &[f32]) -> Option<(Vec<f32>, f32)> {
        // SAFETY: as in `set_mean`; `sum` holds `width` floats.
        let (sum, frames) = unsafe {
            let cmn = self.cmn()?.as_ptr();
            if usize::try_from((*cmn).width) != Ok(mean.len()) || (*cmn).sum.is_null() {
                return None;
            }
            let sum = std::slice::from_raw_parts((*cmn).sum, mean.len());
            (sum, (*cmn).frames - PRIOR_FRAMES)
        };
        // After 8 s the library scales both down: then they are no more what we think.
        (1..300).contains(&frames).then(|| {
            let heard = sum.iter().zip(mean);
            let heard = heard.map(|(sum, mean)| sum - mean * PRIOR_FRAMES as f32);
            (heard.collect(), frames as f32)
        })
    }

    fn cmn(&self) -> Option<NonNull<super::library::Cmn>> {
        // SAFETY: the decoder lives, and the front of `feat_t` has the header's layout.
        unsafe {
            let feat = NonNull::new((self.functions.ps_get_feat)(self.ps.as_ptr()))?.as_ptr();
            let cmn = NonNull::new((*feat).cmn)?;
            ((*cmn.as_ptr()).width == (*feat).cepstrum_width).then_some(cmn)
        }
    }

    pub(super) fn feed(&mut self, speech: &[i16]) -> Result<(), Failure> {
        if !self.open || speech.is_empty() {
            return Ok(());
        }
        // SAFETY: an utterance is open and the slice holds as many samples as we say.
        let fed = unsafe {
            (self.functions.ps_process_raw)(self.ps.as_ptr(), speech.as_ptr(), speech.len(), 0, 0)
        };
        if fed < 0 {
            return Err(Failure::new("PocketSphinx does not take the speech"));
        }
        Ok(())
    }

    /// Ends the utterance, if one is open; its words stay until the next begins.
    pub(super) fn end(&mut self) {
        if std::mem::take(&mut self.open) {
            // SAFETY: the decoder lives and an utterance is open.
            unsafe { (self.functions.ps_end_utt)(self.ps.as_ptr()) };
        }
    }

    /// The words so far, without fillers.
    pub(super) fn hypothesis(&mut self) -> String {
        let mut score = 0;
        // SAFETY: the decoder lives; the string is its own, ends in null, and is copied at once.
        unsafe {
            copy((self.functions.ps_get_hyp)(
                self.ps.as_ptr(),
                &raw mut score,
            ))
        }
    }

    /// The words one by one, fillers included.
    pub(super) fn words(&mut self) -> Vec<Word> {
        let f = self.functions;
        let mut words = Vec::new();
        // SAFETY: the decoder lives; an iterator is moved on until it is null, which frees it.
        unsafe {
            let mut segment = (f.ps_seg_iter)(self.ps.as_ptr());
            while !segment.is_null() {
                let (mut first_frame, mut last_frame) = (0, 0);
                (f.ps_seg_frames)(segment, &raw mut first_frame, &raw mut last_frame);
                let (mut acoustic, mut language, mut back) = (0, 0, 0);
                let log =
                    (f.ps_seg_prob)(segment, &raw mut acoustic, &raw mut language, &raw mut back);
                words.push(Word {
                    text: copy((f.ps_seg_word)(segment)),
                    first_frame,
                    last_frame,
                    posterior: (f.logmath_exp)((f.ps_get_logmath)(self.ps.as_ptr()), log),
                });
                segment = (f.ps_seg_next)(segment);
            }
        }
        words
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.end();
        // SAFETY: the decoder lives and this is the last use of it.
        unsafe { (self.functions.ps_free)(self.ps.as_ptr()) };
    }
}

/// The arguments as the library wants them: the program's name, then option and value in pairs.
fn arguments(options: &[(String, String)]) -> Result<Vec<CString>, Failure> {
    let pairs = options
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    std::iter::once("repartee")
        .chain(pairs)
        .map(CString::new)
        .collect::<Result<_, _>>()
        .map_err(|_| Failure::new("an option of PocketSphinx holds a null byte"))
}

fn init(f: &Functions, arguments: &[CString]) -> Result<NonNull<Ps>, Failure> {
    let mut pointers: Vec<*mut c_char> = arguments.iter().map(|a| a.as_ptr().cast_mut()).collect();
    let count = i32::try_from(pointers.len()).unwrap_or(i32::MAX);
    // SAFETY: `pointers` holds `count` strings that end in null and outlive the decoder. The decoder
    // retains the configuration, we give our share up.
    let ps = unsafe {
        let config: *mut Config =
            (f.cmd_ln_parse_r)(null_mut(), (f.ps_args)(), count, pointers.as_mut_ptr(), 1);
        if config.is_null() {
            return Err(Failure::new("PocketSphinx refuses its options"));
        }
        let ps = (f.ps_init)(config);
        (f.cmd_ln_free_r)(config);
        ps
    };
    NonNull::new(ps).ok_or_else(|| {
        Failure::new(
            "PocketSphinx does not start with the model in Debian's package pocketsphinx-en-us",
        )
    })
}

/// # Safety
/// `text` is null or ends in a null byte.
unsafe fn copy(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null, and ends in a null byte by the caller's word.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

fn c_path(path: &Path) -> Result<CString, Failure> {
    use std::os::unix::ffi::OsStrExt;
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Failure::new("a model's path holds a null byte"))
}
