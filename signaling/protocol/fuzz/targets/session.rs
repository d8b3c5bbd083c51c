//! A session object from anywhere: refused, or taken and echoed so that the echo is taken, too.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signaling_protocol::realtime::Realtime;

fuzz_target!(|data: &[u8]| {
    let Ok(session) = serde_json::from_slice::<serde_json::Value>(data) else {
        return;
    };
    let Ok(dialect) = Realtime::new("sess_1", Some(&session)) else {
        return;
    };
    let echo = dialect.session();
    let again = Realtime::new("sess_1", Some(&echo)).expect("an echo is a good session");
    assert_eq!(again.session(), echo);
});
