//! What the C libraries complain of, in our log. Only complaints: their chatter holds what people say.

use llama_cpp_sys_2::{GGML_LOG_LEVEL_ERROR, GGML_LOG_LEVEL_WARN, ggml_log_level, llama_log_set};
use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};

/// A complaint is a line, and a line that is longer than this was not written for a person.
const LONGEST_LINE: usize = 300;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Sets the listener for ggml and llama.cpp.
pub(crate) fn listen() {
    // SAFETY: the listener lives as long as the process, and needs no data.
    #[allow(unsafe_code)]
    unsafe {
        llama_log_set(Some(complaint), std::ptr::null_mut());
    }
}

/// The listener, for a library that sets ggml's own when it loads a model: whisper.cpp does.
pub fn listener() -> unsafe extern "C" fn(ggml_log_level, *const c_char, *mut c_void) {
    complaint
}

/// The last complaint on this thread, which is why the call failed that just did; each is told once.
pub fn reason() -> Option<String> {
    LAST.take()
}

#[allow(unsafe_code)]
unsafe extern "C" fn complaint(level: ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() || ![GGML_LOG_LEVEL_WARN, GGML_LOG_LEVEL_ERROR].contains(&level) {
        return;
    }
    // SAFETY: ggml hands over a string that ends in zero and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line: String = text.trim().chars().take(LONGEST_LINE).collect();
    if line.is_empty() {
        return;
    }
    if level == GGML_LOG_LEVEL_ERROR {
        tracing::warn!(target: "ggml", "{line}");
        LAST.set(Some(line));
    } else {
        tracing::debug!(target: "ggml", "{line}");
    }
}
