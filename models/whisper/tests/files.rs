//! A file that is no Whisper model is refused with a sentence that says so.

use models_fixtures::{place, whisper};
use models_whisper::{Whisper, WhisperOptions};

fn refusal(name: &str, bytes: &[u8]) -> String {
    let path = place(env!("CARGO_TARGET_TMPDIR"), name, bytes).expect("a file is written");
    match Whisper::load(WhisperOptions::new(path)) {
        Ok(_) => panic!("{name} must not load"),
        Err(failure) => failure.message,
    }
}

#[test]
fn bad_files_are_refused() {
    let whole = whisper::hearing();
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("empty.bin", Vec::new(), "too short"),
        ("head.bin", whole[..20].to_vec(), "too short"),
        (
            "half.bin",
            whole[..whole.len() / 2].to_vec(),
            "is it whole?",
        ),
        (
            "llama.bin",
            [b"GGUF".as_slice(), &[0; 60]].concat(),
            "is a GGUF file",
        ),
        ("text.bin", vec![b'x'; 100], "is not a Whisper model"),
        (
            "wide.bin",
            [&whole[..12], &[0xff; 4], &whole[16..]].concat(),
            "width of the encoder",
        ),
    ];
    for (name, bytes, reason) in cases {
        let told = refusal(name, &bytes);
        assert!(
            told.contains(reason) && told.contains(name),
            "{name}: {told}"
        );
    }
    let gone = Whisper::load(WhisperOptions::new("/no/such/model.bin"));
    assert!(gone.is_err_and(|failure| failure.message.contains("/no/such/model.bin")));
}
