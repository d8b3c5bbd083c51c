//! Sentences as flite speaks them.

use std::error::Error;
use std::path::Path;
use std::process::Command;

/// Speech with the silence around it that an endpointer leaves.
pub(crate) fn say(text: &str, voice: &str, stretch: f32) -> Result<Vec<f32>, Box<dyn Error>> {
    let file = std::env::temp_dir().join(format!("repartee-said-{}.wav", std::process::id()));
    let status = Command::new("flite")
        .args([
            "-voice",
            voice,
            "--setf",
            &format!("duration_stretch={stretch}"),
            "-t",
            text,
            "-o",
        ])
        .arg(&file)
        .status()?;
    assert!(status.success(), "flite speaks");
    let speech = read(&file)?;
    std::fs::remove_file(&file)?;
    let mut padded = vec![0.0; 3_200];
    padded.extend(speech);
    padded.extend([0.0; 4_800]);
    Ok(padded)
}

fn read(file: &Path) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut reader = hound::WavReader::open(file)?;
    let samples: Result<Vec<i16>, _> = reader.samples::<i16>().collect();
    Ok(samples?
        .into_iter()
        .map(|s| f32::from(s) / 32768.0)
        .collect())
}
