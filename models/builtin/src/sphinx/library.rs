//! Debian's `libpocketsphinx.so.3` (0.8 API), opened at run time: its functions and nothing more.
//!
//! Only this file and `decoder.rs` are unsafe. The signatures are those of the headers in
//! `libpocketsphinx-dev` and `libsphinxbase-dev` 0.8+5prealpha, whose sonames the files' names pin.
#![allow(unsafe_code)]

use libloading::Library;
use models_engine::Failure;
use std::ffi::{c_char, c_int, c_void};
use std::sync::OnceLock;

/// The loaded library's opaque things.
pub(super) enum Config {}
pub(super) enum Ps {}
pub(super) enum NgramModel {}
pub(super) enum LogMath {}
pub(super) enum Segment {}

/// `cmn_t` of `sphinxbase/cmn.h`.
#[repr(C)]
pub(super) struct Cmn {
    mean: *mut f32,
    variance: *mut f32,
    pub(super) sum: *mut f32,
    pub(super) frames: i32,
    pub(super) width: i32,
}

/// The beginning of `feat_t` of `sphinxbase/feat.h`, up to what we need of it.
#[repr(C)]
pub(super) struct Feat {
    references: c_int,
    name: *mut c_char,
    pub(super) cepstrum_width: i32,
    streams: i32,
    stream_widths: *mut u32,
    window: i32,
    subvectors: i32,
    subvector_widths: *mut u32,
    subvector_spec: *mut *mut i32,
    subvector_buffer: *mut f32,
    subvector_dimension: i32,
    cmn_kind: c_int,
    variance_norm: i32,
    agc_kind: c_int,
    compute: *mut c_void,
    pub(super) cmn: *mut Cmn,
}

macro_rules! functions {
    ($($name:ident: fn($($arg:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions, good for as long as the process lives: the library is never closed.
        pub(super) struct Functions {
            $(pub(super) $name: unsafe extern "C" fn($($arg),*) $(-> $result)?,)*
        }

        impl Functions {
            fn of(library: &'static Library) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: the type is that of the header of this very soname, and the
                    // library lives as long as the process.
                    $($name: unsafe { *library.get(concat!(stringify!($name), "\0"))? },)*
                })
            }
        }
    };
}

functions! {
    err_set_callback: fn(*const c_void, *mut c_void);
    err_set_logfp: fn(*mut c_void);
    ps_args: fn() -> *const c_void;
    cmd_ln_parse_r: fn(*mut Config, *const c_void, i32, *mut *mut c_char, i32) -> *mut Config;
    cmd_ln_free_r: fn(*mut Config) -> c_int;
    ps_init: fn(*mut Config) -> *mut Ps;
    ps_free: fn(*mut Ps) -> c_int;
    ps_get_config: fn(*mut Ps) -> *mut Config;
    ps_get_logmath: fn(*mut Ps) -> *mut LogMath;
    ps_get_feat: fn(*mut Ps) -> *mut Feat;
    ps_add_word: fn(*mut Ps, *const c_char, *const c_char, c_int) -> c_int;
    ps_set_lm: fn(*mut Ps, *const c_char, *mut NgramModel) -> c_int;
    ps_set_search: fn(*mut Ps, *const c_char) -> c_int;
    ngram_model_read: fn(*mut Config, *const c_char, c_int, *mut LogMath) -> *mut NgramModel;
    ngram_model_free: fn(*mut NgramModel) -> c_int;
    ngram_model_set_init: fn(
        *mut Config, *mut *mut NgramModel, *mut *mut c_char, *const f32, i32
    ) -> *mut NgramModel;
    ps_start_stream: fn(*mut Ps) -> c_int;
    ps_start_utt: fn(*mut Ps) -> c_int;
    ps_process_raw: fn(*mut Ps, *const i16, usize, c_int, c_int) -> c_int;
    ps_end_utt: fn(*mut Ps) -> c_int;
    ps_get_hyp: fn(*mut Ps, *mut i32) -> *const c_char;
    ps_seg_iter: fn(*mut Ps) -> *mut Segment;
    ps_seg_next: fn(*mut Segment) -> *mut Segment;
    ps_seg_word: fn(*mut Segment) -> *const c_char;
    ps_seg_frames: fn(*mut Segment, *mut c_int, *mut c_int);
    ps_seg_prob: fn(*mut Segment, *mut i32, *mut i32, *mut i32) -> i32;
    logmath_exp: fn(*mut LogMath, c_int) -> f64;
    cmn_live_set: fn(*mut Cmn, *const f32);
}

const LIBRARY: &str = "libpocketsphinx.so.3";

/// The functions, opened on the first call.
pub(super) fn functions() -> Result<&'static Functions, Failure> {
    static OPENED: OnceLock<Result<Functions, String>> = OnceLock::new();
    let opened = OPENED.get_or_init(|| open().map_err(|error| error.to_string()));
    opened.as_ref().map_err(|error| {
        Failure::new(format!(
            "speech cannot be recognised: {LIBRARY} does not open ({error}); install Debian's \
             packages libpocketsphinx3 and pocketsphinx-en-us"
        ))
    })
}

fn open() -> Result<Functions, libloading::Error> {
    // SAFETY: the library's constructors do nothing but set up its own statics.
    let library = unsafe { Library::new(LIBRARY)? };
    // Never closed: decoders on other threads may hold its code at exit.
    let functions = Functions::of(Box::leak(Box::new(library)))?;
    // SAFETY: a null callback and a null file turn the library's log off; it would hold what people
    // say.
    unsafe {
        (functions.err_set_callback)(std::ptr::null(), std::ptr::null_mut());
        (functions.err_set_logfp)(std::ptr::null_mut());
    }
    Ok(functions)
}
