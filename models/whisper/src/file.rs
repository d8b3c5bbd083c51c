//! What a model file must look like before it is given to C++ code, which would believe any size in it.

use models_engine::Failure;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const MAGIC: u32 = 0x6767_6d6c;

/// The numbers at the head of the file, and what they may be. From tiny to large-v3, with room above.
const HEAD: [(&str, std::ops::RangeInclusive<u32>); 11] = [
    ("vocabulary", 51_864..=52_000),
    ("audio context", 1..=1500),
    ("width of the encoder", 64..=4096),
    ("heads of the encoder", 1..=64),
    ("layers of the encoder", 1..=128),
    ("text context", 1..=448),
    ("width of the decoder", 64..=4096),
    ("heads of the decoder", 1..=64),
    ("layers of the decoder", 1..=128),
    ("mel bands", 80..=128),
    // A kind of number, and a thousand for each version of it.
    ("kind of number", 0..=9999),
];

pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let told = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let mut file = File::open(path).map_err(|error| told(error.to_string()))?;
    let mut head = [0; 4 * (HEAD.len() + 1)];
    file.read_exact(&mut head)
        .map_err(|_| told("is too short for a Whisper model".to_owned()))?;
    let mut numbers = head
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    if numbers.next() != Some(MAGIC) {
        return Err(told(match &head[..4] {
            b"GGUF" => {
                "is a GGUF file; a Whisper model in whisper.cpp's format is wanted (ggml-*.bin)"
                    .to_owned()
            }
            _ => "is not a Whisper model in whisper.cpp's format (ggml-*.bin)".to_owned(),
        }));
    }
    for ((name, range), number) in HEAD.iter().zip(numbers) {
        if !range.contains(&number) {
            return Err(told(format!("is damaged: its {name} is {number}")));
        }
    }
    Ok(())
}

pub(crate) fn unusable(path: &Path) -> Failure {
    let reason = models_ggml::reason().unwrap_or_else(|| "no reason is given".to_owned());
    Failure::new(format!(
        "{} cannot be loaded; is it whole? whisper.cpp says: {reason}",
        path.display()
    ))
}
